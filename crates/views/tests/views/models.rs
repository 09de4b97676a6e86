//! A read model of its own, to see what the store makes of versions.

use std::sync::Arc;

use crate::history::everybody;
use async_trait::async_trait;
use event::Recorded;
use testkit::County;
use views::database::Db;
use views::fact::Fact;
use views::{Model, Tables, ViewError, Views};

/// Keeps positions; version 1 chokes on one of them.
struct Counting(u32);

const UNREADABLE: u64 = 5;

#[async_trait]
impl Model for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn version(&self) -> u32 {
        self.0
    }

    fn schema(&self) -> &'static str {
        "CREATE TABLE {t} (position INTEGER PRIMARY KEY) STRICT;"
    }

    async fn apply(
        &self,
        db: &mut Db,
        tables: &Tables,
        recorded: &Recorded,
        _fact: &Fact,
    ) -> Result<(), ViewError> {
        if recorded.position == UNREADABLE && self.0 == 1 {
            return Err(ViewError::Poison("version 1 cannot read this".into()));
        }
        let sql = tables.sql("INSERT INTO {t} VALUES (?)");
        sqlx::query(sql).bind(i64::try_from(recorded.position).unwrap()).execute(db).await?;
        Ok(())
    }
}

/// A stream is parked by one version of a view; the next one starts from the first event.
#[tokio::test]
async fn a_new_version_reads_what_the_old_one_parked() {
    let county = County::new().await;
    let whole = county.since(0).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("views.db");
    let old = Views::open(&path, vec![Arc::new(Counting(1))]).await.unwrap();
    old.apply(&whole).await.unwrap();
    assert_eq!(old.parked(&everybody()).await.unwrap().len(), 1);
    drop(old);
    let new = Views::open(&path, vec![Arc::new(Counting(2))]).await.unwrap();
    new.apply(&whole).await.unwrap();
    assert_eq!(new.parked(&everybody()).await.unwrap(), []);
    assert!(new.rebuild("counting", &mut county.feed(), true, |_| {}).await.unwrap().equal);
}
