//! Commands to events: load, decide, append, remember. Returns a receipt.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex as SyncMutex};

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use event::StreamId;
use lru::LruCache;
use runtime::{Clock, Ids};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::appender::Appender;
use crate::digest::{self, RequestDigests};
use crate::log::{
    Append, Claim, ClaimOp, EventLog, LogError, NewEvent, Outcome, Receipt, RequestKey,
};
use crate::request::{Done, ExecuteError, Request, done};
use crate::stored::{self, EVENT_BYTES_MAX};

/// Streams kept ready per aggregate type.
const CACHED_STREAMS: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// DESIGN §3: one command, at most this many events.
pub(crate) const EVENTS_PER_COMMAND_MAX: usize = 64;
/// How often a command is decided again after somebody else appended first.
const ATTEMPTS: usize = 8;
const READ_BATCH: usize = 512;

struct Loaded<A> {
    aggregate: A,
    version: u64,
    position: u64,
    /// Time of the stream's last decision; the next one is never earlier.
    decided_at: i64,
}

/// What a decision appends: its events, and what they claim.
type Decided = (Vec<NewEvent>, Vec<ClaimOp>);

type Slot<A> = Arc<Mutex<Option<Loaded<A>>>>;

/// What the executors of a process share.
#[derive(Clone)]
pub struct Shared {
    pub log: Arc<dyn EventLog>,
    pub appender: Appender,
    pub digests: Arc<dyn RequestDigests>,
    pub clock: Clock,
    pub ids: Ids,
}

/// Executes commands on aggregates of one type.
pub struct Executor<A: Aggregate> {
    log: Arc<dyn EventLog>,
    appender: Appender,
    digests: Arc<dyn RequestDigests>,
    clock: Clock,
    ids: Ids,
    slots: SyncMutex<LruCache<Uuid, Slot<A>>>,
}

impl<A: Aggregate<Services = ()>> Executor<A> {
    #[must_use]
    pub fn new(shared: Shared) -> Self {
        let Shared { log, appender, digests, clock, ids } = shared;
        let slots = SyncMutex::new(LruCache::new(CACHED_STREAMS));
        Self { log, appender, digests, clock, ids, slots }
    }

    /// Decides the command that `command` makes of the decision's time, and appends what follows.
    /// A claim held by another stream re-routes the command there, where the claim asks for it.
    ///
    /// # Errors
    /// The rule's refusal, a conflict, a misused request id, or the log's failure. Nothing is written.
    pub async fn execute(
        &self,
        stream: Uuid,
        request: &Request,
        command: impl Fn(i64) -> A::Command + Send + Sync,
    ) -> Result<Done, ExecuteError<A::Error>> {
        if let Some(done) = self.done_before(request).await? {
            return Ok(done);
        }
        let key = self.request_key(request).await?;
        let mut target = stream;
        let mut rerouted_by: Option<Claim> = None;
        for attempt in 1.. {
            match self.attempt(target, request, key.clone(), &command).await {
                Err(ExecuteError::ClaimTaken(claim))
                    if claim.reroute && claim.holder.kind == A::TYPE && attempt < ATTEMPTS =>
                {
                    target = claim.holder.id;
                    rerouted_by = Some(claim);
                }
                Err(ExecuteError::Refused(refusal)) => {
                    // The holder may have let go of the claim meanwhile; then the command goes where
                    // it was meant to go.
                    let Some(claim) = rerouted_by.take() else {
                        return Err(ExecuteError::Refused(refusal));
                    };
                    if self.log.holder(&claim.scope, &claim.key).await? == Some(claim.holder) {
                        return Err(ExecuteError::Refused(refusal));
                    }
                    target = stream;
                }
                Err(ExecuteError::VersionConflict { .. })
                    if request.expected_version.is_none() && attempt < ATTEMPTS => {}
                // Done meanwhile; under another key the same request looks like another.
                Err(ExecuteError::RequestReused) => {
                    return self.done_before(request).await?.ok_or(ExecuteError::RequestReused);
                }
                other => return other,
            }
        }
        Err(LogError::Unavailable("attempts ran out".into()).into())
    }

