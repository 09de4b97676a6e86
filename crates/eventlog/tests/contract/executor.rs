//! The executor: load, decide, append, remember; and nothing decided on stale state.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};

use async_trait::async_trait;
use eventlog::{
    Appender, Done, EventLog, ExecuteError, Executor, LogError, Origin, Request, RequestDigest,
    RequestDigests, Shared,
};
use runtime::Clock;
use runtime::progress::Progress;
use uuid::Uuid;

use crate::backend::{Backend, START, Twist, Twisted, append, event, stream};
use crate::tally::{AboveLimit, LIMIT, Order, Tally};

on_every_backend!(
    a_command_is_decided_and_appended_with_its_origin,
    a_lost_race_is_decided_again_on_the_new_state,
    a_version_the_sender_insists_on_is_not_retried,
    what_adds_nothing_is_answered_as_repeated,
    a_repeated_request_is_answered_by_whatever_executor,
    a_request_id_with_another_body_is_refused,
    a_refused_or_silent_request_is_decided_afresh,
    requests_without_an_id_are_each_done,
    one_request_sent_many_times_at_once_is_done_once,
    a_request_is_known_by_whatever_key_it_came_under,
    a_request_whose_key_is_destroyed_is_the_same,
    a_claim_sends_the_command_to_its_holder,
    a_claim_that_does_not_send_on_refuses,
    nothing_is_decided_on_stale_state,
    what_is_too_large_is_refused_with_nothing_written,
    the_largest_command_is_taken,
    decided_at_never_goes_back_within_a_stream,
    a_lost_answer_is_found_by_its_request_id,
    a_commit_that_did_not_happen_is_done_by_the_next_attempt,
    an_event_that_does_not_decode_stops_its_stream_alone,
    commands_on_one_stream_at_once_are_all_done,
);

fn executor_on(backend: &Backend, log: Arc<dyn EventLog>) -> Executor<Tally> {
    let appender = Appender::start(Arc::clone(&log), Progress::default());
    let (clock, ids) = (backend.clock.clone(), backend.ids.clone());
    Executor::new(Shared { log, appender, digests: Arc::clone(&backend.digests), clock, ids })
}

fn executor(backend: &Backend) -> Executor<Tally> {
    executor_on(backend, Arc::clone(&backend.log))
}

fn named(id: &str, body: &str) -> Request {
    let origin = Origin { county6: "341504".into(), channel: "test".into(), ..Origin::default() };
    Request {
        origin,
        request_id: id.into(),
        principal: "desk".into(),
        body: body.into(),
        expected_version: None,
        ..Request::default()
    }
}

fn expecting(version: u64) -> Request {
    Request { expected_version: Some(version), ..named("", "") }
}

type Executed = Result<Done, ExecuteError<AboveLimit>>;

async fn give(
    executor: &Executor<Tally>,
    number: u128,
    request: &Request,
    order: Order,
) -> Executed {
    executor.execute(Uuid::from_u128(number), request, move |_| order.clone()).await
}

async fn add(executor: &Executor<Tally>, number: u128, sum: i64) -> Executed {
    give(executor, number, &named("", ""), Order::Add(sum, 0)).await
}

async fn sum(executor: &Executor<Tally>, number: u128) -> Option<i64> {
    executor.read(Uuid::from_u128(number), |tally, _| tally.sum).await.unwrap()
}

