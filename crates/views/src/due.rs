//! Due timers: the promises that are running, armed and disarmed by events alone (ADR 4).

use async_trait::async_trait;
use domain::call::CallEvent;
use domain::issue::IssueEvent;
use domain::issue::event::Reclassified;
use domain::shared::clock::{ClockKind, ClockRecounted, ClockStarted};
use domain::shared::matter::Track;

use event::{Recorded, StreamId};
use sqlx::Row;
use uuid::Uuid;

use crate::database::{Db, DbRow, Within, count};
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::projection::signed;
use crate::seen::aside;
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, seen};

pub struct Due;

const ARM: &str = "INSERT INTO {t} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (stream, clock, generation) DO UPDATE \
     SET due_at = excluded.due_at, provisional = excluded.provisional, armed_at = excluded.armed_at";
const DISARM: &str = "DELETE FROM {t} WHERE stream = ? AND clock = ? AND generation = ?";
const MOVE: &str =
    "UPDATE {t} SET due_at = ?, provisional = ? WHERE stream = ? AND clock = ? AND generation = ?";
const PROVISIONAL: &str =
    "SELECT DISTINCT stream, unit FROM {t} WHERE provisional = 1 ORDER BY stream LIMIT 100000";
const PROVISIONAL_COUNT: &str = "SELECT COUNT(DISTINCT stream) AS streams FROM {t} WHERE provisional = 1 AND area_path >= ? AND area_path < ?";
const PLACE: &str = "INSERT INTO {t}_place VALUES (?, ?, ?, ?) ON CONFLICT (stream) DO NOTHING";
const MOVE_HOME: &str = "UPDATE {t}_place SET unit = ? WHERE stream = ?";
const PLACE_OF: &str = "SELECT unit, area_path, track FROM {t}_place WHERE stream = ?";
const NEXT_DUE: &str = "SELECT MIN(due_at) AS due_at FROM {t} AS timer WHERE NOT EXISTS (SELECT 1 FROM timer_attempt AS a \
     WHERE a.stream = timer.stream AND a.clock = timer.clock AND a.generation = timer.generation)";
const DUE: &str = "SELECT timer.*, COALESCE(a.attempts, 0) AS attempts FROM {t} AS timer LEFT JOIN timer_attempt AS a \
     ON a.stream = timer.stream AND a.clock = timer.clock AND a.generation = timer.generation \
     WHERE timer.due_at <= ? AND COALESCE(a.next_attempt, 0) <= ? ORDER BY timer.due_at, timer.stream, timer.clock, timer.generation LIMIT ?";
const LIST: &str = concat!(
    "SELECT *, 0 AS attempts FROM {t} WHERE area_path >= ? AND area_path < ? AND instr(?, track) > 0 \
     AND NOT EXISTS (SELECT 1 FROM {t}_aside AS aside WHERE (aside.stream = {t}.stream \
     OR aside.stream IN (SELECT about.issue FROM {t}_about AS about WHERE about.call = {t}.stream)) AND ",
    aside!("aside.recused", "?"),
    ") ORDER BY due_at, stream, clock, generation LIMIT ?"
);
/// Whoever stands aside from a file is told of none of its promises (LOOP A1).
const ASIDE: &str = "INSERT INTO {t}_aside (stream, recused) VALUES (?, ?) ON CONFLICT (stream) \
     DO UPDATE SET recused = {t}_aside.recused || excluded.recused";
/// A call's promises tell of the file it led to.
const ABOUT: &str = "INSERT INTO {t}_about VALUES (?, ?) ON CONFLICT DO NOTHING";
const ARMED: &str = "SELECT 1 FROM {t} WHERE stream = ? AND clock = ? AND generation = ?";
const FAILED: &str = "INSERT INTO timer_attempt VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT (stream, clock, generation) \
     DO UPDATE SET attempts = timer_attempt.attempts + 1, next_attempt = excluded.next_attempt, error = excluded.error RETURNING attempts";
