//! The two streams of a cell: what they are, where they end, and whether they are ours.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, PersistenceMode, RawMessageErrorKind, RetentionPolicy, StorageType,
    Stream,
};
use uuid::Uuid;

use crate::connection::Bus;
use crate::error::{BusError, unavailable};
use crate::message::Stored;

/// One of the two streams of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamKind {
    pub name: &'static str,
    /// All subjects of it.
    pub subjects: &'static str,
    description: &'static str,
    /// It forgets its oldest beyond this; the server keeps so much of its disk free for it. Never by age:
    /// its last message says where to go on.
    bytes_max: i64,
    /// Whoever writes it, writes the same message at the same sequence. What is public may change from one
    /// version of the program to the next.
    pub(crate) same_from_all: bool,
}

/// Stored envelopes; sequence equals position. For bidao's own roles.
pub const LOG: StreamKind = StreamKind {
    name: "LOG",
    subjects: "log.*",
    description: "Bidao: the event log as it is in the database; written by its relay alone",
    bytes_max: 2 << 30,
    same_from_all: true,
};
/// Public events as CloudEvents, for integrators.
pub const PUB: StreamKind = StreamKind {
    name: "PUB",
    subjects: "bidao.>",
    description: "Bidao: public events (CloudEvents, binary mode); written by its relay alone",
    bytes_max: 1 << 30,
    same_from_all: false,
};

/// Where a stream begins and ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    pub first: u64,
    /// 0 when nothing was ever in it.
    pub last: u64,
}

const LOG_ID: &str = "bidao.log_id";
/// Servers that know what is asked of them say so in the stream's metadata.
const LEVEL: &str = "_nats.level";

impl StreamKind {
    fn config(&self, log_id: Uuid, first: u64, replicas: usize) -> Config {
        Config {
            name: self.name.into(),
            description: Some(self.description.into()),
            subjects: vec![self.subjects.into()],
            retention: RetentionPolicy::Limits,
            storage: StorageType::File,
            // A full stream must not stop the relay: readers of what is gone read the database.
            discard: DiscardPolicy::Old,
            max_bytes: self.bytes_max,
            max_messages: -1,
            max_messages_per_subject: -1,
            max_consumers: -1,
            num_replicas: replicas,
            deny_delete: true,
            deny_purge: true,
            allow_atomic_publish: true,
            first_sequence: (first > 1).then_some(first),
            metadata: [(LOG_ID.to_owned(), log_id.to_string())].into(),
            ..Config::default()
        }
    }

    /// Whatever would let somebody else write in it, forget from it or acknowledge without a disk.
    fn unfit(&self, found: &Config, log_id: Uuid) -> Option<String> {
        let foreign = found.metadata.get(LOG_ID).is_none_or(|known| *known != log_id.to_string());
        let problem = match () {
            () if foreign => {
                "it was made for another event log; move it away, or use another account"
            }
            () if found.subjects != [self.subjects] => "its subjects are others",
            () if found.storage != StorageType::File => "it is not stored in files",
            () if found.retention != RetentionPolicy::Limits => "it forgets what was read",
            () if found.discard != DiscardPolicy::Old => "it refuses new messages when full",
            () if found.persist_mode == Some(PersistenceMode::Async) => "it acknowledges too early",
            () if (0..self.bytes_max).contains(&found.max_bytes) => "it holds too few bytes",
            () if found.max_age.as_secs() > 0 => "it forgets by age",
            () if found.max_messages > 0 || found.max_message_size > 0 => "it holds too little",
            () if found.sealed || found.no_ack => "it is sealed, or acknowledges nothing",
            () if found.max_messages_per_subject > 0 => "it keeps only some of each subject",
            () if !(found.deny_delete && found.deny_purge) => "messages can be deleted from it",
            () if !found.allow_atomic_publish => "it takes no batches",
            () if found.mirror.is_some() || found.sources.is_some() => "it copies another stream",
            () if !found.metadata.contains_key(LEVEL) => "the server ignores what it is asked for",
            () => return None,
        };
        Some(problem.to_owned())
    }
}

