//! Claims: `scope/key → stream`, unique in the log.

use eventlog::{Append, Claim, ClaimOp, Outcome};

use crate::backend::{Backend, append, request, stream};

on_every_backend!(
    a_free_claim_is_taken_and_names_its_holder,
    a_taken_claim_is_refused_with_its_holder_and_the_way_there,
    a_claim_is_taken_again_by_its_own_holder,
    a_claim_is_moved_by_replacing_it,
    a_claim_is_let_go_by_its_holder_alone,
    a_refused_append_leaves_no_claim,
    a_claim_counts_before_the_version_and_after_the_request,
    a_checked_claim_must_be_held_by_somebody_and_is_left_as_it_is,
    a_stream_decided_beside_must_be_where_it_was,
    a_claim_has_one_holder_however_many_ask_at_once,
);

fn take(scope: &str, key: &str, reroute: bool) -> ClaimOp {
    ClaimOp::Take { scope: scope.into(), key: key.into(), reroute }
}

fn replace(scope: &str, key: &str) -> ClaimOp {
    ClaimOp::Replace { scope: scope.into(), key: key.into() }
}

fn release(scope: &str) -> ClaimOp {
    ClaimOp::Release { scope: scope.into() }
}

fn with(number: u128, expected: u64, claims: &[ClaimOp]) -> Append {
    Append { claims: claims.to_vec(), ..append(number, expected, 1) }
}

/// The number of the stream that holds the claim.
async fn holder(backend: &Backend, scope: &str, key: &str) -> Option<u128> {
    let holder = backend.log.holder(scope, key).await.unwrap();
    holder.map(|stream| stream.id.as_u128())
}

async fn a_free_claim_is_taken_and_names_its_holder(backend: Backend) {
    backend.appended(with(1, 0, &[take("device", "d", true), take("case_no", "c", false)])).await;
    assert_eq!(holder(&backend, "device", "d").await, Some(1));
    assert_eq!(holder(&backend, "case_no", "c").await, Some(1));
    assert_eq!(holder(&backend, "device", "c").await, None);
}

async fn a_taken_claim_is_refused_with_its_holder_and_the_way_there(backend: Backend) {
    backend.appended(with(1, 0, &[take("device", "d", true)])).await;
    for reroute in [true, false] {
        let outcome = backend.append(with(2, 0, &[take("device", "d", reroute)])).await;
        let claim = Claim { scope: "device".into(), key: "d".into(), holder: stream(1), reroute };
        assert_eq!(outcome, Outcome::ClaimTaken(claim));
    }
    assert_eq!(backend.head().await.position, 1);
    // Within one batch the first one counts for the second.
    let batch =
        [with(3, 0, &[take("device", "e", true)]), with(4, 0, &[take("device", "e", true)])];
    let outcomes = backend.log.append(&batch).await.unwrap();
    assert!(
        matches!(&outcomes[..], [Outcome::Appended(_), Outcome::ClaimTaken(_)]),
        "{outcomes:?}"
    );
}

async fn a_claim_is_taken_again_by_its_own_holder(backend: Backend) {
    backend.appended(with(1, 0, &[take("device", "d", true)])).await;
    backend.appended(with(1, 1, &[take("device", "d", true)])).await;
    assert_eq!(holder(&backend, "device", "d").await, Some(1));
}

async fn a_claim_is_moved_by_replacing_it(backend: Backend) {
    for number in [1, 2, 1] {
        let version = backend.log.read_stream(&stream(number), 0, 9).await.unwrap().len() as u64;
        backend.appended(with(number, version, &[replace("thumb", "d")])).await;
        assert_eq!(holder(&backend, "thumb", "d").await, Some(number));
    }
}

async fn a_claim_is_let_go_by_its_holder_alone(backend: Backend) {
    let both = [take("device", "d", true), take("device", "e", true), take("case_no", "c", false)];
    backend.appended(with(1, 0, &both)).await;
    backend.appended(with(2, 0, &[release("device")])).await;
    assert_eq!(holder(&backend, "device", "d").await, Some(1), "held by another stream");
    backend.appended(with(1, 1, &[release("device")])).await;
    assert_eq!(holder(&backend, "device", "d").await, None);
    assert_eq!(holder(&backend, "device", "e").await, None);
    assert_eq!(holder(&backend, "case_no", "c").await, Some(1), "another scope");
    backend.appended(with(3, 0, &[take("device", "d", true)])).await;
    assert_eq!(holder(&backend, "device", "d").await, Some(3));
}

