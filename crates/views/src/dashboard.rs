//! The county dashboard: one fact row per issue and per call; every figure is a sum of rows the
//! viewer may see (LOOP M1–M4).

use async_trait::async_trait;
use domain::call::CallEvent;
use domain::issue::IssueEvent;
use domain::issue::event::{ArrivalOutcome, Outcome};
use domain::shared::clock::{ClockExpired, ClockKind};
use domain::shared::ladder::Rung;
use domain::shared::matter::Size;
use domain::shared::moment::Moment;
use domain::shared::verdict::Effect;
use event::Recorded;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Row, Sqlite};

use crate::area;
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::store::Views;
use crate::viewer::Viewer;

pub struct Dashboard;

const ADD_ISSUE: &str = "INSERT INTO {t} (id, area_path, track, received_at, started_at, big, must_visit, rung, highest_rung) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
const ADD_CALL: &str = "INSERT INTO {t}_call (id, area_path, pressed_at) VALUES (?, ?, ?)";
const ISSUES: &str = "SELECT COUNT(*) AS received,
     COUNT(accepted_at) AS accepted,
     COALESCE(SUM(must_visit), 0) AS must_visit,
     COALESCE(SUM(must_visit AND met_at IS NOT NULL), 0) AS arrived,
     COUNT(completed_at) AS completed,
     COALESCE(SUM(outcome = 'confirmed_solved'), 0) AS confirmed_solved,
     COUNT(closed_at) AS closed,
     COALESCE(SUM(outcome = 'unconfirmed'), 0) AS closed_unconfirmed,
     COUNT(overdue_at) AS overdue,
     COALESCE(SUM(reopens > 0), 0) AS reopened,
     COALESCE(SUM(highest_rung >= 2), 0) AS to_township,
     COALESCE(SUM(highest_rung >= 3), 0) AS to_county,
     COALESCE(SUM(closed_at IS NULL), 0) AS open,
     COALESCE(SUM(verdict_due OR effect IS NOT NULL), 0) AS verdicts_due,
     COALESCE(SUM(effect IS NOT NULL), 0) AS reached,
     COALESCE(SUM(effect = 'solved'), 0) AS satisfied,
     COALESCE(SUM(in_presence), 0) AS in_presence
   FROM {t} WHERE area_path >= ? AND area_path < ? AND instr(?, track) > 0 AND received_at >= ? AND received_at < ?";
const SETTLED: &str = "SELECT highest_rung, SUM(big = 0) AS small, SUM(big) AS big FROM {t}
   WHERE area_path >= ? AND area_path < ? AND instr(?, track) > 0 AND received_at >= ? AND received_at < ?
     AND outcome = 'confirmed_solved' AND reopens = 0 GROUP BY highest_rung ORDER BY highest_rung";
/// A verdict on a completion; what is said of a visit beforehand settles nothing.
const JUDGE: &str = "effect = CASE WHEN completed_at IS NULL THEN effect ELSE ? END";
const CALLS: &str = "SELECT COUNT(*) AS calls, COUNT(answered_at) AS answered,
     COALESCE(SUM(by_return_call), 0) AS by_return_call, COALESCE(SUM(visit_ordered), 0) AS visit_ordered
   FROM {t}_call WHERE area_path >= ? AND area_path < ? AND pressed_at >= ? AND pressed_at < ?";
const FACTS: &str = "SELECT received_at, started_at, completed_at, overdue_at, highest_rung FROM {t} \
   WHERE area_path >= ? AND area_path < ? AND instr(?, track) > 0 ORDER BY started_at, id";

/// Sums over the fact rows of an area and a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub received: u64,
    pub calls: u64,
    pub calls_answered: u64,
    pub calls_by_return_call: u64,
    pub calls_visit_ordered: u64,
    pub accepted: u64,
    pub must_visit: u64,
    pub arrived: u64,
    pub completed: u64,
    pub confirmed_solved: u64,
    pub closed: u64,
    pub closed_unconfirmed: u64,
    pub overdue: u64,
    pub reopened: u64,
    pub to_township: u64,
    pub to_county: u64,
    pub open: u64,
    pub verdicts_due: u64,
    pub reached: u64,
    pub satisfied: u64,
    pub in_presence: u64,
    /// (rung, small, big): confirmed solved and never reopened, by the highest rung it reached.
    pub settled: Vec<(Rung, u64, u64)>,
}

/// The fact row of one issue, for back-tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssueFact {
    pub started_at: Moment,
    pub completed_at: Option<Moment>,
    pub overdue: bool,
    pub highest_rung: u8,
}

