//! What lasts beyond the process, and that all backends write the same bytes.

use eventlog::{Append, ClaimOp, EventLog, Head, Outcome, SqliteLog};
use runtime::{Clock, Ids};

use crate::backend::{Backend, START, append, full, request};

#[tokio::test]
async fn an_acknowledged_append_is_there_when_the_log_is_opened_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let open = async |seed, now| {
        let clock = Clock::manual(now);
        SqliteLog::open(&path, clock.clone(), &Ids::seeded(clock, seed)).await.unwrap()
    };
    let log = open(7, START).await;
    let log_id = log.log_id();
    let claims = vec![ClaimOp::Take { scope: "device".into(), key: "d".into(), reroute: true }];
    let written = Append { claims, ..full(1, "{ \"a\": 1 }") };
    let outcome = log.append(std::slice::from_ref(&written)).await.unwrap().remove(0);
    let Outcome::Appended(receipt) = outcome else { panic!("{outcome:?}") };
    log.set_checkpoint("reactions", 1).await.unwrap();
    let whole = log.read_log(0, 9).await.unwrap();
    // Another process with other ids and an earlier clock.
    for close in [true, false] {
        let log = open(8, START - 1_000_000).await;
        assert_eq!(log.log_id(), log_id);
        assert_eq!(log.read_log(0, 9).await.unwrap(), whole);
        assert_eq!(log.head().await.unwrap(), Head { position: 1, recorded_at: START });
        assert_eq!(log.holder("device", "d").await.unwrap(), Some(written.stream.clone()));
        assert_eq!(log.checkpoint("reactions").await.unwrap(), 1);
        let again = log.append(std::slice::from_ref(&written)).await.unwrap();
        assert_eq!(again, [Outcome::Replayed(receipt.clone())]);
        let other = Append { request: Some(request("r-1", 9)), ..append(2, 0, 1) };
        assert_eq!(log.append(&[other]).await.unwrap(), [Outcome::RequestReused]);
        if close {
            log.close().await;
        }
    }
    drop(log);
}

#[tokio::test]
async fn recorded_at_never_goes_back_when_the_clock_does() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    let mut recorded = Vec::new();
    for (number, now) in [(1, START), (2, START - 5_000_000), (3, START + 5)] {
        let clock = Clock::manual(now);
        let log = SqliteLog::open(&path, clock.clone(), &Ids::seeded(clock, 1)).await.unwrap();
        log.append(&[append(number, 0, 1)]).await.unwrap();
        recorded.push(log.read_log(number as u64 - 1, 1).await.unwrap()[0].recorded_at);
        log.close().await;
    }
    assert_eq!(recorded, [START, START, START + 5]);
}

#[tokio::test]
async fn a_file_that_is_no_log_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log.db");
    std::fs::write(&path, "a letter, not a database, and long enough to look like a header")
        .unwrap();
    let clock = Clock::manual(START);
    let refused = SqliteLog::open(&path, clock.clone(), &Ids::seeded(clock, 1)).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("log.db")));
}

/// Appends, conflicts, repetitions and claims, the same on all.
async fn history(backend: &Backend) -> Vec<Vec<Outcome>> {
    let claim = |reroute| ClaimOp::Take { scope: "device".into(), key: "d".into(), reroute };
    let keyed = |id: &str, digest, append| Append { request: Some(request(id, digest)), ..append };
    let batches = [
        vec![full(1, "{ \"a\" : [ 1 ] }"), append(2, 0, 3), append(2, 0, 1)],
        vec![keyed("r-2", 1, append(3, 0, 1)), keyed("r-2", 1, append(3, 1, 1))],
        vec![keyed("r-2", 2, append(4, 0, 1)), append(9, 4, 1)],
        vec![
            Append { claims: vec![claim(true)], ..append(5, 0, 2) },
            Append { claims: vec![claim(false)], ..append(6, 0, 1) },
        ],
        vec![append(2, 3, 64), append(1, 1, 1)],
    ];
    let mut outcomes = Vec::new();
    for (step, batch) in (1..).zip(batches) {
        backend.clock.advance_to(START + step * 1_000);
        outcomes.push(backend.log.append(&batch).await.unwrap());
    }
    outcomes
}

#[tokio::test]
async fn every_backend_writes_the_same_bytes() {
    let memory = Backend::memory();
    let outcomes = history(&memory).await;
    let written = memory.whole().await;
    assert_eq!(written.len(), 1 + 3 + 1 + 2 + 64 + 1);
    for other in [Backend::sqlite().await, Backend::postgres().await] {
        assert_eq!(history(&other).await, outcomes);
        assert_eq!(other.log.log_id(), memory.log.log_id());
        assert_eq!(other.whole().await, written);
        assert_eq!(other.head().await, memory.head().await);
    }
}
