//! The call log: every call with what became of it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::call::event::{DispositionKind, DispositionRecorded, FollowUpReason, Registration};
use domain::call::{CallEvent, Stage};
use domain::shared::clock::{ClockKind, ClockStarted};
use domain::shared::ids::{CallId, DeviceId, HouseholdId, IssueId, UnitId};
use domain::shared::ladder::{Holder, Rung};
use domain::shared::matter::Confidence;
use domain::shared::moment::Moment;
use domain::shared::retention::Retention;
use domain::shared::stored::StoredEvent;
use domain::shared::verdict::Thumb;
use event::Recorded;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::{Db, Within};
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::seen::aside;
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs, retention, seen};

pub struct CallLog;

const SAVE: &str = "INSERT INTO {t} VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE \
     SET open = excluded.open, keep_until = excluded.keep_until, doc = excluded.doc";
/// A call tells of its file as a row of the file would (LOOP A1).
macro_rules! seen_calls {
    () => {
        concat!(
            "SELECT doc FROM {t} WHERE area_path >= ?1 AND area_path < ?2 AND id NOT IN (SELECT about.call FROM {t}_aside AS aside \
             JOIN {t}_about AS about ON about.issue = aside.issue WHERE ",
            aside!("aside.recused", "?3"),
            ")"
        )
    };
}
pub const OVER: &str = concat!(
    seen_calls!(),
    " AND keep_until <= ?4 AND (keep_until, id) > (?5, ?6) ORDER BY keep_until, id LIMIT ?7"
);
pub const CALLED: &str = concat!(seen_calls!(), " AND household = ?4 AND open = 1 LIMIT 1");
const LED_TO: &str = "SELECT doc FROM {t} WHERE id IN (SELECT about.call FROM {t}_about AS about WHERE about.issue = ?)";
const ONE: &str = concat!(seen_calls!(), " AND id = ?4");
const LIST: &str = concat!(
    seen_calls!(),
    " AND open >= ?4 AND (pressed_at, id) < (?5, ?6) ORDER BY pressed_at DESC, id DESC LIMIT ?7"
);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRow {
    pub id: CallId,
    pub version: u64,
    pub stage: Stage,
    pub device: Option<DeviceId>,
    pub household: Option<HouseholdId>,
    pub unit: UnitId,
    pub area_path: String,
    pub pressed_at: Moment,
    pub presses: u32,
    pub answered_at: Option<Moment>,
    pub holder: Option<Holder>,
    pub by_return_call: bool,
    pub disposition: Option<DispositionKind>,
    pub issues: Vec<IssueId>,
    pub thumb: Option<Thumb>,
    pub follow_up_owed: Option<FollowUpReason>,
    /// It was told in confidence: what it led to is not for the own village (LOOP V3).
    pub confidential: bool,
    /// Units on the way up where nobody could be rung.
    pub gaps: usize,
    pub rung: Rung,
    pub clocks: BTreeMap<ClockKind, ClockStarted>,
    pub retention: Option<Retention>,
    /// Matters that it may be traced to (LOOP V3), and until when each is kept once it has ended: the call is kept as long.
    pub kept_with: BTreeMap<IssueId, Option<Moment>>,
    pub erased: bool,
}

#[async_trait]
impl Model for CallLog {
    fn name(&self) -> &'static str {
        "call_log"
    }

    fn version(&self) -> u32 {
        7
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, pressed_at INTEGER NOT NULL,
            open INTEGER NOT NULL, household TEXT NOT NULL, keep_until INTEGER NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_keep ON {t} (keep_until, id);
         CREATE INDEX {t}_by_home ON {t} (household) WHERE open = 1;
         CREATE INDEX {t}_by_press ON {t} (pressed_at, id);
         CREATE TABLE {t}_about (issue TEXT NOT NULL, call TEXT NOT NULL, PRIMARY KEY (issue, call)) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_aside (issue TEXT PRIMARY KEY, recused TEXT NOT NULL) STRICT, WITHOUT ROWID;
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
        seen::learn_of_calls(db, tables, recorded, fact).await?;
        for id in retention::erased_calls(fact) {
            if let Some(row) = docs::load(db, tables, id.0).await? {
                CallRow { erased: true, ..row }.save(db, tables).await?;
            }
        }
        if let Fact::Issue(fact) = fact
            && let Some(until) = retention::kept(fact)
        {
            let issue = IssueId(recorded.envelope.stream.id);
            return keep_with(db, tables, issue, until).await;
        }
        let Fact::Call(fact) = fact else {
            return Ok(());
        };
        let mut row = match (fact, docs::load(db, tables, recorded.envelope.stream.id).await?) {
            (CallEvent::Pressed(e), _) => {
                let path = area::path_of(db, tables, e.unit).await?;
                let row = CallRow::new(e.call, e.unit, path, e.pressed_at, e.rung);
                row.from(e.device, e.household)
            }
            (CallEvent::ThumbUnbound(e), None) => {
                let path = area::path_of(db, tables, e.unit).await?;
                let row = CallRow::new(e.call, e.unit, path, e.at, e.rung);
                row.from(Some(e.device), e.household)
            }
            (_, Some(row)) => row,
            (_, None) => return Err(ViewError::Poison("a call without its press".into())),
        };
        row.version = recorded.envelope.version;
        row.evolve(fact);
        row.erased &= fact.sealed().is_empty();
        row.save(db, tables).await
    }
}

