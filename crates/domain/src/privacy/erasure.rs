//! Erasing, freezing, and what keeps from erasing.

use super::command::{FileState, Freeze, Hold};
use super::event::{Basis, HoldPlaced, KeysFrozen};
use super::{Privacy, PrivacyError, PrivacyEvent};
use crate::shared::given::Given;

/// 冻结: kept and used for nothing, by one person at once; two undo it (PIPL art. 47 ¶2).
pub fn freeze(
    privacy: &Privacy,
    given: &Given,
    verb: Freeze,
) -> Result<Vec<PrivacyEvent>, PrivacyError> {
    if privacy.frozen {
        return Ok(Vec::new());
    }
    let Freeze { file, key_ids, reason } = verb;
    Ok(vec![KeysFrozen { file, key_ids, reason, at: given.now }.into()])
}

/// 法定留存: a law, a court or an audit needs it (档案法 art. 14); several may.
pub fn hold(
    privacy: &Privacy,
    given: &Given,
    verb: Hold,
) -> Result<Vec<PrivacyEvent>, PrivacyError> {
    let number = privacy.numbered + 1;
    Ok(vec![HoldPlaced { file: verb.file, number, reason: verb.reason, at: given.now }.into()])
}

/// A file somebody works on needs its words, and one on hold all of it. What was erased may be erased again: words
/// may have come since. Nobody says that the time is over (保存期限届满) of what is promised to be kept longer.
pub(super) fn require_erasable(
    privacy: &Privacy,
    given: &Given,
    basis: Basis,
    state: FileState,
) -> Result<(), PrivacyError> {
    if state.is_held || !privacy.holds.is_empty() {
        return Err(PrivacyError::OnHold);
    }
    if state.is_open {
        return Err(PrivacyError::StillOpen);
    }
    match state.kept_until {
        _ if basis != Basis::RetentionOver => Ok(()),
        Some(until) if until <= given.now => Ok(()),
        Some(until) => Err(PrivacyError::StillKept { until }),
        None => Err(PrivacyError::NoTerm),
    }
}