/// Where a stream of ours ends.
fn tail_of(kind: StreamKind, found: &Stream, log_id: Uuid) -> Result<Tail, BusError> {
    let info = found.cached_info();
    match kind.unfit(&info.config, log_id) {
        Some(problem) => Err(BusError::Unfit { stream: kind.name, problem }),
        None => Ok(Tail { first: info.state.first_sequence, last: info.state.last_sequence }),
    }
}

impl Bus {
    /// Makes the stream when it is missing, to begin at `first`; else checks that it is ours and fit.
    ///
    /// # Errors
    /// When the server is too old, or the stream is another's or was changed by hand.
    pub async fn ensure(
        &self,
        kind: StreamKind,
        log_id: Uuid,
        first: u64,
    ) -> Result<Tail, BusError> {
        self.version()?;
        let found = match self.jetstream().get_stream(kind.name).await {
            Ok(found) => found,
            Err(error) => match error.kind() {
                // Only this answer of the API's leader means that there is none.
                GetStreamErrorKind::JetStream(e)
                    if e.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    let config = kind.config(log_id, first, self.replicas);
                    self.jetstream().create_stream(config).await.map_err(unavailable)?
                }
                GetStreamErrorKind::JetStream(_)
                | GetStreamErrorKind::EmptyName
                | GetStreamErrorKind::Request
                | GetStreamErrorKind::InvalidStreamName => return Err(unavailable(error)),
            },
        };
        tail_of(kind, &found, log_id)
    }

    /// As [`Bus::ensure`], making nothing; `None` when there is no such stream.
    ///
    /// # Errors
    /// When NATS does not answer, or the stream is another's or was changed by hand.
    pub async fn fit(&self, kind: StreamKind, log_id: Uuid) -> Result<Option<Tail>, BusError> {
        let Some(found) = self.found(kind).await? else {
            return Ok(None);
        };
        tail_of(kind, &found, log_id).map(Some)
    }

    /// Where the stream ends, by its leader; `None` when there is no such stream.
    ///
    /// # Errors
    /// When NATS does not answer.
    pub async fn tail(&self, kind: StreamKind) -> Result<Option<Tail>, BusError> {
        Ok(self.found(kind).await?.map(|stream| {
            let state = &stream.cached_info().state;
            Tail { first: state.first_sequence, last: state.last_sequence }
        }))
    }

    /// The message at this sequence, by the stream's leader; `None` when it is gone.
    ///
    /// # Errors
    /// When NATS does not answer.
    pub async fn read(&self, kind: StreamKind, sequence: u64) -> Result<Option<Stored>, BusError> {
        let Some(stream) = self.found(kind).await? else {
            return Ok(None);
        };
        match stream.get_raw_message(sequence).await {
            Ok(message) => Ok(Some(Stored::of(&message))),
            Err(error) => match error.kind() {
                RawMessageErrorKind::NoMessageFound => Ok(None),
                RawMessageErrorKind::JetStream(e) if e.code() == 404 => Ok(None),
                RawMessageErrorKind::JetStream(_)
                | RawMessageErrorKind::InvalidSubject
                | RawMessageErrorKind::Other => Err(unavailable(error)),
            },
        }
    }

    /// Whether each stream acknowledges only what is on a disk, and on how many; for people to read.
    ///
    /// # Errors
    /// When NATS does not answer.
    pub async fn replicas(&self, kind: StreamKind) -> Result<Option<usize>, BusError> {
        Ok(self.found(kind).await?.map(|stream| stream.cached_info().config.num_replicas))
    }

    pub(crate) async fn found(&self, kind: StreamKind) -> Result<Option<Stream>, BusError> {
        self.version()?;
        match self.jetstream().get_stream(kind.name).await {
            Ok(stream) => Ok(Some(stream)),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(e)
                    if e.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                GetStreamErrorKind::JetStream(_)
                | GetStreamErrorKind::EmptyName
                | GetStreamErrorKind::Request
                | GetStreamErrorKind::InvalidStreamName => Err(unavailable(error)),
            },
        }
    }
}