async fn a_command_is_decided_and_appended_with_its_origin(backend: Backend) {
    let executor = executor(&backend);
    let request = named("r-1", "body");
    let done = give(&executor, 1, &request, Order::Fill(3, 100)).await.unwrap();
    assert!(!done.repeated);
    assert_eq!((done.receipt.version, done.receipt.position), (3, 3));
    assert_eq!((&done.receipt.stream, done.receipt.event_ids.len()), (&stream(1), 3));
    for recorded in backend.whole().await {
        let envelope = recorded.envelope;
        assert_eq!((&*envelope.county6, &*envelope.channel), ("341504", "test"));
        assert_eq!((&*envelope.r#type, envelope.decided_at), ("tally.added", START));
        assert_eq!(envelope.request_id.as_deref(), Some("r-1"));
        assert!(envelope.payload.text().starts_with("{\"number\":0,\"at\":0,\"filling\":\"xxx"));
    }
    assert_eq!(sum(&executor, 2).await, None, "a stream without events");
}

/// A competing addition to stream 1.
fn rival(version: u64, number: i64) -> Twist {
    let mut rival = append(1, version, 0);
    let text = format!("{{\"number\":{number},\"at\":0,\"filling\":\"\"}}");
    rival.events = vec![event(0xabc, &text)];
    Twist::Before(rival)
}

async fn a_lost_race_is_decided_again_on_the_new_state(backend: Backend) {
    let log = Twisted::new(&backend.log, [rival(0, 4), rival(1, 1)]);
    let executor = executor_on(&backend, log);
    let decided = AtomicU32::new(0);
    let order = |_| {
        decided.fetch_add(1, Ordering::SeqCst);
        Order::Add(5, 0)
    };
    let done = executor.execute(Uuid::from_u128(1), &named("", ""), order).await.unwrap();
    assert_eq!((done.receipt.version, decided.load(Ordering::SeqCst)), (3, 3));
    assert_eq!(sum(&executor, 1).await, Some(10));
    // The rival leaves no room: what was allowed at first is refused by the rule, not by the conflict.
    add(&executor, 1, -5).await.unwrap();
    let executor = executor_on(&backend, Twisted::new(&backend.log, [rival(4, 4)]));
    let refused = add(&executor, 1, 5).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(AboveLimit))), "{refused:?}");
    assert_eq!(sum(&executor, 1).await, Some(9));
}

async fn a_version_the_sender_insists_on_is_not_retried(backend: Backend) {
    let executor = executor(&backend);
    add(&executor, 1, 3).await.unwrap();
    for expected in [0, 2] {
        let refused = give(&executor, 1, &expecting(expected), Order::Add(1, 0)).await;
        assert!(matches!(refused, Err(ExecuteError::VersionConflict { actual: 1 })), "{refused:?}");
    }
    assert_eq!(
        give(&executor, 1, &expecting(1), Order::Add(1, 0)).await.unwrap().receipt.version,
        2
    );
    let log = Twisted::new(&backend.log, [rival(2, 1)]);
    let executor = executor_on(&backend, log);
    let refused = give(&executor, 1, &expecting(2), Order::Add(1, 0)).await;
    assert!(matches!(refused, Err(ExecuteError::VersionConflict { actual: 3 })), "{refused:?}");
    assert_eq!(sum(&executor, 1).await, Some(5));
}

async fn what_adds_nothing_is_answered_as_repeated(backend: Backend) {
    let executor = executor(&backend);
    let done = add(&executor, 1, 0).await.unwrap();
    assert!(done.repeated && done.receipt.event_ids.is_empty());
    assert_eq!((done.receipt.version, done.receipt.position), (0, 0));
    add(&executor, 2, 1).await.unwrap();
    add(&executor, 1, 1).await.unwrap();
    let done = add(&executor, 2, 0).await.unwrap();
    assert!(done.repeated && done.receipt.event_ids.is_empty());
    assert_eq!((done.receipt.version, done.receipt.position), (1, 1), "of the stream, not the log");
    assert_eq!(backend.head().await.position, 2);
}

async fn a_repeated_request_is_answered_by_whatever_executor(backend: Backend) {
    let first = give(&executor(&backend), 1, &named("r-1", "a"), Order::Add(3, 0)).await.unwrap();
    let second = executor(&backend);
    add(&second, 1, 1).await.unwrap();
    // Whatever it would decide now, and wherever it is sent.
    for (number, order) in [(1, Order::Add(3, 0)), (1, Order::Add(99, 0)), (2, Order::Add(3, 0))] {
        let again = give(&second, number, &named("r-1", "a"), order).await.unwrap();
        assert_eq!((again.repeated, &again.receipt), (true, &first.receipt));
    }
    assert_eq!((sum(&second, 1).await, sum(&second, 2).await), (Some(4), None));
}

async fn a_request_id_with_another_body_is_refused(backend: Backend) {
    let executor = executor(&backend);
    give(&executor, 1, &named("r-1", "a"), Order::Add(3, 0)).await.unwrap();
    let refused = give(&executor, 1, &named("r-1", "b"), Order::Add(3, 0)).await;
    assert!(matches!(refused, Err(ExecuteError::RequestReused)), "{refused:?}");
    let other = Request { principal: "another desk".into(), ..named("r-1", "b") };
    assert!(!give(&executor, 1, &other, Order::Add(3, 0)).await.unwrap().repeated);
}

