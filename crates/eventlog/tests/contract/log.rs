//! Positions, versions, receipts, and what is read back.

use std::collections::BTreeMap;

use event::{Disclosure, Recorded};
use eventlog::{Append, Head, LogError, Outcome, Receipt};
use uuid::Uuid;

use crate::backend::{Backend, START, append, full, receipt_of, request, stream};

on_every_backend!(
    positions_are_gap_free_and_in_commit_order_under_concurrent_writers,
    one_of_many_racing_writers_wins_and_the_others_conflict,
    a_conflict_fails_nobody_else_in_its_batch,
    an_append_on_another_version_is_refused_with_the_actual_one,
    a_repeated_request_is_answered_with_its_first_receipt,
    a_request_id_used_for_another_request_is_refused,
    request_ids_belong_to_their_principal,
    a_refused_request_is_not_remembered,
    everything_is_read_back_as_it_was_written,
    payload_bytes_are_kept_verbatim,
    content_hashes_recompute_from_what_is_read_back,
    recorded_at_is_the_store_s_clock,
    checkpoints_are_kept_by_name,
    the_log_is_read_in_contiguous_pieces,
    a_stream_is_read_from_a_version_on,
    a_new_log_is_empty,
);

async fn positions_are_gap_free_and_in_commit_order_under_concurrent_writers(backend: Backend) {
    let appender = backend.appender();
    let writers = (0..16_u128).map(|writer| {
        let appender = appender.clone();
        tokio::spawn(async move {
            let mut receipts: Vec<Receipt> = Vec::new();
            for round in 0..20_u64 {
                // Every third command is decided on a version that never was.
                if round % 3 == 0 {
                    let conflicting = append(writer, 1_000 + round, 1);
                    let outcome = appender.append(conflicting).await.unwrap();
                    assert!(matches!(outcome, Outcome::Conflict { .. }), "{outcome:?}");
                }
                let version = receipts.last().map_or(0, |last| last.version);
                let events = u128::from(round % 3) + 1;
                let outcome = appender.append(append(writer, version, events)).await.unwrap();
                receipts.push(receipt_of(outcome));
            }
            receipts
        })
    });
    let mut receipts = Vec::new();
    for writer in writers.collect::<Vec<_>>() {
        let mine = writer.await.unwrap();
        assert!(mine.is_sorted_by_key(|receipt| receipt.position), "acknowledged out of order");
        receipts.extend(mine);
    }
    let whole = backend.whole().await;
    assert!(whole.iter().map(|recorded| recorded.position).eq(1..=whole.len() as u64));
    assert_eq!(backend.head().await.position, whole.len() as u64);
    let told = appender.head().wait_for(whole.len() as u64);
    tokio::time::timeout(std::time::Duration::from_secs(60), told).await.unwrap();
    let written: usize = receipts.iter().map(|receipt| receipt.event_ids.len()).sum();
    assert_eq!(written, whole.len(), "every acknowledged event and no other");
    for receipt in receipts {
        assert_receipt_is_true(&receipt, &whole);
    }
}

/// The command's events stand together, and end where the receipt says.
fn assert_receipt_is_true(receipt: &Receipt, whole: &[Recorded]) {
    let end = usize::try_from(receipt.position).unwrap();
    let mine = &whole[end - receipt.event_ids.len()..end];
    let ids: Vec<_> = mine.iter().map(|recorded| recorded.envelope.event_id).collect();
    assert_eq!(ids, receipt.event_ids);
    assert!(mine.iter().all(|recorded| recorded.envelope.stream == receipt.stream));
    let versions = mine.iter().map(|recorded| recorded.envelope.version);
    assert!(versions.eq(receipt.version + 1 - mine.len() as u64..=receipt.version));
}

async fn one_of_many_racing_writers_wins_and_the_others_conflict(backend: Backend) {
    let appender = backend.appender();
    let race = (0..16_u128).map(|writer| {
        let (appender, mut mine) = (appender.clone(), append(1, 0, 1));
        mine.events[0].event_id = Uuid::from_u128(writer);
        tokio::spawn(async move { appender.append(mine).await.unwrap() })
    });
    let mut won = 0;
    for racer in race.collect::<Vec<_>>() {
        let outcome = racer.await.unwrap();
        if let Outcome::Appended(_) = outcome {
            won += 1;
        } else {
            assert_eq!(outcome, Outcome::Conflict { actual_version: 1 });
        }
    }
    assert_eq!((won, backend.whole().await.len()), (1, 1));
}

async fn a_conflict_fails_nobody_else_in_its_batch(backend: Backend) {
    let batch =
        [append(1, 0, 2), append(1, 0, 1), append(2, 5, 1), append(1, 2, 1), append(3, 0, 1)];
    let outcomes = backend.log.append(&batch).await.unwrap();
    let position = |outcome: Outcome| {
        if let Outcome::Conflict { actual_version } = outcome {
            return Err(actual_version);
        }
        Ok(receipt_of(outcome).position)
    };
    let positions: Vec<_> = outcomes.into_iter().map(position).collect();
    assert_eq!(positions, [Ok(2), Err(2), Err(0), Ok(3), Ok(4)]);
    assert_eq!(backend.whole().await.len(), 4);
}

