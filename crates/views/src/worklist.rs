//! The worklist: what each post owes now, across calls and issues, and what work it holds.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::call::CallEvent;
use domain::issue::{Issue, IssueEvent, Stage};
use domain::shared::clock::{ClockKind, Clocks};
use domain::shared::ids::{IssueId, PostId, UnitId};
use domain::shared::matter::Track;
use domain::shared::moment::Moment;
use event::{Recorded, StreamId};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use uuid::Uuid;

use crate::database::{Db, DbRow, Within};
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::seen::aside;
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs, seen};

pub struct Worklist;

const SAVE: &str = "INSERT INTO {t} VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET track = excluded.track, \
     recused = excluded.recused, doc = excluded.doc";
/// What a call is owed tells of the files it led to.
const ABOUT: &str = "INSERT INTO {t}_about VALUES (?, ?) ON CONFLICT DO NOTHING";
const ASIDE: &str =
    "SELECT recused FROM {t} WHERE id IN (SELECT issue FROM {t}_about WHERE call = ?)";
const CALLS: &str = "UPDATE {t} SET recused = recused || ? WHERE id IN (SELECT call FROM {t}_about WHERE issue = ?)";
const FORGET_ITEMS: &str = "DELETE FROM {t}_item WHERE stream = ?";
const ADD_ITEM: &str = "INSERT INTO {t}_item VALUES (?, ?, ?, ?, ?, ?, ?)";
const FORGET_HELD: &str = "DELETE FROM {t}_held WHERE issue = ?";
const ADD_HELD: &str =
    "INSERT INTO {t}_held VALUES (?, ?, ?, ?) ON CONFLICT (post, issue) DO NOTHING";
const LIST: &str = concat!(
    "SELECT item.clock, item.due_at, work.doc FROM {t}_item AS item JOIN {t} AS work ON work.id = item.stream \
     WHERE item.post = ?5 AND (?6 = 1 OR (item.area_path >= ?1 AND item.area_path < ?2)) AND instr(?3, work.track) > 0 AND NOT ",
    aside!("work.recused", "?4"),
    " ORDER BY item.due_at, item.stream, item.clock, item.generation LIMIT 1000"
);
const HELD: &str = "SELECT issue FROM {t}_held WHERE post = ? ORDER BY issue";
const HELD_IN: &str = "SELECT post, issue FROM {t}_held WHERE unit = ? ORDER BY issue, post";
/// Of files the viewer may see: a count tells of an accusation as well as a row does (LOOP A1).
const LOAD: &str = concat!(
    "SELECT held.post, COUNT(*) AS held, \
     (SELECT COUNT(*) FROM {t}_item AS item JOIN {t} AS owing ON owing.id = item.stream WHERE item.post = held.post \
      AND instr(?3, owing.track) > 0 AND NOT ",
    aside!("owing.recused", "?4"),
    ") AS owed FROM {t}_held AS held JOIN {t} AS work ON work.id = held.issue \
     WHERE held.area_path >= ?1 AND held.area_path < ?2 AND instr(?3, work.track) > 0 AND NOT ",
    aside!("work.recused", "?4"),
    " GROUP BY held.post ORDER BY held.post"
);

/// What a holder owes: the resident's own clocks, and the county's, are on nobody's worklist.
const OWED_BY_LEAD: [ClockKind; 5] = [
    ClockKind::Accept,
    ClockKind::FirstContact,
    ClockKind::Arrive,
    ClockKind::Resolve,
    ClockKind::Notice,
];

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkRow {
    pub stream: String,
    pub case_no: String,
    pub category: String,
    pub place: UnitId,
    pub area_path: String,
    pub track: Track,
    /// The aggregate's own state, of an issue; of a call, its clocks and who is asked.
    issue: Issue,
    clocks: Clocks,
    post: Option<PostId>,
}

