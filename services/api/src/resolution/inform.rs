//! The resident was told of something other than a result: a deferral, a slower class.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::InformRequest,
) -> Result<pb::InformResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Inform, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let channel = super::notify::channel(body.channel)?;
    let note = api.sealed_if_any(&owner, "note", "note", &body.note).await?;
    let verb = IssueVerb::Inform { channel, note };
    let receipt = api.on_issue(&caller, Action::Inform, &target, write, verb).await?;
    Ok(pb::InformResponse { receipt: Some(receipt) })
}