#[async_trait]
impl Model for Dashboard {
    fn name(&self) -> &'static str {
        "dashboard"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, track TEXT NOT NULL,
            received_at INTEGER NOT NULL, started_at INTEGER NOT NULL, big INTEGER NOT NULL, must_visit INTEGER NOT NULL,
            rung INTEGER NOT NULL, highest_rung INTEGER NOT NULL, accepted_at INTEGER, met_at INTEGER,
            completed_at INTEGER, overdue_at INTEGER, reopens INTEGER NOT NULL DEFAULT 0, effect TEXT,
            verdict_due INTEGER NOT NULL DEFAULT 0, in_presence INTEGER NOT NULL DEFAULT 0,
            outcome TEXT, closed_at INTEGER) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_received ON {t} (received_at);
         CREATE TABLE {t}_call (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, pressed_at INTEGER NOT NULL,
            answered_at INTEGER, by_return_call INTEGER NOT NULL DEFAULT 0, visit_ordered INTEGER NOT NULL DEFAULT 0)
            STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_call_by_press ON {t}_call (pressed_at);
         CREATE TABLE {t}_area (unit TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    }

    async fn apply(
        &self,
        db: &mut SqliteConnection,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        area::learn(db, tables, fact).await?;
        let mut row = FactRow { db, tables, id: recorded.envelope.stream.id.to_string() };
        match fact {
            Fact::Call(fact) => row.call(fact).await,
            Fact::Issue(fact) => row.issue(fact).await,
            Fact::Org(_) | Fact::Policy(_) => Ok(()),
        }
    }
}

/// The row of one stream.
struct FactRow<'a> {
    db: &'a mut SqliteConnection,
    tables: &'a Tables,
    id: String,
}

impl FactRow<'_> {
    async fn call(&mut self, fact: &CallEvent) -> Result<(), ViewError> {
        match fact {
            CallEvent::Pressed(e) => {
                let path = area::path_of(self.db, self.tables, e.unit).await?;
                let query = sqlx::query(self.tables.sql(ADD_CALL))
                    .bind(&self.id)
                    .bind(path)
                    .bind(e.pressed_at.0);
                query.execute(&mut *self.db).await?;
                Ok(())
            }
            CallEvent::Answered(e) => {
                self.set("{t}_call", "answered_at = ?", e.answered_at.0).await?;
                self.set("{t}_call", "by_return_call = ?", i64::from(e.by_return_call)).await
            }
            CallEvent::VisitOrdered(_) => self.set("{t}_call", "visit_ordered = ?", 1_i64).await,
            CallEvent::PressedAgain(_)
            | CallEvent::Rang(_)
            | CallEvent::Missed(_)
            | CallEvent::ReturnCallTried(_)
            | CallEvent::DispositionRecorded(_)
            | CallEvent::ThumbPressed(_)
            | CallEvent::Escalated(_)
            | CallEvent::ClockStarted(_)
            | CallEvent::ClockStopped(_)
            | CallEvent::ClockExpired(_) => Ok(()),
        }
    }

    async fn issue(&mut self, fact: &IssueEvent) -> Result<(), ViewError> {
        match fact {
            IssueEvent::Registered(e) => self.add(e).await,
            IssueEvent::Accepted(e) => {
                self.set("{t}", "accepted_at = COALESCE(accepted_at, ?)", e.at.0).await
            }
            IssueEvent::Arrived(e) if e.outcome == ArrivalOutcome::Met => {
                self.set("{t}", "met_at = COALESCE(met_at, ?)", e.at.0).await
            }
            IssueEvent::Completed(e) => self.set("{t}", "completed_at = ?", e.at.0).await,
            IssueEvent::Rated(e) => {
                self.set("{t}", JUDGE, effect(e.verdict.effect)).await?;
                self.set("{t}", "in_presence = ?", i64::from(e.in_presence)).await
            }
            IssueEvent::FollowedUp(e) => match e.verdict {
                Some(verdict) => self.set("{t}", JUDGE, effect(verdict.effect)).await,
                None => Ok(()),
            },
            IssueEvent::Reopened(e) => {
                self.set(
                    "{t}",
                    "outcome = NULL, closed_at = NULL, completed_at = NULL, reopens = ?",
                    e.count,
                )
                .await
            }
            IssueEvent::Closed(e) => {
                let outcome = match e.outcome {
                    Outcome::ConfirmedSolved => "confirmed_solved",
                    Outcome::Unconfirmed => "unconfirmed",
                };
                self.set("{t}", "outcome = ?", outcome).await?;
                self.set("{t}", "closed_at = ?", e.at.0).await
            }
            IssueEvent::Escalated(e) => {
                self.set("{t}", "rung = ?", e.to as i64).await?;
                self.set("{t}", "highest_rung = MAX(highest_rung, ?)", e.to as i64).await
            }
            IssueEvent::ClockExpired(e) => self.expired(e).await,
            IssueEvent::Dispatched(e) => {
                self.set("{t}", "highest_rung = MAX(highest_rung, ?)", e.rung as i64).await
            }
            IssueEvent::ReporterAttached(_)
            | IssueEvent::Arrived(_)
            | IssueEvent::Progressed(_)
            | IssueEvent::Notified(_)
            | IssueEvent::FollowUpOrdered(_)
            | IssueEvent::ClockStarted(_)
            | IssueEvent::ClockStopped(_) => Ok(()),
        }
    }

    async fn expired(&mut self, e: &ClockExpired) -> Result<(), ViewError> {
        match e.clock {
            ClockKind::Total => {
                self.set("{t}", "overdue_at = COALESCE(overdue_at, ?)", e.due_at.0).await
            }
            ClockKind::Verdict => self.set("{t}", "verdict_due = ?", 1_i64).await,
            ClockKind::Answer
            | ClockKind::ReturnCall
            | ClockKind::Disposition
            | ClockKind::Dispatch
            | ClockKind::Accept
            | ClockKind::Arrive
            | ClockKind::Resolve
            | ClockKind::Notice
            | ClockKind::FollowUp => Ok(()),
        }
    }

    async fn add(&mut self, e: &domain::issue::event::Registered) -> Result<(), ViewError> {
        let path = area::path_of(self.db, self.tables, e.matter.place).await?;
        sqlx::query(self.tables.sql(ADD_ISSUE))
            .bind(&self.id)
            .bind(path)
            .bind(e.matter.track.name())
            .bind(e.registered_at.0)
            .bind(e.started_at.0)
            .bind(e.matter.size == Size::Big)
            .bind(e.matter.must_visit)
            .bind(e.rung as i64)
            .bind(e.rung as i64)
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }

    /// `assignment` is one of the constants above; the value is bound.
    async fn set<'q, V>(&mut self, table: &str, assignment: &str, value: V) -> Result<(), ViewError>
    where
        V: sqlx::Encode<'q, Sqlite> + sqlx::Type<Sqlite> + Send + 'q,
    {
        let sql = self.tables.sql(&format!("UPDATE {table} SET {assignment} WHERE id = ?"));
        sqlx::query(sql).bind(value).bind(self.id.clone()).execute(&mut *self.db).await?;
        Ok(())
    }
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Solved => "solved",
        Effect::NotSolved => "not_solved",
    }
}

