//! What all backends share: judging a command against what is stored, and giving events their place.

use event::{Envelope, Recorded, StreamId};
use uuid::Uuid;

use crate::digest::RequestMark;
use crate::log::{Append, Claim, ClaimOp, Head, Outcome, Receipt};

/// What is stored that bears on one command.
pub(crate) struct Found {
    pub receipt: Option<(RequestMark, Receipt)>,
    pub version: u64,
    /// Holders of the claims the command takes.
    pub taken: Vec<Claim>,
    /// Somebody holds every claim the command checks.
    pub checked: bool,
    /// Every stream beside it is where it was.
    pub unmoved: bool,
}

/// The outcome, unless the command may be appended. A repeated request is answered before anything
/// else is looked at.
pub(crate) fn refusal(append: &Append, found: Found) -> Option<Outcome> {
    if let (Some((digest, receipt)), Some(request)) = (found.receipt, &append.request) {
        let same = digest == request.mark;
        return Some(if same { Outcome::Replayed(receipt) } else { Outcome::RequestReused });
    }
    if !found.checked {
        return Some(Outcome::ClaimGone);
    }
    if !found.unmoved {
        return Some(Outcome::Moved);
    }
    if let Some(claim) = found.taken.into_iter().find(|claim| claim.holder != append.stream) {
        return Some(Outcome::ClaimTaken(claim));
    }
    (found.version != append.expected_version)
        .then_some(Outcome::Conflict { actual_version: found.version })
}

/// The keys a command wants for itself alone.
pub(crate) fn wanted(append: &Append) -> impl Iterator<Item = (&str, &str, bool)> {
    append.claims.iter().filter_map(|op| match op {
        ClaimOp::Take { scope, key, reroute } => Some((scope.as_str(), key.as_str(), *reroute)),
        ClaimOp::Replace { .. }
        | ClaimOp::Release { .. }
        | ClaimOp::Check { .. }
        | ClaimOp::Unmoved { .. } => None,
    })
}

/// The keys that somebody must hold.
pub(crate) fn checked(append: &Append) -> impl Iterator<Item = (&str, &str)> {
    append.claims.iter().filter_map(|op| match op {
        ClaimOp::Check { scope, key } => Some((scope.as_str(), key.as_str())),
        ClaimOp::Take { .. }
        | ClaimOp::Replace { .. }
        | ClaimOp::Release { .. }
        | ClaimOp::Unmoved { .. } => None,
    })
}

/// The streams that must be where they were, and where that is.
pub(crate) fn beside(append: &Append) -> impl Iterator<Item = (&StreamId, u64)> {
    append.claims.iter().filter_map(|op| match op {
        ClaimOp::Unmoved { stream, version } => Some((stream, *version)),
        ClaimOp::Take { .. }
        | ClaimOp::Replace { .. }
        | ClaimOp::Release { .. }
        | ClaimOp::Check { .. } => None,
    })
}

/// The command's events as they will be stored after `head`, and the receipt.
pub(crate) fn place(
    log_id: Uuid,
    append: &Append,
    head: Head,
    clock_us: i64,
) -> (Vec<Recorded>, Receipt) {
    let recorded_at = clock_us.max(head.recorded_at);
    let places = (head.position + 1..).zip(append.expected_version + 1..);
    let recorded: Vec<_> = append
        .events
        .iter()
        .zip(places)
        .map(|(event, (position, version))| {
            let envelope = envelope(log_id, append, event, version);
            Recorded { position, recorded_at, content_hash: envelope.content_hash(), envelope }
        })
        .collect();
    let receipt = Receipt {
        stream: append.stream.clone(),
        version: append.expected_version + recorded.len() as u64,
        position: head.position + recorded.len() as u64,
        event_ids: append.events.iter().map(|event| event.event_id).collect(),
    };
    (recorded, receipt)
}

fn envelope(log_id: Uuid, append: &Append, event: &crate::log::NewEvent, version: u64) -> Envelope {
    let origin = &append.origin;
    Envelope {
        log_id,
        event_id: event.event_id,
        stream: StreamId::clone(&append.stream),
        version,
        r#type: event.r#type.clone(),
        schema_ver: event.schema_ver,
        county6: origin.county6.clone(),
        actor: origin.actor.clone(),
        on_behalf_of: origin.on_behalf_of.clone(),
        channel: origin.channel.clone(),
        occurred_at: origin.occurred_at.unwrap_or(append.decided_at),
        decided_at: append.decided_at,
        request_id: append.request.as_ref().map(|request| request.request_id.clone()),
        correlation_id: origin.correlation_id,
        causation_id: origin.causation_id,
        disclosure: event.disclosure,
        keys: event.keys.clone(),
        payload: event.payload.clone(),
    }
}