#[async_trait]
impl Model for Worklist {
    fn name(&self) -> &'static str {
        "worklist"
    }

    fn version(&self) -> u32 {
        5
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, track TEXT NOT NULL, recused TEXT NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_about (call TEXT NOT NULL, issue TEXT NOT NULL, PRIMARY KEY (call, issue)) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_item (stream TEXT NOT NULL, clock TEXT NOT NULL, generation INTEGER NOT NULL, post TEXT NOT NULL,
            due_at INTEGER NOT NULL, area_path TEXT NOT NULL, track TEXT NOT NULL,
            PRIMARY KEY (stream, clock, generation)) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_item_by_post ON {t}_item (post, due_at);
         CREATE TABLE {t}_held (post TEXT NOT NULL, issue TEXT NOT NULL, unit TEXT NOT NULL, area_path TEXT NOT NULL,
            PRIMARY KEY (post, issue)) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_held_by_issue ON {t}_held (issue);
         CREATE INDEX {t}_held_by_unit ON {t}_held (unit);
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
        let id = recorded.envelope.stream.id;
        let mut row = match fact {
            Fact::Access(_)
            | Fact::Org(_)
            | Fact::Policy(_)
            | Fact::Privacy(_)
            | Fact::Report(_) => return Ok(()),
            Fact::Issue(IssueEvent::Registered(e)) => WorkRow {
                case_no: e.case_no.clone(),
                category: e.matter.category.clone(),
                ..WorkRow::new(&recorded.envelope.stream, e.matter.place)
            },
            Fact::Call(CallEvent::Pressed(e)) => WorkRow::new(&recorded.envelope.stream, e.unit),
            Fact::Call(_) | Fact::Issue(_) => match (docs::load(db, tables, id).await?, fact) {
                (Some(row), _) => row,
                (None, Fact::Call(CallEvent::ThumbUnbound(e))) => {
                    WorkRow::new(&recorded.envelope.stream, e.unit)
                }
                (None, _) => return Err(ViewError::Poison("work before its first event".into())),
            },
        };
        row.evolve(fact);
        let seen_from = row.issue.seen_from.unwrap_or(row.place);
        row.area_path = area::path_of(db, tables, seen_from).await?;
        let mut recused = seen::recused(db, tables, &row.issue).await?;
        match fact {
            Fact::Call(fact) => recused = aside_of_call(db, tables, id, fact).await?,
            Fact::Issue(IssueEvent::PartyNamed(e)) => {
                let named = seen::named(db, tables, e).await?;
                let query = sqlx::query(tables.sql(CALLS)).bind(named).bind(id.to_string());
                query.execute(&mut *db).await?;
            }
            _ => {}
        }
        sqlx::query(tables.sql(SAVE))
            .bind(id.to_string())
            .bind(row.issue.track.name())
            .bind(recused)
            .bind(docs::text(&row)?)
            .execute(&mut *db)
            .await?;
        save_items(db, tables, &id.to_string(), &row).await?;
        if matches!(fact, Fact::Issue(_)) {
            save_held(db, tables, &id.to_string(), &row).await?;
        }
        Ok(())
    }
}

/// Who stands aside from what a call led to.
async fn aside_of_call(
    db: &mut Db,
    tables: &Tables,
    call: Uuid,
    fact: &CallEvent,
) -> Result<String, ViewError> {
    for issue in fact.issues() {
        let query = sqlx::query(tables.sql(ABOUT)).bind(call.to_string()).bind(issue.to_string());
        query.execute(&mut *db).await?;
    }
    let rows = sqlx::query(tables.sql(ASIDE)).bind(call.to_string()).fetch_all(db).await?;
    let aside = rows.iter().map(|row| row.try_get("recused")).collect::<Result<Vec<&str>, _>>()?;
    Ok(aside.join(" "))
}