const FIRED: &str =
    "DELETE FROM timer_attempt WHERE stream = $1 AND clock = $2 AND generation = $3";
const ATTEMPTS: &str = "SELECT stream, clock, attempts, error FROM timer_attempt ORDER BY attempts DESC, stream LIMIT 100";

/// A running promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    pub stream: StreamId,
    pub clock: ClockKind,
    pub generation: u32,
    /// µs UTC.
    pub due_at: i64,
    /// The unit whose ladder the promise climbs.
    pub unit: Uuid,
    /// How often firing it has failed.
    pub attempts: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerAttempt {
    pub stream: String,
    pub clock: String,
    pub attempts: u32,
    pub error: String,
}

#[async_trait]
impl Model for Due {
    fn name(&self) -> &'static str {
        "due"
    }

    fn version(&self) -> u32 {
        5
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (stream TEXT NOT NULL, clock TEXT NOT NULL, generation INTEGER NOT NULL,
            due_at INTEGER NOT NULL, unit TEXT NOT NULL, area_path TEXT NOT NULL, track TEXT NOT NULL,
            armed_at INTEGER NOT NULL, provisional INTEGER NOT NULL, PRIMARY KEY (stream, clock, generation)) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_due ON {t} (due_at);
         CREATE TABLE {t}_place (stream TEXT PRIMARY KEY, unit TEXT NOT NULL, area_path TEXT NOT NULL,
            track TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_about (call TEXT NOT NULL, issue TEXT NOT NULL, PRIMARY KEY (call, issue)) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_aside (stream TEXT PRIMARY KEY, recused TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_area (unit TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        area::learn(db, tables, fact).await?;
        let stream = recorded.envelope.stream.to_string();
        if let Fact::Call(fact) = fact {
            for issue in fact.issues() {
                let issue = StreamId::new("issue", issue.0).to_string();
                let query = sqlx::query(tables.sql(ABOUT)).bind(&stream).bind(issue);
                query.execute(&mut *db).await?;
            }
        }
        match fact {
            Fact::Call(CallEvent::Pressed(e)) => {
                let path = area::path_of(db, tables, e.unit).await?;
                place(db, tables, &stream, e.unit.0, &path, "service").await
            }
            Fact::Call(CallEvent::ThumbUnbound(e)) => {
                let path = area::path_of(db, tables, e.unit).await?;
                place(db, tables, &stream, e.unit.0, &path, "service").await
            }
            Fact::Issue(IssueEvent::Registered(e)) => {
                let home = e.competent.unwrap_or(e.matter.place);
                // An accusation is nowhere but with the body that received it (LOOP A1).
                let sealed = e.matter.track == Track::Supervision;
                let shown = if sealed { home } else { e.seen_from.unwrap_or(e.matter.place) };
                let path = area::path_of(db, tables, shown).await?;
                place(db, tables, &stream, home.0, &path, e.matter.track.name()).await
            }
            Fact::Issue(IssueEvent::Reclassified(Reclassified { home: Some(home), .. })) => {
                let query = sqlx::query(tables.sql(MOVE_HOME)).bind(home.to_string()).bind(&stream);
                query.execute(db).await?;
                Ok(())
            }
            Fact::Issue(IssueEvent::PartyNamed(e)) => {
                let named = seen::named(db, tables, e).await?;
                let query = sqlx::query(tables.sql(ASIDE)).bind(&stream).bind(named);
                query.execute(db).await?;
                Ok(())
            }
            Fact::Call(CallEvent::ClockStarted(e)) | Fact::Issue(IssueEvent::ClockStarted(e)) => {
                arm(db, tables, &stream, e, recorded.position).await
            }
            Fact::Call(CallEvent::ClockStopped(e)) | Fact::Issue(IssueEvent::ClockStopped(e)) => {
                disarm(db, tables, &stream, e.clock, e.generation).await
            }
            Fact::Call(CallEvent::ClockExpired(e)) | Fact::Issue(IssueEvent::ClockExpired(e)) => {
                disarm(db, tables, &stream, e.clock, e.generation).await
            }
            Fact::Call(CallEvent::ClockRecounted(e))
            | Fact::Issue(IssueEvent::ClockRecounted(e)) => recount(db, tables, &stream, e).await,
            _ => Ok(()),
        }
    }
}

async fn recount(
    db: &mut Db,
    tables: &Tables,
    stream: &str,
    e: &ClockRecounted,
) -> Result<(), ViewError> {
    let query = sqlx::query(tables.sql(MOVE))
        .bind(e.due_at.0)
        .bind(i64::from(e.derivation.provisional))
        .bind(stream)
        .bind(e.clock.name())
        .bind(i64::from(e.generation));
    query.execute(db).await?;
    Ok(())
}

async fn place(
    db: &mut Db,
    tables: &Tables,
    stream: &str,
    unit: Uuid,
    path: &str,
    track: &str,
) -> Result<(), ViewError> {
    let query =
        sqlx::query(tables.sql(PLACE)).bind(stream).bind(unit.to_string()).bind(path).bind(track);
    query.execute(db).await?;
    Ok(())
}

async fn arm(
    db: &mut Db,
    tables: &Tables,
    stream: &str,
    e: &ClockStarted,
    position: u64,
) -> Result<(), ViewError> {
    let place = sqlx::query(tables.sql(PLACE_OF)).bind(stream).fetch_optional(&mut *db).await?;
    let Some(place) = place else {
        return Err(ViewError::Poison("a clock started before its call or issue".into()));
    };
    sqlx::query(tables.sql(ARM))
        .bind(stream)
        .bind(e.clock.name())
        .bind(i64::from(e.generation))
        .bind(e.due_at.0)
        .bind(place.try_get::<&str, _>("unit")?)
        .bind(place.try_get::<&str, _>("area_path")?)
        .bind(place.try_get::<&str, _>("track")?)
        .bind(signed(position))
        .bind(i64::from(e.derivation.provisional))
        .execute(db)
        .await?;
    Ok(())
}

async fn disarm(
    db: &mut Db,
    tables: &Tables,
    stream: &str,
    clock: ClockKind,
    generation: u32,
) -> Result<(), ViewError> {
    let query =
        sqlx::query(tables.sql(DISARM)).bind(stream).bind(clock.name()).bind(i64::from(generation));
    query.execute(db).await?;
    Ok(())
}

fn timer(row: &DbRow) -> Result<Timer, ViewError> {
    let stream: StreamId = row.try_get::<&str, _>("stream")?.parse().map_err(ViewError::Poison)?;
    let clock = ClockKind::of_name(row.try_get("clock")?)
        .ok_or_else(|| ViewError::Poison("a clock nobody knows".into()))?;
    let unit =
        Uuid::parse_str(row.try_get("unit")?).map_err(|e| ViewError::Poison(e.to_string()))?;
    Ok(Timer {
        stream,
        clock,
        generation: count(row, "generation")?,
        due_at: row.try_get("due_at")?,
        unit,
        attempts: count(row, "attempts")?,
    })
}

impl Views {
    /// The time of the next timer that has not failed yet, µs UTC.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self) -> Result<Option<i64>, ViewError> {
        let tables = self.tables("due").await?;
        let row = sqlx::query(tables.sql(NEXT_DUE)).fetch_one(&self.readers).within().await?;
        Ok(row.try_get("due_at")?)
    }

    /// Timers due at `now_us`, the longest overdue first; failed ones only when their pause is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_timers(&self, now_us: i64, max: u32) -> Result<Vec<Timer>, ViewError> {
        let tables = self.tables("due").await?;
        let query = sqlx::query(tables.sql(DUE)).bind(now_us).bind(now_us).bind(i64::from(max));
        query.fetch_all(&self.readers).within().await?.iter().map(timer).collect()
    }

    /// Whether this very generation is still armed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_armed(&self, timer: &Timer) -> Result<bool, ViewError> {
        let tables = self.tables("due").await?;
        let query = sqlx::query(tables.sql(ARMED))
            .bind(timer.stream.to_string())
            .bind(timer.clock.name())
            .bind(i64::from(timer.generation));
        Ok(query.fetch_optional(&self.readers).within().await?.is_some())
    }

    /// Running promises the viewer may see, the nearest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_timers(&self, viewer: &Viewer, max: u32) -> Result<Vec<Timer>, ViewError> {
        let tables = self.tables("due").await?;
        // Area, tracks, and who asks.
        let sight = viewer.sight().into_iter();
        let query = sight.fold(sqlx::query(tables.sql(LIST)), |query, value| query.bind(value));
        query
            .bind(i64::from(max))
            .fetch_all(&self.readers)
            .within()
            .await?
            .iter()
            .map(timer)
            .collect()
    }

    /// Streams with a provisional deadline (暂定), each with the unit whose ladder it climbs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn provisional_streams(&self) -> Result<Vec<(StreamId, Uuid)>, ViewError> {
        let tables = self.tables("due").await?;
        let rows = sqlx::query(tables.sql(PROVISIONAL)).fetch_all(&self.readers).within().await?;
        let streams = rows.iter().map(|row| {
            let stream = row.try_get::<&str, _>("stream")?.parse().map_err(ViewError::Poison)?;
            let unit = Uuid::parse_str(row.try_get("unit")?)
                .map_err(|error| ViewError::Poison(error.to_string()))?;
            Ok((stream, unit))
        });
        streams.collect()
    }

    /// How many calls and issues have one; an alarm.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn provisional_count(&self, viewer: &Viewer) -> Result<u64, ViewError> {
        let tables = self.tables("due").await?;
        let (low, high) = viewer.area_bounds();
        let query = sqlx::query(tables.sql(PROVISIONAL_COUNT)).bind(low).bind(high);
        let row = query.fetch_one(&self.readers).within().await?;
        Ok(row.try_get::<i64, _>("streams")?.unsigned_abs())
    }

    /// Moves a failing timer out of the way until `next_attempt_us`; returns how often it failed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn timer_failed(
        &self,
        timer: &Timer,
        next_attempt_us: i64,
        error: &str,
    ) -> Result<u32, ViewError> {
        let mut writer = self.writer().await?;
        let row = sqlx::query(FAILED)
            .bind(timer.stream.to_string())
            .bind(timer.clock.name())
            .bind(i64::from(timer.generation))
            .bind(next_attempt_us)
            .bind(error)
            .fetch_one(&mut *writer)
            .await?;
        Ok(count(&row, "attempts")?)
    }

    /// Forgets the attempts of a timer that fired after all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn timer_fired(&self, timer: &Timer) -> Result<(), ViewError> {
        let mut writer = self.writer().await?;
        sqlx::query(FIRED)
            .bind(timer.stream.to_string())
            .bind(timer.clock.name())
            .bind(i64::from(timer.generation))
            .execute(&mut *writer)
            .await?;
        Ok(())
    }

    /// Timers that keep failing, for those who look after the whole county.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn failing_timers(&self, viewer: &Viewer) -> Result<Vec<TimerAttempt>, ViewError> {
        if !viewer.sees_everywhere() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(ATTEMPTS).fetch_all(&self.readers).within().await?;
        let attempts = rows.iter().map(|row| {
            Ok(TimerAttempt {
                stream: row.try_get("stream")?,
                clock: row.try_get("clock")?,
                attempts: count(row, "attempts")?,
                error: row.try_get("error")?,
            })
        });
        attempts.collect()
    }
}
