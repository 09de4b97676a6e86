//! Lets a unit off a rule of the profile for a time.

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::GrantWaiver;
use domain::shared::ids::UnitId;

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const REASON_CHARS_MAX: usize = 500;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GrantWaiverRequest,
) -> Result<pb::GrantWaiverResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit: UnitId = wire::id("unit_id", &body.unit_id)?;
    let unit = api.unit_target(&caller, Action::GrantWaiver, unit).await?;
    let until = wire::optional_time("until", body.until.as_ref())?;
    let verb = OrgVerb::GrantWaiver(GrantWaiver {
        unit,
        rule: wire::text("rule", &body.rule, 200)?.trim().into(),
        reason: wire::text("reason", &body.reason, REASON_CHARS_MAX)?.trim().into(),
        until: wire::given("until", until)?,
    });
    let tree = streams::tree(&api.commands.county6);
    let done = api.on_org(&caller, Action::GrantWaiver, tree, write, verb).await?;
    Ok(pb::GrantWaiverResponse { receipt: Some(receipt(&done)) })
}
