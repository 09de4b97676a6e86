//! One issue in full, with the timeline of everything that happened to it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::issue::event::{FollowUpReason, Outcome};
use domain::issue::{IssueEvent, Stage};
use domain::shared::clock::{ClockKind, ClockStarted};
use domain::shared::ids::{CallId, IssueId};
use domain::shared::matter::Source;
use domain::shared::moment::Moment;
use domain::shared::sealed::Sealed;
use domain::shared::terms::PolicyRef;
use domain::shared::verdict::Verdict;
use event::Recorded;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteConnection;

use crate::board::IssueRow;
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::projection::signed;
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs};

pub struct IssueDetail;

const SAVE: &str =
    "INSERT INTO {t} VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc";
const ADD_ENTRY: &str =
    "INSERT INTO {t}_timeline VALUES (?, ?, ?) ON CONFLICT (position) DO NOTHING";
const ONE: &str =
    "SELECT doc FROM {t} WHERE id = ? AND area_path >= ? AND area_path < ? AND instr(?, track) > 0";
const TIMELINE: &str =
    "SELECT doc FROM {t}_timeline WHERE issue = ? AND position < ? ORDER BY position DESC LIMIT ?";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueFile {
    pub row: IssueRow,
    pub version: u64,
    pub started_at: Moment,
    pub policy: PolicyRef,
    pub call: Option<CallId>,
    pub title: Option<Sealed>,
    pub narrative: Option<Sealed>,
    pub reporters: Vec<ReporterRow>,
    pub clocks: BTreeMap<ClockKind, ClockStarted>,
    pub outcome: Option<Outcome>,
    pub follow_up_owed: Option<FollowUpReason>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterRow {
    pub notified: bool,
    pub verdict: Option<Verdict>,
}

/// One event as the timeline keeps it: ciphertext stays ciphertext.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub position: u64,
    pub event_id: uuid::Uuid,
    pub r#type: String,
    pub decided_at: Moment,
    pub actor_kind: String,
    pub actor_id: String,
    pub channel: String,
    pub data: String,
}

#[async_trait]
impl Model for IssueDetail {
    fn name(&self) -> &'static str {
        "issue_detail"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, track TEXT NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_timeline (position INTEGER PRIMARY KEY, issue TEXT NOT NULL, doc TEXT NOT NULL) STRICT;
         CREATE INDEX {t}_timeline_by_issue ON {t}_timeline (issue, position);
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
        let id = recorded.envelope.stream.id;
        let mut file = if let IssueEvent::Registered(e) = fact {
            IssueFile::new(e, area::path_of(db, tables, e.matter.place).await?)
        } else {
            docs::load(db, tables, id)
                .await?
                .ok_or_else(|| ViewError::Poison("an issue without its registration".into()))?
        };
        file.version = recorded.envelope.version;
        file.evolve(fact);
        sqlx::query(tables.sql(SAVE))
            .bind(id.to_string())
            .bind(&file.row.area_path)
            .bind(file.row.track.name())
            .bind(docs::text(&file)?)
            .execute(&mut *db)
            .await?;
        sqlx::query(tables.sql(ADD_ENTRY))
            .bind(signed(recorded.position))
            .bind(id.to_string())
            .bind(docs::text(&Entry::of(recorded))?)
            .execute(db)
            .await?;
        Ok(())
    }
}

impl Entry {
    fn of(recorded: &Recorded) -> Self {
        let envelope = &recorded.envelope;
        Self {
            position: recorded.position,
            event_id: envelope.event_id,
            r#type: envelope.r#type.clone(),
            decided_at: Moment(envelope.decided_at),
            actor_kind: envelope.actor.kind.clone(),
            actor_id: envelope.actor.id.clone(),
            channel: envelope.channel.clone(),
            data: envelope.payload.text().into(),
        }
    }
}

impl IssueFile {
    fn new(e: &domain::issue::event::Registered, area_path: String) -> Self {
        let call = match e.matter.source {
            Source::Call { call } => Some(call),
            Source::External { .. } | Source::InPerson | Source::Proactive => None,
        };
        Self {
            row: IssueRow::new(e, area_path),
            version: 0,
            started_at: e.started_at,
            policy: e.policy.clone(),
            call,
            title: e.matter.title.clone(),
            narrative: e.matter.narrative.clone(),
            reporters: vec![ReporterRow::default()],
            clocks: BTreeMap::new(),
            outcome: None,
            follow_up_owed: None,
        }
    }

    fn evolve(&mut self, fact: &IssueEvent) {
        self.row.evolve(fact);
        match fact {
            IssueEvent::ReporterAttached(_) => self.reporters.push(ReporterRow::default()),
            IssueEvent::Notified(e) => {
                if let Some(reporter) = self.reporters.get_mut(e.reporter) {
                    reporter.notified = true;
                }
            }
            IssueEvent::Rated(e) => self.judged(e.reporter, Some(e.verdict)),
            IssueEvent::FollowUpOrdered(e) => self.follow_up_owed = Some(e.why),
            IssueEvent::FollowedUp(e) => {
                if e.verdict.is_some() {
                    self.judged(e.reporter, e.verdict);
                    self.follow_up_owed = None;
                }
            }
            IssueEvent::Reopened(_) => {
                self.outcome = None;
                for reporter in &mut self.reporters {
                    *reporter = ReporterRow::default();
                }
            }
            IssueEvent::Closed(e) => {
                self.outcome = Some(e.outcome);
                // Silence needs no call any more; a complaint still does.
                self.follow_up_owed =
                    self.follow_up_owed.filter(|why| *why != FollowUpReason::NoVerdict);
            }
            IssueEvent::ClockStarted(e) => {
                self.clocks.insert(e.clock, e.clone());
            }
            IssueEvent::ClockStopped(e) => {
                self.clocks.remove(&e.clock);
            }
            IssueEvent::ClockExpired(e) => {
                self.clocks.remove(&e.clock);
            }
            IssueEvent::Registered(_)
            | IssueEvent::Dispatched(_)
            | IssueEvent::Accepted(_)
            | IssueEvent::Arrived(_)
            | IssueEvent::Progressed(_)
            | IssueEvent::Completed(_)
            | IssueEvent::Escalated(_) => {}
        }
    }

    /// A verdict on a completion; what is said of a visit stays in the timeline and settles nothing.
    fn judged(&mut self, reporter: usize, verdict: Option<Verdict>) {
        if self.row.stage >= Stage::Completed
            && let Some(reporter) = self.reporters.get_mut(reporter)
        {
            reporter.verdict = verdict;
        }
    }
}

impl Views {
    /// One issue, if the viewer may see it, with at most `max` entries of its timeline before a position
    /// (0: the latest), the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue(
        &self,
        viewer: &Viewer,
        id: IssueId,
        before: u64,
        max: u32,
    ) -> Result<Option<(IssueFile, Vec<Entry>)>, ViewError> {
        let tables = self.tables("issue_detail").await?;
        let (low, high) = viewer.area_bounds();
        let query = sqlx::query(tables.sql(ONE))
            .bind(id.to_string())
            .bind(low)
            .bind(high)
            .bind(viewer.track_list());
        let Some(row) = query.fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let before = if before == 0 { i64::MAX } else { signed(before) };
        let query = sqlx::query(tables.sql(TIMELINE)).bind(id.to_string()).bind(before).bind(max);
        let timeline = query.fetch_all(&self.readers).await?;
        Ok(Some((docs::read(&row)?, timeline.iter().map(docs::read).collect::<Result<_, _>>()?)))
    }
}
