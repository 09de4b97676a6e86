//! Rows to envelopes and back.

use event::{Recorded, StreamId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::unavailable;
use crate::digest::RequestMark;
use crate::log::{Head, LogError, Receipt};
use crate::stored_row::StoredRow;

pub(super) fn recorded(log_id: Uuid, row: &SqliteRow) -> Result<Recorded, LogError> {
    let stored = StoredRow {
        position: count(row, "position")?,
        recorded_at: row.try_get("recorded_at").map_err(unavailable)?,
        content_hash: row.try_get("content_hash").map_err(unavailable)?,
        stream: stream(row, "stream_kind", "stream_id")?,
        version: count(row, "version")?,
        event_id: uuid(row, "event_id")?,
        r#type: text(row, "type")?,
        schema_ver: row.try_get("schema_ver").map_err(unavailable)?,
        disclosure: text(row, "disclosure")?,
        decided_at: row.try_get("decided_at").map_err(unavailable)?,
        meta: text(row, "meta")?,
        payload: text(row, "payload")?,
    };
    stored.recorded(log_id)
}

pub(super) fn receipt(row: &SqliteRow) -> Result<(RequestMark, Receipt), LogError> {
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
