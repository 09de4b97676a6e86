//! What a file was before a merge or a reopening, should either be undone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Assignment, event};
use crate::shared::ladder::Rung;
use crate::shared::matter::Urgency;
use crate::shared::moment::Moment;
use crate::shared::terms::PolicyRef;
use crate::shared::verdict::Verdict;

/// A lead's own deadlines, beside those that came with a merge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeforeMerge {
    pub own: HeldTo,
    /// What the merges made of it: whatever was changed since by something else stays.
    pub merged: HeldTo,
    pub promises: Vec<event::Promise>,
}

/// What a file's deadlines are counted by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldTo {
    pub started_at: Moment,
    pub total_under: (PolicyRef, String),
    pub total_held_us: i64,
    pub urgency: Urgency,
    pub terms: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BeforeReopen {
    /// Whose word reopened it: nobody else says that it was a mistake.
    pub by: Option<usize>,
    pub rung: Rung,
    /// The step of the total clock that was due next.
    #[serde(default)]
    pub total_step: u8,
    pub assignments: Vec<Assignment>,
    pub visited: bool,
    /// Who had been told.
    pub told: BTreeSet<usize>,
    /// What the others had said.
    pub verdicts: BTreeMap<usize, Verdict>,
    pub ending: Option<event::Outcome>,
    /// Somebody came since, or was given it: the work began anew, and no mistake ends it.
    #[serde(default)]
    pub joined: bool,
}
