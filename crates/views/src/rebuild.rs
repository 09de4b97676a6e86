//! Rebuilding a view beside the running one, comparing the two byte for byte, and switching over.

use event::{Feed, FeedError, Recorded};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, Row};
use thiserror::Error;

use crate::database::{self, Db, Dialect};
use crate::fact::Fact;
use crate::model::{Tables, ViewError};
use crate::projection::signed;
use crate::store::{Active, Views};

const SWITCH: &str = "UPDATE projection SET slot = $1, position = $2 WHERE name = $3";
const UNPARK: &str = "DELETE FROM parked WHERE view = $1";
const BATCH: usize = 512;

#[derive(Debug, Error)]
pub enum RebuildError {
    #[error(transparent)]
    View(#[from] ViewError),
    #[error(transparent)]
    Feed(#[from] FeedError),
}

impl From<sqlx::Error> for RebuildError {
    fn from(error: sqlx::Error) -> Self {
        Self::View(error.into())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    pub view: String,
    pub position: u64,
    /// The running tables and the new ones were equal.
    pub equal: bool,
    /// SHA-256 over the new rows, hex.
    pub digest: String,
}

impl Views {
    /// Builds `name` anew from `feed` (which starts before the first event), telling `progress` how
    /// far it is. The running tables answer questions meanwhile. For the comparison and the switch
    /// the projector waits.
    ///
    /// # Errors
    /// When the feed or the database fails, or an event is poison; the running tables stay.
    pub async fn rebuild(
        &self,
        name: &str,
        feed: &mut dyn Feed,
        check_only: bool,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<Rebuilt, RebuildError> {
        let _alone = self.rebuilding.lock().await;
        {
            let mut writer = self.writer().await?;
            let row = sqlx::query(self.dialect.take_rebuild()).fetch_one(&mut *writer).await?;
            if !database::is_set(&row, "taken")? {
                return Err(ViewError::RebuildUnderWay.into());
            }
        }
        let rebuilt = self.rebuild_alone(name, feed, check_only, &mut progress).await;
        let mut writer = self.writer().await?;
        sqlx::raw_sql(self.dialect.leave_rebuild()).execute(&mut *writer).await?;
        rebuilt
    }

    async fn rebuild_alone(
        &self,
        name: &str,
        feed: &mut dyn Feed,
        check_only: bool,
        progress: &mut (impl FnMut(u64) + Send),
    ) -> Result<Rebuilt, RebuildError> {
        let running = self.find(name).await?;
        let slot = if running.slot == "a" { "b" } else { "a" };
        let building = Active {
            tables: Tables::new(name, running.model.version(), slot, self.dialect),
            slot: slot.into(),
            position: 0,
            model: running.model.clone(),
        };
        {
            let mut writer = self.writer().await?;
            drop_tables(&mut writer, &building.tables).await?;
            sqlx::raw_sql(building.tables.sql(building.model.schema()))
                .execute(&mut *writer)
                .await?;
        }
        while let Some(batch) = next_before(feed, self.find(name).await?.position).await? {
            let mut writer = self.writer().await?;
            apply_all(&mut writer, &building, &batch).await?;
            progress(feed.position());
        }
        self.compare_and_switch(building, feed, check_only).await
    }

    /// Holding the writer, brings both sides to the same position, compares, and switches.
    async fn compare_and_switch(
        &self,
        mut building: Active,
        feed: &mut dyn Feed,
        check_only: bool,
    ) -> Result<Rebuilt, RebuildError> {
        let mut writer = self.writer().await?;
        // The projector waits while the writer is held, and one of another process while the switch is:
        // both sides stand at one position.
        sqlx::raw_sql(self.dialect.hold_switch()).execute(&mut *writer).await?;
        let rebuilt = self.switch(&mut writer, &mut building, feed, check_only).await;
        sqlx::raw_sql(self.dialect.release_switch()).execute(&mut *writer).await?;
        rebuilt
    }

    async fn switch(
        &self,
        writer: &mut Db,
        building: &mut Active,
        feed: &mut dyn Feed,
        check_only: bool,
    ) -> Result<Rebuilt, RebuildError> {
        let name = building.model.name();
        self.refresh_with(writer).await?;
        let running = self.find(name).await?;
        if running.slot == building.slot {
            return Err(ViewError::RebuildUnderWay.into());
        }
        while let Some(batch) = next_before(feed, running.position).await? {
            apply_all(writer, building, &batch).await?;
        }
        building.position = feed.position();
        let digest = digest(writer, &building.tables).await?;
        let position = building.position;
        let equal = digest == self::digest(writer, &running.tables).await?;
        if check_only {
            drop_tables(writer, &building.tables).await?;
        } else {
            let mut tx = writer.begin_with(building.tables.dialect().begin()).await?;
            sqlx::query(SWITCH)
                .bind(&building.slot)
                .bind(signed(building.position))
                .bind(name)
                .execute(&mut *tx)
                .await?;
            sqlx::query(UNPARK).bind(name).execute(&mut *tx).await?;
            tx.commit().await?;
            for active in
                self.active.write().await.iter_mut().filter(|active| active.model.name() == name)
            {
                *active = building.clone();
            }
            self.names.forget();
            // Another process may ask the old tables for a moment yet; there the next rebuild drops them.
            if self.dialect == Dialect::Sqlite {
                drop_tables(writer, &running.tables).await?;
            }
        }
        Ok(Rebuilt { view: name.into(), position, equal, digest })
    }
}

/// The next batch that ends at `position` at the latest; `None` when the feed stands there.
async fn next_before(
    feed: &mut dyn Feed,
    position: u64,
) -> Result<Option<Vec<Recorded>>, FeedError> {
    let left = usize::try_from(position.saturating_sub(feed.position())).unwrap_or(usize::MAX);
    if left == 0 {
        return Ok(None);
    }
    feed.ready(BATCH.min(left)).await.map(|batch| (!batch.is_empty()).then_some(batch))
}

/// In a rebuild an event that does not apply is fatal: the running tables stay.
async fn apply_all(
    writer: &mut Db,
    building: &Active,
    batch: &[Recorded],
) -> Result<(), ViewError> {
    let mut tx = writer.begin_with(building.tables.dialect().begin()).await?;
    for recorded in batch {
        let poison = |error: &dyn std::fmt::Display| {
            ViewError::Poison(format!(
                "position {} of {}: {error}",
                recorded.position, recorded.envelope.stream
            ))
        };
        let fact = Fact::of(recorded).map_err(|error| poison(&error))?;
        let applied = building.model.apply(&mut tx, &building.tables, recorded, &fact).await;
        applied.map_err(|error| poison(&error))?;
    }
    tx.commit().await?;
    Ok(())
}

pub(crate) async fn drop_tables(db: &mut Db, tables: &Tables) -> Result<(), ViewError> {
    for name in tables.names(db).await? {
        sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE \"{name}\""))).execute(&mut *db).await?;
    }
    Ok(())
}

/// SHA-256 over every row of every table, in key order, each value quoted as SQL text.
async fn digest(db: &mut Db, tables: &Tables) -> Result<String, ViewError> {
    let mut hash = Sha256::new();
    for name in tables.names(db).await? {
        hash.update(name.strip_prefix(tables.prefix()).unwrap_or(&name));
        let columns = tables.columns(db, &name).await?;
        let quoted: Vec<_> = columns.iter().map(|column| tables.dialect().quoted(column)).collect();
        let sql = format!(
            "SELECT {} AS line FROM \"{name}\" ORDER BY {}",
            quoted.join("||','||"),
            columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(",")
        );
        for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *db).await? {
            hash.update(row.try_get::<&str, _>("line")?);
            hash.update([b'\n']);
        }
    }
    Ok(hash.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")))
}
