//! The board: open issues with the promise that comes due next.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::issue::{IssueEvent, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ids::{IssueId, UnitId};
use domain::shared::ladder::{Holder, Rung};
use domain::shared::matter::{Nature, Track, Urgency};
use domain::shared::moment::Moment;
use event::Recorded;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs};

pub struct Board;

const SAVE: &str = "INSERT INTO {t} VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE \
     SET open = excluded.open, stage = excluded.stage, next_due = excluded.next_due, doc = excluded.doc";
const LIST: &str = "SELECT doc FROM {t} WHERE area_path >= ? AND area_path < ? AND instr(?, track) > 0 AND open >= ? \
     AND (? = '' OR stage = ?) AND (next_due, id) > (?, ?) ORDER BY next_due, id LIMIT ?";

/// Closed issues stand behind all open ones.
const NOTHING_DUE: i64 = Moment::MAX.0;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRow {
    pub id: IssueId,
    pub case_no: String,
    pub track: Track,
    pub stage: Stage,
    pub category: String,
    pub nature: Nature,
    pub urgency: Urgency,
    pub place: UnitId,
    pub area_path: String,
    pub rung: Rung,
    pub holder: Option<Holder>,
    pub must_visit: bool,
    pub registered_at: Moment,
    pub due: BTreeMap<ClockKind, Moment>,
    pub reopens: u32,
    pub overdue: bool,
}

impl IssueRow {
    /// The promise that comes due next.
    #[must_use]
    pub fn next_due(&self) -> Option<(ClockKind, Moment)> {
        self.due.iter().map(|(clock, at)| (*clock, *at)).min_by_key(|(_, at)| *at)
    }

    /// What keyset paging continues after.
    #[must_use]
    pub fn sort_key(&self) -> (i64, Uuid) {
        (self.next_due().map_or(NOTHING_DUE, |(_, at)| at.0), self.id.0)
    }

    pub(crate) fn new(e: &domain::issue::event::Registered, area_path: String) -> Self {
        Self {
            id: e.issue,
            case_no: e.case_no.clone(),
            track: e.matter.track,
            stage: Stage::Registered,
            category: e.matter.category.clone(),
            nature: e.matter.nature,
            urgency: e.matter.urgency,
            place: e.matter.place,
            area_path,
            rung: e.rung,
            holder: None,
            must_visit: e.matter.must_visit,
            registered_at: e.registered_at,
            due: BTreeMap::new(),
            reopens: 0,
            overdue: false,
        }
    }

    pub(crate) fn evolve(&mut self, fact: &IssueEvent) {
        match fact {
            IssueEvent::Dispatched(e) => {
                self.stage = Stage::Dispatched;
                self.rung = self.rung.max(e.rung);
                self.holder = Some(e.to.clone());
            }
            IssueEvent::Accepted(e) => {
                self.stage = Stage::Accepted;
                self.holder = Some(e.by.clone());
            }
            IssueEvent::Arrived(e) if e.outcome == domain::issue::event::ArrivalOutcome::Met => {
                self.stage = Stage::OnSite;
            }
            IssueEvent::Completed(_) => self.stage = Stage::Completed,
            IssueEvent::Reopened(e) => {
                self.stage = Stage::Registered;
                self.holder = None;
                self.reopens = e.count;
            }
            IssueEvent::Closed(_) => self.stage = Stage::Closed,
            IssueEvent::Escalated(e) => self.rung = e.to,
            IssueEvent::ClockStarted(e) => {
                // The verdict is asked for once every reporter was told.
                if e.clock == ClockKind::Verdict {
                    self.stage = Stage::Notified;
                }
                self.due.insert(e.clock, e.due_at);
            }
            IssueEvent::ClockStopped(e) => {
                self.due.remove(&e.clock);
            }
            IssueEvent::ClockExpired(e) => {
                self.overdue |= e.clock == ClockKind::Total;
                self.due.remove(&e.clock);
            }
            // The new reporter is owed a notice again.
            IssueEvent::ReporterAttached(_) if self.stage == Stage::Notified => {
                self.stage = Stage::Completed
            }
            IssueEvent::Registered(_)
            | IssueEvent::ReporterAttached(_)
            | IssueEvent::Arrived(_)
            | IssueEvent::Progressed(_)
            | IssueEvent::Notified(_)
            | IssueEvent::Rated(_)
            | IssueEvent::FollowUpOrdered(_)
            | IssueEvent::FollowedUp(_) => {}
        }
    }
}

#[async_trait]
impl Model for Board {
    fn name(&self) -> &'static str {
        "board"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, track TEXT NOT NULL, open INTEGER NOT NULL,
            stage TEXT NOT NULL, next_due INTEGER NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_due ON {t} (next_due, id);
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
        let Fact::Issue(fact) = fact else {
            return Ok(());
        };
        let mut row = if let IssueEvent::Registered(e) = fact {
            IssueRow::new(e, area::path_of(db, tables, e.matter.place).await?)
        } else {
            docs::load(db, tables, recorded.envelope.stream.id)
                .await?
                .ok_or_else(|| ViewError::Poison("an issue without its registration".into()))?
        };
        row.evolve(fact);
        sqlx::query(tables.sql(SAVE))
            .bind(row.id.to_string())
            .bind(&row.area_path)
            .bind(row.track.name())
            .bind(row.stage != Stage::Closed)
            .bind(row.stage.name())
            .bind(row.sort_key().0)
            .bind(docs::text(&row)?)
            .execute(db)
            .await?;
        Ok(())
    }
}

/// What a board shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardQuery {
    /// A stage's name; empty for all.
    pub stage: String,
    pub include_closed: bool,
    /// Continue after this sort key.
    pub after: Option<(i64, Uuid)>,
    pub max: u32,
}

impl Views {
    /// Issues the viewer may see, the nearest promise first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn board(
        &self,
        viewer: &Viewer,
        query: &BoardQuery,
    ) -> Result<Vec<IssueRow>, ViewError> {
        let tables = self.tables("board").await?;
        let (low, high) = viewer.area_bounds();
        let (due, id) =
            query.after.map_or((i64::MIN, String::new()), |(due, id)| (due, id.to_string()));
        let rows = sqlx::query(tables.sql(LIST))
            .bind(low)
            .bind(high)
            .bind(viewer.track_list())
            .bind(i64::from(!query.include_closed))
            .bind(&query.stage)
            .bind(&query.stage)
            .bind(due)
            .bind(id)
            .bind(query.max)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(docs::read).collect()
    }
}
