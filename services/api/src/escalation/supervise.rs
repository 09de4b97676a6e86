//! 督办: a unit above the holder demands a report; only its acceptance ends the supervision.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::SuperviseRequest,
) -> Result<pb::SuperviseResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Supervise, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let demand = api.sealed(&owner, "demand", "demand", &body.demand).await?;
    let verb = IssueVerb::Supervise { demand };
    let receipt = api.on_issue(&caller, Action::Supervise, &target, write, verb).await?;
    Ok(pb::SuperviseResponse { receipt: Some(receipt) })
}
