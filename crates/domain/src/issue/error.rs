//! Why an issue refuses a command. One variant per refusal, carrying the facts.

use thiserror::Error;

use super::lifecycle::{Stage, Verb};
use crate::shared::moment::Moment;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IssueError {
    #[error("no such issue")]
    Unknown,
    #[error("an issue that is {} does not take {verb:?}", .stage.name())]
    IllegalInStage { stage: Stage, verb: Verb },
    #[error("the policy frozen into this issue is not published, or has no terms for it")]
    PolicyMissing,
    #[error("no post on the ladder of this unit can hold the issue")]
    NoCandidate,
    #[error("the post named is recused from this issue")]
    HolderRecused,
    #[error("the post's unit is neither the issue's nor above it")]
    HolderOffLadder,
    #[error("only the post the issue was dispatched to may do this")]
    NotTheHolder,
    #[error("a visit is owed: record an arrival that met the resident first")]
    VisitOwed,
    #[error("this issue has {known} reporter(s), no number {asked}")]
    UnknownReporter { asked: usize, known: usize },
    #[error("this reporter was notified already")]
    AlreadyNotified,
    #[error("a handler may not rate the issue it handled")]
    HandlerRates,
    #[error("a handler, or somebody of a handling unit, may not follow up")]
    HandlerFollowsUp,
    #[error("a follow-up is made by staff or a call-back agent")]
    NotAnAgent,
    #[error("no follow-up is owed on this issue")]
    NoFollowUpOwed,
    #[error("the window for reopening passed at {ended_at}")]
    ReopenWindowPassed { ended_at: Moment },
    #[error("the issue already stands on that rung or above it")]
    NotUpwards,
}

impl IssueError {
    /// A constant for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Unknown => "ISSUE_UNKNOWN",
            Self::IllegalInStage { .. } => "ISSUE_STAGE_REFUSES",
            Self::PolicyMissing => "POLICY_MISSING",
            Self::NoCandidate => "NO_CANDIDATE",
            Self::HolderRecused => "HOLDER_RECUSED",
            Self::HolderOffLadder => "HOLDER_OFF_LADDER",
            Self::NotTheHolder => "NOT_THE_HOLDER",
            Self::VisitOwed => "VISIT_OWED",
            Self::UnknownReporter { .. } => "UNKNOWN_REPORTER",
            Self::AlreadyNotified => "ALREADY_NOTIFIED",
            Self::HandlerRates => "HANDLER_MAY_NOT_RATE",
            Self::HandlerFollowsUp => "HANDLER_MAY_NOT_FOLLOW_UP",
            Self::NotAnAgent => "NOT_AN_AGENT",
            Self::NoFollowUpOwed => "NO_FOLLOW_UP_OWED",
            Self::ReopenWindowPassed { .. } => "REOPEN_WINDOW_PASSED",
            Self::NotUpwards => "NOT_UPWARDS",
        }
    }

    /// The refusal for the person at the console.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Unknown => "没有这件事项".into(),
            Self::IllegalInStage { stage, verb } => {
                format!("事项处于“{}”,不能“{}”", stage.zh(), verb.zh())
            }
            Self::PolicyMissing => "该事项所适用的规则未发布,或没有适用的条款".into(),
            Self::NoCandidate => "该单位及上级都没有可以承办的岗位,请先设置值班表".into(),
            Self::HolderRecused => "所指定的岗位应当回避".into(),
            Self::HolderOffLadder => "该岗位所在单位不是事项所在单位,也不是其上级".into(),
            Self::NotTheHolder => "只有承办岗位可以这样做".into(),
            Self::VisitOwed => "该事项必须上门:请先登记已到场并见到群众".into(),
            Self::UnknownReporter { asked, known } => {
                format!("该事项有 {known} 位反映人,没有第 {asked} 位(从 0 起)")
            }
            Self::AlreadyNotified => "已告知过该反映人".into(),
            Self::HandlerRates => "承办人不能评价自己办理的事项".into(),
            Self::HandlerFollowsUp => "承办人及承办单位不能回访".into(),
            Self::NotAnAgent => "回访应由工作人员或回访员进行".into(),
            Self::NoFollowUpOwed => "该事项目前不需要回访".into(),
            Self::ReopenWindowPassed { ended_at } => {
                format!("重办期限已于 {ended_at} 届满,请作为新事项登记")
            }
            Self::NotUpwards => "事项已在该级或更高一级".into(),
        }
    }
}