/// A matter has ended, and is kept until then; or began anew.
async fn keep_with(
    db: &mut Db,
    tables: &Tables,
    issue: IssueId,
    until: Option<Moment>,
) -> Result<(), ViewError> {
    let query = sqlx::query(tables.sql(LED_TO)).bind(issue.to_string());
    for row in query.fetch_all(&mut *db).await? {
        let mut call: CallRow = docs::read(&row)?;
        if let Some(kept) = call.kept_with.get_mut(&issue) {
            *kept = until;
            call.save(db, tables).await?;
        }
    }
    Ok(())
}

impl CallRow {
    fn new(id: CallId, unit: UnitId, area_path: String, pressed_at: Moment, rung: Rung) -> Self {
        Self {
            id,
            version: 0,
            stage: Stage::Unpressed,
            device: None,
            household: None,
            unit,
            area_path,
            pressed_at,
            presses: 0,
            answered_at: None,
            holder: None,
            by_return_call: false,
            disposition: None,
            issues: Vec::new(),
            thumb: None,
            follow_up_owed: None,
            confidential: false,
            gaps: 0,
            rung,
            clocks: BTreeMap::new(),
            retention: None,
            kept_with: BTreeMap::new(),
            erased: false,
        }
    }

    async fn save(&self, db: &mut Db, tables: &Tables) -> Result<(), ViewError> {
        sqlx::query(tables.sql(SAVE))
            .bind(self.id.to_string())
            .bind(&self.area_path)
            .bind(self.pressed_at.0)
            .bind(i64::from(!self.stage.is_final()))
            .bind(self.household.map(|home| home.to_string()).unwrap_or_default())
            .bind(self.keep_until().0)
            .bind(docs::text(self)?)
            .execute(db)
            .await?;
        Ok(())
    }

    /// When its words may be erased for no other reason than time: when its own time is over, and that of each
    /// matter.
    pub(crate) fn keep_until(&self) -> Moment {
        let over = self.stage.is_final() && !self.erased;
        let own = self.retention.as_ref().filter(|_| over).map(|kept| kept.until);
        let all = self.kept_with.values().copied().chain([own]);
        all.map(|until| until.unwrap_or(Moment::MAX)).max().unwrap_or(Moment::MAX)
    }

    fn from(self, device: Option<DeviceId>, household: Option<HouseholdId>) -> Self {
        Self { device, household, ..self }
    }

    fn disposed(&mut self, e: &DispositionRecorded) {
        self.stage = match (e.kind, self.follow_up_owed) {
            (DispositionKind::Silent, _) => Stage::ReturnCallOwed,
            (_, Some(_)) => Stage::FollowUpOwed,
            (_, None) => Stage::Disposed,
        };
        self.disposition = Some(e.kind);
        self.retention.clone_from(&e.retention);
        self.issues.extend(e.registrations.iter().map(|r| r.issue));
        self.issues.extend(e.attached_to);
        self.kept_with.extend(e.attached_to.map(|issue| (issue, None)));
    }

    fn followed_up(&mut self, done: bool) {
        if done {
            self.stage = Stage::Disposed;
            self.follow_up_owed = None;
        }
    }

    /// Nobody traces to a call what was told in confidence (LOOP V3).
    fn led_to(&mut self, registration: &Registration) {
        if registration.matter.reporter.confidence == Confidence::Confidential {
            self.confidential = true;
        } else {
            self.kept_with.insert(registration.issue, None);
        }
    }

