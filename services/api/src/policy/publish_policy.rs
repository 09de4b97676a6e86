//! Publishes a policy document.

use commands::streams;
use contract::bidao::policy::v1 as pb;
use domain::policy::command::PublishPolicy;
use domain::policy::{PolicyCommand, PolicyVerb, publish};

use super::require_size;
use crate::decide::{Action, Resource, decide};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::PublishPolicyRequest,
) -> Result<pb::PublishPolicyResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    decide(&caller, Action::PublishPolicy, &Resource::at(String::new()), api.now())?;
    require_size(&body.document)?;
    require_calendar(&api, &body.document).await?;
    let facts = api.commands.facts(caller.actor.clone(), None).await?;
    let request = api.request(&caller, Action::PublishPolicy, write);
    let command = |now| {
        let text = body.document.clone();
        PolicyCommand {
            given: facts.at(now),
            verb: PolicyVerb::PublishPolicy(PublishPolicy { text, allow_backtest: false }),
        }
    };
    let done = api
        .commands
        .policies
        .execute(streams::policies(&api.commands.county6), &request, command)
        .await?;
    Ok(pb::PublishPolicyResponse { receipt: Some(receipt(&done)) })
}

/// A calendar that is not there would make every deadline provisional.
async fn require_calendar(api: &Api, document: &str) -> Result<(), ApiError> {
    let Ok(document) = publish::parse(document) else { return Ok(()) };
    if api.commands.policy_book().await?.calendars.contains_key(&document.calendar) {
        return Ok(());
    }
    Err(ApiError::Rule {
        reason: "CALENDAR_MISSING",
        text: format!(
            "the policy counts by calendar '{}', which is not published",
            document.calendar
        ),
        zh: format!("规则所用日历“{}”尚未发布,请先发布日历", document.calendar),
    })
}
