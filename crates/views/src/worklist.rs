//! The worklist: what each post owes now, across calls and issues.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::call::CallEvent;
use domain::issue::IssueEvent;
use domain::shared::clock::ClockKind;
use domain::shared::ids::{PostId, UnitId};
use domain::shared::matter::Track;
use domain::shared::moment::Moment;
use event::{Recorded, StreamId};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs};

pub struct Worklist;

const SAVE: &str = "INSERT INTO {t} VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE \
     SET post = excluded.post, next_due = excluded.next_due, doc = excluded.doc";
const LIST: &str = "SELECT doc FROM {t} WHERE post = ? AND area_path >= ? AND area_path < ? AND instr(?, track) > 0 \
     AND next_due < 9223372036854775807 ORDER BY next_due, id LIMIT 1000";

/// What a holder owes: the resident's own clocks, and the county's, are not on anybody's worklist.
const OWED_BY_HOLDER: [ClockKind; 7] = [
    ClockKind::Answer,
    ClockKind::ReturnCall,
    ClockKind::Disposition,
    ClockKind::Accept,
    ClockKind::Arrive,
    ClockKind::Resolve,
    ClockKind::Notice,
];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkRow {
    pub stream: StreamId,
    pub case_no: String,
    pub category: String,
    pub place: UnitId,
    pub area_path: String,
    pub track: Track,
    pub post: Option<PostId>,
    pub owed: BTreeMap<ClockKind, Moment>,
}

#[async_trait]
impl Model for Worklist {
    fn name(&self) -> &'static str {
        "worklist"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, area_path TEXT NOT NULL, track TEXT NOT NULL, post TEXT NOT NULL,
            next_due INTEGER NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_post ON {t} (post, next_due, id);
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
        let stream = &recorded.envelope.stream;
        let mut row = match fact {
            Fact::Call(CallEvent::Pressed(e)) => {
                WorkRow::new(stream, e.unit, area::path_of(db, tables, e.unit).await?)
            }
            Fact::Issue(IssueEvent::Registered(e)) => WorkRow {
                case_no: e.case_no.clone(),
                category: e.matter.category.clone(),
                track: e.matter.track,
                ..WorkRow::new(
                    stream,
                    e.matter.place,
                    area::path_of(db, tables, e.matter.place).await?,
                )
            },
            Fact::Call(_) | Fact::Issue(_) => docs::load(db, tables, stream.id)
                .await?
                .ok_or_else(|| ViewError::Poison("work before its first event".into()))?,
            Fact::Org(_) | Fact::Policy(_) => return Ok(()),
        };
        row.evolve(fact);
        sqlx::query(tables.sql(SAVE))
            .bind(stream.id.to_string())
            .bind(&row.area_path)
            .bind(row.track.name())
            .bind(row.post.map(|post| post.to_string()).unwrap_or_default())
            .bind(row.owed.values().min().map_or(i64::MAX, |due| due.0))
            .bind(docs::text(&row)?)
            .execute(db)
            .await?;
        Ok(())
    }
}

impl WorkRow {
    fn new(stream: &StreamId, place: UnitId, area_path: String) -> Self {
        Self {
            stream: stream.clone(),
            case_no: String::new(),
            category: String::new(),
            place,
            area_path,
            track: Track::Service,
            post: None,
            owed: BTreeMap::new(),
        }
    }

    fn evolve(&mut self, fact: &Fact) {
        match fact {
            Fact::Call(CallEvent::Rang(e)) => self.post = Some(e.holder.post),
            Fact::Call(CallEvent::Answered(e)) => self.post = Some(e.by.post),
            Fact::Issue(IssueEvent::Dispatched(e)) => self.post = Some(e.to.post),
            Fact::Issue(IssueEvent::Accepted(e)) => self.post = Some(e.by.post),
            Fact::Issue(IssueEvent::Reopened(_)) => self.post = None,
            Fact::Call(CallEvent::ClockStarted(e)) | Fact::Issue(IssueEvent::ClockStarted(e)) => {
                if OWED_BY_HOLDER.contains(&e.clock) {
                    self.owed.insert(e.clock, e.due_at);
                }
            }
            Fact::Call(CallEvent::ClockStopped(e)) | Fact::Issue(IssueEvent::ClockStopped(e)) => {
                self.owed.remove(&e.clock);
            }
            Fact::Call(CallEvent::ClockExpired(e)) | Fact::Issue(IssueEvent::ClockExpired(e)) => {
                self.owed.remove(&e.clock);
            }
            Fact::Call(_) | Fact::Issue(_) | Fact::Org(_) | Fact::Policy(_) => {}
        }
    }
}

/// One thing to do, by when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    pub row: WorkRow,
    pub clock: ClockKind,
    pub due_at: Moment,
}

impl WorkItem {
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.row.stream.id
    }
}

impl Views {
    /// What `post` owes, the nearest promise first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn work_of(&self, viewer: &Viewer, post: PostId) -> Result<Vec<WorkItem>, ViewError> {
        let tables = self.tables("worklist").await?;
        let (low, high) = viewer.area_bounds();
        let rows = sqlx::query(tables.sql(LIST))
            .bind(post.to_string())
            .bind(low)
            .bind(high)
            .bind(viewer.track_list())
            .fetch_all(&self.readers)
            .await?;
        let rows = rows.iter().map(docs::read).collect::<Result<Vec<WorkRow>, _>>()?;
        let mut items: Vec<_> = rows
            .into_iter()
            .flat_map(|row| {
                let owed: Vec<_> =
                    row.owed.iter().map(|(clock, due_at)| (*clock, *due_at)).collect();
                owed.into_iter().map(move |(clock, due_at)| WorkItem {
                    row: row.clone(),
                    clock,
                    due_at,
                })
            })
            .collect();
        items.sort_by_key(|item| (item.due_at, item.id(), item.clock));
        Ok(items)
    }
}