    fn evolve(&mut self, fact: &CallEvent) {
        let ids = |registrations: &[Registration]| {
            registrations.iter().map(|r| r.issue).collect::<Vec<_>>()
        };
        fact.registrations().iter().for_each(|registration| self.led_to(registration));
        match fact {
            CallEvent::ReturnCallTried(_) => {}
            CallEvent::Pressed(e) => {
                self.stage = Stage::Ringing;
                self.gaps = e.gaps.len();
                self.presses = 1;
            }
            CallEvent::PressedAgain(_) => self.presses += 1,
            CallEvent::Rang(e) => self.holder = Some(e.holder.clone()),
            CallEvent::Missed(_) => self.stage = Stage::ReturnCallOwed,
            CallEvent::Answered(e) => {
                self.stage = Stage::Answered;
                self.holder = Some(e.by.clone());
                self.answered_at = Some(e.answered_at);
                self.by_return_call = e.by_return_call;
            }
            CallEvent::DispositionRecorded(e) => self.disposed(e),
            CallEvent::EmergencyAlerted(e) => {
                self.issues.extend(e.registration.iter().map(|r| r.issue));
            }
            CallEvent::VisitOrdered(e) => {
                let owed = self.follow_up_owed.is_some();
                self.stage = if owed { Stage::FollowUpOwed } else { Stage::VisitOrdered };
                self.retention.clone_from(&e.retention);
                self.issues.push(e.registration.issue);
            }
            CallEvent::ThumbUnbound(e) => {
                if self.stage == Stage::Unpressed {
                    self.stage = Stage::Disposed;
                }
                self.thumb = Some(e.thumb);
            }
            CallEvent::FollowUpOrdered(e) => {
                self.follow_up_owed = Some(e.why);
                if self.stage == Stage::Disposed {
                    self.stage = Stage::FollowUpOwed;
                }
            }
            CallEvent::FollowedUp(e) => {
                self.issues.extend(ids(&e.registrations));
                self.followed_up(e.verdict.is_some());
            }
            CallEvent::FollowUpEnded(e) => {
                self.issues.extend(e.visit.iter().map(|r| r.issue));
                self.followed_up(true);
            }
            CallEvent::ClockRecounted(e) => {
                if let Some(known) = self.clocks.get_mut(&e.clock) {
                    known.due_at = e.due_at;
                    known.derivation = e.derivation.clone();
                }
            }
            CallEvent::ThumbPressed(e) => self.thumb = Some(e.thumb),
            CallEvent::Escalated(e) => self.rung = e.to,
            CallEvent::ClockStarted(e) => {
                self.clocks.insert(e.clock, e.clone());
            }
            CallEvent::ClockStopped(e) => {
                self.clocks.remove(&e.clock);
            }
            CallEvent::ClockExpired(e) => {
                self.clocks.remove(&e.clock);
            }
        }
    }
}

impl Views {
    /// One call, if the viewer may see it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn call(&self, viewer: &Viewer, id: CallId) -> Result<Option<CallRow>, ViewError> {
        let tables = self.tables("call_log").await?;
        let [low, high, _, eyes] = viewer.sight();
        let who = [low, high, eyes].into_iter();
        let query = who.fold(sqlx::query(tables.sql(ONE)), |query, value| query.bind(value));
        let query = query.bind(id.to_string());
        query.fetch_optional(&self.readers).within().await?.as_ref().map(docs::read).transpose()
    }

    /// Calls before `(pressed_at, id)`, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn calls(
        &self,
        viewer: &Viewer,
        open_only: bool,
        before: Option<(i64, Uuid)>,
        max: u32,
    ) -> Result<Vec<CallRow>, ViewError> {
        let tables = self.tables("call_log").await?;
        let [low, high, _, eyes] = viewer.sight();
        let (pressed_at, id) =
            before.map_or((i64::MAX, String::new()), |(at, id)| (at, id.to_string()));
        let who = [low, high, eyes].into_iter();
        let query = who.fold(sqlx::query(tables.sql(LIST)), |query, value| query.bind(value));
        let query = query.bind(i64::from(open_only)).bind(pressed_at).bind(id).bind(i64::from(max));
        let rows = query.fetch_all(&self.readers).within().await?;
        rows.iter().map(docs::read).collect()
    }
}
