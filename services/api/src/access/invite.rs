//! Makes a one-time invitation to set a password.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::Invite;
use domain::access::login::INVITATION_HOURS_MAX;

use crate::auth::secret::Kind;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::InviteRequest,
) -> Result<pb::InviteResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let principal = api.principal_of(&body.name)?;
    let until = api.now().plus_seconds(INVITATION_HOURS_MAX * 3_600);
    let (invitation, secret) = api.new_secret(Kind::Invitation, principal, 0, until);
    let verb = AccessVerb::Invite(Invite { secret });
    let done = api.on_access(&caller, Action::Invite, principal, write, verb).await?;
    if done.repeated {
        let receipt = Some(receipt(&done));
        return Ok(pb::InviteResponse { receipt, ..pb::InviteResponse::default() });
    }
    let expires_at = wire::timestamp(until);
    Ok(pb::InviteResponse { receipt: Some(receipt(&done)), invitation, expires_at })
}
