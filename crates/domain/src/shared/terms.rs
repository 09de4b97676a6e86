//! What a policy document says: clocks, ladders, follow-ups, and which matters they apply to.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::clock::ClockKind;
use super::ladder::Rung;
use super::matter::{Matter, Nature, Track, Urgency};
use super::period::{Counting, Period};

/// Names one immutable document; frozen into a call or issue at its first press or filing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PolicyRef {
    pub id: String,
    pub version: u32,
    /// SHA-256 of the document's text, hex.
    pub hash: String,
}

/// `Backtest` documents may leave clocks out; they are refused for live use (LOOP K1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usage {
    #[default]
    Live,
    Backtest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    pub id: String,
    pub version: u32,
    pub title: String,
    #[serde(default, rename = "use")]
    pub usage: Usage,
    /// Id of the working-day calendar.
    pub calendar: String,
    /// Where business has hours: when a period's last day ends. Absent: at 24:00.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing_time: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallTerms>,
    /// First match wins; the last one should match everything.
    pub matters: Vec<MatterTerms>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallTerms {
    /// How long one post is rung before the next on the roster.
    pub ring: Period,
    /// A missed call is called back within this, or becomes an issue that must be visited.
    pub return_call: Period,
    /// After the answer, until a disposition is recorded.
    pub disposition: Period,
    /// How often a disposition still missing climbs again.
    pub repeat: Period,
    /// How long after a call a thumb may still be pressed for it.
    pub thumb_window: Period,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub track: Vec<Track>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nature: Vec<Nature>,
    /// Category prefixes, as `城乡建设`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urgency: Vec<Urgency>,
}

impl Match {
    fn fits(&self, matter: &Matter) -> bool {
        fn any<T: PartialEq>(wanted: &[T], value: &T) -> bool {
            wanted.is_empty() || wanted.contains(value)
        }
        any(&self.track, &matter.track)
            && any(&self.nature, &matter.nature)
            && any(&self.urgency, &matter.urgency)
            && (self.category.is_empty()
                || self.category.iter().any(|prefix| matter.category.starts_with(prefix.as_str())))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatterTerms {
    pub name: String,
    #[serde(default, rename = "match")]
    pub applies_to: Match,
    #[serde(default)]
    pub must_visit: bool,
    /// Dispatch at registration to the first candidate on this rung or above; absent: by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch_to: Option<Rung>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrive: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUpTerms>,
    /// How often any clock but the total one climbs again after it expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Period>,
    /// How long after closing the resident may reopen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopen_window: Option<Period>,
    pub total: TotalTerms,
    #[serde(default)]
    pub closing: Closing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpTerms {
    /// Between two attempts, and until a missing attempt climbs.
    pub every: Period,
    /// LOOP E1: default ≥ 3 attempts …
    pub attempts: u8,
    /// … over at least this many different days.
    pub days: u8,
}

/// Whether a file closes by notice and verdict, or (back-tests only) on the reply itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    #[default]
    Verdict,
    OnCompletion,
}

/// The clock of the whole matter, from the press to the closed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalTerms {
    pub period: Period,
    /// In rising order of percent.
    pub ladder: Vec<LadderStep>,
    /// The top rung is reminded at this interval until the file closes (LOOP K1).
    pub repeat: Period,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LadderStep {
    pub at_percent: u16,
    pub to: Rung,
}

impl PolicyDocument {
    /// The terms for this matter and their name.
    #[must_use]
    pub fn terms_for(&self, matter: &Matter) -> Option<&MatterTerms> {
        self.matters.iter().find(|terms| terms.applies_to.fits(matter))
    }

    #[must_use]
    pub fn terms_named(&self, name: &str) -> Option<&MatterTerms> {
        self.matters.iter().find(|terms| terms.name == name)
    }
}

impl MatterTerms {
    /// The period of a clock of the work itself; `None` for the total clock and for call clocks.
    #[must_use]
    pub fn period(&self, clock: ClockKind) -> Option<Period> {
        match clock {
            ClockKind::Dispatch => self.dispatch,
            ClockKind::Accept => self.accept,
            ClockKind::Arrive => self.arrive,
            ClockKind::Resolve => self.resolve,
            ClockKind::Notice => self.notice,
            ClockKind::Verdict => self.verdict,
            ClockKind::FollowUp => self.follow_up.as_ref().map(|terms| terms.every),
            ClockKind::Answer
            | ClockKind::ReturnCall
            | ClockKind::Disposition
            | ClockKind::Total => None,
        }
    }
}

/// Every published document and calendar, by reference: a snapshot that travels with commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyBook {
    pub documents: BTreeMap<PolicyRef, Arc<PolicyDocument>>,
    pub calendars: BTreeMap<String, Arc<Calendar>>,
    pub in_force: Option<PolicyRef>,
}

impl PolicyBook {
    #[must_use]
    pub fn document(&self, reference: &PolicyRef) -> Option<&PolicyDocument> {
        self.documents.get(reference).map(AsRef::as_ref)
    }

    /// How this document's periods are counted. A calendar that is not there covers no year, so its
    /// deadlines come out provisional.
    #[must_use]
    pub fn counting<'a>(&'a self, document: &PolicyDocument, none: &'a Calendar) -> Counting<'a> {
        Counting {
            calendar: self.calendars.get(&document.calendar).map_or(none, AsRef::as_ref),
            closing_time: document.closing_time,
        }
    }
}
