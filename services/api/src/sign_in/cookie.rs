//! Cookies of ours: for this host alone, over TLS alone, out of the reach of scripts and of other sites.

use http::{HeaderMap, header};

/// A session's token.
pub(crate) const SESSION: &str = "__Host-bidao";
/// A sign-in that is under way.
pub(crate) const UNDER_WAY: &str = "__Host-bidao-sign-in";

/// The value of a cookie; empty where there is none.
pub(crate) fn of(headers: &HeaderMap, name: &str) -> String {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| known.trim() == name).map_or("", |(_, value)| value.trim()).to_owned()
}

/// The session in a browser's cookie: of no request that another site made.
pub(crate) fn session_of(headers: &HeaderMap) -> String {
    if is_own(headers) { of(headers, SESSION) } else { String::new() }
}

/// Whether no other site made the request.
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map_or(Ok(""), |site| site.to_str());
    site.is_ok_and(|site| ["", "same-origin", "none"].contains(&site))
}

/// Until the browser closes; the session in it ends by itself.
pub(super) fn session(token: &str) -> String {
    set(SESSION, token)
}

/// Comes back with somebody whom the provider sends back, and with no request of another site's script.
pub(super) fn under_way(voucher: &str) -> String {
    set(UNDER_WAY, voucher)
}

pub(super) fn forget(name: &str) -> String {
    format!("{}; Max-Age=0", set(name, ""))
}

fn set(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            "a=1; __Host-bidao-sign-in=x; __Host-bidao=bs_1.2_3=".parse().unwrap(),
        );
        assert_eq!(of(&headers, SESSION), "bs_1.2_3=");
        assert_eq!(of(&headers, UNDER_WAY), "x");
        assert_eq!(of(&HeaderMap::new(), SESSION), "");
        for (site, own) in
            [("same-origin", true), ("none", true), ("cross-site", false), ("same-site", false)]
        {
            headers.insert("sec-fetch-site", site.parse().unwrap());
            assert_eq!(!session_of(&headers).is_empty(), own, "{site}");
        }
    }
}
