//! Facts about the file: who stands aside, who supervises, words and pictures.

use serde::{Deserialize, Serialize};

use crate::shared::ids::{IssueId, PersonId, PostId, UnitId};
use crate::shared::ladder::Rung;
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;

use super::NoticeChannel;

/// What the resident was told of, other than a result: a deferral, a slower class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Informed {
    pub channel: NoticeChannel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// 被反映人.
    Accused,
    Kin,
    Interested,
    /// Stands aside by own declaration.
    SelfDeclared,
}

/// Somebody who may not hold, see, count or be told of this issue from now on (回避).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyNamed {
    pub role: PartyRole,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<PostId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Files that were merged into this one: their rows tell of the matter too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<IssueId>,
    /// Posts of units below the one that is named: they lose the work with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub below: Vec<PostId>,
    pub at: Moment,
}

/// 催办. It moves no clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urged {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub at: Moment,
}

/// 督办: the holder owes the supervisor a report; only the supervisor's acceptance ends it (LOOP S1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervised {
    pub supervision: u16,
    /// The supervising unit.
    pub by: UnitId,
    pub rung: Rung,
    pub demand: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionReported {
    pub supervision: u16,
    pub report: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionDecided {
    pub supervision: u16,
    pub accepted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    pub at: Moment,
}

/// The handler's unit disputes a verdict. It changes neither verdict nor figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disputed {
    pub reason: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commented {
    pub note: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceAttached {
    /// SHA-256, hex: of the file where it is kept elsewhere; of its ciphertext where it is kept here, so that
    /// nobody knows a picture again once it is forgotten.
    pub sha256: String,
    pub media_type: String,
    pub file_name: Sealed,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    pub at: Moment,
}

/// A file kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Of the file in clear.
    pub bytes: u64,
    /// The key it is kept under.
    pub picture: Sealed,
}

/// An anonymous reporter has a receipt: its hash finds this file (LOOP V3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptIssued {
    pub digest: String,
}
