//! Opens a session with name and password.

use contract::bidao::access::v1 as pb;
use domain::access::command::LogIn;
use domain::access::login::SESSION_HOURS_MAX;
use domain::access::{AccessVerb, Principal};
use domain::shared::actor::{Actor, ActorKind};
use uuid::Uuid;

use crate::auth::password;
use crate::auth::secret::Kind;
use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

/// One answer for every way to fail: who has an account here is nobody's business.
pub(super) const FAILED: ApiError = ApiError::Unauthenticated(
    "name or password is wrong, the account is locked for a while, or the invitation is over",
);

pub(super) async fn run(api: Api, body: pb::LogInRequest) -> Result<pb::LogInResponse, ApiError> {
    let principal = api.principal_of(&body.name)?;
    let_in(&api, principal, &body.password).await?;
    let seen = api.commands.access.read(principal, |known, version| (known.clone(), version));
    let (known, version) = seen.await?.ok_or(FAILED)?;
    let until = api.now().plus_seconds(SESSION_HOURS_MAX * 3_600);
    let (token, secret) = api.new_secret(Kind::Session, principal, known.numbered + 1, until);
    let caller = itself(&known);
    let mut request = api.request(&caller, Action::LogIn, Write::default());
    // The number is part of the token.
    request.expected_version = Some(version);
    let verb = AccessVerb::LogIn(LogIn { secret });
    api.access_as(&caller, principal, &request, verb).await?;
    Ok(pb::LogInResponse { token, expires_at: wire::timestamp(until) })
}

/// The right password, or one answer for all else; a wrong one is counted.
pub(super) async fn let_in(api: &Api, principal: Uuid, tried: &str) -> Result<(), ApiError> {
    wire::text("password", tried, password::CHARS_MAX)?;
    let known = api.access_record(principal).await?;
    let owner = Owner::principal(principal);
    let hash = match &known.password {
        Some(sealed) => Some(api.open(&owner, "password", Some(sealed)).await),
        None => None,
    };
    let locked = known.locked_until.is_some_and(|until| api.now() < until);
    let right = password::is_right(tried.into(), hash).await?;
    if right && !locked {
        return Ok(());
    }
    if known.password.is_some() && !locked {
        let caller = itself(&known);
        let verb = AccessVerb::FailLogin;
        let write = Write::default();
        let counted = api.on_access(&caller, Action::LogIn, principal, write, verb).await;
        // Somebody else's guess locked it at the same moment.
        if let Err(error) = counted
            && !matches!(error, ApiError::Rule { .. })
        {
            return Err(error);
        }
    }
    Err(FAILED)
}

fn itself(known: &Principal) -> Caller {
    Caller {
        actor: Actor {
            kind: ActorKind::Staff,
            id: known.name.clone(),
            person: known.person,
            ..Actor::default()
        },
        channel: "grpc".into(),
        ..Caller::default()
    }
}