fn rung(number: i64) -> Rung {
    match number {
        0 => Rung::Grid,
        1 => Rung::Village,
        2 => Rung::Township,
        _ => Rung::County,
    }
}

fn count(row: &SqliteRow, column: &str) -> Result<u64, ViewError> {
    Ok(row.try_get::<i64, _>(column)?.unsigned_abs())
}

impl Views {
    /// The figures of what the viewer may see; issues received and calls pressed in
    /// `[from_us, until_us)`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figures(
        &self,
        viewer: &Viewer,
        from_us: i64,
        until_us: i64,
    ) -> Result<Figures, ViewError> {
        let tables = self.tables("dashboard").await?;
        let (low, high) = viewer.area_bounds();
        let tracks = viewer.track_list();
        let scoped = |sql: &str| {
            sqlx::query(tables.sql(sql))
                .bind(low.clone())
                .bind(high.clone())
                .bind(tracks.clone())
                .bind(from_us)
                .bind(until_us)
        };
        let issues = scoped(ISSUES).fetch_one(&self.readers).await?;
        let settled = scoped(SETTLED).fetch_all(&self.readers).await?;
        let calls = sqlx::query(tables.sql(CALLS))
            .bind(low.clone())
            .bind(high.clone())
            .bind(from_us)
            .bind(until_us);
        let calls = calls.fetch_one(&self.readers).await?;
        Ok(Figures {
            received: count(&issues, "received")?,
            calls: count(&calls, "calls")?,
            calls_answered: count(&calls, "answered")?,
            calls_by_return_call: count(&calls, "by_return_call")?,
            calls_visit_ordered: count(&calls, "visit_ordered")?,
            accepted: count(&issues, "accepted")?,
            must_visit: count(&issues, "must_visit")?,
            arrived: count(&issues, "arrived")?,
            completed: count(&issues, "completed")?,
            confirmed_solved: count(&issues, "confirmed_solved")?,
            closed: count(&issues, "closed")?,
            closed_unconfirmed: count(&issues, "closed_unconfirmed")?,
            overdue: count(&issues, "overdue")?,
            reopened: count(&issues, "reopened")?,
            to_township: count(&issues, "to_township")?,
            to_county: count(&issues, "to_county")?,
            open: count(&issues, "open")?,
            verdicts_due: count(&issues, "verdicts_due")?,
            reached: count(&issues, "reached")?,
            satisfied: count(&issues, "satisfied")?,
            in_presence: count(&issues, "in_presence")?,
            settled: settled
                .iter()
                .map(|row| {
                    Ok((
                        rung(row.try_get("highest_rung")?),
                        count(row, "small")?,
                        count(row, "big")?,
                    ))
                })
                .collect::<Result<_, ViewError>>()?,
        })
    }

    /// The fact rows the viewer may see, by time of filing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue_facts(&self, viewer: &Viewer) -> Result<Vec<IssueFact>, ViewError> {
        let tables = self.tables("dashboard").await?;
        let (low, high) = viewer.area_bounds();
        let query = sqlx::query(tables.sql(FACTS)).bind(low).bind(high).bind(viewer.track_list());
        let rows = query.fetch_all(&self.readers).await?;
        let facts = rows.iter().map(|row| {
            Ok(IssueFact {
                started_at: Moment(row.try_get("started_at")?),
                completed_at: row.try_get::<Option<i64>, _>("completed_at")?.map(Moment),
                overdue: row.try_get::<Option<i64>, _>("overdue_at")?.is_some(),
                highest_rung: row.try_get("highest_rung")?,
            })
        });
        facts.collect()
    }
}
