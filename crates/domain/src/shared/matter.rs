//! What a resident brings: nature, category, urgency, place, reporter, and the sealed words.

use serde::{Deserialize, Serialize};

use super::ids::{CallId, DeviceId, HouseholdId, IssueId, UnitId};
use super::sealed::Sealed;

/// 咨询 / 求助 / 投诉 / 举报 / 建议 (Beijing ordinance on 接诉即办, art. 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    Consultation,
    #[default]
    Help,
    Complaint,
    Report,
    Suggestion,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    #[default]
    Normal,
    Urgent,
}

/// 小事 / 大事: what should be settled inside the grid, and what inside the village.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    #[default]
    Small,
    Big,
}

/// 办理程序: each selects its own clock set (LOOP I6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcedureKind {
    #[default]
    Ordinary,
    /// 信访 (信访工作条例 arts. 21–34).
    Petition,
    /// 复查、复核 (信访工作条例 arts. 35–36).
    Review,
    /// 人民调解.
    Mediation,
    /// Passed on to a procedure of another body, which answers for it.
    Transferred,
}

impl ProcedureKind {
    #[must_use]
    pub const fn track(self) -> Track {
        match self {
            Self::Petition | Self::Review => Track::Petition,
            Self::Ordinary | Self::Mediation | Self::Transferred => Track::Service,
        }
    }
}

/// A procedure other than the ordinary one, with who received it under which reference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    pub kind: ProcedureKind,
    /// The receiving body, by its official name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reference: String,
}

impl Procedure {
    fn is_ordinary(&self) -> bool {
        *self == Self::default()
    }
}

/// How a reporter may be known and reached (LOOP V3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    #[default]
    Named,
    /// Reached by the channel named and no other; nobody of the own village comes.
    Confidential,
    /// Known to nobody; the result stands under a receipt code.
    Anonymous,
}

/// An accusation (检举控告) is always a new issue on the supervision track, outside all unit figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    #[default]
    Service,
    Petition,
    Supervision,
}

impl Track {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Petition => "petition",
            Self::Supervision => "supervision",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A call of this product; the total clock starts at its press.
    Call { call: CallId },
    /// A record of another system, unique by (system, id).
    External { system: String, id: String },
    /// Told in person to a member of staff.
    #[default]
    InPerson,
    /// Found before anybody complained (未诉先办).
    Proactive,
    /// Filed by somebody on the resident's behalf (代办).
    OnBehalf {
        /// The resident agreed to it.
        consent: bool,
    },
}

/// Somebody who brought the matter; each one is notified and each one gives a verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Sealed>,
    /// The call this reporter was attached by, when not the first reporter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    #[serde(default, skip_serializing_if = "Confidence::is_named")]
    pub confidence: Confidence,
    /// The only channel a confidential reporter may be reached by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Sealed>,
    /// The file this reporter first came with, when files were merged: the words are sealed there
    /// (LOOP I5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_from: Option<IssueId>,
    /// The reporter's number in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_there: Option<usize>,
    /// Files between that one and this one, when the lead of a merge was merged itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_through: Vec<IssueId>,
}

impl Confidence {
    fn is_named(&self) -> bool {
        *self == Self::Named
    }
}

impl Reporter {
    /// The sealed fields, in a fixed order.
    pub fn sealed(&self) -> impl Iterator<Item = &Sealed> {
        [&self.name, &self.phone, &self.channel].into_iter().flatten()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    pub track: Track,
    pub nature: Nature,
    pub category: String,
    pub urgency: Urgency,
    pub size: Size,
    pub source: Source,
    /// Where the matter is; its unit answers first.
    pub place: UnitId,
    /// Where the reporter lives, when known and different.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter_place: Option<UnitId>,
    /// A visit was ordered (LOOP C3, C4); policy may add one, nobody takes it away.
    pub must_visit: bool,
    #[serde(default, skip_serializing_if = "Procedure::is_ordinary")]
    pub procedure: Procedure,
    /// 110, 119 or 120 was alerted: the village's arrival duty runs beside it (LOOP C5).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emergency: bool,
    /// An earlier file of the same matter, whose window for reopening has passed (LOOP E1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat_of: Option<IssueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<IssueId>,
    pub reporter: Reporter,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Sealed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<Sealed>,
}

impl Matter {
    /// Every sealed field, in a fixed order, for the envelope's key ids and commitments.
    #[must_use]
    pub fn sealed(&self) -> Vec<&Sealed> {
        self.reporter.sealed().chain(&self.title).chain(&self.narrative).collect()
    }
}
