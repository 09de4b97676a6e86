//! The serde contract with aggregates (ADR 2): an event serialises as
//! `{type, schema, disclosure, claims, keys, data}`; `data` is stored verbatim.

use cqrs_es::Aggregate;
use event::{Disclosure, KeyUse, Payload, Recorded};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::log::{ClaimOp, LogError, NewEvent};

/// Events above this are a mistake of the caller (DESIGN §3).
pub const EVENT_BYTES_MAX: usize = 64 * 1_024;

#[derive(Deserialize)]
struct Encoded {
    r#type: String,
    schema: u16,
    #[serde(default)]
    disclosure: Disclosure,
    #[serde(default)]
    claims: Vec<ClaimOp>,
    #[serde(default)]
    keys: Vec<KeyUse>,
    data: Box<RawValue>,
}

#[derive(Serialize)]
struct ToDecode<'a> {
    r#type: &'a str,
    schema: u16,
    data: &'a RawValue,
}

/// Splits a decided event into what is stored and what it claims.
pub(crate) fn encode<A: Aggregate>(
    event: &A::Event,
    event_id: Uuid,
) -> Result<(NewEvent, Vec<ClaimOp>), LogError> {
    let damaged =
        |error: serde_json::Error| LogError::Damaged(format!("an event does not encode: {error}"));
    let text = serde_json::to_string(event).map_err(damaged)?;
    let encoded: Encoded = serde_json::from_str(&text).map_err(damaged)?;
    let event = NewEvent {
        event_id,
        r#type: encoded.r#type,
        schema_ver: encoded.schema,
        disclosure: encoded.disclosure,
        keys: encoded.keys,
        payload: Payload(encoded.data),
    };
    Ok((event, encoded.claims))
}

/// The event as the aggregate knows it, upcast where its schema is old.
///
/// # Errors
/// When this program does not know the type or version, or the payload does not fit.
pub fn decode<A: Aggregate>(recorded: &Recorded) -> Result<A::Event, LogError> {
    let envelope = &recorded.envelope;
    let whole = ToDecode {
        r#type: &envelope.r#type,
        schema: envelope.schema_ver,
        data: &envelope.payload.0,
    };
    let damaged = |error: serde_json::Error| {
        LogError::Damaged(format!(
            "position {}: {} does not decode: {error}",
            recorded.position, envelope.r#type
        ))
    };
    serde_json::from_str(&serde_json::to_string(&whole).map_err(damaged)?).map_err(damaged)
}
