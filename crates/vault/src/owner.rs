//! Whose key it is: a scope, a subject in it, and a class of words.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::VaultError;

/// What is deleted together: `issue/<uuid>`, `call/<uuid>`, `household/<uuid>` or `principal/<uuid>`.
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

/// The one key of this subject's words of this class in this scope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyFor {
    pub scope: Scope,
    /// Within the scope, as `reporter/0` or `matter`; never a name or a phone number.
    pub subject: String,
    pub class: Class,
}
