//! Facts of publishing.

use serde::{Deserialize, Serialize};

use crate::shared::calendar::CalendarDocument;
use crate::shared::ids::UnitId;
use crate::shared::moment::Moment;
use crate::shared::terms::{PolicyDocument, PolicyRef};

/// From now on, new calls and issues freeze this document; running ones keep theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPublished {
    pub policy: PolicyRef,
    pub document: PolicyDocument,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarPublished {
    pub calendar: CalendarDocument,
}

/// 平战转换.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeSwitched {
    pub unit: UnitId,
    /// The end of wartime; absent: peace from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    pub reason: String,
    pub at: Moment,
}
