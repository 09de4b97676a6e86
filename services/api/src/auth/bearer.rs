//! `authorization: Bearer …`: a machine's key, a session, or a token of the county's identity provider. Without
//! it, a browser's session in its cookie, or the certificate a machine showed.

use domain::access::event::{PrincipalKind, Subject};
use domain::access::{AUTHORITY, Principal, authority_key};
use domain::shared::ids::UnitId;
use domain::shared::moment::Moment;
use tonic::metadata::MetadataMap;
use uuid::Uuid;

use super::header;
use super::jwt::SKEW_SECONDS;
use super::secret::{self, Kind, Shown};
use crate::sign_in::cookie;
use crate::tls::CERTIFICATE;
use crate::{Api, ApiError};

/// Who comes, and with what.
#[derive(Clone, Debug)]
pub(super) struct Proven {
    pub id: Uuid,
    pub principal: Principal,
    /// A machine's key has some of its roles.
    pub key: Option<u32>,
    pub session: Option<u32>,
    pub until: Moment,
}

impl Proven {
    /// Where alone the key that was shown is good.
    pub(super) fn key_within(&self) -> Option<UnitId> {
        self.principal.keys.get(&self.key?)?.within
    }

    /// What every command of this caller checks.
    pub(super) fn authority(&self) -> (String, String) {
        (AUTHORITY.into(), authority_key(&self.principal.name, self.principal.epoch))
    }
}

/// Who vouches for a machine that shows a certificate: whoever `tls_clients` names.
const CERTIFICATES: &str = "certificate";

const NO_TOKEN: ApiError = ApiError::Unauthenticated(
    "metadata authorization: Bearer <token> must hold a key (bd_…), a session (bs_…) or the identity provider's token",
);
/// One answer for whatever is wrong with it: which part was right is nobody's business.
const REFUSED: ApiError = ApiError::Unauthenticated(
    "the token is unknown, expired or revoked; log in again, or ask for a new key",
);

pub(super) async fn proven(api: &Api, metadata: &MetadataMap) -> Result<Proven, ApiError> {
    let token =
        header(metadata, "authorization").strip_prefix("Bearer ").unwrap_or_default().trim();
    if token.is_empty() {
        return match secret::read(&cookie::session_of(metadata.as_ref())) {
            Some(shown) if shown.kind == Kind::Session => of_secret(api, &shown).await,
            _ => of_certificate(api, header(metadata, CERTIFICATE.as_str())).await,
        };
    }
    match secret::read(token) {
        Some(shown) => of_secret(api, &shown).await,
        None => of_provider(api, token).await,
    }
}

async fn of_secret(api: &Api, shown: &Shown) -> Result<Proven, ApiError> {
    let principal = api.commands.access.read(shown.principal, |known, _| known.clone()).await?;
    let principal = principal.filter(|known| known.require_active().is_ok()).ok_or(REFUSED)?;
    let known = match shown.kind {
        Kind::Key => principal.keys.get(&shown.number).map(|key| &key.secret),
        Kind::Session => principal.sessions.get(&shown.number),
        Kind::Invitation => None,
    };
    let known = known.filter(|known| secret::proves(shown, known, api.now())).ok_or(REFUSED)?;
    let (until, number) = (known.until, Some(shown.number));
    let (key, session) = match shown.kind {
        Kind::Key => (number, None),
        Kind::Session | Kind::Invitation => (None, number),
    };
    Ok(Proven { id: shown.principal, principal, key, session, until })
}

async fn of_provider(api: &Api, token: &str) -> Result<Proven, ApiError> {
    let provider = api.provider.as_ref().ok_or(REFUSED)?;
    let told = provider.verify(token, api.now()).await.ok_or(REFUSED)?;
    let (id, principal) = of_subject(api, &told.subject).await?;
    if is_revoked(&principal, told.issued_at) {
        return Err(REFUSED);
    }
    Ok(Proven { id, principal, key: None, session: None, until: told.until })
}

/// Whatever the provider issued before the revocation is refused, by a clock that may be ahead of ours; and what
/// does not say when it was issued, was not issued after it.
pub(crate) fn is_revoked(principal: &Principal, issued_at: Option<Moment>) -> bool {
    let from = principal.tokens_from.map(|from| from.plus_seconds(SKEW_SECONDS));
    from.is_some_and(|from| issued_at.is_none_or(|at| at <= from))
}

/// The connection has proven it, by the name in it. A revocation says nothing of when it was made: what was
/// vouched for before is vouched for no longer.
async fn of_certificate(api: &Api, name: &str) -> Result<Proven, ApiError> {
    if name.is_empty() {
        return Err(NO_TOKEN);
    }
    let subject = Subject { issuer: CERTIFICATES.into(), subject: name.into() };
    let (id, principal) = of_subject(api, &subject).await?;
    if principal.kind != PrincipalKind::Machine || principal.tokens_from.is_some() {
        return Err(REFUSED);
    }
    Ok(Proven { id, principal, key: None, session: None, until: Moment::MAX })
}

async fn of_subject(api: &Api, subject: &Subject) -> Result<(Uuid, Principal), ApiError> {
    let stream = api.commands.log.holder("access_subject", &subject.key()).await?;
    let id = stream.ok_or(REFUSED)?.id;
    let principal = api.commands.access.read(id, |known, _| known.clone()).await?;
    let principal = principal.filter(|known| known.require_active().is_ok()).ok_or(REFUSED)?;
    Ok((id, principal))
}
