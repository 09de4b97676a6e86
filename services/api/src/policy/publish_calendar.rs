//! Publishes a working-day calendar.

use commands::streams;
use contract::bidao::policy::v1 as pb;
use domain::policy::command::PublishCalendar;
use domain::policy::{PolicyCommand, PolicyVerb};

use super::require_size;
use crate::decide::{Action, Resource, decide};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::PublishCalendarRequest,
) -> Result<pb::PublishCalendarResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    decide(&caller, Action::PublishCalendar, &Resource::at(String::new()), api.now())?;
    require_size(&body.document)?;
    let facts = api.commands.facts(caller.actor.clone(), None).await?;
    let request = api.request(&caller, Action::PublishCalendar, write);
    let command = |now| {
        let text = body.document.clone();
        PolicyCommand {
            given: facts.at(now),
            verb: PolicyVerb::PublishCalendar(PublishCalendar { text }),
        }
    };
    let done = api
        .commands
        .policies
        .execute(streams::policies(&api.commands.county6), &request, command)
        .await?;
    Ok(pb::PublishCalendarResponse { receipt: Some(receipt(&done)) })
}
