//! Facts of privacy. None of them leaves the county's own streams.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Asker;
use crate::shared::ids::{CallId, HouseholdId, IssueId};
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;

/// What is kept of residents, and forgotten together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum File {
    Issue(IssueId),
    Call(CallId),
    Household(HouseholdId),
}

impl fmt::Display for File {
    /// As `issue/<uuid>`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issue(id) => write!(f, "issue/{id}"),
            Self::Call(id) => write!(f, "call/{id}"),
            Self::Household(id) => write!(f, "household/{id}"),
        }
    }
}

/// What of a resident was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Name,
    Phone,
    /// How a confidential reporter may be reached.
    Channel,
    Address,
    /// The words of the matter, with the numbers in them.
    Narrative,
    /// The pictures of the matter: whoever is in them has not been asked.
    Pictures,
}

/// Why somebody looks: one of the county's own purposes, no free text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 联系群众: call or visit them about the matter.
    Contact,
    /// 回访.
    FollowUp,
    /// 核实: is it the same person, the same place?
    Verify,
    /// 救援: a life is in danger.
    Rescue,
    /// 调查 of an accusation, an audit, a court.
    Investigation,
    /// 本人申请: the person asks what is kept of them (PIPL art. 45).
    OwnRequest,
}

/// Somebody is about to see it. Stands in the log before they do (P13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityViewed {
    pub file: File,
    /// Which reporter of the file.
    pub reporter: usize,
    pub fields: Vec<Field>,
    pub purpose: Purpose,
    /// The pass it was seen under, where one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<u32>,
    pub at: Moment,
}

/// Somebody looked for the files of a telephone number. The number is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentitySearched {
    pub purpose: Purpose,
    pub at: Moment,
}

/// How much is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Who reported; the matter is kept.
    Reporter,
    WholeFile,
}

/// Why it is forgotten (PIPL art. 47).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The purpose is reached, or is no longer needed.
    PurposeEnded,
    RetentionOver,
    ConsentWithdrawn,
    /// It was kept against a law or an agreement.
    Unlawful,
}

/// What one person asks for and another grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// To see who a confidential reporter is, or to look without working on the file.
    Unmask,
    /// To see a file out of the own sight, because a life or the law will not wait.
    BreakGlass,
    Erase {
        extent: Extent,
        basis: Basis,
    },
    Unfreeze,
    LiftHold {
        hold: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestMade {
    pub file: File,
    pub number: u32,
    pub ask: Ask,
    pub by: Asker,
    pub reason: Sealed,
    pub until: Moment,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRejected {
    pub file: File,
    pub number: u32,
    pub by: Asker,
    pub at: Moment,
}

/// May look, until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    pub to: Asker,
    /// Beyond the own sight: the glass is broken.
    pub breaks_glass: bool,
    pub until: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassGranted {
    pub file: File,
    pub number: u32,
    pub pass: Pass,
    pub approver: Asker,
    pub at: Moment,
}

/// As [`PassGranted`], beyond the own sight: whoever watches over it looks for this event alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GlassBroken(pub PassGranted);

/// What these keys sealed is unreadable everywhere and for ever, in copies and backups too (P12).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysDestroyed {
    pub file: File,
    pub number: u32,
    pub extent: Extent,
    pub basis: Basis,
    pub key_ids: Vec<Uuid>,
    /// Calls whose words went along: they led to this file alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallId>,
    pub by: Asker,
    pub approver: Asker,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysFrozen {
    pub file: File,
    pub key_ids: Vec<Uuid>,
    pub reason: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysUnfrozen {
    pub file: File,
    pub number: u32,
    pub key_ids: Vec<Uuid>,
    pub by: Asker,
    pub approver: Asker,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldPlaced {
    pub file: File,
    pub number: u32,
    pub reason: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldLifted {
    pub file: File,
    pub number: u32,
    pub hold: u32,
    pub by: Asker,
    pub approver: Asker,
    pub at: Moment,
}
