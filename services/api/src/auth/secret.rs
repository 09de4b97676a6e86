//! Tokens of our own making: 256 random bits under the number they have in a principal's record. Only their
//! digest is kept; a token of so many bits needs no slow hash.

use domain::access::Secret;
use domain::shared::moment::Moment;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::Api;

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A machine's key.
    Key,
    /// A session somebody logged in to.
    Session,
    /// A one-time invitation to set a password.
    Invitation,
}

impl Kind {
    const ALL: [(&'static str, Self); 3] =
        [("bd", Self::Key), ("bs", Self::Session), ("bi", Self::Invitation)];
}

/// A token as it was sent: whose, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub kind: Kind,
    pub principal: Uuid,
    pub number: u32,
    pub digest: String,
}

/// Reads `bd_<principal>.<number>_<secret>`; `None` for anything else.
pub(crate) fn read(token: &str) -> Option<Shown> {
    let (prefix, rest) = token.split_once('_')?;
    let (id, _) = rest.split_once('_')?;
    let (principal, number) = id.split_once('.')?;
    let (_, kind) = Kind::ALL.into_iter().find(|(known, _)| *known == prefix)?;
    let principal = Uuid::try_parse(principal).ok()?;
    let number = number.parse().ok()?;
    Some(Shown { kind, principal, number, digest: digest(token) })
}

/// Whether it is the one that was made, and good still; takes as long for a wrong one.
pub(crate) fn proves(shown: &Shown, known: &Secret, now: Moment) -> bool {
    let same = bool::from(shown.digest.as_bytes().ct_eq(known.digest.as_bytes()));
    same && now < known.until
}

impl Api {
    /// A new token, and what is kept of it.
    pub(crate) fn new_secret(
        &self,
        kind: Kind,
        principal: Uuid,
        number: u32,
        until: Moment,
    ) -> (String, Secret) {
        let mut bytes = [0; 32];
        runtime::ids::fill_random(&mut bytes);
        let prefix = Kind::ALL.into_iter().find(|(_, known)| *known == kind);
        let prefix = prefix.map_or("", |(prefix, _)| prefix);
        let token = format!("{prefix}_{}.{number}_{}", principal.simple(), hex(&bytes));
        let secret = Secret { digest: digest(&token), until };
        (token, secret)
    }
}

fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0192f0c0f4e07abc8def001122334455";

    #[test]
    fn reads_its_own_and_nothing_else() {
        let shown = read(&format!("bd_{ID}.7_abcd")).unwrap();
        assert_eq!((shown.kind, shown.number), (Kind::Key, 7));
        for token in ["", "bd", "bd_", "bd_x.7_abcd", "bd_7_abcd", "xx_7.7_a", "eyJhbGciOi.x.y"] {
            assert_eq!(read(token), None, "{token}");
        }
        for token in [format!("bd_{ID}._a"), format!("bd_{ID}.-1_a"), format!("bd_{ID}.7")] {
            assert_eq!(read(&token), None, "{token}");
        }
    }

    #[test]
    fn a_token_of_another_number_or_a_changed_sign_proves_nothing() {
        let token = format!("bd_{ID}.7_abcd");
        let known = Secret { digest: digest(&token), until: Moment(10) };
        let proves = |token: &str, now| proves(&read(token).unwrap(), &known, Moment(now));
        assert!(proves(&token, 9));
        assert!(!proves(&token, 10), "its time is over");
        assert!(!proves(&format!("bd_{ID}.8_abcd"), 9));
        assert!(!proves(&format!("bd_{ID}.7_abce"), 9));
    }
}
