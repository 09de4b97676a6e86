//! The resident's own dated wish: the total clock rests too, and nothing else makes it rest. Never recorded by the handler.

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
    body: pb::RecordResidentWishRequest,
) -> Result<pb::RecordResidentWishResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::RecordResidentWish, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "reason", &body.reason).await?;
    let until = wire::optional_time("until", body.until.as_ref())?;
    let verb = IssueVerb::Hold(Hold { kind: HoldKind::ResidentWish, reason, until });
    let receipt = api.on_issue(&caller, Action::RecordResidentWish, &target, write, verb).await?;
    Ok(pb::RecordResidentWishResponse { receipt: Some(receipt) })
}
