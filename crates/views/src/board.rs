//! The board: issues with the promise that comes due next, and the agenda of those that are stuck.

use async_trait::async_trait;
use domain::issue::{IssueEvent, Stage};
use event::Recorded;
use sqlx::Row;
use uuid::Uuid;

use crate::database::{Db, DbRow, Within};
use crate::fact::Fact;
use crate::issue_row::IssueRow;
use crate::model::{Model, Tables, ViewError};
use crate::projection::signed;
use crate::seen::aside;
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs, seen};

pub struct Board;

const SAVE: &str = "INSERT INTO {t} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '') ON CONFLICT (id) DO UPDATE \
     SET open = excluded.open, stage = excluded.stage, stuck = excluded.stuck, next_due = excluded.next_due, \
     track = excluded.track, recused = excluded.recused, position = excluded.position, doc = excluded.doc";
const NAME: &str = "UPDATE {t} SET named_at = ?, named = ? WHERE id = ?";

#[async_trait]
impl Model for Board {
    fn name(&self) -> &'static str {
        "board"
    }

    fn version(&self) -> u32 {
        8
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (id TEXT PRIMARY KEY, track TEXT NOT NULL, recused TEXT NOT NULL, open INTEGER NOT NULL,
            stage TEXT NOT NULL, stuck INTEGER NOT NULL, next_due INTEGER NOT NULL, registered_at INTEGER NOT NULL, position INTEGER NOT NULL, doc TEXT NOT NULL,
            first_at INTEGER NOT NULL, named_at INTEGER NOT NULL, named TEXT NOT NULL) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_due ON {t} (open, next_due, id);
         CREATE INDEX {t}_by_registration ON {t} (registered_at, id);
         CREATE INDEX {t}_by_position ON {t} (position);
         CREATE TABLE {t}_seen (path TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (path, id)) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_seen_by_id ON {t}_seen (id);
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
        let Fact::Issue(fact) = fact else {
            return Ok(());
        };
        let id = recorded.envelope.stream.id;
        let mut row = match fact {
            IssueEvent::Registered(_) => IssueRow::default(),
            _ => docs::load(db, tables, id)
                .await?
                .ok_or_else(|| ViewError::Poison("an issue without its registration".into()))?,
        };
        row.evolve(recorded, fact);
        let paths = seen::paths(db, tables, &row.issue).await?;
        if paths != row.paths {
            seen::save(db, tables, &id.to_string(), &paths).await?;
            row.paths = paths;
        }
        let recused = seen::recused(db, tables, &row.issue).await?;
        sqlx::query(tables.sql(SAVE))
            .bind(id.to_string())
            .bind(row.issue.track.name())
            .bind(recused)
            .bind(i64::from(row.issue.stage != Stage::Closed))
            .bind(row.issue.stage.name())
            .bind(i64::from(!row.stuck().is_empty()))
            .bind(row.sort_key().0)
            .bind(row.registered_at.0)
            .bind(signed(row.position))
            .bind(docs::text(&row)?)
            .bind(signed(recorded.position))
            .execute(&mut *db)
            .await?;
        if let IssueEvent::PartyNamed(e) = fact {
            let named = seen::named(db, tables, e).await?;
            let query = sqlx::query(tables.sql(NAME)).bind(signed(recorded.position)).bind(named);
            query.bind(id.to_string()).execute(db).await?;
        }
        Ok(())
    }
}

/// A row that changed: as it is now, or only its id when it left the filter or the viewer's sight.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardChange {
    pub position: u64,
    pub row: Result<Box<IssueRow>, Uuid>,
}

/// Whoever comes to stand aside is told once that a row which was there before has left, and of nothing that
/// happens to it afterwards (LOOP A1).
const CHANGES: &str = concat!(
    "SELECT doc, recused FROM {t} WHERE position > ?1 AND instr(?2, track) > 0 AND (NOT ",
    aside!("recused", "?6"),
    " OR (named_at > ?1 AND first_at <= ?1 AND ",
    aside!("named", "?6"),
    ")) AND EXISTS (SELECT 1 FROM {t}_seen AS seen WHERE seen.id = {t}.id AND seen.path >= ?3 AND seen.path < ?4) \
     ORDER BY position LIMIT ?5"
);

