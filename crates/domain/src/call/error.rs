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
    #[error("what is registered, or not solved, names at least one matter")]
    NothingRegistered,
    #[error("a call-back is made by staff or a call-back agent")]
    NotAnAgent,
    #[error("a call-back is made by somebody outside the village who did not answer the call")]
    InsiderFollowsUp,
    #[error("whoever answered, or works where the call came from, does not rate for the resident")]
    InsiderRates,
    #[error("an accusation of an official is registered as one (RegisterAccusation)")]
    Accusation,
    #[error("this post was rung for the call before; the ladder goes on")]
    RungBefore,
    #[error("only the post being rung, or a desk of the county, says that it did not answer")]
    NotTheRungPost,
    #[error(
        "what became of a call is recorded by whoever answered it, their unit, or one above it"
    )]
    NotWhoAnswered,
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
            Self::NotAnAgent => "NOT_AN_AGENT",
            Self::InsiderRates => "INSIDER_MAY_NOT_RATE",
            Self::InsiderFollowsUp => "INSIDER_MAY_NOT_FOLLOW_UP",
            Self::Accusation => "ACCUSATION_TRACK",
            Self::RungBefore => "RUNG_BEFORE",
            Self::NotTheRungPost => "NOT_THE_RUNG_POST",
            Self::NotWhoAnswered => "NOT_WHO_ANSWERED",
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
            Self::NothingRegistered => "登记或未解决时至少要写明一件事项".into(),
            Self::NotAnAgent => "回访应由工作人员或回访员进行".into(),
            Self::RungBefore => "该岗位已振铃过,请按值班顺序继续".into(),
            Self::NotWhoAnswered => "通话结果应由接听人、接听单位或其上级登记".into(),
            Self::NotTheRungPost => "只能由正在振铃的岗位或县级坐席登记未接".into(),
            Self::InsiderRates => "接听人及本村人员不能代群众评价".into(),
            Self::InsiderFollowsUp => "回访应由本村以外、未接听该呼叫的人员进行".into(),
            Self::Accusation => {
                "检举控告干部应按检举控告登记(register-accusation),直送有权机关".into()
            }
            Self::UnknownEmergencyService(service) => {
                format!("紧急服务应为 110、119 或 120,收到“{service}”")
            }
        }
    }
}
