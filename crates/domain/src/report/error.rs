//! Why a period is not closed.

use thiserror::Error;

use crate::shared::moment::Moment;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReportError {
    #[error("month: '{0}' is no month written as 2026-11")]
    NoMonth(String),
    #[error("month: it is over at {ends_at}; an open month is not closed")]
    NotOver { ends_at: Moment },
    #[error("month: it is closed already; say why it is corrected (correction)")]
    ClosedBefore,
    #[error("correction: the month was never closed")]
    NothingToCorrect,
}

impl ReportError {
    /// A constant for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NoMonth(_) => "NO_MONTH",
            Self::NotOver { .. } => "MONTH_NOT_OVER",
            Self::ClosedBefore => "MONTH_CLOSED_BEFORE",
            Self::NothingToCorrect => "NOTHING_TO_CORRECT",
        }
    }

    /// The refusal for the person at the console.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::NoMonth(text) => format!("“{text}”不是月份,应如 2026-11"),
            Self::NotOver { ends_at } => format!("该月至 {ends_at} 才结束,不能提前结账"),
            Self::ClosedBefore => "该月已出月报;如需更正请说明理由(correction)".into(),
            Self::NothingToCorrect => "该月尚未出月报,无从更正".into(),
        }
    }
}
