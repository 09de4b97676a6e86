//! Why a call refuses a command. One variant per refusal, carrying the facts.

use thiserror::Error;

use super::lifecycle::{Stage, Verb};

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CallError {
    #[error("no such call")]
    Unknown,
    #[error("a call that is {} does not take {verb:?}", .stage.name())]
    IllegalInStage { stage: Stage, verb: Verb },
    #[error("the policy frozen into this call is not published, or says nothing of calls")]
    PolicyMissing,
    #[error("the thumb window of this call has passed")]
    ThumbWindowPassed,
    #[error("a registered disposition names at least one matter")]
    NothingRegistered,
    #[error("emergency service must be 110, 119 or 120, not '{0}'")]
    UnknownEmergencyService(String),
}

impl CallError {
    /// A constant for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Unknown => "CALL_UNKNOWN",
            Self::IllegalInStage { .. } => "CALL_STAGE_REFUSES",
            Self::PolicyMissing => "POLICY_MISSING",
            Self::ThumbWindowPassed => "THUMB_WINDOW_PASSED",
            Self::NothingRegistered => "NOTHING_REGISTERED",
            Self::UnknownEmergencyService(_) => "UNKNOWN_EMERGENCY_SERVICE",
        }
    }

    /// The refusal for the person at the console.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Unknown => "没有这个呼叫".into(),
            Self::IllegalInStage { stage, verb } => {
                format!("呼叫处于“{}”,不能“{}”", stage.zh(), verb.zh())
            }
            Self::PolicyMissing => "该呼叫所适用的规则未发布,或未规定呼叫时限".into(),
            Self::ThumbWindowPassed => "已过评价期限".into(),
            Self::NothingRegistered => "处置为“登记”时至少要有一件事项".into(),
            Self::UnknownEmergencyService(service) => {
                format!("紧急服务应为 110、119 或 120,收到“{service}”")
            }
        }
    }
}
