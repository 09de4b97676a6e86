//! People sign in at the county's identity provider with a browser, and have a session in a cookie. The provider
//! here is a small real one: it asks for the client's secret and the PKCE verifier, and signs what it says.

#![expect(clippy::unwrap_used, reason = "the provider of these tests has nobody to answer to")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context, Result, ensure};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use contract::bidao::access::v1 as access;
use contract::bidao::access::v1::access_service_client::AccessServiceClient;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::server::START_SECONDS;
use tests::{Console, Environment, Who, text};
use tonic::Code;

/// Ed25519, of nobody: made for these tests.
const PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEID+2BNENdM7uAnMVZG9Gmfh4MKck26pbDmD5zR6oF1Z9";
const PUBLIC: &str = "NSUUDEDZdKl-Fot1FIBySP7HtMbrKmOPkfgeghd0XdY";
const CLIENT: &str = "bidao-console";
const SECRET: &str = "机密 of the client";
const PASSWORD: &str = "一条很长的口令 2026";

/// What a code of the provider stands for.
#[derive(Clone, Default)]
struct Code0 {
    challenge: String,
    claims: Value,
    alg: Option<Algorithm>,
}

#[derive(Clone, Default)]
struct Provider {
    issuer: String,
    codes: Arc<Mutex<BTreeMap<String, Code0>>>,
}

impl Provider {
    async fn start() -> Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let provider = Self { issuer, ..Self::default() };
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovered))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(provider)
    }

    /// What the provider does once somebody has logged in there; its code.
    fn logged_in(
        &self,
        asked: &BTreeMap<String, String>,
        changed: &Value,
        alg: Algorithm,
    ) -> String {
        let mut claims = json!({ "iss": self.issuer, "aud": CLIENT, "sub": "w-17",
            "iat": START_SECONDS, "exp": START_SECONDS + 300, "nonce": asked["nonce"] });
        for (name, value) in changed.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let challenge = asked["code_challenge"].clone();
        let mut codes = self.codes.lock().unwrap();
        let code = format!("code-{}", codes.len());
        codes.insert(code.clone(), Code0 { challenge, claims, alg: Some(alg) });
        code
    }
}

/// `a=1&b=%32`, as URLs and forms have it.
fn pairs(text: &str) -> BTreeMap<String, String> {
    let decoded = |text: &str| {
        let text = text.replace('+', "%20");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

async fn discovered(State(provider): State<Provider>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({ "issuer": provider.issuer, "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"), "jwks_uri": at("/keys"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["EdDSA"] }))
}

async fn keys() -> Json<Value> {
    Json(
        json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "one", "alg": "EdDSA",
        "use": "sig" }] }),
    )
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    body: String,
) -> Result<Json<Value>, StatusCode> {
    let asked = pairs(&body);
    // RFC 6749 2.3.1: both are percent-encoded before they are joined.
    let basic = headers.get("authorization").and_then(|value| value.to_str().ok());
    let basic = basic.and_then(|value| STANDARD.decode(value.strip_prefix("Basic ")?).ok());
    let basic = String::from_utf8(basic.ok_or(StatusCode::UNAUTHORIZED)?).unwrap_or_default();
    let secret = basic.strip_prefix("bidao-console:").unwrap_or_default().replace('+', "%20");
    let secret = percent_encoding::percent_decode_str(&secret).decode_utf8_lossy().into_owned();
    if secret != SECRET {
        return Err(StatusCode::UNAUTHORIZED);
    }
    // A code counts once.
    let code = provider.codes.lock().unwrap().insert(asked["code"].clone(), Code0::default());
    let code = code.ok_or(StatusCode::BAD_REQUEST)?;
    let verified = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked["code_verifier"]));
    let Some(alg) = code.alg.filter(|_| verified == code.challenge) else {
        return Err(StatusCode::BAD_REQUEST);
    };
    let own = alg == Algorithm::EdDSA;
    let made = if own {
        EncodingKey::from_ed_der(&STANDARD.decode(PRIVATE).unwrap())
    } else {
        EncodingKey::from_secret(SECRET.as_bytes())
    };
    let header = Header { kid: Some("one".into()), ..Header::new(alg) };
    let id_token = encode(&header, &code.claims, &made).unwrap();
    Ok(Json(
        json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token, "expires_in": 300 }),
    ))
}

/// A browser as far as it matters: it follows nothing by itself, and keeps cookies.
struct Browser {
    url: String,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn go(&mut self, path: &str) -> Result<(u16, String)> {
        let (status, place, _) = self.asked(path, None)?;
        Ok((status, place))
    }

