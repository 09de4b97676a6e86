//! Tokens of the county's identity provider (any that speaks OpenID Connect): signature, algorithm, issuer,
//! audience and times. What they say of roles is not asked: authority stands in our own records.

use domain::access::event::Subject;
use domain::shared::moment::Moment;
use jsonwebtoken::jwk::Jwk;
pub use jsonwebtoken::jwk::JwkSet;
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
const SKEW_SECONDS: i64 = 30;

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
        if !ALGORITHMS.contains(&header.alg) {
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
        if named.is_some_and(|named| named != format!("{alg:?}")) {
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