async fn a_refused_or_silent_request_is_decided_afresh(backend: Backend) {
    let executor = executor(&backend);
    let request = named("r-1", "a");
    let refused = give(&executor, 1, &request, Order::Add(LIMIT + 1, 0)).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(AboveLimit))), "{refused:?}");
    assert!(give(&executor, 1, &request, Order::Add(0, 0)).await.unwrap().repeated);
    let done = give(&executor, 1, &request, Order::Add(1, 0)).await.unwrap();
    assert_eq!((done.repeated, done.receipt.version), (false, 1));
}

async fn requests_without_an_id_are_each_done(backend: Backend) {
    let executor = executor(&backend);
    for version in 1..=3 {
        assert_eq!(add(&executor, 1, 1).await.unwrap().receipt.version, version);
    }
}

async fn one_request_sent_many_times_at_once_is_done_once(backend: Backend) {
    let executors = [Arc::new(executor(&backend)), Arc::new(executor(&backend))];
    let sent = (0..16_u128).map(|number| {
        let executor = Arc::clone(&executors[usize::from(number % 2 == 0)]);
        tokio::spawn(async move {
            give(&executor, number % 3, &named("r-1", "a"), Order::Add(1, 0)).await.unwrap()
        })
    });
    let mut done = Vec::new();
    for sent in sent.collect::<Vec<_>>() {
        done.push(sent.await.unwrap());
    }
    assert_eq!(done.iter().filter(|done| !done.repeated).count(), 1);
    assert!(done.iter().all(|other| other.receipt == done[0].receipt));
    assert_eq!(backend.head().await.position, 1);
}

/// Every digest under another key; which of them are destroyed.
#[derive(Default)]
struct Rotating {
    next: AtomicU8,
    destroyed: AtomicBool,
}

impl Rotating {
    fn under(key: u8, body: &[u8]) -> RequestDigest {
        let mut digest = [key; 48];
        body.iter().zip(digest.iter_mut().skip(16)).for_each(|(byte, place)| *place = byte ^ key);
        digest
    }

    fn executor(self: &Arc<Self>, backend: &Backend) -> Executor<Tally> {
        let digests = Arc::clone(self) as Arc<dyn RequestDigests>;
        let (log, appender) = (Arc::clone(&backend.log), backend.appender());
        let (clock, ids) = (backend.clock.clone(), backend.ids.clone());
        Executor::new(Shared { log, appender, digests, clock, ids })
    }
}

#[async_trait]
impl RequestDigests for Rotating {
    async fn digest(&self, body: &[u8]) -> Result<RequestDigest, LogError> {
        Ok(Self::under(self.next.fetch_add(1, Ordering::Relaxed), body))
    }

    async fn is_of(&self, digest: &RequestDigest, body: &[u8]) -> Result<bool, LogError> {
        let destroyed = self.destroyed.load(Ordering::Relaxed);
        Ok(destroyed || *digest == Self::under(digest[0], body))
    }
}

async fn a_request_is_known_by_whatever_key_it_came_under(backend: Backend) {
    let digests = Arc::new(Rotating::default());
    let executors = [digests.executor(&backend), digests.executor(&backend)].map(Arc::new);
    let sent = (0..16_u128).map(|number| {
        let executor = Arc::clone(&executors[usize::from(number % 2 == 0)]);
        tokio::spawn(async move {
            give(&executor, number, &named("r-1", "a"), Order::Add(1, 0)).await.unwrap()
        })
    });
    let mut done = Vec::new();
    for sent in sent.collect::<Vec<_>>() {
        done.push(sent.await.unwrap());
    }
    assert_eq!(done.iter().filter(|done| !done.repeated).count(), 1);
    assert!(done.iter().all(|other| other.receipt == done[0].receipt));
    let refused = give(&executors[0], 1, &named("r-1", "b"), Order::Add(1, 0)).await;
    assert!(matches!(refused, Err(ExecuteError::RequestReused)), "{refused:?}");
}