    /// Status, where it is sent, and what it reads there; what is filled in is posted.
    fn asked(
        &mut self,
        path: &str,
        filled_in: Option<&[(&str, &str)]>,
    ) -> Result<(u16, String, String)> {
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .build(),
        );
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (url, cookies) = (format!("{}{path}", self.url), cookies.join("; "));
        let mut answer = match filled_in {
            Some(fields) => {
                agent.post(url).header("cookie", cookies).send_form(fields.iter().copied())?
            }
            None => agent.get(url).header("cookie", cookies).call()?,
        };
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str()?;
            ensure!(cookie.contains("Secure; HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) =
                cookie.split(';').next().and_then(|c| c.split_once('=')).context("a cookie")?;
            self.cookies.insert(name.into(), value.into());
        }
        let place = answer.headers().get("location").map(|place| place.to_str()).transpose()?;
        let place = place.unwrap_or_default().to_owned();
        Ok((answer.status().as_u16(), place, answer.body_mut().read_to_string()?))
    }

    /// To the provider: what it is asked there.
    fn begin(&mut self) -> Result<BTreeMap<String, String>> {
        let (status, place) = self.go("/sign-in")?;
        ensure!(status == 303 && place.contains("/authorize?"), "{status} {place}");
        let (_, query) = place.split_once('?').context("no query")?;
        Ok(pairs(query))
    }

    fn come_back(&mut self, code: &str, state: &str) -> Result<u16> {
        Ok(self.go(&format!("/sign-in/return?code={code}&state={state}"))?.0)
    }

    async fn who(&self, site: &str) -> Result<Result<String, Code>> {
        let endpoint = tonic::transport::Endpoint::from_shared(self.url.clone())?;
        let mut client = AccessServiceClient::new(endpoint.connect().await?);
        let mut request = tonic::Request::new(access::WhoAmIRequest::default());
        let session = self.cookies.get("__Host-bidao").cloned().unwrap_or_default();
        request.metadata_mut().insert("cookie", format!("a=1; __Host-bidao={session}").parse()?);
        request.metadata_mut().insert("sec-fetch-site", site.parse()?);
        Ok(client.who_am_i(request).await.map(|me| me.into_inner().name).map_err(|s| s.code()))
    }
}

