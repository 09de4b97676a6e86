//! Rows to envelopes and back.

use event::{Recorded, StreamId};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::unavailable;
use crate::digest::RequestMark;
use crate::log::{LogError, Receipt};
use crate::stored_row::StoredRow;

pub(super) fn recorded(log_id: Uuid, row: &PgRow) -> Result<Recorded, LogError> {
    let schema_ver: i32 = row.try_get("schema_ver").map_err(unavailable)?;
    let stored = StoredRow {
        position: count(row, "position")?,
        recorded_at: row.try_get("recorded_at").map_err(unavailable)?,
        content_hash: row.try_get("content_hash").map_err(unavailable)?,
        stream: stream(row, "stream_kind", "stream_id")?,
        version: count(row, "version")?,
        event_id: row.try_get("event_id").map_err(unavailable)?,
        r#type: text(row, "type")?,
        schema_ver: u16::try_from(schema_ver)
            .map_err(|_| LogError::Damaged("schema_ver is no version".into()))?,
        disclosure: text(row, "disclosure")?,
        decided_at: row.try_get("decided_at").map_err(unavailable)?,
        meta: text(row, "meta")?,
        payload: text(row, "payload")?,
    };
    stored.recorded(log_id)
}

pub(super) fn receipt(row: &PgRow) -> Result<(RequestMark, Receipt), LogError> {
    let digest: &[u8] = row.try_get("digest").map_err(unavailable)?;
    let digest = digest.try_into().map_err(|_| LogError::Damaged("a stored receipt".into()))?;
    let receipt = Receipt {
        stream: stream(row, "stream_kind", "stream_id")?,
        version: count(row, "version")?,
        position: count(row, "position")?,
        event_ids: row.try_get("event_ids").map_err(unavailable)?,
    };
    Ok((digest, receipt))
}

pub(super) fn stream(row: &PgRow, kind: &str, id: &str) -> Result<StreamId, LogError> {
    Ok(StreamId::new(text(row, kind)?, row.try_get(id).map_err(unavailable)?))
}

pub(super) fn text<'r>(row: &'r PgRow, column: &str) -> Result<&'r str, LogError> {
    row.try_get(column).map_err(unavailable)
}

pub(super) fn count(row: &PgRow, column: &str) -> Result<u64, LogError> {
    let number: i64 = row.try_get(column).map_err(unavailable)?;
    u64::try_from(number).map_err(|_| LogError::Damaged(format!("{column} is negative")))
}

/// PostgreSQL's integers are signed; positions and versions stay far below its limit.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
