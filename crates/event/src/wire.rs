//! The envelope as it travels: JSON with every field of it and the payload's text verbatim. Whoever
//! receives one checks its content hash before believing it.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::envelope::{Actor, Disclosure, Envelope, KeyUse, Payload, Recorded, StreamId};
use crate::hash::ContentHash;

#[derive(Debug, Error)]
pub enum WireError {
    #[error("it is no envelope of this version: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("position {position}: its content hash does not fit")]
    Changed { position: u64 },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Travelling {
    position: u64,
    recorded_at: i64,
    content_hash: String,
    log_id: Uuid,
    event_id: Uuid,
    stream: StreamId,
    version: u64,
    r#type: String,
    schema_ver: u16,
    county6: String,
    actor: Actor,
    on_behalf_of: Option<String>,
    channel: String,
    occurred_at: i64,
    decided_at: i64,
    request_id: Option<String>,
    correlation_id: Uuid,
    causation_id: Option<Uuid>,
    disclosure: Disclosure,
    keys: Vec<KeyUse>,
    /// As text within the text: a parser on the way may re-format JSON, and the hash would not fit.
    payload: String,
}

/// # Errors
/// Never for these types; kept because serde says so.
pub fn encode(recorded: &Recorded) -> Result<Vec<u8>, serde_json::Error> {
    let envelope = &recorded.envelope;
    serde_json::to_vec(&Travelling {
        position: recorded.position,
        recorded_at: recorded.recorded_at,
        content_hash: recorded.content_hash.to_string(),
        log_id: envelope.log_id,
        event_id: envelope.event_id,
        stream: envelope.stream.clone(),
        version: envelope.version,
        r#type: envelope.r#type.clone(),
        schema_ver: envelope.schema_ver,
        county6: envelope.county6.clone(),
        actor: envelope.actor.clone(),
        on_behalf_of: envelope.on_behalf_of.clone(),
        channel: envelope.channel.clone(),
        occurred_at: envelope.occurred_at,
        decided_at: envelope.decided_at,
        request_id: envelope.request_id.clone(),
        correlation_id: envelope.correlation_id,
        causation_id: envelope.causation_id,
        disclosure: envelope.disclosure,
        keys: envelope.keys.clone(),
        payload: envelope.payload.text().into(),
    })
}

/// # Errors
/// When the bytes are no envelope, or not the one that was sent.
pub fn decode(bytes: &[u8]) -> Result<Recorded, WireError> {
    let it: Travelling = serde_json::from_slice(bytes)?;
    let envelope = Envelope {
        log_id: it.log_id,
        event_id: it.event_id,
        stream: it.stream,
        version: it.version,
        r#type: it.r#type,
        schema_ver: it.schema_ver,
        county6: it.county6,
        actor: it.actor,
        on_behalf_of: it.on_behalf_of,
        channel: it.channel,
        occurred_at: it.occurred_at,
        decided_at: it.decided_at,
        request_id: it.request_id,
        correlation_id: it.correlation_id,
        causation_id: it.causation_id,
        disclosure: it.disclosure,
        keys: it.keys,
        payload: Payload::parse(it.payload)?,
    };
    let content_hash: ContentHash = envelope.content_hash();
    if content_hash.to_string() != it.content_hash {
        return Err(WireError::Changed { position: it.position });
    }
    Ok(Recorded { position: it.position, recorded_at: it.recorded_at, content_hash, envelope })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded() -> Recorded {
        let envelope = Envelope {
            log_id: Uuid::from_u128(1),
            event_id: Uuid::from_u128(2),
            stream: StreamId::new("issue", Uuid::from_u128(3)),
            version: 4,
            r#type: "issue.urged".into(),
            schema_ver: 1,
            county6: "341504".into(),
            actor: Actor { kind: "staff".into(), id: "staff/1".into(), ..Actor::default() },
            on_behalf_of: Some("resident".into()),
            channel: "grpc".into(),
            occurred_at: 5,
            decided_at: 6,
            request_id: None,
            correlation_id: Uuid::from_u128(7),
            causation_id: None,
            disclosure: Disclosure::Withheld,
            keys: vec![KeyUse { key_id: Uuid::from_u128(8), commitment: "YQ==".into() }],
            payload: Payload::parse("{ \"字\" : 1.0 }".into()).unwrap(),
        };
        let content_hash = envelope.content_hash();
        Recorded { position: 9, recorded_at: 10, content_hash, envelope }
    }

    #[test]
    fn what_arrives_is_what_was_stored_to_the_byte() {
        assert_eq!(decode(&encode(&recorded()).unwrap()).unwrap(), recorded());
    }

    #[test]
    fn what_was_changed_on_the_way_is_refused() {
        let text = String::from_utf8(encode(&recorded()).unwrap()).unwrap();
        for (from, to) in [("staff/1", "staff/2"), ("1.0", "1.00"), ("withheld", "public")] {
            assert!(text.contains(from));
            let changed = text.replace(from, to);
            let refused = decode(changed.as_bytes());
            assert!(matches!(refused, Err(WireError::Changed { position: 9 })), "{from}");
        }
        assert!(matches!(decode(b"{}"), Err(WireError::Unreadable(_))));
    }
}
