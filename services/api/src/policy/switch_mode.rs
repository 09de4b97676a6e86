//! 平战转换: wartime in a unit and below it until a time, or back to peace.

use commands::streams;
use contract::bidao::policy::v1 as pb;
use domain::policy::command::SwitchMode;
use domain::policy::{PolicyCommand, PolicyVerb};

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const REASON_CHARS_MAX: usize = 1_000;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::SwitchModeRequest,
) -> Result<pb::SwitchModeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit = wire::id("unit_id", &body.unit_id)?;
    api.unit_target(&caller, Action::SwitchMode, unit).await?;
    let until = wire::optional_time("until", body.until.as_ref())?;
    let reason = wire::text("reason", &body.reason, REASON_CHARS_MAX)?.to_owned();
    let mut facts = api.commands.facts(caller.actor.clone(), None).await?;
    facts.actor_rung = facts.actor_rung.or(caller.area_rung);
    let request = api.request(&caller, Action::SwitchMode, write);
    let verb = SwitchMode { unit, until, reason };
    let command =
        |now| PolicyCommand { given: facts.at(now), verb: PolicyVerb::SwitchMode(verb.clone()) };
    let stream = streams::policies(&api.commands.county6);
    let done = api.commands.policies.execute(stream, &request, command).await?;
    Ok(pb::SwitchModeResponse { receipt: Some(receipt(&done)) })
}
