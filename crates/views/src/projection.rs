//! Applying the log to the views: a batch and its checkpoints in one transaction; one bad event
//! parks its stream, not the county.

use std::collections::HashSet;
use std::time::Duration;

use event::Recorded;
use sqlx::{Connection, Row};

use crate::database::{self, Db, Dialect, Within};
use crate::fact::Fact;
use crate::model::ViewError;
use crate::store::{Active, Views};
use crate::viewer::Viewer;

/// A batch takes milliseconds; a server that says nothing for so long is gone.
const APPLY: Duration = Duration::from_secs(60);
const MOVE: &str =
    "UPDATE projection SET position = $1 WHERE name = $2 AND position = $3 AND slot = $4";
const PARK: &str =
    "INSERT INTO parked VALUES ($1, $2, $3, $4) ON CONFLICT (view, stream) DO NOTHING";
const PARKED: &str = "SELECT view, stream, position, error FROM parked ORDER BY view, stream";

/// A stream that one event stopped for one view; it can be replayed by a rebuild after a fix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedStream {
    pub view: String,
    pub stream: String,
    pub position: u64,
    pub error: String,
}

impl Views {
    /// Applies `batch` to every view. An event that a view has seen is skipped, so redelivery is
    /// harmless.
    ///
    /// # Errors
    /// When the database fails, or another projector moved a checkpoint.
    pub async fn apply(&self, batch: &[Recorded]) -> Result<(), ViewError> {
        let Some(last) = batch.last() else {
            return Ok(());
        };
        let mut writer = self.writer().await?;
        let applied = tokio::time::timeout(APPLY, self.apply_with(&mut writer, batch)).await;
        let applied = applied.unwrap_or_else(|_| Err(database::silent().into()));
        if applied.is_err() {
            // What was begun is taken back when the connection is used next. That is now: it holds locks.
            database::ping(&mut writer).await?;
        }
        applied?;
        if batch.iter().any(|recorded| recorded.envelope.stream.kind == "org") {
            self.names.forget();
        }
        for view in self.active.write().await.iter_mut() {
            view.position = view.position.max(last.position);
        }
        Ok(())
    }

    async fn apply_with(&self, writer: &mut Db, batch: &[Recorded]) -> Result<(), ViewError> {
        // Only the holder of the writer changes what is active, and a follower what it reads of it; the
        // checkpoint is compared in any case.
        let active = self.active.read().await.clone();
        let parked = parked_streams(writer).await?;
        // Almost always nothing goes wrong; only then the batch is done again, event by event.
        if !try_whole(writer, self.dialect, &active, batch, &parked).await? {
            one_by_one(writer, self.dialect, &active, batch, parked).await?;
        }
        Ok(())
    }

    /// Streams that are parked, for those who look after the whole county.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn parked(&self, viewer: &Viewer) -> Result<Vec<ParkedStream>, ViewError> {
        if !viewer.sees_everywhere() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(PARKED).fetch_all(&self.readers).within().await?;
        let parked = rows.iter().map(|row| {
            Ok(ParkedStream {
                view: row.try_get("view")?,
                stream: row.try_get("stream")?,
                position: u64::try_from(row.try_get::<i64, _>("position")?).unwrap_or(0),
                error: row.try_get("error")?,
            })
        });
        parked.collect()
    }
}

type Parked = HashSet<(String, String)>;

async fn parked_streams(db: &mut Db) -> Result<Parked, ViewError> {
    let rows = sqlx::query(PARKED).fetch_all(db).await?;
    rows.iter().map(|row| Ok((row.try_get("view")?, row.try_get("stream")?))).collect()
}

