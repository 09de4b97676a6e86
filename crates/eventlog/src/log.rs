//! The event log port: what every backend promises. One contract suite runs on all of them.

use async_trait::async_trait;
use event::{Actor, Disclosure, KeyUse, Payload, Recorded, StreamId};
use serde::Deserialize;
use thiserror::Error;
use uuid::Uuid;

use crate::digest::RequestMark;

/// An event as decided, before it has a place.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub event_id: Uuid,
    pub r#type: String,
    pub schema_ver: u16,
    pub disclosure: Disclosure,
    pub keys: Vec<KeyUse>,
    pub payload: Payload,
}

/// Who caused a command, and how it reached us; the same for all its events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    pub county6: String,
    pub actor: Actor,
    pub on_behalf_of: Option<String>,
    pub channel: String,
    /// µs UTC, when somebody claims another time than that of the decision.
    pub occurred_at: Option<i64>,
    pub correlation_id: Uuid,
    pub causation_id: Option<Uuid>,
}

/// Names a command for ever: the same principal and id is the same command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    pub principal: String,
    pub request_id: String,
    /// So that another request under the same id is refused.
    pub mark: RequestMark,
}

/// What an append does to `scope/key → stream`, unique in the log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimOp {
    /// Refused, with the holder, when another stream holds it; `reroute` says whether the command
    /// should go there instead.
    Take { scope: String, key: String, reroute: bool },
    /// Moves it here from whoever holds it.
    Replace { scope: String, key: String },
    /// Lets go of whatever this stream holds in the scope.
    Release { scope: String },
    /// Refused when nobody holds it.
    Check { scope: String, key: String },
    /// Refused when another stream, which the decision was made beside, has gone on from this version.
    Unmoved { stream: StreamId, version: u64 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub scope: String,
    pub key: String,
    pub holder: StreamId,
    pub reroute: bool,
}

/// All or nothing: the events of one command.
#[derive(Clone, Debug)]
pub struct Append {
    pub stream: StreamId,
    /// The version the decision was made on.
    pub expected_version: u64,
    pub origin: Origin,
    /// µs UTC.
    pub decided_at: i64,
    pub request: Option<RequestKey>,
    pub events: Vec<NewEvent>,
    pub claims: Vec<ClaimOp>,
}

/// What a command that appended is answered with, the first time and every time after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    pub stream: StreamId,
    pub version: u64,
    /// Of its last event.
    pub position: u64,
    pub event_ids: Vec<Uuid>,
}

/// One outcome per command: a conflict never fails its neighbours in the batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Durable.
    Appended(Receipt),
    /// Done before, by the same request.
    Replayed(Receipt),
    /// The id was used for another request.
    RequestReused,
    Conflict {
        actual_version: u64,
    },
    ClaimTaken(Claim),
    /// Nobody holds what the command checked.
    ClaimGone,
    /// A stream that the decision was made beside has gone on.
    Moved,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub position: u64,
    pub recorded_at: i64,
}

#[derive(Debug, Error)]
pub enum LogError {
    /// Nothing was written.
    #[error("the event log is unavailable: {0}")]
    Unavailable(String),
    /// The commit was sent and its answer lost: all or nothing happened. Probe by request id.
    #[error("the outcome of a commit is unknown: {0}")]
    Unknown(String),
    #[error("the event log is damaged: {0}")]
    Damaged(String),
}

#[async_trait]
pub trait EventLog: Send + Sync {
    /// Identifies this log for ever; part of every content hash.
    fn log_id(&self) -> Uuid;

    /// Whether nobody but this process appends, as its data directory is locked: what it remembers of a
    /// stream is then the stream's head.
    fn is_sole_writer(&self) -> bool;

    /// Appends a batch under the head lock: positions are gap-free and in commit order. On return
    /// everything `Appended` is durable.
    async fn append(&self, batch: &[Append]) -> Result<Vec<Outcome>, LogError>;

    /// Events of one stream with version > `after_version`, in order.
    async fn read_stream(
        &self,
        stream: &StreamId,
        after_version: u64,
        max: usize,
    ) -> Result<Vec<Recorded>, LogError>;

    /// Events with position > `after`, contiguous.
    async fn read_log(&self, after: u64, max: usize) -> Result<Vec<Recorded>, LogError>;

    async fn head(&self) -> Result<Head, LogError>;

    /// The mark and receipt of a command that appended.
    async fn receipt(
        &self,
        principal: &str,
        request_id: &str,
    ) -> Result<Option<(RequestMark, Receipt)>, LogError>;

    async fn holder(&self, scope: &str, key: &str) -> Result<Option<StreamId>, LogError>;

    /// How far a reaction has come; 0 when it never ran.
    async fn checkpoint(&self, name: &str) -> Result<u64, LogError>;

    /// It never goes back: of several processes that react, the slower one takes nothing from the faster.
    async fn set_checkpoint(&self, name: &str, position: u64) -> Result<(), LogError>;
}
