//! Comments, evidence and word to the resident: none of them moves a clock of the work (LOOP K2).

use super::event::{Commented, EvidenceAttached, Informed, Kept, NoticeChannel, ReceiptIssued};
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Turn};
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::sealed::Sealed;

pub fn comment(issue: &Issue, given: &Given, note: Sealed) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Comment)?;
    turn.emit(Commented { note, at: given.now });
    Ok(turn.done())
}

pub fn attach_evidence(
    issue: &Issue,
    given: &Given,
    (sha256, media_type): (String, String),
    file_name: Sealed,
    kept: Option<Kept>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::AttachEvidence)?;
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_digest {
        return Err(IssueError::NotADigest);
    }
    turn.emit(EvidenceAttached {
        sha256: sha256.to_ascii_lowercase(),
        media_type,
        file_name,
        kept,
        at: given.now,
    });
    Ok(turn.done())
}

/// The resident was told of a deferral, or of a slower class.
pub fn inform(
    issue: &Issue,
    given: &Given,
    channel: NoticeChannel,
    note: Option<Sealed>,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::Inform)?;
    if issue.clocks.running(ClockKind::Inform).is_none() {
        return Err(IssueError::NothingToTell);
    }
    let exposes = issue.is_confidential() && channel == NoticeChannel::Visit;
    if channel == NoticeChannel::Nobody || exposes {
        return Err(IssueError::ChannelUnfit);
    }
    turn.stop(ClockKind::Inform, StopReason::Kept);
    turn.emit(Informed { channel, note, at: given.now });
    Ok(turn.done())
}

/// Only the hash is kept; the code itself was shown once (LOOP V3).
pub fn issue_receipt(
    issue: &Issue,
    given: &Given,
    digest: String,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::IssueReceipt)?;
    turn.emit(ReceiptIssued { digest });
    Ok(turn.done())
}
