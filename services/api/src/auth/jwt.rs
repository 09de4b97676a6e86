//! Tokens of the county's identity provider (any that speaks OpenID Connect): signature, algorithm, issuer,
//! audience and times. What they say of roles is not asked: authority stands in our own records.

use domain::access::event::Subject;
use domain::shared::moment::Moment;
pub use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

/// Signatures that only the provider can make: never a shared secret (HS…), never `none`.
const ALGORITHMS: [Algorithm; 6] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::EdDSA,
];
/// Clocks of two machines differ.
pub(crate) const SKEW_SECONDS: i64 = 30;

/// Where the provider's keys come from: a file, or the provider itself.
#[async_trait::async_trait]
pub trait Keys: Send + Sync {
    /// The keys as known; `stale` asks for them anew, since one is missing.
    async fn keys(&self, stale: bool) -> JwkSet;
}

/// The county's identity provider.
pub struct Provider {
    pub issuer: String,
    pub audience: String,
    pub keys: Box<dyn Keys>,
}

/// What a good token tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub subject: Subject,
    pub until: Moment,
    pub issued_at: Option<Moment>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// Seconds since 1970; some providers write fractions.
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
}

impl Provider {
    /// `None` for every token that is not good now.
    pub(crate) async fn verify(&self, token: &str, now: Moment) -> Option<Told> {
        let header = decode_header(token).ok()?;
        // What must be understood, and is not, is no detail (RFC 7515 4.1.11).
        if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() {
            return None;
        }
        let kid = header.kid.as_deref();
        let key = match find(&self.keys.keys(false).await, kid) {
            Some(key) => key,
            // The provider may have a new one.
            None => find(&self.keys.keys(true).await, kid)?,
        };
        self.checked(token, header.alg, &key, now)
    }

    fn checked(&self, token: &str, alg: Algorithm, key: &Jwk, now: Moment) -> Option<Told> {
        // A key says what it is for, where it says anything: one for RS256 verifies no PS256.
        let named = key.common.key_algorithm.map(|named| named.to_string());
        let encrypts = key.common.public_key_use == Some(PublicKeyUse::Encryption);
        if encrypts || named.is_some_and(|named| named != format!("{alg:?}")) {
            return None;
        }
        let mut asked = Validation::new(alg);
        asked.set_issuer(&[&self.issuer]);
        asked.set_audience(&[&self.audience]);
        asked.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Times are judged by the server's clock, which may be a manual one.
        asked.validate_exp = false;
        asked.validate_nbf = false;
        let key = DecodingKey::from_jwk(key).ok()?;
        let claims = decode::<Claims>(token, &key, &asked).ok()?.claims;
        let until = moment(claims.exp)?;
        let early = claims
            .nbf
            .map(moment)
            .is_some_and(|from| from.is_none_or(|from| now.plus_seconds(SKEW_SECONDS) < from));
        if until <= now || early || claims.sub.is_empty() {
            return None;
        }
        let issued_at = match claims.iat {
            Some(at) => Some(moment(at)?),
            None => None,
        };
        // Issued later than now, it would outlive every revocation.
        if issued_at.is_some_and(|at| now.plus_seconds(SKEW_SECONDS) < at) {
            return None;
        }
        let subject = Subject { issuer: self.issuer.clone(), subject: claims.sub };
        Some(Told { subject, until, issued_at })
    }
}

fn find(keys: &JwkSet, kid: Option<&str>) -> Option<Jwk> {
    match kid {
        Some(kid) => keys.find(kid).cloned(),
        // Without an id it is the only one, or a guess.
        None => match &keys.keys[..] {
            [only] => Some(only.clone()),
            _ => None,
        },
    }
}

