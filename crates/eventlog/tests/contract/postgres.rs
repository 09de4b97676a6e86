//! What only a log that several processes share has to promise.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use eventlog::postgres::Durability;
use eventlog::{EventLog, LogError, Outcome, PgLog};
use runtime::{Clock, Ids};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::backend::{START, append};

const WRITERS: u128 = 16;
const ROUNDS: u64 = 20;
/// As the function takes it, for one event of a stream that nobody else writes.
const RAW: &str = "SELECT outcome FROM bidao_log.append(1, ARRAY['raw'], ARRAY[gen_random_uuid()], ARRAY[0], \
     ARRAY[1], ARRAY[1], ARRAY[NULL]::text[], ARRAY[NULL]::text[], ARRAY[NULL]::bytea[], ARRAY[gen_random_uuid()], \
     ARRAY['raw.added'], ARRAY[1], ARRAY['public'], ARRAY['x'::bytea], ARRAY['{}'], ARRAY['{}'], \
     '{}', '{}', '{}', '{}', '{}')";

async fn database() -> PgConnectOptions {
    let clock = Clock::manual(START);
    let database = testkit::postgres::database().await;
    PgLog::migrate(&database, &Ids::seeded(clock, 7)).await.unwrap();
    database
}

async fn open(database: &PgConnectOptions) -> Arc<PgLog> {
    Arc::new(PgLog::open(database.clone(), Clock::manual(START)).await.unwrap())
}

