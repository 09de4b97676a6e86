//! What somebody who was invited opens in a browser: a page that asks for a password and opens a session. Looking
//! at it uses nothing up, as programs look at links before people do.

use axum::extract::{Form, Query, State};
use axum::response::{Html, IntoResponse, Response};
use contract::bidao::access::v1 as pb;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{cookie, refusal, with_cookies};
use crate::access::{log_in, set_password};
use crate::{Api, ApiError};

/// Where `serve --dev` and whoever invites sends people.
pub const PATH: &str = "/invitation";
/// The page loads nothing, and stands in no other page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

pub(super) async fn show(Query(asked): Query<Asked>) -> Response {
    page(StatusCode::OK, &form(&asked.code, ""))
}

pub(super) async fn accept(
    State(api): State<Api>,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Response {
    if !cookie::is_own(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if chosen.password != chosen.again {
        return page(StatusCode::BAD_REQUEST, &form(&chosen.code, "两次输入的密码不一致"));
    }
    match entered(&api, &chosen).await {
        Ok((name, session)) => {
            let words = format!("<p>密码已设置,您已作为 <b>{}</b> 登录。</p>", plain(&name));
            with_cookies(page(StatusCode::OK, &words), &[cookie::session(&session)])
        }
        Err(error @ ApiError::Shape { .. }) => {
            page(StatusCode::BAD_REQUEST, &form(&chosen.code, &error.zh()))
        }
        Err(error) => refusal(&error),
    }
}

/// Name, and the token of a session.
async fn entered(api: &Api, chosen: &Chosen) -> Result<(String, String), ApiError> {
    let set = pb::SetPasswordRequest {
        invitation: chosen.code.clone(),
        new_password: chosen.password.clone(),
        ..pb::SetPasswordRequest::default()
    };
    let name = set_password::run(api.clone(), set).await?.name;
    let login = pb::LogInRequest { name: name.clone(), password: chosen.password.clone() };
    Ok((name, log_in::run(api.clone(), login).await?.token))
}

fn form(code: &str, wrong: &str) -> String {
    let (code, wrong) = (plain(code), plain(wrong));
    format!(
        "<p>请设置密码(12–200 个字符)。邀请只能使用一次。</p><p class=\"wrong\">{wrong}</p>\
         <form method=\"post\" action=\"{PATH}\"><input type=\"hidden\" name=\"code\" value=\"{code}\">\
         <label>新密码 <input type=\"password\" name=\"password\" autocomplete=\"new-password\" minlength=\"12\" required autofocus></label>\
         <label>再输一次 <input type=\"password\" name=\"again\" autocomplete=\"new-password\" required></label>\
         <button>设置并登录</button></form>"
    )
}

fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>必到</title>\
         <style>body{{font:18px/1.7 sans-serif;max-width:26em;margin:3em auto;padding:0 1em}}\
         label{{display:block;margin:.8em 0}}input,button{{font:inherit;width:100%}}.wrong{{color:#b00}}</style>\
         <h1>必到</h1>{body}</html>"
    );
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ];
    let fixed = fixed.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (status, fixed, Html(html)).into_response()
}

/// Text that is no markup.
fn plain(text: &str) -> String {
    text.chars().fold(String::new(), |mut plain, sign| {
        match sign {
            '&' => plain.push_str("&amp;"),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '"' => plain.push_str("&quot;"),
            '\'' => plain.push_str("&#39;"),
            sign => plain.push(sign),
        }
        plain
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_link_says_is_no_markup() {
        let shown = form("\"><script>alert('1')</script>&", "");
        assert!(
            !shown.contains("<script>") && shown.contains("&quot;&gt;&lt;script&gt;"),
            "{shown}"
        );
    }
}
