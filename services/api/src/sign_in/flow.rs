//! The two steps of the code flow, and the end of a session.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use domain::access::AccessVerb;
use domain::access::command::{LogIn, LogOut};
use domain::access::event::{PrincipalKind, Subject};
use domain::access::login::SESSION_HOURS_MAX;
use domain::shared::moment::Moment;
use http::HeaderMap;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, TokenResponse,
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{Fetch, RETURN, SignIn, cookie};
use crate::access::log_in;
use crate::auth::bearer;
use crate::auth::secret::{self, Kind};
use crate::decide::Action;
use crate::{Api, ApiError};

/// As for tokens (see `auth::jwt`): signatures that only the provider can make.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];
/// Whoever takes longer at the provider begins again.
const MINUTES: i64 = 10;
/// One answer for whatever is wrong with what came back.
const REFUSED: ApiError = ApiError::Unauthenticated(
    "the sign-in was not begun here, took too long, or is of somebody without an account",
);

/// How often the provider is asked who it is.
const ASKED_EVERY: Duration = Duration::from_secs(60);

/// What the provider said of itself last.
#[derive(Default)]
pub struct Known(Mutex<Option<(Instant, CoreProviderMetadata)>>);

/// What the browser carries while somebody is at the provider, sealed.
#[derive(Serialize, Deserialize)]
struct UnderWay {
    state: String,
    nonce: String,
    verifier: String,
    until: Moment,
}

/// The provider as asked a moment ago: its keys change, and whoever likes may begin a sign-in.
async fn provider(sign_in: &SignIn) -> Result<CoreProviderMetadata, ApiError> {
    let mut known = sign_in.known.0.lock().await;
    if let Some((asked, metadata)) = &*known
        && asked.elapsed() < ASKED_EVERY
    {
        return Ok(metadata.clone());
    }
    let metadata = discovered(sign_in).await?;
    *known = Some((Instant::now(), metadata.clone()));
    Ok(metadata)
}

async fn discovered(sign_in: &SignIn) -> Result<CoreProviderMetadata, ApiError> {
    let wrong =
        |error: &dyn std::fmt::Display| ApiError::Unavailable(format!("jwt_issuer: {error}"));
    let issuer = IssuerUrl::new(sign_in.issuer.clone()).map_err(|error| wrong(&error))?;
    let asks = Asks(Arc::clone(&sign_in.fetch));
    CoreProviderMetadata::discover_async(issuer, &asks).await.map_err(|error| wrong(&error))
}

macro_rules! client {
    ($metadata:expr, $sign_in:expr) => {{
        let back = RedirectUrl::new(format!("{}{RETURN}", $sign_in.public_url))
            .map_err(|error| ApiError::Internal(format!("public_url: {error}")))?;
        let secret = ClientSecret::new($sign_in.client_secret.clone());
        CoreClient::from_provider_metadata(
            $metadata,
            ClientId::new($sign_in.client_id.clone()),
            Some(secret),
        )
        .set_redirect_uri(back)
    }};
}

impl Api {
    /// Where to send somebody, and what their browser keeps meanwhile.
    pub(super) async fn begin_sign_in(&self) -> Result<(String, String), ApiError> {
        let sign_in = self.sign_in.as_ref().ok_or(ApiError::NotFound)?;
        let client = client!(provider(sign_in).await?, sign_in);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let asked = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let (url, state, nonce) = asked.set_pkce_challenge(challenge).url();
        let under_way = UnderWay {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            until: self.now().plus_seconds(MINUTES * 60),
        };
        let text = serde_json::to_string(&under_way);
        let text = text.map_err(|error| ApiError::Internal(error.to_string()))?;
        Ok((url.to_string(), cookie::under_way(&self.vault.voucher(&text)?)))
    }

