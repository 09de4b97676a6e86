//! How events are stored: constant type names, an integer schema version, JSON from typed structs.
//!
//! The serde form of a [`Fact`] is the whole contract with the event log (ADR 2):
//! `{type, schema, disclosure, claims, keys, data}`. The log keeps `data` verbatim.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use thiserror::Error;
use uuid::Uuid;

use super::sealed::Sealed;

/// Whether an event may leave the county's own streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    #[default]
    Public,
    /// Accusations and whatever names the recused: absent from public streams.
    Withheld,
}

/// What an event does to a claim `scope/key → stream`, unique in the whole log (DESIGN §4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimOp {
    /// Refused when another stream holds it; with `reroute`, the command goes to that stream instead.
    Take { scope: String, key: String, reroute: bool },
    /// Moves it here from whoever holds it.
    Replace { scope: String, key: String },
    /// Lets go of whatever this stream holds in the scope.
    Release { scope: String },
}

/// A key used by a sealed field of the event, with its commitment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    pub key_id: Uuid,
    pub commitment: String,
}

#[derive(Debug, Error)]
pub enum StoredError {
    #[error("unknown event type {0}")]
    UnknownType(String),
    #[error("event {name} version {schema} is newer than this program knows")]
    UnknownSchema { name: String, schema: u16 },
    #[error("event {name} does not decode")]
    Data { name: String, source: serde_json::Error },
}

/// An event of one context, as `stored_events!` declares it.
pub trait StoredEvent: Clone + PartialEq + std::fmt::Debug + Send + Sync + Sized {
    fn type_name(&self) -> &'static str;
    fn schema(&self) -> u16;
    /// # Errors
    /// Never for the types of this crate; kept because serde says so.
    fn data(&self) -> Result<Box<RawValue>, serde_json::Error>;
    /// # Errors
    /// On an unknown type or version, or data that does not decode.
    fn decode(name: &str, schema: u16, data: &str) -> Result<Self, StoredError>;
    /// The sealed fields of this event.
    fn sealed(&self) -> Vec<&Sealed>;
}

/// An event with what the envelope must know about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact<E> {
    pub event: E,
    pub disclosure: Disclosure,
    pub claims: Vec<ClaimOp>,
}

#[derive(Serialize)]
struct FactOut<'a> {
    r#type: &'a str,
    schema: u16,
    disclosure: Disclosure,
    claims: &'a [ClaimOp],
    keys: Vec<KeyUse>,
    data: Box<RawValue>,
}

#[derive(Deserialize)]
struct FactIn {
    r#type: String,
    schema: u16,
    #[serde(default)]
    disclosure: Disclosure,
    #[serde(default)]
    claims: Vec<ClaimOp>,
    data: Box<RawValue>,
}

impl<E: StoredEvent> Serialize for Fact<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let keys = self.event.sealed().into_iter();
        FactOut {
            r#type: self.event.type_name(),
            schema: self.event.schema(),
            disclosure: self.disclosure,
            claims: &self.claims,
            keys: keys
                .map(|s| KeyUse { key_id: s.key_id, commitment: s.commitment.clone() })
                .collect(),
            data: self.event.data().map_err(serde::ser::Error::custom)?,
        }
        .serialize(serializer)
    }
}

impl<'de, E: StoredEvent> Deserialize<'de> for Fact<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fact = FactIn::deserialize(deserializer)?;
        let event = E::decode(&fact.r#type, fact.schema, fact.data.get())
            .map_err(serde::de::Error::custom)?;
        Ok(Self { event, disclosure: fact.disclosure, claims: fact.claims })
    }
}

/// Decodes the data of one stored event.
///
/// # Errors
/// When the JSON does not fit the struct.
pub fn decode_data<T: DeserializeOwned>(name: &str, data: &str) -> Result<T, StoredError> {
    serde_json::from_str(data).map_err(|source| StoredError::Data { name: name.into(), source })
}

/// Declares an event enum with its stored names: `"issue.registered" = 1 => Registered,`. The
/// payload struct has the variant's name. Older versions get an arm in `$upcast`.
macro_rules! stored_events {
    ($(#[$doc:meta])* $event:ident, sealed = $sealed:path, {
        $($name:literal = $schema:literal => $variant:ident,)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub enum $event { $($variant($variant),)+ }

        impl $event {
            /// Every stored type name with its current version.
            pub const TYPES: &'static [(&'static str, u16)] = &[$(($name, $schema),)+];
        }

        $(impl From<$variant> for $event {
            fn from(event: $variant) -> Self { Self::$variant(event) }
        })+

        impl $crate::shared::stored::StoredEvent for $event {
            fn type_name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)+ }
            }

            fn schema(&self) -> u16 {
                match self { $(Self::$variant(_) => $schema,)+ }
            }

            fn data(&self) -> Result<Box<serde_json::value::RawValue>, serde_json::Error> {
                match self { $(Self::$variant(data) => serde_json::value::to_raw_value(data),)+ }
            }

            fn decode(
                name: &str,
                schema: u16,
                data: &str,
            ) -> Result<Self, $crate::shared::stored::StoredError> {
                match (name, schema) {
                    $(($name, $schema) => {
                        $crate::shared::stored::decode_data(name, data).map(Self::$variant)
                    })+
                    $(($name, schema) => Err($crate::shared::stored::StoredError::UnknownSchema {
                        name: name.into(),
                        schema,
                    }),)+
                    (unknown, _) => {
                        Err($crate::shared::stored::StoredError::UnknownType(unknown.into()))
                    }
                }
            }

            fn sealed(&self) -> Vec<&$crate::shared::sealed::Sealed> {
                $sealed(self)
            }
        }
    };
}
pub(crate) use stored_events;
