//! Facts of the work beside the main road: objections, supports, referrals, hand-overs.

use serde::{Deserialize, Serialize};

use crate::shared::clock::ClockKind;
use crate::shared::ids::{PersonId, PostId};
use crate::shared::ladder::{Holder, Rung};
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;

/// 受理: the matter is one this county answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admitted {
    pub at: Moment,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_first(reporter: &usize) -> bool {
    *reporter == 0
}

/// 首次联系.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMade {
    /// Whose household was called; of a merged file each is called on its own (LOOP M2).
    #[serde(default, skip_serializing_if = "is_first")]
    pub reporter: usize,
    pub reached: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub at: Moment,
}

/// Somebody else acts for a post that holds the work: a stand-in, a colleague who came back. Whoever worked
/// on it judges none of it (LOOP V4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TookPart {
    pub by: Holder,
    pub actor_id: String,
    pub at: Moment,
}

/// Optional, never scored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed {
    pub at: Moment,
}

/// The resident's side says that somebody came; it fulfils the duty (LOOP I3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalConfirmed {
    pub reporter: usize,
    /// When, as the resident's side tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_at: Option<Moment>,
    /// Of the staff who spoke for the resident: they handle nothing of it afterwards (LOOP V4).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub heard_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_by_person: Option<PersonId>,
    pub at: Moment,
}

/// 派单异议: made once, ruled on by a clock; meanwhile the first receiver answers (LOOP I4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objected {
    pub by: Holder,
    pub reason: Sealed,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectionRuled {
    pub upheld: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    pub actor_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    pub at: Moment,
}

/// 吹哨: another unit is called in, beside the lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summoned {
    pub support: u16,
    pub to: Holder,
    pub rung: Rung,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Sealed>,
    pub at: Moment,
}

/// 报到.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    pub support: u16,
    pub actor_id: String,
    pub at: Moment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportFinished {
    pub support: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    pub actor_id: String,
    pub at: Moment,
}

/// A summoned unit's broken promise climbs on its own line, not on the lead's (LOOP I4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportEscalated {
    pub support: u16,
    pub from: Rung,
    pub to: Rung,
    pub clock: ClockKind,
    pub generation: u32,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOverReason {
    AppointmentEnded,
    UnitMerged,
    Reassigned,
    /// Somebody came to sit there who stands aside from this file.
    Recused,
}

/// 交接: open work moves to another post; its clocks run on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    pub from: PostId,
    pub to: Holder,
    pub rung: Rung,
    pub why: HandOverReason,
    pub at: Moment,
}

/// The holder asks the upper level to take it (LOOP S1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferredUp {
    pub why: ReferralReason,
    pub note: Sealed,
    pub to: Rung,
    pub at: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralReason {
    BeyondPowers,
    NeedsFunds,
    CrossesAreas,
    NeedsDepartment,
}

/// The upper level gives it back, once, with reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentDown {
    pub reason: Sealed,
    pub at: Moment,
}

/// The upper level handles it itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOver {
    pub by: Holder,
    pub rung: Rung,
    pub actor_id: String,
    pub at: Moment,
}
