//! The event log in memory: for simulations and tests; everything is gone with the process.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use async_trait::async_trait;
use event::{Recorded, StreamId};
use runtime::{Clock, Ids};
use uuid::Uuid;

use crate::assemble::{self, Found};
use crate::digest::RequestMark;
use crate::log::{Append, Claim, ClaimOp, EventLog, Head, LogError, Outcome, Receipt};

pub struct MemoryLog {
    log_id: Uuid,
    clock: Clock,
    stored: Mutex<Stored>,
}

#[derive(Default)]
struct Stored {
    events: Vec<Recorded>,
    /// Places in `events`, by stream.
    streams: HashMap<StreamId, Vec<usize>>,
    receipts: HashMap<(String, String), (RequestMark, Receipt)>,
    claims: BTreeMap<(String, String), StreamId>,
    checkpoints: HashMap<String, u64>,
}

impl MemoryLog {
    #[must_use]
    pub fn new(clock: Clock, ids: &Ids) -> Self {
        Self { log_id: ids.uuid7(), clock, stored: Mutex::default() }
    }

    fn stored(&self) -> Result<std::sync::MutexGuard<'_, Stored>, LogError> {
        self.stored.lock().map_err(|_| LogError::Damaged("a writer panicked".into()))
    }
}

impl Stored {
    fn head(&self) -> Head {
        self.events.last().map_or(Head::default(), |last| Head {
            position: last.position,
            recorded_at: last.recorded_at,
        })
    }

    fn version(&self, stream: &StreamId) -> u64 {
        self.streams.get(stream).map_or(0, |places| places.len() as u64)
    }

    fn found(&self, append: &Append) -> Found {
        let request = append.request.as_ref();
        Found {
            receipt: request.and_then(|request| {
                self.receipts.get(&(request.principal.clone(), request.request_id.clone())).cloned()
            }),
            version: self.version(&append.stream),
            taken: assemble::wanted(append)
                .filter_map(|(scope, key, reroute)| {
                    let holder = self.claims.get(&(scope.into(), key.into()))?.clone();
                    Some(Claim { scope: scope.into(), key: key.into(), holder, reroute })
                })
                .collect(),
            checked: assemble::checked(append)
                .all(|(scope, key)| self.claims.contains_key(&(scope.into(), key.into()))),
            unmoved: assemble::beside(append)
                .all(|(stream, version)| self.version(stream) == version),
        }
    }

    fn append(&mut self, log_id: Uuid, append: &Append, clock_us: i64) -> Outcome {
        if let Some(outcome) = assemble::refusal(append, self.found(append)) {
            return outcome;
        }
        let (recorded, receipt) = assemble::place(log_id, append, self.head(), clock_us);
        for event in recorded {
            let places = self.streams.entry(append.stream.clone()).or_default();
            places.push(self.events.len());
            self.events.push(event);
        }
        for op in &append.claims {
            self.claim(op, &append.stream);
        }
        if let Some(request) = &append.request {
            let key = (request.principal.clone(), request.request_id.clone());
            self.receipts.insert(key, (request.mark, receipt.clone()));
        }
        Outcome::Appended(receipt)
    }

    fn claim(&mut self, op: &ClaimOp, stream: &StreamId) {
        match op {
            ClaimOp::Take { scope, key, .. } | ClaimOp::Replace { scope, key } => {
                self.claims.insert((scope.clone(), key.clone()), stream.clone());
            }
            ClaimOp::Release { scope } => {
                self.claims.retain(|(held, _), holder| held != scope || holder != stream);
            }
            ClaimOp::Check { .. } | ClaimOp::Unmoved { .. } => {}
        }
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    fn log_id(&self) -> Uuid {
        self.log_id
    }

    fn is_sole_writer(&self) -> bool {
        true
    }

    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError> {
        let now = self.clock.now_us();
        let mut stored = self.stored()?;
        Ok(batch.iter().map(|append| stored.append(self.log_id, append, now)).collect())
    }

    async fn read_stream(
        &self,
        stream: &StreamId,
        after_version: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError> {
        let stored = self.stored()?;
        let places = stored.streams.get(stream).map_or(&[][..], Vec::as_slice);
        let skip = usize::try_from(after_version).unwrap_or(usize::MAX);
        Ok(places
            .iter()
            .skip(skip)
            .take(max)
            .filter_map(|place| stored.events.get(*place))
            .cloned()
            .collect())
    }

    async fn read_log(&self, after: u64, max: usize) -> Result<Vec<Recorded>, LogError> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let stored = self.stored()?;
        let rest = stored.events.get(skip..).unwrap_or_default();
        Ok(rest.iter().take(max).cloned().collect())
    }

    async fn head(&self) -> Result<Head, LogError> {
        Ok(self.stored()?.head())
    }

    async fn receipt(
        &self,
        principal: &str,
        request_id: &str,
    ) -> Result<Option<(RequestMark, Receipt)>, LogError> {
        Ok(self.stored()?.receipts.get(&(principal.into(), request_id.into())).cloned())
    }

    async fn holder(&self, scope: &str, key: &str) -> Result<Option<StreamId>, LogError> {
        Ok(self.stored()?.claims.get(&(scope.into(), key.into())).cloned())
    }

    async fn checkpoint(&self, name: &str) -> Result<u64, LogError> {
        Ok(self.stored()?.checkpoints.get(name).copied().unwrap_or(0))
    }

    async fn set_checkpoint(&self, name: &str, position: u64) -> Result<(), LogError> {
        let mut stored = self.stored()?;
        let known = stored.checkpoints.entry(name.into()).or_default();
        *known = position.max(*known);
        Ok(())
    }
}