async fn a_request_whose_key_is_destroyed_is_the_same(backend: Backend) {
    let digests = Arc::new(Rotating::default());
    let executor = digests.executor(&backend);
    let first = give(&executor, 1, &named("r-1", "a"), Order::Add(1, 0)).await.unwrap();
    digests.destroyed.store(true, Ordering::Relaxed);
    let other = give(&executor, 1, &named("r-1", "b"), Order::Add(1, 0)).await.unwrap();
    assert_eq!((other.repeated, other.receipt), (true, first.receipt));
    // Of what kind it was is no secret: an id is good for one alone.
    let kind = Request { kind: "another".into(), ..named("r-1", "a") };
    let refused = give(&executor, 1, &kind, Order::Add(1, 0)).await;
    assert!(matches!(refused, Err(ExecuteError::RequestReused)), "{refused:?}");
}

async fn a_claim_sends_the_command_to_its_holder(backend: Backend) {
    let executor = executor(&backend);
    give(&executor, 1, &named("", ""), Order::Open("d")).await.unwrap();
    let sent_on = give(&executor, 2, &named("r-1", "a"), Order::Open("d")).await.unwrap();
    assert_eq!((&sent_on.receipt.stream, sent_on.receipt.version), (&stream(1), 2));
    assert_eq!(sum(&executor, 2).await, None, "nothing happened to the stream it was sent to");
    let again = give(&executor, 3, &named("r-1", "a"), Order::Open("d")).await.unwrap();
    assert_eq!((again.repeated, again.receipt), (true, sent_on.receipt));
    give(&executor, 1, &named("", ""), Order::LetGo).await.unwrap();
    let done = give(&executor, 2, &named("", ""), Order::Open("d")).await.unwrap();
    assert_eq!(done.receipt.stream, stream(2));
}

async fn a_claim_that_does_not_send_on_refuses(backend: Backend) {
    let executor = executor(&backend);
    give(&executor, 1, &named("", ""), Order::Number("n")).await.unwrap();
    let refused = give(&executor, 2, &named("", ""), Order::Number("n")).await;
    let Err(ExecuteError::ClaimTaken(claim)) = refused else { panic!("{refused:?}") };
    assert_eq!((&*claim.scope, &*claim.key, claim.holder), ("case_no", "n", stream(1)));
    assert_eq!(backend.head().await.position, 1);
}

async fn nothing_is_decided_on_stale_state(backend: Backend) {
    let (here, elsewhere) = (executor(&backend), executor(&backend));
    add(&here, 1, LIMIT).await.unwrap();
    // Refused on what `here` remembers, allowed by what is true.
    add(&elsewhere, 1, -LIMIT).await.unwrap();
    assert_eq!(add(&here, 1, LIMIT).await.unwrap().receipt.version, 3);
    // Allowed by what `elsewhere` remembers, refused by what is true.
    let refused = add(&elsewhere, 1, 1).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(AboveLimit))), "{refused:?}");
    assert_eq!(add(&elsewhere, 1, 0).await.unwrap().receipt.version, 3);
    assert_eq!((sum(&here, 1).await, sum(&elsewhere, 1).await), (Some(LIMIT), Some(LIMIT)));
}

const BYTES_MAX: usize = 64 * 1_024;
const EVENTS_MAX: usize = 64;

async fn what_is_too_large_is_refused_with_nothing_written(backend: Backend) {
    let executor = executor(&backend);
    add(&executor, 1, 1).await.unwrap();
    for order in [Order::Fill(1, BYTES_MAX + 1), Order::Fill(EVENTS_MAX + 1, 99)] {
        let refused = give(&executor, 1, &named("r-1", "a"), order).await;
        assert!(matches!(refused, Err(ExecuteError::TooLarge)), "{refused:?}");
    }
    assert_eq!(backend.head().await.position, 1);
    assert_eq!(backend.log.receipt("desk", "r-1").await.unwrap(), None);
    assert_eq!(add(&executor, 1, 1).await.unwrap().receipt.version, 2, "and the stream goes on");
}

async fn the_largest_command_is_taken(backend: Backend) {
    let executor = executor(&backend);
    let done =
        give(&executor, 1, &named("", ""), Order::Fill(EVENTS_MAX, BYTES_MAX)).await.unwrap();
    assert_eq!(done.receipt.version, 64);
    assert_eq!(backend.whole().await[63].envelope.payload.text().len(), BYTES_MAX);
}

