//! Why a document is not published.

use thiserror::Error;

use super::validation::Problem;
use crate::shared::calendar::CalendarError;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PolicyError {
    #[error("the document does not parse: {0}")]
    Unreadable(String),
    #[error("the policy leaves something open: {}", .0.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("; "))]
    Incomplete(Vec<Problem>),
    #[error("{id} version {version} is published with other contents; raise the version")]
    VersionTaken { id: String, version: u32 },
    #[error("back-test policies are refused for live use")]
    BacktestOnly,
    #[error("the calendar is wrong: {0}")]
    Calendar(String),
    #[error("wartime and peace are declared by the county")]
    CountyDeclares,
    #[error("until: wartime must end after now")]
    WartimeEndsBeforeItStarts,
    #[error("until: wartime lasts at most {days} days; declare it anew then")]
    WartimeTooLong { days: i64 },
}

impl From<CalendarError> for PolicyError {
    fn from(error: CalendarError) -> Self {
        Self::Calendar(error.to_string())
    }
}

impl PolicyError {
    /// A constant for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::CountyDeclares => "RUNG_TOO_LOW",
            Self::WartimeEndsBeforeItStarts => "WARTIME_ENDS_BEFORE_IT_STARTS",
            Self::WartimeTooLong { .. } => "WARTIME_TOO_LONG",
            Self::Unreadable(_) => "DOCUMENT_UNREADABLE",
            Self::Incomplete(_) => "POLICY_INCOMPLETE",
            Self::VersionTaken { .. } => "VERSION_TAKEN",
            Self::BacktestOnly => "BACKTEST_ONLY",
            Self::Calendar(_) => "CALENDAR_WRONG",
        }
    }

    /// The refusal for the person at the console.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::CountyDeclares => "平战转换应由县级宣布".into(),
            Self::WartimeEndsBeforeItStarts => "战时状态应在现在之后结束".into(),
            Self::WartimeTooLong { days } => format!("战时状态最长 {days} 日,期满可再次宣布"),
            Self::Unreadable(cause) => format!("文件无法解析:{cause}"),
            Self::Incomplete(problems) => {
                let list: Vec<_> = problems.iter().map(|problem| problem.zh.as_str()).collect();
                format!("规则不完整:{}", list.join(";"))
            }
            Self::VersionTaken { id, version } => {
                format!("{id} 第 {version} 版已发布且内容不同,请提高版本号")
            }
            Self::BacktestOnly => "回测规则不能用于实际运行".into(),
            Self::Calendar(cause) => format!("日历有误:{cause}"),
        }
    }
}
