//! Signing in at the county's identity provider, for people with a browser: OpenID Connect's code flow with
//! PKCE. The browser gets a session of ours in a cookie that no script reads; the provider's tokens never
//! leave the server (ADR 19).

pub(crate) mod cookie;
mod flow;
pub(crate) mod invitation;

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{Router, get, post};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tonic::Code;

use crate::{Api, ApiError};
pub use flow::Known;

/// What the provider knows us by.
pub struct SignIn {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// Where people's browsers find this server.
    pub public_url: String,
    pub fetch: Arc<dyn Fetch>,
    /// What it said of itself last.
    pub known: Known,
}

/// Asks the provider something over HTTP; no redirect is followed.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// # Errors
    /// When there is no answer: one line with the cause.
    async fn fetch(
        &self,
        request: http::Request<Vec<u8>>,
    ) -> Result<http::Response<Vec<u8>>, String>;
}

/// Where the provider sends people back to.
pub(crate) const RETURN: &str = "/sign-in/return";

pub(crate) fn routes(api: Api) -> Router {
    Router::new()
        .route("/sign-in", get(begin))
        .route(RETURN, get(finish))
        .route("/sign-out", post(sign_out))
        .route(invitation::PATH, get(invitation::show).post(invitation::accept))
        .with_state(api)
}

/// What the provider sends back with somebody.
#[derive(Deserialize)]
struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

async fn begin(State(api): State<Api>) -> Response {
    match api.begin_sign_in().await {
        Ok((url, kept)) => with_cookies(Redirect::to(&url), &[kept]),
        Err(error) => refusal(&error),
    }
}

async fn finish(
    State(api): State<Api>,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Response {
    let kept = cookie::of(&headers, cookie::UNDER_WAY);
    match api.finish_sign_in(&kept, &returned.code, &returned.state).await {
        Ok(session) => {
            let session = cookie::session(&session);
            with_cookies(Redirect::to("/"), &[session, cookie::forget(cookie::UNDER_WAY)])
        }
        Err(error) => refusal(&error),
    }
}

async fn sign_out(State(api): State<Api>, headers: HeaderMap) -> Response {
    // Also what another site asks in somebody's name.
    if cookie::session_of(&headers).is_empty() {
        return StatusCode::NO_CONTENT.into_response();
    }
    match api.end_session(&headers).await {
        Ok(()) => with_cookies(StatusCode::NO_CONTENT, &[cookie::forget(cookie::SESSION)]),
        Err(error) => refusal(&error),
    }
}

fn with_cookies(answer: impl IntoResponse, cookies: &[String]) -> Response {
    let mut answer = answer.into_response();
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::from_str(cookie) {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// What HTTP calls the codes of what may happen here.
const STATUSES: [(Code, StatusCode); 3] = [
    (Code::NotFound, StatusCode::NOT_FOUND),
    (Code::Unauthenticated, StatusCode::FORBIDDEN),
    (Code::Unavailable, StatusCode::SERVICE_UNAVAILABLE),
];

/// For a person at a browser, in Chinese.
fn refusal(error: &ApiError) -> Response {
    if let ApiError::Unavailable(cause) | ApiError::Internal(cause) = error {
        tracing::error!(cause, "a sign-in failed");
    }
    let status = STATUSES.iter().find(|(code, _)| *code == error.code());
    let status = status.map_or(StatusCode::INTERNAL_SERVER_ERROR, |(_, status)| *status);
    (status, format!("{}\n", error.zh())).into_response()
}
