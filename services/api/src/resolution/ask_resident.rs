//! Asks the resident; the holder's clocks rest until the answer or the time-out.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Hold;
use domain::issue::event::HoldKind;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AskResidentRequest,
) -> Result<pb::AskResidentResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::AskResident, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let reason = api.sealed(&owner, "reason", "question", &body.question).await?;
    let verb = IssueVerb::Hold(Hold { kind: HoldKind::Question, reason, until: None });
    let receipt = api.on_issue(&caller, Action::AskResident, &target, write, verb).await?;
    Ok(pb::AskResidentResponse { receipt: Some(receipt) })
}