/// Every writer is a process of its own; a quarter of what is tried is rolled back under the lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn p4_a_polling_reader_sees_every_commit_once_and_no_hole_under_rollbacks() {
    let database = database().await;
    let written = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicBool::new(false));
    let reader = open(&database).await;
    let polling = {
        let done = Arc::clone(&done);
        tokio::spawn(async move {
            let mut positions: Vec<u64> = Vec::new();
            loop {
                let last = done.load(Ordering::SeqCst);
                let after = positions.last().copied().unwrap_or(0);
                let batch = reader.read_log(after, 64).await.unwrap();
                positions.extend(batch.iter().map(|recorded| recorded.position));
                if batch.is_empty() && last {
                    return positions;
                }
                tokio::task::yield_now().await;
            }
        })
    };
    let writers = (1..=WRITERS).map(|number| {
        let (database, written) = (database.clone(), Arc::clone(&written));
        tokio::spawn(async move {
            let log = PgLog::open(database.clone(), Clock::manual(START)).await.unwrap();
            let mut raw = database.connect().await.unwrap();
            for round in 0..ROUNDS {
                if (round + u64::try_from(number).unwrap()).is_multiple_of(4) {
                    roll_back(&mut raw).await;
                }
                let outcome = log.append(&[append(number, round, 1)]).await.unwrap().remove(0);
                assert!(matches!(outcome, Outcome::Appended(_)), "{outcome:?}");
                written.fetch_add(1, Ordering::SeqCst);
            }
            log.close().await;
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let seen = polling.await.unwrap();
    assert!(seen.iter().copied().eq(1..=written.load(Ordering::SeqCst)), "{seen:?}");
}

async fn roll_back(raw: &mut PgConnection) {
    let mut tx = raw.begin().await.unwrap();
    let outcome: String = sqlx::query_scalar(RAW).fetch_one(&mut *tx).await.unwrap();
    assert_eq!(outcome, "appended");
    tx.rollback().await.unwrap();
}

/// Neither a writer nor a reader nor the owner changes history; a reader does not even append.
#[tokio::test]
async fn p9_nobody_may_change_or_delete_an_event() {
    let database = database().await;
    let log = open(&database).await;
    log.append(&[append(1, 0, 1)]).await.unwrap();
    let mut owner = database.connect().await.unwrap();
    for statement in [
        "UPDATE bidao_log.event SET payload = '{}'",
        "DELETE FROM bidao_log.event",
        "TRUNCATE bidao_log.event",
    ] {
        for role in ["bidao_log_writer", "bidao_log_reader", "owner"] {
            let refused = as_role(&mut owner, role, statement).await.unwrap_err();
            assert!(
                refused.contains("permission denied") || refused.contains("never"),
                "{refused}"
            );
        }
    }
    let insert = "INSERT INTO bidao_log.head VALUES (1, 9, 9)";
    for (role, statement) in [("bidao_log_writer", insert), ("bidao_log_reader", RAW)] {
        let refused = as_role(&mut owner, role, statement).await.unwrap_err();
        assert!(refused.contains("permission denied"), "{role}: {refused}");
    }
    as_role(&mut owner, "bidao_log_writer", RAW).await.unwrap();
    as_role(&mut owner, "bidao_log_reader", "SELECT * FROM bidao_log.event").await.unwrap();
    let requests = "SELECT * FROM bidao_log.command";
    assert!(as_role(&mut owner, "bidao_log_reader", requests).await.is_err());
    assert_eq!(log.read_log(0, 1).await.unwrap().len(), 1);
}

/// Runs a statement as a member of `role`, and takes it back.
async fn as_role(owner: &mut PgConnection, role: &str, statement: &str) -> Result<(), String> {
    let mut tx = owner.begin().await.unwrap();
    if role != "owner" {
        tx.execute(AssertSqlSafe(format!("SET LOCAL ROLE {role}"))).await.unwrap();
    }
    let done = tx.execute(AssertSqlSafe(statement.to_owned())).await;
    tx.rollback().await.unwrap();
    done.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn append_refuses_an_isolation_that_would_not_see_the_former_holder() {
    let database = database().await;
    let mut raw = database.connect().await.unwrap();
    let mut tx = raw.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    let refused = sqlx::query(RAW).fetch_one(&mut *tx).await.err().unwrap().to_string();
    assert!(refused.contains("READ COMMITTED"), "{refused}");
}

#[tokio::test]
async fn a_database_without_a_log_is_named_with_its_remedy() {
    let database = testkit::postgres::database().await;
    let refused = PgLog::open(database.clone(), Clock::manual(START)).await.err().unwrap();
    assert!(refused.to_string().contains("bidao migrate"), "{refused}");
    let ids = Ids::seeded(Clock::manual(START), 7);
    PgLog::migrate(&database, &ids).await.unwrap();
    PgLog::migrate(&database, &ids).await.unwrap();
    PgLog::open(database.clone(), Clock::manual(START)).await.unwrap();
    assert_eq!(Durability::of(&database).await.unwrap().weakness(), None);
    let careless = database.options([("synchronous_commit", "off")]);
    let weakness = Durability::of(&careless).await.unwrap().weakness().unwrap();
    assert!(weakness.contains("synchronous_commit = off"), "{weakness}");
}

/// The line breaks while the server works: nobody knows, and the request's id tells.
#[tokio::test]
async fn a_broken_line_is_an_unknown_outcome() {
    let database = database().await;
    let log = open(&database).await;
    let mut admin = database.connect().await.unwrap();
    let mut holder = admin.begin().await.unwrap();
    holder.execute("SELECT FROM bidao_log.head FOR UPDATE").await.unwrap();
    let writer = Arc::clone(&log);
    let waiting = tokio::spawn(async move { writer.append(&[append(1, 0, 1)]).await });
    let mut other = database.connect().await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while other.fetch_all(kill).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let broken = waiting.await.unwrap();
    assert!(matches!(broken, Err(LogError::Unknown(_))), "{broken:?}");
    holder.rollback().await.unwrap();
    assert_eq!(log.append(&[append(1, 0, 1)]).await.unwrap().len(), 1, "another line works");
}

/// The least that a relay and a projector need: they read, and are refused everything else.
#[tokio::test]
async fn whoever_only_reads_the_log_appends_nothing() {
    let database = database().await;
    let writer = open(&database).await;
    writer.append(&[append(1, 0, 3)]).await.unwrap();
    let reading = database.clone().options([("role", "bidao_log_reader")]);
    let reader = open(&reading).await;
    assert_eq!(reader.log_id(), writer.log_id());
    assert_eq!(reader.head().await.unwrap().position, 3);
    assert_eq!(reader.read_log(0, 9).await.unwrap(), writer.read_log(0, 9).await.unwrap());
    assert!(reader.append(&[append(2, 0, 1)]).await.is_err());
    assert_eq!(writer.head().await.unwrap().position, 3);
}
