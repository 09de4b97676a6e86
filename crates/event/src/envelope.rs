//! Envelope v1: one event as stored and as it travels (DESIGN §4).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::hash::{self, ContentHash};

/// One aggregate's history: a kind and an id, as `issue/0198…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamId {
    pub kind: String,
    pub id: Uuid,
}

impl StreamId {
    #[must_use]
    pub fn new(kind: &str, id: Uuid) -> Self {
        Self { kind: kind.into(), id }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

impl FromStr for StreamId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once('/').ok_or_else(|| format!("'{text}' is not kind/id"))?;
        let id = Uuid::parse_str(id).map_err(|error| format!("'{text}': {error}"))?;
        Ok(Self::new(kind, id))
    }
}

/// Whether an event may leave the county's own streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    #[default]
    Public,
    Withheld,
}

impl Disclosure {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Withheld => "withheld",
        }
    }
}

/// Who acted; pseudonymous ids only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub kind: String,
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Uuid>,
}

/// A key that sealed something in the payload, and the commitment that binds ciphertext to key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyUse {
    pub key_id: Uuid,
    pub commitment: String,
}

/// JSON text, stored and hashed verbatim; never re-serialised.
#[derive(Clone, Debug)]
pub struct Payload(pub Box<RawValue>);

impl Payload {
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// # Errors
    /// When the text is not JSON.
    pub fn parse(text: String) -> Result<Self, serde_json::Error> {
        RawValue::from_string(text).map(Self)
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

/// Everything the content hash covers, in the order it covers it.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    pub log_id: Uuid,
    pub event_id: Uuid,
    pub stream: StreamId,
    /// 1, 2, 3 … within the stream.
    pub version: u64,
    pub r#type: String,
    pub schema_ver: u16,
    pub county6: String,
    pub actor: Actor,
    pub on_behalf_of: Option<String>,
    pub channel: String,
    /// µs UTC: when it happened, by somebody's claim. Clocks never run on it.
    pub occurred_at: i64,
    /// µs UTC: when it was decided. Clocks run on it.
    pub decided_at: i64,
    pub request_id: Option<String>,
    pub correlation_id: Uuid,
    pub causation_id: Option<Uuid>,
    pub disclosure: Disclosure,
    pub keys: Vec<KeyUse>,
    pub payload: Payload,
}

impl Envelope {
    /// SHA-256 over the canonical form of exactly these fields.
    #[must_use]
    pub fn content_hash(&self) -> ContentHash {
        hash::of(self)
    }
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// 1, 2, 3 … within the log: gap-free and in commit order.
    pub position: u64,
    /// µs UTC by the store's clock, never going back.
    pub recorded_at: i64,
    pub content_hash: ContentHash,
    pub envelope: Envelope,
}
