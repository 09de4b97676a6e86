//! Opens a session with name and password.

use contract::bidao::access::v1 as pb;
use domain::access::command::LogIn;
use domain::access::login::SESSION_HOURS_MAX;
use domain::access::{AccessVerb, Principal};
use domain::shared::actor::{Actor, ActorKind};
use eventlog::Request;
use tokio::time::Instant;
use uuid::Uuid;

use crate::auth::password::{self, Turn};
use crate::auth::secret::Kind;
use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, mark, wire};

/// One answer for every way to fail: who has an account here is nobody's business.
pub(super) const FAILED: ApiError = ApiError::Unauthenticated(
    "name or password is wrong, the account is locked for a while, or the invitation is over",
);

pub(crate) async fn run(api: Api, body: pb::LogInRequest) -> Result<pb::LogInResponse, ApiError> {
    let principal = api.principal_of(&body.name)?;
    let (known, _turn) = let_in(&api, principal, &body.password).await?;
    let until = api.now().plus_seconds(SESSION_HOURS_MAX * 3_600);
    let number = known.principal.numbered + 1;
    let (token, secret) = api.new_secret(Kind::Session, principal, number, until);
    let verb = AccessVerb::LogIn(LogIn { secret });
    known.does(&api, principal, Action::LogIn, verb).await?;
    Ok(pb::LogInResponse { token, expires_at: wire::timestamp(until) })
}

/// Somebody's record as it was when the password was judged: what follows is refused if it is another by then.
pub(crate) struct Known {
    pub principal: Principal,
    /// Unless it does not matter.
    pub version: Option<u64>,
}

/// The right password, with the turn that lasts until what follows is written; or one answer for all else.
pub(super) async fn let_in(
    api: &Api,
    principal: Uuid,
    tried: &str,
) -> Result<(Known, Turn), ApiError> {
    wire::text("password", tried, password::CHARS_MAX)?;
    let turn = password::turn().await?;
    let known = known(api, principal).await?;
    let owner = Owner::principal(principal);
    let hash = match &known.principal.password {
        Some(sealed) => Some(api.open(&owner, "password", Some(sealed)).await),
        None => None,
    };
    let has_password = hash.is_some();
    let locked = known.principal.locked_until.is_some_and(|until| api.now() < until);
    let right = password::is_right(tried.into(), hash).await?;
    if right && !locked {
        return Ok((known, turn));
    }
    let counted = (has_password && !locked).then_some(known);
    tokio::spawn(count(api.clone(), principal, counted, turn));
    Err(FAILED)
}

/// A wrong password is counted behind the answer, and the next turn begins at a mark: neither this answer nor the
/// next one takes longer for a name that somebody has.
async fn count(api: Api, principal: Uuid, counted: Option<Known>, turn: Turn) {
    let began = Instant::now();
    if let Some(known) = counted {
        // Whatever became of the record meanwhile: another process may have counted one, too.
        let known = Known { version: None, ..known };
        let failed = known.does(&api, principal, Action::LogIn, AccessVerb::FailLogin).await;
        if let Err(error) = failed {
            tracing::error!(cause = error.text(), "a wrong password was not counted");
        }
    }
    mark::reached(began).await;
    drop(turn);
}

pub(crate) async fn known(api: &Api, principal: Uuid) -> Result<Known, ApiError> {
    let seen = |principal: &Principal, version| Known {
        principal: principal.clone(),
        version: Some(version),
    };
    let known = api.commands.access.read(principal, seen).await?;
    Ok(known.unwrap_or_else(|| Known { principal: Principal::default(), version: Some(0) }))
}

impl Known {
    /// Written as its own act, on the record as it was seen. Why not, is told to nobody.
    pub(crate) async fn does(
        &self,
        api: &Api,
        principal: Uuid,
        action: Action,
        verb: AccessVerb,
    ) -> Result<eventlog::Done, ApiError> {
        let actor = Actor {
            kind: ActorKind::Staff,
            id: self.principal.name.clone(),
            person: self.principal.person,
            ..Actor::default()
        };
        let caller = Caller { actor, channel: "grpc".into(), ..Caller::default() };
        let request = Request {
            expected_version: self.version,
            ..api.request(&caller, action, Write::default())
        };
        match api.access_as(&caller, principal, &request, verb).await {
            Err(ApiError::Unavailable(cause)) => Err(ApiError::Unavailable(cause)),
            Err(ApiError::Internal(cause)) => Err(ApiError::Internal(cause)),
            Err(_) => Err(FAILED),
            Ok(done) => Ok(done),
        }
    }
}