/// True when the whole batch was applied and committed; false, and nothing done, when an event is
/// poison.
async fn try_whole(
    writer: &mut Db,
    dialect: Dialect,
    active: &[Active],
    batch: &[Recorded],
    parked: &Parked,
) -> Result<bool, ViewError> {
    let mut tx = writer.begin_with(dialect.begin()).await?;
    sqlx::raw_sql(dialect.share_switch()).execute(&mut *tx).await?;
    for recorded in batch {
        let Ok(fact) = Fact::of(recorded) else {
            tx.rollback().await?;
            return Ok(false);
        };
        for view in active.iter().filter(|view| wants(view, recorded, parked)) {
            if view.model.apply(&mut tx, &view.tables, recorded, &fact).await.is_err() {
                tx.rollback().await?;
                return Ok(false);
            }
        }
    }
    move_checkpoints(&mut tx, active, batch).await?;
    tx.commit().await?;
    Ok(true)
}

async fn one_by_one(
    writer: &mut Db,
    dialect: Dialect,
    active: &[Active],
    batch: &[Recorded],
    mut parked: Parked,
) -> Result<(), ViewError> {
    let mut tx = writer.begin_with(dialect.begin()).await?;
    sqlx::raw_sql(dialect.share_switch()).execute(&mut *tx).await?;
    for recorded in batch {
        for view in active {
            if !wants(view, recorded, &parked) {
                continue;
            }
            let mut attempt = tx.begin().await?;
            let applied = match Fact::of(recorded) {
                Ok(fact) => view.model.apply(&mut attempt, &view.tables, recorded, &fact).await,
                Err(error) => Err(ViewError::Poison(error.to_string())),
            };
            match applied {
                Ok(()) => attempt.commit().await?,
                Err(error) => {
                    attempt.rollback().await?;
                    if !is_poison(&error) {
                        return Err(error);
                    }
                    park(&mut tx, view, recorded, &error).await?;
                    parked.insert((view.model.name().into(), recorded.envelope.stream.to_string()));
                }
            }
        }
    }
    move_checkpoints(&mut tx, active, batch).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the event is at fault; a full disk or a busy file is not, and is tried again.
fn is_poison(error: &ViewError) -> bool {
    match error {
        ViewError::Poison(_) | ViewError::Row(_) => true,
        ViewError::Unavailable(cause) => {
            cause.as_database_error().is_some_and(|error| {
                let constraint = !matches!(error.kind(), sqlx::error::ErrorKind::Other);
                // PostgreSQL's class 22: a value that it cannot take as it is.
                let code = error.code().unwrap_or_default();
                constraint || (code.len() == 5 && code.starts_with("22"))
            })
        }
        ViewError::NoSuchView(..)
        | ViewError::Fenced { .. }
        | ViewError::NewerProgram(_)
        | ViewError::RebuildUnderWay => false,
    }
}

async fn park(
    db: &mut Db,
    view: &Active,
    recorded: &Recorded,
    error: &ViewError,
) -> Result<(), ViewError> {
    let (name, stream) = (view.model.name(), recorded.envelope.stream.to_string());
    tracing::error!(view = name, %stream, position = recorded.position, %error, "stream parked; the others go on");
    sqlx::query(PARK)
        .bind(name)
        .bind(stream)
        .bind(signed(recorded.position))
        .bind(error.to_string())
        .execute(db)
        .await?;
    Ok(())
}

fn wants(view: &Active, recorded: &Recorded, parked: &Parked) -> bool {
    recorded.position > view.position
        && (parked.is_empty()
            || !parked.contains(&(view.model.name().into(), recorded.envelope.stream.to_string())))
}

/// Compare-and-set, so that a projector that was paused too long cannot write over its successor.
async fn move_checkpoints(
    db: &mut Db,
    active: &[Active],
    batch: &[Recorded],
) -> Result<(), ViewError> {
    let Some(last) = batch.last() else {
        return Ok(());
    };
    for view in active.iter().filter(|view| view.position < last.position) {
        let moved = sqlx::query(MOVE)
            .bind(signed(last.position))
            .bind(view.model.name())
            .bind(signed(view.position))
            .bind(&view.slot)
            .execute(&mut *db)
            .await?;
        if moved.rows_affected() != 1 {
            return Err(ViewError::Fenced { view: view.model.name(), ours: view.position });
        }
    }
    Ok(())
}

pub(crate) fn signed(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}