async fn an_append_on_another_version_is_refused_with_the_actual_one(backend: Backend) {
    backend.appended(append(1, 0, 3)).await;
    for expected in [0, 2, 4] {
        let outcome = backend.append(append(1, expected, 1)).await;
        assert_eq!(outcome, Outcome::Conflict { actual_version: 3 });
    }
    assert_eq!(backend.head().await.position, 3);
    assert_eq!(backend.appended(append(1, 3, 1)).await.version, 4);
}

async fn a_repeated_request_is_answered_with_its_first_receipt(backend: Backend) {
    let first = || Append { request: Some(request("r-1", 1)), ..append(1, 0, 2) };
    let receipt = backend.appended(first()).await;
    backend.appended(append(1, 2, 1)).await;
    // Also when the stream has moved on, and when the repetition was decided on the new version.
    for again in [first(), Append { request: Some(request("r-1", 1)), ..append(1, 3, 1) }] {
        assert_eq!(backend.append(again).await, Outcome::Replayed(receipt.clone()));
    }
    assert_eq!(backend.log.receipt("desk", "r-1").await.unwrap(), Some(([1; 56], receipt)));
    // And within one batch.
    let twice = || Append { request: Some(request("r-2", 1)), ..append(2, 0, 1) };
    let outcomes = backend.log.append(&[twice(), twice()]).await.unwrap();
    let [Outcome::Appended(one), Outcome::Replayed(other)] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert_eq!((one, backend.head().await.position), (other, 4));
}

async fn a_request_id_used_for_another_request_is_refused(backend: Backend) {
    backend.appended(Append { request: Some(request("r-1", 1)), ..append(1, 0, 1) }).await;
    let other = Append { request: Some(request("r-1", 2)), ..append(2, 0, 1) };
    assert_eq!(backend.append(other).await, Outcome::RequestReused);
    assert_eq!(backend.head().await.position, 1);
}

async fn request_ids_belong_to_their_principal(backend: Backend) {
    backend.appended(Append { request: Some(request("r-1", 1)), ..append(1, 0, 1) }).await;
    let mut other = request("r-1", 2);
    other.principal = "another desk".into();
    backend.appended(Append { request: Some(other), ..append(2, 0, 1) }).await;
    assert_eq!(backend.log.receipt("nobody", "r-1").await.unwrap(), None);
    assert_eq!(backend.log.receipt("desk", "r-2").await.unwrap(), None);
}

async fn a_refused_request_is_not_remembered(backend: Backend) {
    let refused = Append { request: Some(request("r-1", 1)), ..append(1, 9, 1) };
    assert_eq!(backend.append(refused).await, Outcome::Conflict { actual_version: 0 });
    assert_eq!(backend.log.receipt("desk", "r-1").await.unwrap(), None);
    // The id is still free, even for another request.
    backend.appended(Append { request: Some(request("r-1", 2)), ..append(1, 0, 1) }).await;
}

