//! Facts of publishing.

use serde::{Deserialize, Serialize};

use crate::shared::calendar::CalendarDocument;
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
