//! Sets a password, with an invitation or the old one.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::SetPassword;
use domain::shared::actor::{Actor, ActorKind};

use super::log_in::{FAILED, let_in};
use crate::auth::password;
use crate::auth::secret::{self, Kind};
use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    body: pb::SetPasswordRequest,
) -> Result<pb::SetPasswordResponse, ApiError> {
    let (principal, invitation) = if body.invitation.is_empty() {
        let principal = api.principal_of(&body.name)?;
        let_in(&api, principal, &body.password).await?;
        (principal, None)
    } else {
        let shown = secret::read(body.invitation.trim());
        let shown = shown.filter(|shown| shown.kind == Kind::Invitation).ok_or(FAILED)?;
        (shown.principal, Some(shown.digest))
    };
    let known = api.access_record(principal).await?;
    password::require_strong("new_password", &known.name, &body.new_password)?;
    let hash = password::hash(body.new_password.clone()).await?;
    let owner = Owner::principal(principal);
    let sealed = api.seal(&owner, "password", &hash).await?.ok_or(FAILED)?;
    let caller = Caller {
        actor: Actor { kind: ActorKind::Staff, id: known.name.clone(), ..Actor::default() },
        channel: "grpc".into(),
        ..Caller::default()
    };
    let verb = AccessVerb::SetPassword(SetPassword { invitation, password: sealed });
    let write = Write::default();
    let done = api.on_access(&caller, Action::SetPassword, principal, write, verb).await?;
    Ok(pb::SetPasswordResponse { receipt: Some(receipt(&done)), name: known.name })
}