    /// Decides as [`Executor::execute`] would, and writes nothing: whether it would add something.
    /// Claims are not asked for.
    ///
    /// # Errors
    /// The rule's refusal, a misused request id, or the log's failure.
    pub async fn preview(
        &self,
        stream: Uuid,
        request: &Request,
        command: impl Fn(i64) -> A::Command + Send + Sync,
    ) -> Result<bool, ExecuteError<A::Error>> {
        if self.done_before(request).await?.is_some() {
            return Ok(false);
        }
        // Beside the cache: `handle` may leave the aggregate changed.
        let mut loaded = self.load(stream, None).await?;
        let (decided, _) = self.decide(&mut loaded, request, &command).await?;
        Ok(!decided.is_empty())
    }

    /// Reads a stream's state, loaded to the head. `None` when it has no events.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn read<R: Send>(
        &self,
        stream: Uuid,
        look: impl FnOnce(&A, u64) -> R + Send,
    ) -> Result<Option<R>, LogError> {
        let slot = self.slot(stream);
        let mut held = slot.lock().await;
        if self.log.is_sole_writer()
            && let Some(known) = &*held
        {
            return Ok(Some(look(&known.aggregate, known.version)));
        }
        let known = held.take();
        let loaded = self.load(stream, known).await?;
        let seen = (loaded.version > 0).then(|| look(&loaded.aggregate, loaded.version));
        if loaded.version > 0 {
            *held = Some(loaded);
        }
        Ok(seen)
    }

    async fn attempt(
        &self,
        id: Uuid,
        request: &Request,
        key: Option<RequestKey>,
        command: &(impl Fn(i64) -> A::Command + Send + Sync),
    ) -> Result<Done, ExecuteError<A::Error>> {
        let slot = self.slot(id);
        // The aggregate leaves the cache before it is touched and returns only after a known commit.
        let mut held = slot.lock().await;
        let (mut loaded, decided, now) = match held.take() {
            Some(known) => self.decide_again_at_head(id, known, request, command).await?,
            None => {
                let mut loaded = self.load(id, None).await?;
                let (decided, now) = self.decide(&mut loaded, request, command).await?;
                (loaded, decided, now)
            }
        };
        let stream = StreamId::new(A::TYPE, id);
        if decided.is_empty() {
            let receipt = Receipt {
                stream,
                version: loaded.version,
                position: loaded.position,
                event_ids: Vec::new(),
            };
            *held = Some(loaded);
            return Ok(Done { receipt, repeated: true });
        }
        let (events, mut claims) = self.encode(&decided)?;
        claims.extend(request.authority.clone().map(|(scope, key)| ClaimOp::Check { scope, key }));
        let beside = request.beside.iter().cloned();
        claims.extend(beside.map(|(stream, version)| ClaimOp::Unmoved { stream, version }));
        let append = Append {
            stream,
            expected_version: loaded.version,
            origin: request.origin.clone(),
            decided_at: now,
            request: key.clone(),
            events,
            claims,
        };
        let done = done(self.append(append, key.as_ref()).await?)?;
        if !done.repeated {
            loaded.version = done.receipt.version;
            loaded.position = done.receipt.position;
            loaded.decided_at = now;
            *held = Some(loaded);
        }
        Ok(done)
    }

    /// What is remembered decides first, and the append proves it true. A refusal and a command that adds
    /// nothing append nothing, so they are decided again on state loaded to the head (DESIGN §4).
    async fn decide_again_at_head(
        &self,
        id: Uuid,
        mut known: Loaded<A>,
        request: &Request,
        command: &(impl Fn(i64) -> A::Command + Send + Sync),
    ) -> Result<(Loaded<A>, Vec<A::Event>, i64), ExecuteError<A::Error>> {
        if let Ok((decided, now)) = self.decide(&mut known, request, command).await
            && !decided.is_empty()
        {
            return Ok((known, decided, now));
        }
        let mut loaded = self.load(id, Some(known)).await?;
        let (decided, now) = self.decide(&mut loaded, request, command).await?;
        Ok((loaded, decided, now))
    }

    /// The events of one decision, and its time.
    async fn decide(
        &self,
        loaded: &mut Loaded<A>,
        request: &Request,
        command: &(impl Fn(i64) -> A::Command + Send + Sync),
    ) -> Result<(Vec<A::Event>, i64), ExecuteError<A::Error>> {
        if let Some(expected) = request.expected_version
            && expected != loaded.version
        {
            return Err(ExecuteError::VersionConflict { actual: loaded.version });
        }
        let now = self.clock.now_us().max(loaded.decided_at);
        if request.authority_until.is_some_and(|until| until <= now) {
            return Err(ExecuteError::AuthorityGone);
        }
        let sink = EventSink::default();
        loaded.aggregate.handle(command(now), &(), &sink).await.map_err(ExecuteError::Refused)?;
        Ok((sink.collect().await, now))
    }

    /// Appends; an unknown commit is probed by its request id.
    async fn append(&self, append: Append, key: Option<&RequestKey>) -> Result<Outcome, LogError> {
        match self.appender.append(append).await {
            Err(LogError::Unknown(text)) => {
                let Some(key) = key else {
                    return Err(LogError::Unknown(text));
                };
                match self.log.receipt(&key.principal, &key.request_id).await? {
                    Some((_, receipt)) => Ok(Outcome::Replayed(receipt)),
                    // Our own connection has ended; another machine's server may commit it still, and
                    // the request repeated under its id is safe then as ever.
                    None if !self.log.is_sole_writer() => Err(LogError::Unknown(text)),
                    None => {
                        Err(LogError::Unavailable(format!("the commit did not happen: {text}")))
                    }
                }
            }
            other => other,
        }
    }

    /// What a request came to that was done before; `None` for a new one.
    ///
    /// # Errors
    /// A misused request id, or the log's failure.
    pub async fn done_before(
        &self,
        request: &Request,
    ) -> Result<Option<Done>, ExecuteError<A::Error>> {
        if request.request_id.is_empty() {
            return Ok(None);
        }
        let known = self.log.receipt(&request.principal, &request.request_id).await?;
        let Some((mark, receipt)) = known else {
            return Ok(None);
        };
        match digest::digest_in(&mark, &request.kind) {
            Some(digest) if self.digests.is_of(&digest, &request.body).await? => {
                Ok(Some(Done { receipt, repeated: true }))
            }
            Some(_) | None => Err(ExecuteError::RequestReused),
        }
    }

    fn encode(&self, decided: &[A::Event]) -> Result<Decided, ExecuteError<A::Error>> {
        let mut events = Vec::with_capacity(decided.len());
        let mut claims = Vec::new();
        for event in decided {
            let (event, wanted) = stored::encode::<A>(event, self.ids.uuid7())?;
            if event.payload.text().len() > EVENT_BYTES_MAX {
                return Err(ExecuteError::TooLarge);
            }
            events.push(event);
            claims.extend(wanted);
        }
        if events.len() > EVENTS_PER_COMMAND_MAX {
            return Err(ExecuteError::TooLarge);
        }
        Ok((events, claims))
    }

    async fn load(&self, id: Uuid, known: Option<Loaded<A>>) -> Result<Loaded<A>, LogError> {
        let stream = StreamId::new(A::TYPE, id);
        let mut loaded = known.unwrap_or_else(|| Loaded {
            aggregate: A::default(),
            version: 0,
            position: 0,
            decided_at: i64::MIN,
        });
        loop {
            let batch = self.log.read_stream(&stream, loaded.version, READ_BATCH).await?;
            for recorded in &batch {
                loaded.aggregate.apply(stored::decode::<A>(recorded)?);
                loaded.version = recorded.envelope.version;
                loaded.position = recorded.position;
                loaded.decided_at = recorded.envelope.decided_at;
            }
            if batch.len() < READ_BATCH {
                return Ok(loaded);
            }
        }
    }

    fn slot(&self, id: Uuid) -> Slot<A> {
        let mut slots = match self.slots.lock() {
            Ok(slots) => slots,
            // Slots are only ever swapped whole, so a panic elsewhere left them sound.
            Err(poisoned) => poisoned.into_inner(),
        };
        Arc::clone(slots.get_or_insert(id, Slot::default))
    }

    async fn request_key(&self, request: &Request) -> Result<Option<RequestKey>, LogError> {
        if request.request_id.is_empty() {
            return Ok(None);
        }
        Ok(Some(RequestKey {
            principal: request.principal.clone(),
            request_id: request.request_id.clone(),
            mark: digest::mark(&request.kind, &self.digests.digest(&request.body).await?),
        }))
    }
}
