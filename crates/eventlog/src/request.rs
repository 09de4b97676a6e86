//! A command as it is sent, and how it ends.

use event::StreamId;
use thiserror::Error;

use crate::executor::EVENTS_PER_COMMAND_MAX;
use crate::log::{Claim, LogError, Origin, Outcome, Receipt};
use crate::stored::EVENT_BYTES_MAX;

/// A command's surroundings: who sent it, under which id, and what it expects.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub origin: Origin,
    /// The sender's id for this command; empty for none.
    pub request_id: String,
    /// Who owns the request id.
    pub principal: String,
    /// What is asked for: an id is good for one kind alone, also when nobody can tell what it said.
    pub kind: String,
    /// The decoded request, for telling another request under the same id.
    pub body: Vec<u8>,
    /// The version the sender saw, when it insists on it.
    pub expected_version: Option<u64>,
    /// What allows the command: somebody must hold this claim when it is appended.
    pub authority: Option<(String, String)>,
    /// µs UTC at which the authority ends, when it ends by itself.
    pub authority_until: Option<i64>,
    /// The streams it was decided beside, and the versions seen: none may have gone on when it is appended.
    pub beside: Vec<(StreamId, u64)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub receipt: Receipt,
    /// The command had been done before, or added nothing.
    pub repeated: bool,
}

#[derive(Debug, Error)]
pub enum ExecuteError<E: std::error::Error> {
    /// A rule said no.
    #[error(transparent)]
    Refused(E),
    #[error("the stream is at version {actual}")]
    VersionConflict { actual: u64 },
    #[error("this request id was used for another request")]
    RequestReused,
    #[error("{}/{} is held by {}", .0.scope, .0.key, .0.holder)]
    ClaimTaken(Claim),
    /// What allowed the command is over; it may be allowed anew.
    #[error("the sender's authority changed meanwhile")]
    AuthorityGone,
    /// What it was decided beside has gone on; it may be decided anew.
    #[error("something the decision depends on changed meanwhile")]
    Moved,
    #[error(
        "one command made more than {EVENTS_PER_COMMAND_MAX} events or one above {EVENT_BYTES_MAX} bytes"
    )]
    TooLarge,
    #[error(transparent)]
    Log(#[from] LogError),
}

pub(crate) fn done<E: std::error::Error>(outcome: Outcome) -> Result<Done, ExecuteError<E>> {
    match outcome {
        Outcome::Appended(receipt) => Ok(Done { receipt, repeated: false }),
        Outcome::Replayed(receipt) => Ok(Done { receipt, repeated: true }),
        Outcome::RequestReused => Err(ExecuteError::RequestReused),
        Outcome::Conflict { actual_version } => {
            Err(ExecuteError::VersionConflict { actual: actual_version })
        }
        Outcome::ClaimTaken(claim) => Err(ExecuteError::ClaimTaken(claim)),
        Outcome::ClaimGone => Err(ExecuteError::AuthorityGone),
        Outcome::Moved => Err(ExecuteError::Moved),
    }
}
