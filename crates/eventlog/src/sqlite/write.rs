//! One transaction per batch, one outcome per command.

use event::{Recorded, StreamId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Sqlite, Transaction};
use uuid::Uuid;

use super::{HEAD, HOLDER, RECEIPT, rows, unavailable};
use crate::assemble::{self, Found};
use crate::log::{Append, Claim, ClaimOp, Head, LogError, Outcome, Receipt};
use crate::stored_row;

const VERSION: &str = "SELECT COALESCE(MAX(version), 0) AS version FROM event WHERE stream_kind = ? AND stream_id = ?";
const ADD_EVENT: &str = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const ADD_COMMAND: &str = "INSERT INTO command VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
const SET_CLAIM: &str = "INSERT INTO claim VALUES (?, ?, ?, ?) ON CONFLICT (scope, key) DO UPDATE \
     SET holder_kind = excluded.holder_kind, holder_id = excluded.holder_id";
const RELEASE: &str = "DELETE FROM claim WHERE holder_id = ? AND scope = ? AND holder_kind = ?";
const SET_HEAD: &str = "UPDATE head SET position = ?, recorded_at = ?";

type Tx<'a> = Transaction<'a, Sqlite>;

pub(super) async fn batch(
    writer: &mut SqliteConnection,
    log_id: Uuid,
    batch: &[Append],
    clock_us: i64,
) -> Result<Vec<Outcome>, LogError> {
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(unavailable)?;
    let row = sqlx::query(HEAD).fetch_one(&mut *tx).await.map_err(unavailable)?;
    let mut head = rows::head(&row)?;
    let before = head;
    let mut outcomes = Vec::with_capacity(batch.len());
    for append in batch {
        // Every check comes before the first write of a command, so a refused one leaves nothing.
        let outcome = match assemble::refusal(append, found(&mut tx, append).await?) {
            Some(outcome) => outcome,
            None => Outcome::Appended(write(&mut tx, log_id, append, &mut head, clock_us).await?),
        };
        outcomes.push(outcome);
    }
    if head == before {
        tx.rollback().await.map_err(unavailable)?;
        return Ok(outcomes);
    }
    let moved = sqlx::query(SET_HEAD).bind(rows::number(head.position)).bind(head.recorded_at);
    moved.execute(&mut *tx).await.map_err(unavailable)?;
    tx.commit().await.map_err(|error| LogError::Unknown(error.to_string()))?;
    Ok(outcomes)
}

async fn found(tx: &mut Tx<'_>, append: &Append) -> Result<Found, LogError> {
    let receipt = match &append.request {
        Some(request) => {
            let query = sqlx::query(RECEIPT).bind(&request.principal).bind(&request.request_id);
            let row = query.fetch_optional(&mut **tx).await.map_err(unavailable)?;
            row.as_ref().map(rows::receipt).transpose()?
        }
        None => None,
    };
    let version = version(tx, &append.stream).await?;
    let mut taken = Vec::new();
    for (scope, key, reroute) in assemble::wanted(append) {
        let row = sqlx::query(HOLDER).bind(scope).bind(key).fetch_optional(&mut **tx).await;
        if let Some(row) = row.map_err(unavailable)? {
            let holder = rows::stream(&row, "holder_kind", "holder_id")?;
            taken.push(Claim { scope: scope.into(), key: key.into(), holder, reroute });
        }
    }
    let mut checked = true;
    for (scope, key) in assemble::checked(append) {
        let row = sqlx::query(HOLDER).bind(scope).bind(key).fetch_optional(&mut **tx).await;
        checked &= row.map_err(unavailable)?.is_some();
    }
    let mut unmoved = true;
    for (stream, seen) in assemble::beside(append) {
        unmoved &= self::version(tx, stream).await? == seen;
    }
    Ok(Found { receipt, version, taken, checked, unmoved })
}

async fn version(tx: &mut Tx<'_>, stream: &StreamId) -> Result<u64, LogError> {
    let query = sqlx::query(VERSION).bind(&stream.kind).bind(stream.id.as_bytes().as_slice());
    rows::count(&query.fetch_one(&mut **tx).await.map_err(unavailable)?, "version")
}

async fn write(
    tx: &mut Tx<'_>,
    log_id: Uuid,
    append: &Append,
    head: &mut Head,
    clock_us: i64,
) -> Result<Receipt, LogError> {
    let (recorded, receipt) = assemble::place(log_id, append, *head, clock_us);
    for event in &recorded {
        add_event(tx, event).await?;
        *head = Head { position: event.position, recorded_at: event.recorded_at };
    }
    for op in &append.claims {
        claim(tx, op, append).await?;
    }
    if let Some(request) = &append.request {
        let ids: Vec<u8> = receipt.event_ids.iter().flat_map(|id| *id.as_bytes()).collect();
        sqlx::query(ADD_COMMAND)
            .bind(&request.principal)
            .bind(&request.request_id)
            .bind(request.mark.as_slice())
            .bind(&receipt.stream.kind)
            .bind(receipt.stream.id.as_bytes().as_slice())
            .bind(rows::number(receipt.version))
            .bind(rows::number(receipt.position))
            .bind(ids)
            .execute(&mut **tx)
            .await
            .map_err(unavailable)?;
    }
    Ok(receipt)
}

async fn add_event(tx: &mut Tx<'_>, event: &Recorded) -> Result<(), LogError> {
    let envelope = &event.envelope;
    sqlx::query(ADD_EVENT)
        .bind(rows::number(event.position))
        .bind(&envelope.stream.kind)
        .bind(envelope.stream.id.as_bytes().as_slice())
        .bind(rows::number(envelope.version))
        .bind(envelope.event_id.as_bytes().as_slice())
        .bind(&envelope.r#type)
        .bind(i64::from(envelope.schema_ver))
        .bind(envelope.disclosure.name())
        .bind(envelope.decided_at)
        .bind(event.recorded_at)
        .bind(event.content_hash.0.as_slice())
        .bind(stored_row::meta_text(envelope)?)
        .bind(envelope.payload.text())
        .execute(&mut **tx)
        .await
        .map(|_| ())
        .map_err(unavailable)
}

async fn claim(tx: &mut Tx<'_>, op: &ClaimOp, append: &Append) -> Result<(), LogError> {
    let stream = &append.stream;
    let query = match op {
        ClaimOp::Take { scope, key, .. } | ClaimOp::Replace { scope, key } => {
            sqlx::query(SET_CLAIM)
                .bind(scope)
                .bind(key)
                .bind(&stream.kind)
                .bind(stream.id.as_bytes().as_slice())
        }
        ClaimOp::Release { scope } => sqlx::query(RELEASE)
            .bind(stream.id.as_bytes().as_slice())
            .bind(scope)
            .bind(&stream.kind),
        ClaimOp::Check { .. } | ClaimOp::Unmoved { .. } => return Ok(()),
    };
    query.execute(&mut **tx).await.map(|_| ()).map_err(unavailable)
}
