//! Sets a password, with an invitation or the old one.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::SetPassword;

use super::log_in::{FAILED, known, let_in};
use crate::auth::password;
use crate::auth::secret::{self, Kind};
use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::receipt;
use crate::{Api, ApiError};

pub(crate) async fn run(
    api: Api,
    body: pb::SetPasswordRequest,
) -> Result<pb::SetPasswordResponse, ApiError> {
    // Nothing is made for whoever has not proven to be the one.
    let (principal, known, _turn, invitation) = if body.invitation.is_empty() {
        let principal = api.principal_of(&body.name)?;
        let (known, turn) = let_in(&api, principal, &body.password).await?;
        (principal, known, turn, None)
    } else {
        let shown = secret::read(body.invitation.trim());
        let shown = shown.filter(|shown| shown.kind == Kind::Invitation).ok_or(FAILED)?;
        let turn = password::turn().await?;
        let known = known(&api, shown.principal).await?;
        let invited = known.principal.invitation.as_ref();
        invited.filter(|made| secret::proves(&shown, made, api.now())).ok_or(FAILED)?;
        (shown.principal, known, turn, Some(shown.digest))
    };
    let name = known.principal.name.clone();
    password::require_strong("new_password", &name, &body.new_password)?;
    let hash = password::hash(body.new_password.clone()).await?;
    let owner = Owner::principal(principal);
    let sealed = api.seal(&owner, "password", &hash).await?.ok_or(FAILED)?;
    let verb = AccessVerb::SetPassword(SetPassword { invitation, password: sealed });
    let done = known.does(&api, principal, Action::SetPassword, verb).await?;
    Ok(pb::SetPasswordResponse { receipt: Some(receipt(&done)), name })
}