async fn save_items(
    db: &mut Db,
    tables: &Tables,
    id: &str,
    row: &WorkRow,
) -> Result<(), ViewError> {
    sqlx::query(tables.sql(FORGET_ITEMS)).bind(id).execute(&mut *db).await?;
    for (post, clock, generation, due_at) in row.owed() {
        sqlx::query(tables.sql(ADD_ITEM))
            .bind(id)
            .bind(clock.name())
            .bind(i64::from(generation))
            .bind(post.to_string())
            .bind(due_at.0)
            .bind(&row.area_path)
            .bind(row.track.name())
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

async fn save_held(db: &mut Db, tables: &Tables, id: &str, row: &WorkRow) -> Result<(), ViewError> {
    sqlx::query(tables.sql(FORGET_HELD)).bind(id).execute(&mut *db).await?;
    for (post, unit) in row.holders() {
        sqlx::query(tables.sql(ADD_HELD))
            .bind(post.to_string())
            .bind(id)
            .bind(unit.to_string())
            .bind(&row.area_path)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

impl WorkRow {
    fn new(stream: &StreamId, place: UnitId) -> Self {
        Self { stream: stream.to_string(), place, ..Self::default() }
    }

    fn evolve(&mut self, fact: &Fact) {
        match fact {
            Fact::Issue(fact) => {
                self.issue.evolve(fact);
                self.track = self.issue.track;
            }
            Fact::Call(CallEvent::Rang(e)) => self.post = Some(e.holder.post),
            Fact::Call(CallEvent::Answered(e)) => self.post = Some(e.by.post),
            Fact::Call(CallEvent::ClockStarted(e)) => self.clocks.started(e),
            Fact::Call(CallEvent::ClockStopped(e)) => self.clocks.ended(e.clock, e.generation),
            Fact::Call(CallEvent::ClockExpired(e)) => self.clocks.ended(e.clock, e.generation),
            Fact::Call(CallEvent::ClockRecounted(e)) => self.clocks.recounted(e),
            _ => {}
        }
    }

    /// Who owes what, until when.
    fn owed(&self) -> Vec<(PostId, ClockKind, u32, Moment)> {
        let mut owed = Vec::new();
        for (clock, running) in self.issue.clocks.all_running() {
            let holder = match clock {
                ClockKind::Join | ClockKind::Support => self.issue.support(running.line),
                ClockKind::Supervision => self.issue.lead_assignment(),
                _ if OWED_BY_LEAD.contains(&clock) => self.issue.lead_assignment(),
                _ => None,
            };
            owed.extend(holder.map(|a| (a.holder.post, clock, running.generation, running.due_at)));
        }
        let asked = [ClockKind::Answer, ClockKind::ReturnCall, ClockKind::Disposition];
        for (clock, running) in self.clocks.all_running() {
            let post = self.post.filter(|_| asked.contains(&clock));
            owed.extend(post.map(|post| (post, clock, running.generation, running.due_at)));
        }
        owed
    }

    /// Posts that hold open work of an issue, and the units they were of when they got it.
    fn holders(&self) -> BTreeSet<(PostId, UnitId)> {
        let open = self.issue.stage != Stage::Closed;
        let held = self.issue.assignments.iter().filter(|a| open && !a.done);
        held.map(|a| (a.holder.post, a.holder.unit)).collect()
    }
}

/// One thing to do, by when.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkItem {
    pub row: WorkRow,
    pub stream: StreamId,
    pub clock: ClockKind,
    pub due_at: Moment,
}

impl WorkItem {
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.stream.id
    }
}

/// What a post carries; a post, never a person (LOOP M6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workload {
    pub post: PostId,
    /// Open issues it leads or supports.
    pub held: u64,
    /// Promises it owes now.
    pub owed: u64,
}

impl Views {
    /// What `post` owes, the nearest promise first: all of it to the post itself, to others what is in
    /// their area.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work_of(&self, viewer: &Viewer, post: PostId) -> Result<Vec<WorkItem>, ViewError> {
        let tables = self.tables("worklist").await?;
        let sight = viewer.sight().into_iter();
        let query = sight.fold(sqlx::query(tables.sql(LIST)), |query, value| query.bind(value));
        let own = i64::from(viewer.post == Some(post));
        let query = query.bind(post.to_string()).bind(own);
        let rows = query.fetch_all(&self.readers).within().await?;
        rows.iter().map(item).collect()
    }

    /// Issues on which this post holds open work, for hand-over. The issues themselves decide again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_by(&self, post: PostId) -> Result<Vec<IssueId>, ViewError> {
        let tables = self.tables("worklist").await?;
        let query = sqlx::query(tables.sql(HELD)).bind(post.to_string());
        let rows = query.fetch_all(&self.readers).within().await?;
        let ids = rows.iter().map(|row| {
            let id = row.try_get::<&str, _>("issue")?.parse();
            id.map_err(|_| ViewError::Poison("an issue without an id".into()))
        });
        ids.collect()
    }

    /// Open work that posts of this unit got there, for hand-over when units merge.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_in(&self, unit: UnitId) -> Result<Vec<(PostId, IssueId)>, ViewError> {
        let tables = self.tables("worklist").await?;
        let query = sqlx::query(tables.sql(HELD_IN)).bind(unit.to_string());
        let rows = query.fetch_all(&self.readers).within().await?;
        let held = rows.iter().map(|row| {
            let post = row.try_get::<&str, _>("post")?.parse();
            let issue = row.try_get::<&str, _>("issue")?.parse();
            let broken = |_| ViewError::Poison("held work without an id".into());
            Ok((post.map_err(broken)?, issue.map_err(broken)?))
        });
        held.collect()
    }

    /// What each post of the viewer's area carries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn workload(&self, viewer: &Viewer) -> Result<Vec<Workload>, ViewError> {
        let tables = self.tables("worklist").await?;
        let sight = viewer.sight().into_iter();
        let query = sight.fold(sqlx::query(tables.sql(LOAD)), |query, value| query.bind(value));
        let rows = query.fetch_all(&self.readers).within().await?;
        let loads = rows.iter().map(|row| {
            let post = row.try_get::<&str, _>("post")?.parse();
            Ok(Workload {
                post: post.map_err(|_| ViewError::Poison("a post without an id".into()))?,
                held: row.try_get::<i64, _>("held")?.unsigned_abs(),
                owed: row.try_get::<i64, _>("owed")?.unsigned_abs(),
            })
        });
        loads.collect()
    }
}

fn item(row: &DbRow) -> Result<WorkItem, ViewError> {
    let work: WorkRow = docs::read(row)?;
    let clock = ClockKind::of_name(row.try_get("clock")?)
        .ok_or_else(|| ViewError::Poison("a clock nobody knows".into()))?;
    let stream = work.stream.parse().map_err(ViewError::Poison)?;
    Ok(WorkItem { stream, clock, due_at: Moment(row.try_get("due_at")?), row: work })
}
