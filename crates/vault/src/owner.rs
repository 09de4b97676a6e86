//! Whose key it is: a scope, a subject in it, and a class of words.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::VaultError;

/// What is deleted together: `issue/<uuid>`, `call/<uuid>`, `household/<uuid>`, `principal/<uuid>` or
/// `privacy/<uuid>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(String);

impl Scope {
    #[must_use]
    pub fn issue(id: Uuid) -> Self {
        Self(format!("issue/{id}"))
    }

    #[must_use]
    pub fn call(id: Uuid) -> Self {
        Self(format!("call/{id}"))
    }

    #[must_use]
    pub fn principal(id: Uuid) -> Self {
        Self(format!("principal/{id}"))
    }

    #[must_use]
    pub fn household(id: Uuid) -> Self {
        Self(format!("household/{id}"))
    }

    /// The record of who looked at a file: why they did.
    #[must_use]
    pub fn privacy(id: Uuid) -> Self {
        Self(format!("privacy/{id}"))
    }

    /// Digests of requests, of whatever they were about.
    #[must_use]
    pub fn requests() -> Self {
        Self("requests".into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Scope {
    type Err = VaultError;

    /// Reads what [`Scope`] displays.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || {
            VaultError::Unavailable(format!("'{text}' is no scope; write for example issue/<uuid>"))
        };
        let (kind, id) = text.split_once('/').ok_or_else(bad)?;
        let id = Uuid::parse_str(id).map_err(|_| bad())?;
        match kind {
            "issue" => Ok(Self::issue(id)),
            "call" => Ok(Self::call(id)),
            "household" => Ok(Self::household(id)),
            "privacy" => Ok(Self::privacy(id)),
            "principal" => Ok(Self::principal(id)),
            _ => Err(bad()),
        }
    }
}

/// What kind of words a key seals. Each kind may have to be deleted on its own (PIPL art. 47).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Identity,
    Contact,
    Place,
    Narrative,
    ThirdParty,
}

impl Class {
    pub const ALL: [Self; 5] =
        [Self::Identity, Self::Contact, Self::Place, Self::Narrative, Self::ThirdParty];

    /// As stored, and as bound into every ciphertext: for ever.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Contact => "contact",
            Self::Place => "place",
            Self::Narrative => "narrative",
            Self::ThirdParty => "third_party",
        }
    }

    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// The subject that is forgotten when a file is kept and who reported it is not.
pub const REPORTER: &str = "reporter";

/// Every key that a file comes to have, by subject and class.
pub const KEYS_OF_A_FILE: [(&str, Class); 5] = [
    (REPORTER, Class::Identity),
    (REPORTER, Class::Contact),
    (REPORTER, Class::Place),
    (MATTER, Class::Narrative),
    (MATTER, Class::ThirdParty),
];
const MATTER: &str = "matter";

/// The one key of this subject's words of this class in this scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyFor {
    pub scope: Scope,
    /// Within the scope, as `reporter/0` or `matter`; never a name or a phone number.
    pub subject: String,
    pub class: Class,
}

/// Which class of key a field needs, by its name in the event's data.
#[must_use]
pub fn class_of(field: &str) -> Option<Class> {
    match field {
        "name" | "password" => Some(Class::Identity),
        "phone" | "caller" | "channel" => Some(Class::Contact),
        "address" => Some(Class::Place),
        "title" | "narrative" | "note" | "summary" | "reason" | "remedy" | "task" | "answer"
        | "demand" | "report" | "confirmed" | "over_support" | "file_name" => {
            Some(Class::Narrative)
        }
        // The key of a picture: whoever is in it has not been asked.
        "picture" => Some(Class::ThirdParty),
        _ => None,
    }
}

/// Whose words a field holds: who reported can be forgotten while the matter is kept.
#[must_use]
pub fn subject_of(field: &str) -> &'static str {
    match field {
        "name" | "phone" | "caller" | "address" | "channel" => REPORTER,
        "password" => "login",
        _ => MATTER,
    }
}