    /// The token of a new session, for whoever the provider vouches for and we know.
    pub(super) async fn finish_sign_in(
        &self,
        kept: &str,
        code: &str,
        state: &str,
    ) -> Result<String, ApiError> {
        let sign_in = self.sign_in.as_ref().ok_or(ApiError::NotFound)?;
        let under_way = self.vault.read_voucher(kept).ok_or(REFUSED)?;
        let under_way: UnderWay = serde_json::from_str(&under_way).map_err(|_| REFUSED)?;
        let ours = bool::from(under_way.state.as_bytes().ct_eq(state.as_bytes()));
        if !ours || under_way.until <= self.now() || code.is_empty() {
            return Err(REFUSED);
        }
        let (subject, issued_at) = self.vouched_for(sign_in, under_way, code).await?;
        self.session_of(&subject, issued_at).await
    }

    /// Whom the code stands for, and when the provider said so.
    async fn vouched_for(
        &self,
        sign_in: &SignIn,
        under_way: UnderWay,
        code: &str,
    ) -> Result<(Subject, Moment), ApiError> {
        let client = client!(provider(sign_in).await?, sign_in);
        let asks = Asks(Arc::clone(&sign_in.fetch));
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| ApiError::Unavailable(format!("jwt_issuer: {error}")))?
            .set_pkce_verifier(PkceCodeVerifier::new(under_way.verifier));
        let tokens = request.request_async(&asks).await.map_err(|error| {
            tracing::warn!(%error, "the identity provider took no code");
            REFUSED
        })?;
        let now = self.now();
        let verifier =
            client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || time(now));
        let token = tokens.id_token().ok_or(REFUSED)?;
        let claims = token.claims(&verifier, &Nonce::new(under_way.nonce)).map_err(|error| {
            tracing::warn!(%error, "the identity provider's token is not good");
            REFUSED
        })?;
        let (issuer, subject) = (sign_in.issuer.clone(), claims.subject().to_string());
        let issued_at = Moment(claims.issue_time().timestamp_micros());
        Ok((Subject { issuer, subject }, issued_at))
    }

    async fn session_of(&self, subject: &Subject, issued_at: Moment) -> Result<String, ApiError> {
        let stream = self.commands.log.holder("access_subject", &subject.key()).await?;
        let principal = stream.ok_or(REFUSED)?.id;
        let known = log_in::known(self, principal).await?;
        let revoked = bearer::is_revoked(&known.principal, Some(issued_at));
        if known.principal.kind != PrincipalKind::Person || revoked {
            return Err(REFUSED);
        }
        let until = self.now().plus_seconds(SESSION_HOURS_MAX * 3_600);
        let number = known.principal.numbered + 1;
        let (token, secret) = self.new_secret(Kind::Session, principal, number, until);
        let verb = AccessVerb::LogIn(LogIn { secret });
        known.does(self, principal, Action::LogIn, verb).await.map_err(|_| REFUSED)?;
        Ok(token)
    }

    /// Ends the session that the browser has; without one there is nothing to end.
    pub(super) async fn end_session(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let Some(shown) = secret::read(&cookie::session_of(headers)) else {
            return Ok(());
        };
        let known = log_in::known(self, shown.principal).await?;
        let session = known.principal.sessions.get(&shown.number);
        if session.is_some_and(|session| secret::proves(&shown, session, self.now())) {
            let verb = AccessVerb::LogOut(LogOut { number: shown.number });
            known.does(self, shown.principal, Action::LogOut, verb).await?;
        }
        Ok(())
    }
}

fn time(now: Moment) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp_micros(now.0).unwrap_or_default()
}

/// Our way to ask, as the library asks for it.
struct Asks(Arc<dyn Fetch>);

#[derive(Debug, Error)]
#[error("{0}")]
struct NoAnswer(String);

impl<'c> AsyncHttpClient<'c> for Asks {
    type Error = NoAnswer;
    type Future =
        Pin<Box<dyn Future<Output = Result<http::Response<Vec<u8>>, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: http::Request<Vec<u8>>) -> Self::Future {
        Box::pin(async move { self.0.fetch(request).await.map_err(NoAnswer) })
    }
}
