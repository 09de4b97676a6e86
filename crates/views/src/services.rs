//! Services that a thumb may rate: answered calls, visits and completions, by the device of whom they were
//! for (LOOP C6). The claim in the log names the latest one; this tells those that still wait for a thumb.

use async_trait::async_trait;
use domain::call::CallEvent;
use domain::issue::IssueEvent;
use domain::issue::event::{ArrivalOutcome, ReporterAttached};
use domain::shared::ids::DeviceId;
use domain::shared::matter::Reporter;
use event::{Recorded, StreamId};
use sqlx::Row;

use crate::database::{Db, Within};
use crate::fact::Fact;
use crate::model::{Model, Tables, ViewError};
use crate::projection::signed;
use crate::store::Views;

pub struct Services;

/// One row for each reporter, in their order; a call has one. Served at a position of the log, as several
/// services may fall on one moment; not yet: 0.
const ADD: &str =
    "INSERT INTO {t} SELECT ?1, (SELECT COUNT(*) FROM {t} WHERE stream = ?1), ?2, 0, 0";
const KNOWN: &str = "SELECT number FROM {t} WHERE stream = ? AND device = ? LIMIT 1";
const ADD_CALL: &str = "INSERT INTO {t} VALUES (?, 0, ?, 0, 0) ON CONFLICT DO NOTHING";
const SERVED: &str = "UPDATE {t} SET served = ?, rated = 0 WHERE stream = ?";
const RATED: &str = "UPDATE {t} SET rated = 1 WHERE stream = ? AND number = ?";
/// What a merged file was served goes over with its reporter, rated or not.
const BRING: &str = "UPDATE {t} SET served = ?, rated = ? WHERE stream = ? AND number = (SELECT MAX(number) FROM {t} WHERE stream = ?)";
const BROUGHT: &str = "SELECT MAX(served) AS served, MIN(rated) AS rated FROM {t} \
     WHERE device = ? AND stream = ? AND served > 0";
const GONE_OVER: &str = "UPDATE {t} SET rated = 1 WHERE device = ? AND stream = ?";
const WAITING: &str = "SELECT DISTINCT stream, served FROM {t} WHERE device = ? AND served > 0 AND rated = 0 \
     ORDER BY served DESC, stream LIMIT ?";

#[async_trait]
impl Model for Services {
    fn name(&self) -> &'static str {
        "services"
    }

    fn version(&self) -> u32 {
        2
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (stream TEXT NOT NULL, number INTEGER NOT NULL, device TEXT NOT NULL,
            served INTEGER NOT NULL, rated INTEGER NOT NULL, PRIMARY KEY (stream, number)) STRICT, WITHOUT ROWID;
         CREATE INDEX {t}_by_device ON {t} (device, served);"
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        fact: &Fact,
    ) -> Result<(), ViewError> {
        let stream = &recorded.envelope.stream;
        let at = signed(recorded.position);
        let mut rows = Rows { db, tables, stream: stream.to_string(), at };
        match fact {
            Fact::Call(fact) => rows.call(fact).await,
            Fact::Issue(fact) => rows.issue(fact).await,
            Fact::Access(_)
            | Fact::Org(_)
            | Fact::Policy(_)
            | Fact::Privacy(_)
            | Fact::Report(_) => Ok(()),
        }
    }
}

struct Rows<'a> {
    db: &'a mut Db,
    tables: &'a Tables,
    stream: String,
    at: i64,
}

