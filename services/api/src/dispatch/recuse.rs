//! Stands aside by own declaration, as the post and the person that act.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::NameParty;
use domain::issue::event::PartyRole;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RecuseRequest,
) -> Result<pb::RecuseResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Recuse, &body.issue_id).await?;
    let verb = IssueVerb::NameParty(NameParty {
        role: PartyRole::SelfDeclared,
        post: caller.actor.post,
        person: caller.actor.person,
        unit: None,
    });
    let receipt = api.on_issue(&caller, Action::Recuse, &target, write, verb).await?;
    Ok(pb::RecuseResponse { receipt: Some(receipt) })
}