async fn decided_at_never_goes_back_within_a_stream(backend: Backend) {
    let appender = backend.appender();
    for (now, number) in [(START + 9, 1), (START, 1), (START, 2), (START + 10, 1)] {
        let log = Arc::clone(&backend.log);
        let ids = backend.ids.clone();
        let executor = Executor::<Tally>::new(Shared {
            log,
            appender: appender.clone(),
            digests: Arc::clone(&backend.digests),
            clock: Clock::manual(now),
            ids,
        });
        let id = Uuid::from_u128(number);
        executor.execute(id, &named("", ""), |now| Order::Add(1, now)).await.unwrap();
    }
    let executor = executor(&backend);
    let times = executor.read(Uuid::from_u128(1), |tally, _| tally.times.clone()).await.unwrap();
    assert_eq!(times, Some(vec![START + 9, START + 9, START + 10]), "what the rule was told");
    let decided: Vec<_> = backend.whole().await.iter().map(|r| r.envelope.decided_at).collect();
    assert_eq!(decided, [START + 9, START + 9, START, START + 10], "what is stored");
}

async fn a_lost_answer_is_found_by_its_request_id(backend: Backend) {
    let log = Twisted::new(&backend.log, [Twist::AnswerLost, Twist::AnswerLost]);
    let executor = executor_on(&backend, log);
    let done = give(&executor, 1, &named("r-1", "a"), Order::Add(1, 0)).await.unwrap();
    assert_eq!((done.receipt.version, done.receipt.position), (1, 1));
    // Without an id nobody can tell.
    let unknown = add(&executor, 1, 1).await;
    assert!(matches!(unknown, Err(ExecuteError::Log(LogError::Unknown(_)))), "{unknown:?}");
    assert_eq!(sum(&executor, 1).await, Some(2), "it happened, and is not remembered wrongly");
}

async fn a_commit_that_did_not_happen_is_done_by_the_next_attempt(backend: Backend) {
    let log = Twisted::new(&backend.log, [Twist::Lost]);
    let executor = executor_on(&backend, log);
    let request = named("r-1", "a");
    let lost = give(&executor, 1, &request, Order::Add(1, 0)).await;
    // A log of one process knows that nothing happened; of one that others share nobody can yet.
    let told = match lost {
        Err(ExecuteError::Log(LogError::Unavailable(_))) => backend.log.is_sole_writer(),
        Err(ExecuteError::Log(LogError::Unknown(_))) => !backend.log.is_sole_writer(),
        ref other => panic!("{other:?}"),
    };
    assert!(told, "{lost:?}");
    let done = give(&executor, 1, &request, Order::Add(1, 0)).await.unwrap();
    assert_eq!((done.repeated, done.receipt.version), (false, 1));
    assert_eq!(sum(&executor, 1).await, Some(1));
}

async fn an_event_that_does_not_decode_stops_its_stream_alone(backend: Backend) {
    let executor = executor(&backend);
    add(&executor, 1, 1).await.unwrap();
    let mut garbage = append(1, 1, 1);
    garbage.events[0].payload = crate::backend::payload("\"garbage\"");
    backend.appended(garbage).await;
    let stopped = add(&executor, 1, 1).await;
    let Err(ExecuteError::Log(LogError::Damaged(text))) = stopped else { panic!("{stopped:?}") };
    assert!(text.contains("position 2") && text.contains("tally.added"), "{text}");
    add(&executor, 2, 1).await.unwrap();
}

async fn commands_on_one_stream_at_once_are_all_done(backend: Backend) {
    let executors = [Arc::new(executor(&backend)), Arc::new(executor(&backend))];
    // Two executors, so that they conflict as well as queue.
    let running = (0..10).map(|number| {
        let executor = Arc::clone(&executors[number % 2]);
        tokio::spawn(async move { add(&executor, 1, 1).await.unwrap().receipt.version })
    });
    let mut versions = Vec::new();
    for command in running.collect::<Vec<_>>() {
        versions.push(command.await.unwrap());
    }
    versions.sort_unstable();
    assert!(versions.into_iter().eq(1..=10));
    let refused = add(&executors[0], 1, 1).await;
    assert!(matches!(refused, Err(ExecuteError::Refused(AboveLimit))), "{refused:?}");
}