async fn everything_is_read_back_as_it_was_written(backend: Backend) {
    let written = full(1, "{\"a\":1}");
    backend.clock.advance_to(START + 5);
    backend.appended(written.clone()).await;
    backend.appended(append(2, 0, 1)).await;
    let whole = backend.whole().await;
    let envelope = &whole[0].envelope;
    let (origin, event) = (&written.origin, &written.events[0]);
    assert_eq!(envelope.log_id, backend.log.log_id());
    assert_eq!((envelope.event_id, &envelope.stream), (event.event_id, &written.stream));
    assert_eq!((envelope.version, envelope.schema_ver), (1, 3));
    assert_eq!((&*envelope.r#type, &*envelope.county6), ("tally.named", "341504"));
    assert_eq!((&envelope.actor, &envelope.on_behalf_of), (&origin.actor, &origin.on_behalf_of));
    assert_eq!(envelope.channel, origin.channel);
    assert_eq!((Some(envelope.occurred_at), envelope.decided_at), (origin.occurred_at, START));
    assert_eq!(envelope.request_id.as_deref(), Some("r-1"));
    assert_eq!(envelope.correlation_id, origin.correlation_id);
    assert_eq!(envelope.causation_id, origin.causation_id);
    assert_eq!((envelope.disclosure, &envelope.keys), (Disclosure::Withheld, &event.keys));
    let plain = &whole[1].envelope;
    assert_eq!((plain.occurred_at, plain.disclosure), (START, Disclosure::Public));
    assert_eq!((&plain.on_behalf_of, &plain.request_id, plain.causation_id), (&None, &None, None));
    assert_eq!((plain.actor.post, plain.actor.unit, plain.keys.len()), (None, None, 0));
}

async fn payload_bytes_are_kept_verbatim(backend: Backend) {
    let texts = [
        "{ \"b\" : 1,\n\t\"a\":[1.0, 1e3 , -0 ],\"b\":2 }",
        "{\"必到\":\"\\u5fc5到 \\ud83d\\ude00 \\u0000\",\"n\":12345678901234567890.10}",
        "[ ]",
        "\" \"",
        "null",
    ];
    for (number, text) in (0..).zip(texts) {
        let mut written = append(number, 0, 1);
        written.events[0].payload = crate::backend::payload(text);
        backend.appended(written).await;
    }
    let whole = backend.whole().await;
    let read: Vec<_> = whole.iter().map(|recorded| recorded.envelope.payload.text()).collect();
    assert_eq!(read, texts);
}

async fn content_hashes_recompute_from_what_is_read_back(backend: Backend) {
    backend.appended(full(1, "{ \"a\" : 1 }")).await;
    backend.appended(append(2, 0, 3)).await;
    let by_stream = backend.log.read_stream(&stream(2), 0, 9).await.unwrap();
    let whole = backend.whole().await;
    assert_eq!(&whole[1..], by_stream);
    for recorded in whole {
        assert_eq!(recorded.content_hash, recorded.envelope.content_hash());
    }
}

async fn recorded_at_is_the_store_s_clock(backend: Backend) {
    let mut expected = Vec::new();
    for (number, seconds) in [(1, 0), (2, 10), (3, 10), (4, 25)] {
        let now = backend.clock.advance_to(START + seconds);
        backend.appended(append(number, 0, 2)).await;
        expected.extend([now, now]);
    }
    let recorded: Vec<_> = backend.whole().await.iter().map(|r| r.recorded_at).collect();
    assert_eq!(recorded, expected);
    assert_eq!(backend.head().await, Head { position: 8, recorded_at: START + 25 });
}

async fn checkpoints_are_kept_by_name(backend: Backend) {
    let log = &backend.log;
    assert_eq!(log.checkpoint("reactions").await.unwrap(), 0);
    log.set_checkpoint("reactions", 7).await.unwrap();
    log.set_checkpoint("notices", 3).await.unwrap();
    log.set_checkpoint("reactions", 9).await.unwrap();
    // A slower process comes later.
    log.set_checkpoint("reactions", 8).await.unwrap();
    let (reactions, notices) = (log.checkpoint("reactions").await, log.checkpoint("notices").await);
    assert_eq!((reactions.unwrap(), notices.unwrap()), (9, 3));
}

async fn the_log_is_read_in_contiguous_pieces(backend: Backend) {
    for number in 1..=10 {
        backend.appended(append(number, 0, 3)).await;
    }
    let mut read: Vec<u64> = Vec::new();
    loop {
        let after = read.last().copied().unwrap_or(0);
        let piece = backend.log.read_log(after, 7).await.unwrap();
        assert!(piece.len() == 7 || after + piece.len() as u64 == 30, "a short piece");
        if piece.is_empty() {
            break;
        }
        read.extend(piece.iter().map(|recorded| recorded.position));
    }
    assert!(read.into_iter().eq(1..=30));
    assert_eq!(backend.log.read_log(31, 7).await.unwrap(), []);
    assert_eq!(backend.log.read_log(0, 0).await.unwrap(), []);
}

async fn a_stream_is_read_from_a_version_on(backend: Backend) {
    for (number, version) in [(1, 0), (2, 0), (1, 2), (2, 2), (1, 4)] {
        backend.appended(append(number, version, 2)).await;
    }
    let read = async |after, max| {
        let events = backend.log.read_stream(&stream(1), after, max).await?;
        let mut found = BTreeMap::new();
        for recorded in events {
            assert_eq!(recorded.envelope.stream, stream(1));
            found.insert(recorded.envelope.version, recorded.position);
        }
        Ok::<_, LogError>(found.into_iter().collect::<Vec<_>>())
    };
    assert_eq!(read(0, 99).await.unwrap(), [(1, 1), (2, 2), (3, 5), (4, 6), (5, 9), (6, 10)]);
    assert_eq!(read(3, 2).await.unwrap(), [(4, 6), (5, 9)]);
    assert_eq!(read(6, 99).await.unwrap(), []);
    assert_eq!(read(99, 99).await.unwrap(), []);
    // The same id under another kind is another stream.
    let other = event::StreamId::new("other", stream(1).id);
    assert_eq!(backend.log.read_stream(&other, 0, 9).await.unwrap(), []);
}

async fn a_new_log_is_empty(backend: Backend) {
    assert_eq!(backend.head().await, Head::default());
    assert_eq!(backend.whole().await, []);
    assert_eq!(backend.log.read_stream(&stream(1), 0, 9).await.unwrap(), []);
    assert_eq!(backend.log.append(&[]).await.unwrap(), []);
    assert_eq!(backend.log.holder("device", "1").await.unwrap(), None);
}
