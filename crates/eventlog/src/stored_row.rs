//! A stored event, column by column: what the backends that keep rows have in common.

use event::hash::ContentHash;
use event::{Actor, Disclosure, Envelope, KeyUse, Payload, Recorded, StreamId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::log::LogError;

/// The parts of an envelope that nobody looks up by.
#[derive(Serialize, Deserialize)]
struct Meta {
    county6: String,
    actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<String>,
    channel: String,
    occurred_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    correlation_id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    causation_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<KeyUse>,
}

/// The text of the column `meta`.
pub(crate) fn meta_text(envelope: &Envelope) -> Result<String, LogError> {
    let meta = Meta {
        county6: envelope.county6.clone(),
        actor: envelope.actor.clone(),
        on_behalf_of: envelope.on_behalf_of.clone(),
        channel: envelope.channel.clone(),
        occurred_at: envelope.occurred_at,
        request_id: envelope.request_id.clone(),
        correlation_id: envelope.correlation_id,
        causation_id: envelope.causation_id,
        keys: envelope.keys.clone(),
    };
    serde_json::to_string(&meta).map_err(|error| LogError::Damaged(error.to_string()))
}

/// One row of `event`, as read.
pub(crate) struct StoredRow<'r> {
    pub position: u64,
    pub recorded_at: i64,
    pub content_hash: &'r [u8],
    pub stream: StreamId,
    pub version: u64,
    pub event_id: Uuid,
    pub r#type: &'r str,
    pub schema_ver: u16,
    pub disclosure: &'r str,
    pub decided_at: i64,
    pub meta: &'r str,
    pub payload: &'r str,
}

impl StoredRow<'_> {
    /// The event, once its content hash is found to fit.
    pub fn recorded(self, log_id: Uuid) -> Result<Recorded, LogError> {
        let position = self.position;
        let damaged = |what: &str| LogError::Damaged(format!("position {position}: {what}"));
        let meta: Meta = serde_json::from_str(self.meta).map_err(|_| damaged("meta"))?;
        let disclosure = match self.disclosure {
            "public" => Disclosure::Public,
            "withheld" => Disclosure::Withheld,
            _ => return Err(damaged("disclosure")),
        };
        let hash = self.content_hash.try_into().map_err(|_| damaged("content hash"))?;
        let recorded = Recorded {
            position,
            recorded_at: self.recorded_at,
            content_hash: ContentHash(hash),
            envelope: Envelope {
                log_id,
                event_id: self.event_id,
                stream: self.stream,
                version: self.version,
                r#type: self.r#type.into(),
                schema_ver: self.schema_ver,
                county6: meta.county6,
                actor: meta.actor,
                on_behalf_of: meta.on_behalf_of,
                channel: meta.channel,
                occurred_at: meta.occurred_at,
                decided_at: self.decided_at,
                request_id: meta.request_id,
                correlation_id: meta.correlation_id,
                causation_id: meta.causation_id,
                disclosure,
                keys: meta.keys,
                payload: Payload::parse(self.payload.into()).map_err(|_| damaged("payload"))?,
            },
        };
        // Whoever changed a stored event quietly is found out by the first to read it.
        if recorded.envelope.content_hash() != recorded.content_hash {
            return Err(damaged("its content hash does not fit; the stored event was changed"));
        }
        Ok(recorded)
    }
}