async fn county() -> Result<(Provider, Console, Browser)> {
    let provider = Provider::start().await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("client-secret");
    std::fs::write(&file, format!("{SECRET}\n"))?;
    let environment: Environment = [
        ("BIDAO_JWT_ISSUER", provider.issuer.clone()),
        ("BIDAO_JWT_AUDIENCE", "bidao".into()),
        ("BIDAO_OIDC_CLIENT_ID", CLIENT.into()),
        ("BIDAO_OIDC_SECRET_FILE", file.to_string_lossy().into_owned()),
        ("BIDAO_PUBLIC_URL", "https://bidao.county.example/".into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let (console, invitation) = Console::open_proving(&environment).await?;
    let set = json!({ "invitation": invitation, "new_password": PASSWORD });
    console.ask(&Who::proven(""), "access set-password", set)?;
    let login = json!({ "name": "security", "password": PASSWORD });
    let security = console.ask(&Who::proven(""), "access log-in", login)?;
    let security = Who::proven(&text(&security["token"]));
    let known = json!({ "name": "wang", "kind": "PRINCIPAL_KIND_PERSON", "issuer": provider.issuer, "subject": "w-17" });
    console.ask(&security, "access register-principal", known)?;
    let browser = Browser { url: console.server.url.clone(), cookies: BTreeMap::new() };
    Ok((provider, console, browser))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn somebody_signs_in_with_a_browser_and_out_again() -> Result<()> {
    let (provider, console, mut browser) = county().await?;
    assert_eq!(browser.who("same-origin").await?, Err(Code::Unauthenticated));
    let asked = browser.begin()?;
    assert_eq!(asked["redirect_uri"], "https://bidao.county.example/sign-in/return");
    assert_eq!(
        (asked["client_id"].as_str(), asked["code_challenge_method"].as_str()),
        (CLIENT, "S256")
    );
    let code = provider.logged_in(&asked, &Value::Null, Algorithm::EdDSA);
    assert_eq!(browser.come_back(&code, &asked["state"])?, 303);
    for site in ["same-origin", "none"] {
        assert_eq!(browser.who(site).await?, Ok("wang".into()));
    }
    // Another site's page has the cookie sent along, perhaps, and gets nothing for it.
    assert_eq!(browser.who("cross-site").await?, Err(Code::Unauthenticated));
    // The provider's own token is one for our API, too, when it is made for it; its keys are asked for.
    let header = Header { kid: Some("one".into()), ..Header::new(Algorithm::EdDSA) };
    let key = EncodingKey::from_ed_der(&STANDARD.decode(PRIVATE)?);
    let claims = json!({ "iss": provider.issuer, "aud": "bidao", "sub": "w-17", "iat": START_SECONDS, "exp": START_SECONDS + 300 });
    let me = console.ask(
        &Who::proven(&encode(&header, &claims, &key)?),
        "access who-am-i",
        Value::Null,
    )?;
    assert_eq!(text(&me["name"]), "wang");
    let kept = browser.cookies.clone();
    assert_eq!(browser.asked("/sign-out", Some(&[]))?.0, 204);
    assert_eq!(browser.cookies["__Host-bidao"], "");
    browser.cookies = kept;
    assert_eq!(
        browser.who("same-origin").await?,
        Err(Code::Unauthenticated),
        "the session has ended"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn whoever_the_provider_does_not_vouch_for_stays_outside() -> Result<()> {
    let (provider, _console, mut browser) = county().await?;
    let forged = [
        (json!({ "sub": "w-18" }), Algorithm::EdDSA),
        (json!({ "aud": "other" }), Algorithm::EdDSA),
        (json!({ "iss": "https://other" }), Algorithm::EdDSA),
        (json!({ "nonce": "other" }), Algorithm::EdDSA),
        (json!({ "exp": START_SECONDS - 1 }), Algorithm::EdDSA),
        // Signed with what the client knows, which is no signature of the provider.
        (Value::Null, Algorithm::HS256),
    ];
    for (claims, alg) in forged {
        let asked = browser.begin()?;
        let code = provider.logged_in(&asked, &claims, alg);
        assert_eq!(browser.come_back(&code, &asked["state"])?, 403, "{claims} {alg:?}");
    }
    let asked = browser.begin()?;
    let code = provider.logged_in(&asked, &Value::Null, Algorithm::EdDSA);
    assert_eq!(browser.come_back(&code, "other")?, 403, "of somebody else's sign-in");
    assert_eq!(browser.come_back("", &asked["state"])?, 403);
    assert_eq!(browser.come_back("code-99", &asked["state"])?, 403);
    let mut other = Browser { url: browser.url.clone(), cookies: BTreeMap::new() };
    assert_eq!(other.come_back(&code, &asked["state"])?, 403, "begun in another browser");
    other.begin()?;
    assert_eq!(other.come_back(&code, &asked["state"])?, 403);
    assert_eq!(browser.come_back(&code, &asked["state"])?, 303, "and that was the one");
    assert_eq!(browser.who("same-origin").await?, Ok("wang".into()));
    browser.cookies.remove("__Host-bidao");
    assert_eq!(browser.come_back(&code, &asked["state"])?, 403, "a code counts once");
    Ok(())
}

/// What the provider vouched for before a revocation is vouched for no longer.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_revocation_ends_a_sign_in_that_is_under_way() -> Result<()> {
    let (provider, console, mut browser) = county().await?;
    let asked = browser.begin()?;
    let code = provider.logged_in(&asked, &Value::Null, Algorithm::EdDSA);
    let login = json!({ "name": "security", "password": PASSWORD });
    let security = console.ask(&Who::proven(""), "access log-in", login)?;
    let security = Who::proven(&text(&security["token"]));
    let revoke = json!({ "name": "wang", "reason": "手机丢失" });
    console.ask(&security, "access revoke-tokens", revoke)?;
    assert_eq!(browser.come_back(&code, &asked["state"])?, 403);
    assert_eq!(browser.who("same-origin").await?, Err(Code::Unauthenticated));
    // Anew, and vouched for after it by the provider's clock.
    let asked = browser.begin()?;
    let later = json!({ "iat": START_SECONDS + 300, "exp": START_SECONDS + 600 });
    let code = provider.logged_in(&asked, &later, Algorithm::EdDSA);
    assert_eq!(browser.come_back(&code, &asked["state"])?, 303);
    assert_eq!(browser.who("same-origin").await?, Ok("wang".into()));
    Ok(())
}

/// The one-time link that `serve --dev` prints: looked at as often as anybody likes, and used once.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn whoever_is_invited_sets_a_password_in_a_browser_and_is_in() -> Result<()> {
    let (console, invitation) = Console::open_proving(&[]).await?;
    let mut browser = Browser { url: console.server.url.clone(), cookies: BTreeMap::new() };
    let link = format!("/invitation?code={invitation}");
    for _ in 0..2 {
        let (status, _, page) = browser.asked(&link, None)?;
        assert_eq!(status, 200);
        assert!(page.contains(&invitation) && page.contains("设置并登录"), "{page}");
    }
    let (_, _, page) = browser.asked("/invitation?code=%22%3E%3Cscript%3E", None)?;
    assert!(!page.contains("<script>"), "{page}");
    let mut choose = |code: &str, password: &str, again: &str| {
        let fields = [("code", code), ("password", password), ("again", again)];
        browser.asked("/invitation", Some(&fields))
    };
    let (status, _, page) = choose(&invitation, PASSWORD, "另一个很长的口令 2026")?;
    assert_eq!((status, page.contains("不一致")), (400, true), "{page}");
    let (status, _, page) = choose(&invitation, "security", "security")?;
    assert_eq!((status, page.contains("12")), (400, true), "{page}");
    assert_eq!(choose("bi_0_1", PASSWORD, PASSWORD)?.0, 403);
    let (status, _, page) = choose(&invitation, PASSWORD, PASSWORD)?;
    assert_eq!((status, page.contains("security")), (200, true), "{page}");
    assert_eq!(choose(&invitation, PASSWORD, PASSWORD)?.0, 403, "it is used up");
    assert_eq!(browser.who("same-origin").await?, Ok("security".into()));
    Ok(())
}