impl Rows<'_> {
    async fn call(&mut self, fact: &CallEvent) -> Result<(), ViewError> {
        match fact {
            CallEvent::Answered(e) => {
                let Some(device) = e.device else { return Ok(()) };
                let query = sqlx::query(self.tables.sql(ADD_CALL)).bind(&self.stream);
                query.bind(device.to_string()).execute(&mut *self.db).await?;
                self.served().await
            }
            CallEvent::ThumbPressed(_) => self.rated(0).await,
            _ => Ok(()),
        }
    }

    async fn issue(&mut self, fact: &IssueEvent) -> Result<(), ViewError> {
        match fact {
            IssueEvent::Registered(e) => self.add(e.matter.reporter.device).await,
            IssueEvent::ReporterAttached(e) => self.attached(e).await,
            IssueEvent::Arrived(e) if e.outcome == ArrivalOutcome::Met => self.served().await,
            IssueEvent::ArrivalConfirmed(_) | IssueEvent::Completed(_) => self.served().await,
            IssueEvent::Rated(e) => self.rated(e.reporter).await,
            _ => Ok(()),
        }
    }

    async fn add(&mut self, device: Option<DeviceId>) -> Result<(), ViewError> {
        let device = device.map(|device| device.to_string()).unwrap_or_default();
        let query = sqlx::query(self.tables.sql(ADD)).bind(&self.stream).bind(device);
        query.execute(&mut *self.db).await?;
        Ok(())
    }

    async fn is_known(&mut self, device: Option<DeviceId>) -> Result<bool, ViewError> {
        let Some(device) = device.map(|device| device.to_string()) else {
            return Ok(false);
        };
        let query = sqlx::query(self.tables.sql(KNOWN)).bind(&self.stream).bind(device);
        Ok(query.fetch_optional(&mut *self.db).await?.is_some())
    }

    async fn served(&mut self) -> Result<(), ViewError> {
        let query = sqlx::query(self.tables.sql(SERVED)).bind(self.at).bind(&self.stream);
        query.execute(&mut *self.db).await?;
        Ok(())
    }

    async fn rated(&mut self, number: usize) -> Result<(), ViewError> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let query = sqlx::query(self.tables.sql(RATED)).bind(&self.stream).bind(number);
        query.execute(&mut *self.db).await?;
        Ok(())
    }

    async fn attached(&mut self, e: &ReporterAttached) -> Result<(), ViewError> {
        let again = e.reporter.merged_from.is_none() && self.is_known(e.reporter.device).await?;
        // Whoever calls again about the own file has one verdict still (LOOP I5).
        self.add(e.reporter.device.filter(|_| !again)).await?;
        let Some(device) = e.reporter.device.map(|device| device.to_string()) else {
            return Ok(());
        };
        for file in came_from(&e.reporter) {
            let query = sqlx::query(self.tables.sql(BROUGHT)).bind(&device).bind(&file);
            let row = query.fetch_one(&mut *self.db).await?;
            let (at, rated): (Option<i64>, Option<i64>) =
                (row.try_get("served")?, row.try_get("rated")?);
            let Some((at, rated)) = at.zip(rated) else { continue };
            sqlx::query(self.tables.sql(BRING))
                .bind(at)
                .bind(rated)
                .bind(&self.stream)
                .bind(&self.stream)
                .execute(&mut *self.db)
                .await?;
            let query = sqlx::query(self.tables.sql(GONE_OVER)).bind(&device).bind(&file);
            query.execute(&mut *self.db).await?;
        }
        Ok(())
    }
}

/// The files a reporter came through, the first of them first.
fn came_from(reporter: &Reporter) -> Vec<String> {
    let files = reporter.merged_from.iter().chain(&reporter.merged_through);
    files.map(|file| StreamId::new("issue", file.0).to_string()).collect()
}

impl Views {
    /// What a device has still to rate, the latest service first, at most `max`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn waiting_for_thumb(
        &self,
        device: DeviceId,
        max: u32,
    ) -> Result<Vec<StreamId>, ViewError> {
        let tables = self.tables("services").await?;
        let query = sqlx::query(tables.sql(WAITING)).bind(device.to_string()).bind(i64::from(max));
        let rows = query.fetch_all(&self.readers).within().await?;
        let streams = rows.iter().map(|row| {
            let stream: &str = row.try_get("stream")?;
            stream.parse().map_err(|_| ViewError::Poison(format!("{stream} is no stream")))
        });
        streams.collect()
    }
}
