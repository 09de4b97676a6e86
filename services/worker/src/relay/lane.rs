//! The two streams a relay fills: what it writes of an event, and what it can tell of a stream's last
//! message.

use bus::{LOG, Message, PUB, Stored, StreamKind};
use event::{Recorded, wire};
use uuid::Uuid;

use crate::public_events;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Every event as it is stored; sequence equals position.
    Log,
    /// Public events; the sequence counts them.
    Public,
}

/// Which event a stream's message was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    pub position: u64,
    pub event_id: Uuid,
}

impl Lane {
    pub const ALL: [Self; 2] = [Self::Log, Self::Public];

    #[must_use]
    pub const fn stream(self) -> StreamKind {
        match self {
            Self::Log => LOG,
            Self::Public => PUB,
        }
    }

    /// What is written of this event; `None` when the stream does not tell of it.
    ///
    /// # Errors
    /// When it cannot be written down, which no event of this program's version does.
    pub fn message(self, recorded: &Recorded) -> Result<Option<Message>, String> {
        match self {
            Self::Log => {
                let body = wire::encode(recorded).map_err(|error| error.to_string())?;
                let subject = format!("log.{}", recorded.envelope.county6);
                Ok(Some(Message { subject, headers: Vec::new(), body }))
            }
            Self::Public => public_events::message(recorded).map_err(|error| error.to_string()),
        }
    }

    /// What a message of this stream was made of; `None` when it cannot be told.
    #[must_use]
    pub fn origin(self, stored: &Stored) -> Option<Origin> {
        match self {
            Self::Log => {
                let recorded = wire::decode(&stored.body).ok()?;
                let event_id = recorded.envelope.event_id;
                Some(Origin { position: recorded.position, event_id })
            }
            Self::Public => Some(Origin {
                position: stored.header("ce-sequence")?.parse().ok()?,
                event_id: stored.header("ce-id")?.parse().ok()?,
            }),
        }
    }
}
