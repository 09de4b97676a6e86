//! Looking: the fact stands in the log before anybody sees anything (P13).

use super::command::{Look, Search};
use super::event::{IdentitySearched, IdentityViewed};
use super::{Privacy, PrivacyError, PrivacyEvent};
use crate::shared::given::Given;

pub fn look(
    privacy: &Privacy,
    given: &Given,
    verb: Look,
) -> Result<Vec<PrivacyEvent>, PrivacyError> {
    if privacy.frozen {
        return Err(PrivacyError::Frozen);
    }
    let pass = privacy.pass_of(given);
    if verb.guarded && pass.is_none() {
        return Err(PrivacyError::PassNeeded);
    }
    let Look { file, reporter, mut fields, purpose, guarded } = verb;
    fields.sort_unstable();
    fields.dedup();
    let pass = pass.filter(|_| guarded);
    Ok(vec![IdentityViewed { file, reporter, fields, purpose, pass, at: given.now }.into()])
}

/// Searching is looking: whoever knows that a number has files knows something.
#[must_use]
pub fn search(given: &Given, verb: Search) -> Vec<PrivacyEvent> {
    vec![IdentitySearched { purpose: verb.purpose, at: given.now }.into()]
}
