//! A log under test, and small appends to it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use event::{Actor, Disclosure, KeyUse, Payload, Recorded, StreamId};
use eventlog::{
    Append, Appender, EventLog, Head, LogError, MemoryDigests, MemoryLog, NewEvent, Origin,
    Outcome, PgLog, Receipt, RequestDigests, RequestKey, RequestMark, SqliteLog,
};
use runtime::progress::Progress;
use runtime::{Clock, Ids};
use tempfile::TempDir;
use uuid::Uuid;

pub const START: i64 = 1_795_307_400_000_000;

pub struct Backend {
    pub log: Arc<dyn EventLog>,
    pub clock: Clock,
    pub ids: Ids,
    pub digests: Arc<dyn RequestDigests>,
    /// Where the file is, as long as the test runs.
    _directory: Option<TempDir>,
}

impl Backend {
    pub fn memory() -> Self {
        let clock = Clock::manual(START);
        let ids = Ids::seeded(clock.clone(), 7);
        let log = Arc::new(MemoryLog::new(clock.clone(), &ids));
        Self { log, clock, digests: Arc::new(MemoryDigests::new(&ids)), ids, _directory: None }
    }

    pub async fn sqlite() -> Self {
        let clock = Clock::manual(START);
        let ids = Ids::seeded(clock.clone(), 7);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log.db");
        let log = Arc::new(SqliteLog::open(&path, clock.clone(), &ids).await.unwrap());
        Self {
            log,
            clock,
            digests: Arc::new(MemoryDigests::new(&ids)),
            ids,
            _directory: Some(directory),
        }
    }

    pub async fn postgres() -> Self {
        let clock = Clock::manual(START);
        let ids = Ids::seeded(clock.clone(), 7);
        let database = testkit::postgres::database().await;
        PgLog::migrate(&database, &ids).await.unwrap();
        let log = Arc::new(PgLog::open(database, clock.clone()).await.unwrap());
        Self { log, clock, digests: Arc::new(MemoryDigests::new(&ids)), ids, _directory: None }
    }

    pub fn appender(&self) -> Appender {
        Appender::start(Arc::clone(&self.log), Progress::default())
    }

    pub async fn append(&self, append: Append) -> Outcome {
        self.log.append(&[append]).await.unwrap().remove(0)
    }

    pub async fn appended(&self, append: Append) -> Receipt {
        receipt_of(self.append(append).await)
    }

    pub async fn whole(&self) -> Vec<Recorded> {
        self.log.read_log(0, usize::MAX).await.unwrap()
    }

    pub async fn head(&self) -> Head {
        self.log.head().await.unwrap()
    }
}

pub fn receipt_of(outcome: Outcome) -> Receipt {
    let Outcome::Appended(receipt) = outcome else { panic!("not appended: {outcome:?}") };
    receipt
}

pub fn stream(number: u128) -> StreamId {
    StreamId::new("tally", Uuid::from_u128(number))
}

pub fn payload(text: &str) -> Payload {
    Payload::parse(text.into()).unwrap()
}

pub fn event(id: u128, text: &str) -> NewEvent {
    NewEvent {
        event_id: Uuid::from_u128(id),
        r#type: "tally.added".into(),
        schema_ver: 1,
        disclosure: Disclosure::Public,
        keys: Vec::new(),
        payload: payload(text),
    }
}

/// `events` events after version `expected` of a stream.
pub fn append(number: u128, expected: u64, events: u128) -> Append {
    let base = (number << 64) + (u128::from(expected) << 32);
    Append {
        stream: stream(number),
        expected_version: expected,
        origin: Origin { county6: "341504".into(), channel: "test".into(), ..Origin::default() },
        decided_at: START,
        request: None,
        events: (0..events).map(|place| event(base + place, "{}")).collect(),
        claims: Vec::new(),
    }
}

/// An append that uses every field of the envelope.
pub fn full(number: u128, text: &str) -> Append {
    let id = |n: u128| Uuid::from_u128(0xf0 + n);
    let origin = Origin {
        county6: "341504".into(),
        actor: Actor {
            kind: "staff".into(),
            id: "staff/1".into(),
            post: Some(id(1)),
            unit: Some(id(2)),
        },
        on_behalf_of: Some("household/1".into()),
        channel: "grpc".into(),
        occurred_at: Some(START - 60_000_000),
        correlation_id: id(3),
        causation_id: Some(id(4)),
    };
    let key = |n: u128| KeyUse { key_id: id(n), commitment: "8J+RjQ==".into() };
    let event = NewEvent {
        r#type: "tally.named".into(),
        schema_ver: 3,
        disclosure: Disclosure::Withheld,
        keys: vec![key(5), key(6)],
        ..event(number << 64, text)
    };
    Append { origin, request: Some(request("r-1", 1)), events: vec![event], ..append(number, 0, 0) }
}

pub fn request(id: &str, digest: u8) -> RequestKey {
    RequestKey { principal: "desk".into(), request_id: id.into(), mark: [digest; 56] }
}

/// What happens to one append on its way.
pub enum Twist {
    /// Somebody else appends first.
    Before(Append),
    /// It is written, and the answer is lost.
    AnswerLost,
    /// It is not written, and nobody knows.
    Lost,
}

/// A log in which something happens at each of the next appends.
pub struct Twisted {
    pub inner: Arc<dyn EventLog>,
    twists: Mutex<VecDeque<Twist>>,
}

impl Twisted {
    pub fn new(inner: &Arc<dyn EventLog>, twists: impl IntoIterator<Item = Twist>) -> Arc<Self> {
        let twists = Mutex::new(twists.into_iter().collect());
        Arc::new(Self { inner: Arc::clone(inner), twists })
    }

    fn next(&self) -> Option<Twist> {
        self.twists.lock().unwrap().pop_front()
    }
}

#[async_trait]
impl EventLog for Twisted {
    fn log_id(&self) -> Uuid {
        self.inner.log_id()
    }

    fn is_sole_writer(&self) -> bool {
        self.inner.is_sole_writer()
    }

    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        let unknown = || LogError::Unknown("the line went dead".into());
        match self.next() {
            None => self.inner.append(batch).await,
            Some(Twist::Before(first)) => {
                self.inner.append(&[first]).await?;
                self.inner.append(batch).await
            }
            Some(Twist::AnswerLost) => {
                self.inner.append(batch).await?;
                Err(unknown())
            }
            Some(Twist::Lost) => Err(unknown()),
        }
    }

    async fn read_stream(
        &self,
        stream: &StreamId,
        after_version: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        self.inner.read_stream(stream, after_version, max).await
    }

    async fn read_log(&self, after: u64, max: usize) -> Result<Vec<Recorded>, LogError> {
        self.inner.read_log(after, max).await
    }

    async fn head(&self) -> Result<Head, LogError> {
        self.inner.head().await
    }

    async fn receipt(
        &self,
        principal: &str,
        request_id: &str,
    ) -> Result<Option<(RequestMark, Receipt)>, LogError> {
        self.inner.receipt(principal, request_id).await
    }

    async fn holder(&self, scope: &str, key: &str) -> Result<Option<StreamId>, LogError> {
        self.inner.holder(scope, key).await
    }

    async fn checkpoint(&self, name: &str) -> Result<u64, LogError> {
        self.inner.checkpoint(name).await
    }

    async fn set_checkpoint(&self, name: &str, position: u64) -> Result<(), LogError> {
        self.inner.set_checkpoint(name, position).await
    }
}
