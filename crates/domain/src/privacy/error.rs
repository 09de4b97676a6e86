//! Why the record of privacy refuses a command.

use thiserror::Error;

use crate::shared::moment::Moment;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PrivacyError {
    #[error("it is frozen: stored, and used for nothing until two people undo it")]
    Frozen,
    #[error("it is not frozen")]
    NotFrozen,
    #[error("a second person must let you look first (RequestUnmasking)")]
    PassNeeded,
    #[error("you asked for it already; a second person decides")]
    AskedBefore,
    #[error("number: {0} is no open request of this file")]
    NoSuchRequest(u32),
    #[error("hold: {0} is no hold of this file")]
    NoSuchHold(u32),
    #[error("the request lapsed; make it anew")]
    RequestLapsed,
    #[error("whoever asked does not grant it: another person must")]
    SamePerson,
    #[error("a law, a court or an audit holds it; lift the hold first")]
    OnHold,
    #[error("somebody works on it still; an open matter is not erased")]
    StillOpen,
    #[error("basis: it is kept until {until}; its time is not over")]
    StillKept { until: Moment },
    #[error("basis: no policy says how long it is kept; name another reason")]
    NoTerm,
}

impl PrivacyError {
    /// A constant for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Frozen => "FROZEN",
            Self::NotFrozen => "NOT_FROZEN",
            Self::PassNeeded => "PASS_NEEDED",
            Self::AskedBefore => "ASKED_BEFORE",
            Self::NoSuchRequest(_) => "NO_SUCH_REQUEST",
            Self::NoSuchHold(_) => "NO_SUCH_HOLD",
            Self::RequestLapsed => "REQUEST_LAPSED",
            Self::SamePerson => "SAME_PERSON",
            Self::OnHold => "ON_HOLD",
            Self::StillOpen => "STILL_OPEN",
            Self::StillKept { .. } => "STILL_KEPT",
            Self::NoTerm => "NO_TERM",
        }
    }

    /// The refusal for the person at the console.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Frozen => "已冻结:仅保存,经两人批准解冻后方可使用".into(),
            Self::NotFrozen => "未冻结".into(),
            Self::PassNeeded => "须先申请查看,经另一人批准(RequestUnmasking)".into(),
            Self::AskedBefore => "您已申请,待另一人批准".into(),
            Self::NoSuchRequest(number) => format!("没有第 {number} 号待批申请"),
            Self::NoSuchHold(hold) => format!("没有第 {hold} 号法定留存"),
            Self::RequestLapsed => "申请已过期,请重新申请".into(),
            Self::SamePerson => "申请人不得自行批准,应由另一人批准".into(),
            Self::OnHold => "依法留存中,不得删除;请先解除留存".into(),
            Self::StillOpen => "事项尚在办理,不得删除".into(),
            Self::NoTerm => "规则未定保存期限,请另选删除事由".into(),
            Self::StillKept { until } => format!("保存期限至 {until},尚未届满"),
        }
    }
}