#[expect(clippy::cast_possible_truncation, reason = "bounded before it is cut to whole seconds")]
fn moment(seconds: f64) -> Option<Moment> {
    let max = Moment::MAX.0 / 1_000_000;
    let whole = seconds.floor();
    let fits = (0.0..=1e11).contains(&whole);
    let seconds = fits.then_some(whole as i64)?;
    (seconds < max).then(|| Moment(0).plus_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};

    use super::*;

    /// Ed25519, of nobody: made for these tests.
    const PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEID+2BNENdM7uAnMVZG9Gmfh4MKck26pbDmD5zR6oF1Z9";
    const PUBLIC: &str = "NSUUDEDZdKl-Fot1FIBySP7HtMbrKmOPkfgeghd0XdY";
    const NOW: i64 = 1_795_307_400;

    struct Known(JwkSet);

    #[async_trait::async_trait]
    impl Keys for Known {
        async fn keys(&self, _stale: bool) -> JwkSet {
            self.0.clone()
        }
    }

    fn provider(alg: Option<&str>) -> Provider {
        let mut key = json!({ "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "one" });
        if let Some(alg) = alg {
            key["alg"] = alg.into();
        }
        let keys: JwkSet = serde_json::from_value(json!({ "keys": [key] })).unwrap();
        let (issuer, audience) = ("https://sso.county".to_owned(), "bidao".to_owned());
        Provider { issuer, audience, keys: Box::new(Known(keys)) }
    }

    fn claims() -> Value {
        json!({ "iss": "https://sso.county", "aud": "bidao", "sub": "w-17",
            "exp": NOW + 300, "nbf": NOW, "iat": NOW })
    }

    fn header(alg: Algorithm, kid: Option<&str>) -> Header {
        Header { kid: kid.map(Into::into), ..Header::new(alg) }
    }

    fn signed(header: &Header, claims: &Value) -> String {
        let key = EncodingKey::from_ed_der(&STANDARD.decode(PRIVATE).unwrap());
        encode(header, claims, &key).unwrap()
    }

    async fn verify(token: &str) -> Option<Told> {
        provider(None).verify(token, Moment(NOW * 1_000_000)).await
    }

    #[tokio::test]
    async fn a_good_token_tells_whom_it_is_about_and_until_when() {
        for kid in [Some("one"), None] {
            let told = verify(&signed(&header(Algorithm::EdDSA, kid), &claims())).await.unwrap();
            assert_eq!(told.subject.subject, "w-17");
            assert_eq!(told.until, Moment((NOW + 300) * 1_000_000));
            assert_eq!(told.issued_at, Some(Moment(NOW * 1_000_000)));
        }
    }

    #[tokio::test]
    async fn another_issuer_audience_or_time_is_refused() {
        let wrong = [
            ("iss", json!("https://other")),
            ("aud", json!("other")),
            ("aud", json!([])),
            ("exp", json!(NOW)),
            ("exp", json!("soon")),
            ("exp", json!(1e300)),
            ("nbf", json!(NOW + 31)),
            ("iat", json!(-1)),
            ("iat", json!(NOW + 31)),
            ("sub", json!("")),
        ];
        for (name, value) in wrong {
            let mut claims = claims();
            claims[name] = value;
            let token = signed(&header(Algorithm::EdDSA, Some("one")), &claims);
            assert_eq!(verify(&token).await, None, "{claims}");
        }
        for name in ["iss", "aud", "exp", "sub"] {
            let mut claims = claims();
            claims.as_object_mut().unwrap().remove(name);
            let token = signed(&header(Algorithm::EdDSA, Some("one")), &claims);
            assert_eq!(verify(&token).await, None, "without {name}");
        }
    }

    #[tokio::test]
    async fn a_key_nobody_has_or_for_something_else_is_refused() {
        let token = signed(&header(Algorithm::EdDSA, Some("two")), &claims());
        assert_eq!(verify(&token).await, None);
        let token = signed(&header(Algorithm::EdDSA, Some("one")), &claims());
        let now = Moment(NOW * 1_000_000);
        assert_eq!(provider(Some("RS256")).verify(&token, now).await, None);
        assert!(provider(Some("EdDSA")).verify(&token, now).await.is_some());
    }

    #[tokio::test]
    async fn no_token_is_signed_with_what_everybody_knows() {
        // The public key as a shared secret, the oldest trick there is.
        let secret = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(PUBLIC).unwrap());
        let forged = encode(&header(Algorithm::HS256, Some("one")), &claims(), &secret).unwrap();
        assert_eq!(verify(&forged).await, None);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let none = json!({ "alg": "none", "kid": "one", "typ": "JWT" });
        assert_eq!(verify(&format!("{}.{}.", part(&none), part(&claims()))).await, None);
        let good = signed(&header(Algorithm::EdDSA, Some("one")), &claims());
        let mut parts: Vec<_> = good.split('.').map(str::to_owned).collect();
        let mut other = claims();
        other["sub"] = "w-18".into();
        parts[1] = part(&other);
        assert_eq!(verify(&parts.join(".")).await, None, "signed for somebody else");
        for text in ["", ".", "..", "a.b.c", "e30.e30.e30", "\u{738b}"] {
            assert_eq!(verify(text).await, None, "{text}");
        }
    }
}