/// How a board is sorted; ties go by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    NextDue,
    Registered,
    RegisteredDescending,
}

impl Order {
    /// What keyset paging continues after.
    #[must_use]
    pub fn key(self, row: &IssueRow) -> (i64, Uuid) {
        match self {
            Self::NextDue => row.sort_key(),
            Self::Registered | Self::RegisteredDescending => (row.registered_at.0, row.issue.id.0),
        }
    }

    /// Column, comparison, direction, and the key before the first row.
    const fn sql(self) -> (&'static str, &'static str, &'static str, i64) {
        match self {
            Self::NextDue => ("next_due", ">", "ASC", i64::MIN),
            Self::Registered => ("registered_at", ">", "ASC", i64::MIN),
            Self::RegisteredDescending => ("registered_at", "<", "DESC", i64::MAX),
        }
    }
}

/// What a board shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardQuery {
    /// A stage's name; empty for all.
    pub stage: String,
    pub include_closed: bool,
    /// Only what needs the dispatch meeting.
    pub stuck_only: bool,
    pub order: Order,
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
        let (column, comparison, direction, first) = query.order.sql();
        let template = format!(
            "SELECT doc FROM {{t}} WHERE {} AND open >= ? AND stuck >= ? AND (? = '' OR stage = ?) \
             AND ({column}, id) {comparison} (?, ?) ORDER BY {column} {direction}, id {direction} LIMIT ?",
            seen::SEES
        );
        let (due, id) = query.after.map_or((first, String::new()), |(at, id)| (at, id.to_string()));
        let mut asked = sqlx::query(tables.sql(&template));
        for text in viewer.sight() {
            asked = asked.bind(text);
        }
        let rows = asked
            .bind(i64::from(!query.include_closed))
            .bind(i64::from(query.stuck_only))
            .bind(&query.stage)
            .bind(&query.stage)
            .bind(due)
            .bind(id)
            .bind(i64::from(query.max))
            .fetch_all(&self.readers)
            .within()
            .await?;
        rows.iter().map(docs::read).collect()
    }

    /// Rows that changed after `position`, oldest change first; of a stage, or open ones. From the
    /// beginning (0) only rows that are there are told of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn board_changes(
        &self,
        viewer: &Viewer,
        stage: &str,
        position: u64,
        max: u32,
    ) -> Result<Vec<BoardChange>, ViewError> {
        let tables = self.tables("board").await?;
        let (low, high) = viewer.area_bounds();
        let rows = sqlx::query(tables.sql(CHANGES))
            .bind(signed(position))
            .bind(viewer.track_list())
            .bind(low)
            .bind(high)
            .bind(i64::from(max))
            .bind(viewer.eyes_list())
            .fetch_all(&self.readers)
            .within()
            .await?;
        let change = |found: &DbRow| {
            let row: IssueRow = docs::read(found)?;
            let open = row.issue.stage != Stage::Closed;
            let fits = if stage.is_empty() { open } else { row.issue.stage.name() == stage };
            let aside = viewer.is_among(found.try_get("recused")?);
            let position = row.position;
            let id = row.issue.id.0;
            Ok(BoardChange {
                position,
                row: if fits && !aside { Ok(Box::new(row)) } else { Err(id) },
            })
        };
        rows.iter().map(change).collect()
    }

    /// Whether the viewer may see this issue, and what of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn board_row(
        &self,
        viewer: &Viewer,
        id: Uuid,
    ) -> Result<Option<IssueRow>, ViewError> {
        let tables = self.tables("board").await?;
        let template = format!("SELECT doc FROM {{t}} WHERE {} AND id = ?", seen::SEES);
        let mut asked = sqlx::query(tables.sql(&template));
        for text in viewer.sight() {
            asked = asked.bind(text);
        }
        let row = asked.bind(id.to_string()).fetch_optional(&self.readers).within().await?;
        row.as_ref().map(docs::read).transpose()
    }
}
