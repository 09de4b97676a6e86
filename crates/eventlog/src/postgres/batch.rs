//! One batch as one call of `bidao_log.append`: commands, events and claims as parallel arrays.

use std::borrow::Cow;

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Error, Row};
use uuid::Uuid;

use super::{rows, unavailable};
use crate::assemble;
use crate::log::{Append, Claim, ClaimOp, Head, LogError, Outcome, Receipt};
use crate::stored_row;

const APPEND: &str = "SELECT * FROM bidao_log.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
     $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";

#[derive(Default)]
struct Commands<'a> {
    kinds: Vec<&'a str>,
    streams: Vec<Uuid>,
    expected: Vec<i64>,
    events: Vec<i32>,
    decided: Vec<i64>,
    principals: Vec<Option<&'a str>>,
    requests: Vec<Option<&'a str>>,
    digests: Vec<Option<&'a [u8]>>,
}

#[derive(Default)]
struct Events<'a> {
    ids: Vec<Uuid>,
    types: Vec<&'a str>,
    schemas: Vec<i32>,
    disclosed: Vec<&'a str>,
    hashes: Vec<Vec<u8>>,
    metas: Vec<String>,
    payloads: Vec<&'a str>,
}

#[derive(Default)]
struct Claims<'a> {
    commands: Vec<i32>,
    ops: Vec<&'a str>,
    scopes: Vec<&'a str>,
    keys: Vec<Cow<'a, str>>,
    reroutes: Vec<bool>,
}

/// Appends; everything is decided by the function under the head row's lock.
pub(super) async fn append(
    connection: &mut PgConnection,
    log_id: Uuid,
    batch: &[Append],
    clock_us: Option<i64>,
) -> Result<Vec<Outcome>, LogError> {
    let (mut commands, mut events, mut claims) =
        (Commands::default(), Events::default(), Claims::default());
    for (number, append) in (1..).zip(batch) {
        commands.add(append);
        events.add(log_id, append)?;
        claims.add(number, append);
    }
    let rows = sqlx::query(APPEND)
        .bind(clock_us)
        .bind(commands.kinds)
        .bind(commands.streams)
        .bind(commands.expected)
        .bind(commands.events)
        .bind(commands.decided)
        .bind(commands.principals)
        .bind(commands.requests)
        .bind(commands.digests)
        .bind(events.ids)
        .bind(events.types)
        .bind(events.schemas)
        .bind(events.disclosed)
        .bind(events.hashes)
        .bind(events.metas)
        .bind(events.payloads)
        .bind(claims.commands)
        .bind(claims.ops)
        .bind(claims.scopes)
        .bind(claims.keys)
        .bind(claims.reroutes)
        .fetch_all(connection)
        .await
        .map_err(|error| failed(&error))?;
    if rows.len() != batch.len() {
        return Err(LogError::Damaged("append did not answer every command".into()));
    }
    rows.iter().map(outcome).collect()
}

impl<'a> Commands<'a> {
    fn add(&mut self, append: &'a Append) {
        let request = append.request.as_ref();
        self.kinds.push(&append.stream.kind);
        self.streams.push(append.stream.id);
        self.expected.push(rows::number(append.expected_version));
        self.events.push(i32::try_from(append.events.len()).unwrap_or(i32::MAX));
        self.decided.push(append.decided_at);
        self.principals.push(request.map(|request| request.principal.as_str()));
        self.requests.push(request.map(|request| request.request_id.as_str()));
        self.digests.push(request.map(|request| request.mark.as_slice()));
    }
}

impl<'a> Events<'a> {
    /// Nothing that is hashed depends on the event's place in the log, so it is ready before the lock.
    fn add(&mut self, log_id: Uuid, append: &'a Append) -> Result<(), LogError> {
        let (placed, _) = assemble::place(log_id, append, Head::default(), 0);
        for (event, recorded) in append.events.iter().zip(&placed) {
            self.ids.push(event.event_id);
            self.types.push(&event.r#type);
            self.schemas.push(event.schema_ver.into());
            self.disclosed.push(event.disclosure.name());
            self.hashes.push(recorded.content_hash.0.to_vec());
            self.metas.push(stored_row::meta_text(&recorded.envelope)?);
            self.payloads.push(event.payload.text());
        }
        Ok(())
    }
}

impl<'a> Claims<'a> {
    fn add(&mut self, number: i32, append: &'a Append) {
        for op in &append.claims {
            let (op, scope, key, reroute) = match op {
                ClaimOp::Take { scope, key, reroute } => ("take", scope, key.into(), *reroute),
                ClaimOp::Replace { scope, key } => ("replace", scope, key.into(), false),
                ClaimOp::Release { scope } => ("release", scope, Cow::Borrowed(""), false),
                ClaimOp::Check { scope, key } => ("check", scope, key.into(), false),
                ClaimOp::Unmoved { stream, version } => {
                    ("unmoved", &stream.kind, format!("{}/{version}", stream.id).into(), false)
                }
            };
            self.commands.push(number);
            self.ops.push(op);
            self.scopes.push(scope);
            self.keys.push(key);
            self.reroutes.push(reroute);
        }
    }
}

fn outcome(row: &PgRow) -> Result<Outcome, LogError> {
    match rows::text(row, "outcome")? {
        "appended" => Ok(Outcome::Appended(receipt(row)?)),
        "replayed" => Ok(Outcome::Replayed(receipt(row)?)),
        "reused" => Ok(Outcome::RequestReused),
        "conflict" => Ok(Outcome::Conflict { actual_version: rows::count(row, "out_version")? }),
        "taken" => Ok(Outcome::ClaimTaken(Claim {
            scope: rows::text(row, "out_scope")?.into(),
            key: rows::text(row, "out_key")?.into(),
            holder: rows::stream(row, "out_kind", "out_stream")?,
            reroute: row.try_get("out_reroute").map_err(unavailable)?,
        })),
        "gone" => Ok(Outcome::ClaimGone),
        "moved" => Ok(Outcome::Moved),
        other => Err(LogError::Damaged(format!("append answered '{other}'"))),
    }
}

fn receipt(row: &PgRow) -> Result<Receipt, LogError> {
    Ok(Receipt {
        stream: rows::stream(row, "out_kind", "out_stream")?,
        version: rows::count(row, "out_version")?,
        position: rows::count(row, "out_position")?,
        event_ids: row.try_get("out_ids").map_err(unavailable)?,
    })
}

/// An error that the server answered with is a statement that did not happen. When the line broke, or the
/// server was on its way down (class 57P), nobody knows.
fn failed(error: &Error) -> LogError {
    let code = error.as_database_error().and_then(|error| error.code().map(String::from));
    match code {
        Some(code) if !code.starts_with("57P") && !code.starts_with("08") => unavailable(error),
        Some(_) | None => LogError::Unknown(error.to_string()),
    }
}
