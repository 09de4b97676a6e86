//! 暂停 of the holder's clocks, for a reason, until a time that comes by itself. The total clock runs on.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Hold;
use domain::issue::event::HoldKind;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::PauseRequest,
) -> Result<pb::PauseResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Pause, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let until = wire::optional_time("until", body.until.as_ref())?;
    let verb = IssueVerb::Hold(Hold { kind: HoldKind::Pause, reason, until });
    let receipt = api.on_issue(&caller, Action::Pause, &target, write, verb).await?;
    Ok(pb::PauseResponse { receipt: Some(receipt) })
}