async fn a_refused_append_leaves_no_claim(backend: Backend) {
    backend.appended(with(1, 0, &[take("device", "d", true)])).await;
    let conflict = with(2, 7, &[take("device", "e", true), replace("thumb", "t")]);
    let taken =
        with(2, 0, &[take("device", "e", true), replace("thumb", "t"), take("device", "d", true)]);
    let outcomes = backend.log.append(&[conflict, taken]).await.unwrap();
    assert!(matches!(&outcomes[..], [Outcome::Conflict { .. }, Outcome::ClaimTaken(_)]));
    assert_eq!(holder(&backend, "device", "e").await, None);
    assert_eq!(holder(&backend, "thumb", "t").await, None);
}

async fn a_claim_counts_before_the_version_and_after_the_request(backend: Backend) {
    let first =
        Append { request: Some(request("r-1", 1)), ..with(1, 0, &[take("device", "d", true)]) };
    let receipt = backend.appended(first).await;
    let elsewhere = with(2, 7, &[take("device", "d", true)]);
    let outcome = backend.append(elsewhere.clone()).await;
    assert!(matches!(outcome, Outcome::ClaimTaken(_)), "{outcome:?}");
    let again = Append { request: Some(request("r-1", 1)), ..elsewhere };
    assert_eq!(backend.append(again).await, Outcome::Replayed(receipt));
}

async fn a_checked_claim_must_be_held_by_somebody_and_is_left_as_it_is(backend: Backend) {
    let check = || vec![ClaimOp::Check { scope: "authority".into(), key: "wang/1".into() }];
    let first = Append { request: Some(request("r-1", 1)), ..with(2, 0, &check()) };
    assert_eq!(backend.append(first.clone()).await, Outcome::ClaimGone);
    assert_eq!(backend.head().await.position, 0);
    backend.appended(with(1, 0, &[take("authority", "wang/1", false)])).await;
    let receipt = backend.appended(first.clone()).await;
    assert_eq!(holder(&backend, "authority", "wang/1").await, Some(1));
    // Taken away and asked for within one batch: the second one finds it gone.
    let next = [release("authority"), take("authority", "wang/2", false)];
    let batch = [with(1, 1, &next), with(2, 1, &check())];
    let outcomes = backend.log.append(&batch).await.unwrap();
    assert!(matches!(&outcomes[..], [Outcome::Appended(_), Outcome::ClaimGone]), "{outcomes:?}");
    // What was done under it stays done.
    assert_eq!(backend.append(first).await, Outcome::Replayed(receipt));
}

async fn a_stream_decided_beside_must_be_where_it_was(backend: Backend) {
    let beside = |version| vec![ClaimOp::Unmoved { stream: stream(1), version }];
    let first = Append { request: Some(request("r-1", 1)), ..with(2, 0, &beside(1)) };
    assert_eq!(backend.append(first.clone()).await, Outcome::Moved, "it does not exist yet");
    assert_eq!(backend.head().await.position, 0);
    backend.appended(with(3, 0, &beside(0))).await;
    backend.appended(append(1, 0, 1)).await;
    let receipt = backend.appended(first.clone()).await;
    // It goes on within the batch: the second one was decided beside what is no more.
    let batch = [append(1, 1, 1), with(2, 1, &beside(1)), with(2, 1, &beside(2))];
    let outcomes = backend.log.append(&batch).await.unwrap();
    assert!(
        matches!(&outcomes[..], [Outcome::Appended(_), Outcome::Moved, Outcome::Appended(_)]),
        "{outcomes:?}"
    );
    assert_eq!(backend.append(first).await, Outcome::Replayed(receipt));
}

async fn a_claim_has_one_holder_however_many_ask_at_once(backend: Backend) {
    let appender = backend.appender();
    let race = (1..=16_u128).map(|number| {
        let appender = appender.clone();
        let mine = with(number, 0, &[take("device", "d", true)]);
        tokio::spawn(async move { (number, appender.append(mine).await.unwrap()) })
    });
    let (mut winners, mut told) = (Vec::new(), Vec::new());
    for racer in race.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            (number, Outcome::Appended(_)) => winners.push(number),
            (_, Outcome::ClaimTaken(claim)) => told.push(claim.holder.id.as_u128()),
            (_, other) => panic!("{other:?}"),
        }
    }
    let [winner] = winners[..] else { panic!("{winners:?}") };
    assert_eq!(told, [winner; 15]);
    assert_eq!(holder(&backend, "device", "d").await, Some(winner));
}
