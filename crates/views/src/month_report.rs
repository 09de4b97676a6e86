//! Closed months (月报) as they were closed, corrections beside the first.

use async_trait::async_trait;
use domain::report::ReportEvent;
use domain::report::event::MonthClosed;
use event::Recorded;

use crate::database::{Db, Within};
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::store::Views;
use crate::viewer::Viewer;
use crate::{area, docs};

pub struct MonthReport;

const ADD: &str =
    "INSERT INTO {t} VALUES (?, ?, ?, ?, ?) ON CONFLICT (unit, month, number) DO NOTHING";
const LIST: &str = "SELECT doc FROM {t} WHERE unit = ? AND (? = '' OR month = ?) AND area_path >= ? AND area_path < ? \
     ORDER BY month DESC, number DESC LIMIT 120";

#[async_trait]
impl Model for MonthReport {
    fn name(&self) -> &'static str {
        "month_report"
    }

    fn version(&self) -> u32 {
        1
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (unit TEXT NOT NULL, month TEXT NOT NULL, number INTEGER NOT NULL, area_path TEXT NOT NULL,
            doc TEXT NOT NULL, PRIMARY KEY (unit, month, number)) STRICT, WITHOUT ROWID;
         CREATE TABLE {t}_area (unit TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        _recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        area::learn(db, tables, fact).await?;
        let Fact::Report(ReportEvent::MonthClosed(e)) = fact else {
            return Ok(());
        };
        let path = area::path_of(db, tables, e.unit).await?;
        sqlx::query(tables.sql(ADD))
            .bind(e.unit.to_string())
            .bind(&e.month)
            .bind(i64::from(e.number))
            .bind(path)
            .bind(docs::text(e)?)
            .execute(db)
            .await?;
        Ok(())
    }
}

impl Views {
    /// The closed months of a unit, the latest first; of one month only, when it is named.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn month_reports(
        &self,
        viewer: &Viewer,
        unit: &str,
        month: &str,
    ) -> Result<Vec<MonthClosed>, ViewError> {
        let tables = self.tables("month_report").await?;
        let (low, high) = viewer.area_bounds();
        let rows = sqlx::query(tables.sql(LIST))
            .bind(unit)
            .bind(month)
            .bind(month)
            .bind(low)
            .bind(high)
            .fetch_all(&self.readers)
            .within()
            .await?;
        rows.iter().map(docs::read).collect()
    }
}
