//! Rows to envelopes and back.

use event::hash::ContentHash;
use event::{Actor, Disclosure, Envelope, KeyUse, Payload, Recorded, StreamId};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::unavailable;
use crate::log::{Head, LogError, Receipt};

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

pub(super) fn meta_text(envelope: &Envelope) -> Result<String, LogError> {
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
    serde_json::to_string(&meta).map_err(unavailable)
}

pub(super) fn recorded(log_id: Uuid, row: &SqliteRow) -> Result<Recorded, LogError> {
    let position = count(row, "position")?;
    let damaged = |what: &str| LogError::Damaged(format!("position {position}: {what}"));
    let meta: Meta = serde_json::from_str(text(row, "meta")?).map_err(|_| damaged("meta"))?;
    let disclosure = match text(row, "disclosure")? {
        "public" => Disclosure::Public,
        "withheld" => Disclosure::Withheld,
        _ => return Err(damaged("disclosure")),
    };
    let hash: &[u8] = row.try_get("content_hash").map_err(unavailable)?;
    let recorded = Recorded {
        position,
        recorded_at: row.try_get("recorded_at").map_err(unavailable)?,
        content_hash: ContentHash(hash.try_into().map_err(|_| damaged("content hash"))?),
        envelope: Envelope {
            log_id,
            event_id: uuid(row, "event_id")?,
            stream: stream(row, "stream_kind", "stream_id")?,
            version: count(row, "version")?,
            r#type: text(row, "type")?.into(),
            schema_ver: row.try_get("schema_ver").map_err(unavailable)?,
            county6: meta.county6,
            actor: meta.actor,
            on_behalf_of: meta.on_behalf_of,
            channel: meta.channel,
            occurred_at: meta.occurred_at,
            decided_at: row.try_get("decided_at").map_err(unavailable)?,
            request_id: meta.request_id,
            correlation_id: meta.correlation_id,
            causation_id: meta.causation_id,
            disclosure,
            keys: meta.keys,
            payload: Payload::parse(text(row, "payload")?.into())
                .map_err(|_| damaged("payload"))?,
        },
    };
    // Whoever changed a stored event quietly is found out by the first to read it.
    if recorded.envelope.content_hash() != recorded.content_hash {
        return Err(damaged("its content hash does not fit; the stored event was changed"));
    }
    Ok(recorded)
}

pub(super) fn receipt(row: &SqliteRow) -> Result<([u8; 32], Receipt), LogError> {
    let damaged = || LogError::Damaged("a stored receipt".into());
    let digest: &[u8] = row.try_get("digest").map_err(unavailable)?;
    let ids: &[u8] = row.try_get("event_ids").map_err(unavailable)?;
    let event_ids: Result<_, _> = ids.chunks(16).map(Uuid::from_slice).collect();
    let receipt = Receipt {
        stream: stream(row, "stream_kind", "stream_id")?,
        version: count(row, "version")?,
        position: count(row, "position")?,
        event_ids: event_ids.map_err(|_| damaged())?,
    };
    Ok((digest.try_into().map_err(|_| damaged())?, receipt))
}

pub(super) fn head(row: &SqliteRow) -> Result<Head, LogError> {
    Ok(Head {
        position: count(row, "position")?,
        recorded_at: row.try_get("recorded_at").map_err(unavailable)?,
    })
}

pub(super) fn stream(row: &SqliteRow, kind: &str, id: &str) -> Result<StreamId, LogError> {
    Ok(StreamId::new(text(row, kind)?, uuid(row, id)?))
}

pub(super) fn count(row: &SqliteRow, column: &str) -> Result<u64, LogError> {
    let number: i64 = row.try_get(column).map_err(unavailable)?;
    u64::try_from(number).map_err(|_| LogError::Damaged(format!("{column} is negative")))
}

/// SQLite's integers are signed; positions and versions stay far below its limit.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn text<'r>(row: &'r SqliteRow, column: &str) -> Result<&'r str, LogError> {
    row.try_get(column).map_err(unavailable)
}

fn uuid(row: &SqliteRow, column: &str) -> Result<Uuid, LogError> {
    let bytes: &[u8] = row.try_get(column).map_err(unavailable)?;
    Uuid::from_slice(bytes).map_err(|_| LogError::Damaged(format!("{column} is no id")))
}
