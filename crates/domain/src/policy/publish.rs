//! Publishing a policy or a calendar.

use sha2::{Digest, Sha256};

use super::command::{PublishCalendar, PublishPolicy};
use super::event::{CalendarPublished, PolicyPublished};
use super::validation;
use super::{Policies, PolicyError, PolicyEvent};
use crate::shared::calendar::{Calendar, CalendarDocument};
use crate::shared::terms::{PolicyDocument, PolicyRef, Usage};

/// The same text again adds nothing; another text under the same version is refused.
pub fn publish(policies: &Policies, verb: PublishPolicy) -> Result<Vec<PolicyEvent>, PolicyError> {
    let document = parse(&verb.text)?;
    if document.usage == Usage::Backtest && !verb.allow_backtest {
        return Err(PolicyError::BacktestOnly);
    }
    let problems = validation::problems(&document);
    if !problems.is_empty() {
        return Err(PolicyError::Incomplete(problems));
    }
    let policy =
        PolicyRef { id: document.id.clone(), version: document.version, hash: hash_of(&verb.text) };
    let same_version = policies
        .documents
        .iter()
        .find(|(known, _)| known.id == policy.id && known.version == policy.version);
    match same_version {
        Some((known, _)) if *known == policy => Ok(Vec::new()),
        Some(_) => Err(PolicyError::VersionTaken { id: policy.id, version: policy.version }),
        None if policies.newest(&policy.id) > policy.version => {
            Err(PolicyError::VersionTaken { id: policy.id, version: policy.version })
        }
        None => Ok(vec![PolicyPublished { policy, document, text: verb.text }.into()]),
    }
}

impl Policies {
    /// The highest version published under this id; 0 for none.
    fn newest(&self, id: &str) -> u32 {
        let versions = self
            .documents
            .iter()
            .filter(|(known, _)| known.id == id)
            .map(|(known, _)| known.version);
        versions.max().unwrap_or(0)
    }
}

/// A later version of a calendar replaces the earlier one; what was derived keeps its version.
pub fn publish_calendar(
    policies: &Policies,
    verb: PublishCalendar,
) -> Result<Vec<PolicyEvent>, PolicyError> {
    let calendar: CalendarDocument =
        toml::from_str(&verb.text).map_err(|error| unreadable(&error))?;
    Calendar::try_new(&calendar)?;
    if let Some(known) = policies.calendars.get(&calendar.id)
        && let Some(year) = known.years.keys().find(|year| !calendar.years.contains_key(*year))
    {
        return Err(PolicyError::Calendar(format!("{year} was covered and is missing")));
    }
    match policies.calendars.get(&calendar.id) {
        Some(known) if *known == calendar => Ok(Vec::new()),
        Some(known) if known.version >= calendar.version => {
            Err(PolicyError::VersionTaken { id: calendar.id, version: calendar.version })
        }
        Some(_) | None => Ok(vec![CalendarPublished { calendar }.into()]),
    }
}

/// # Errors
/// When the text is not a policy document.
pub fn parse(text: &str) -> Result<PolicyDocument, PolicyError> {
    toml::from_str(text).map_err(|error| unreadable(&error))
}

/// The parser draws where it stumbled; a console shows one line.
fn unreadable(error: &toml::de::Error) -> PolicyError {
    PolicyError::Unreadable(error.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
}

/// SHA-256 of the document's text, hex.
#[must_use]
pub fn hash_of(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
