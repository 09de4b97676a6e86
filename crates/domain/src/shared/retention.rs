//! 保存期限: how long the names, words and pictures of a file are kept after it has ended: the shortest time its
//! purpose allows (个人信息保护法 art. 19), promised when it ends.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::moment::Moment;
use super::period::{CalendarDays, Period, WorkDays};
use super::terms::Match;

/// A time to keep something: by the calendar, and never moved to a working day, as nobody has to act in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepFor {
    Years(u8),
    Days(CalendarDays),
}

/// 国家档案局令第8号 art. 6: what is kept for a time is kept for ten or thirty years; what is kept for ever is put
/// on hold (PlaceHold).
const LONGEST_YEARS: u8 = 30;
const LONGEST_DAYS: u32 = 366 * 30;

#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "'{0}' is not a time to keep something; write for example '180 日' or '5 年', at most 30 years"
)]
pub struct KeepForError(pub String);

impl FromStr for KeepFor {
    type Err = KeepForError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || KeepForError(text.into());
        let trimmed = text.trim();
        let digits = trimmed.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let (amount, unit) = trimmed.split_at(digits);
        let amount: u32 = amount.parse().map_err(|_| bad())?;
        let kept = match unit.trim() {
            "年" => u8::try_from(amount).ok().filter(|n| *n <= LONGEST_YEARS).map(Self::Years),
            "日" => Some(Self::Days(CalendarDays(amount))).filter(|_| amount <= LONGEST_DAYS),
            _ => None,
        };
        kept.filter(|_| amount > 0).ok_or_else(bad)
    }
}

impl fmt::Display for KeepFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Years(years) => write!(f, "{years} 年"),
            Self::Days(CalendarDays(days)) => write!(f, "{days} 日"),
        }
    }
}

impl Serialize for KeepFor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeepFor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl KeepFor {
    /// When it is over for something that ended at `ended`: when the last day is (民法典 arts. 201–203).
    #[must_use]
    pub fn ends(self, ended: Moment) -> Moment {
        let next = self.last_day(ended.local_date()).tomorrow().unwrap_or(Date::MAX);
        Moment::at_local(next.to_datetime(Time::midnight()))
    }

    /// Working days are taken for two days of the calendar each: with every holiday they are no more.
    #[must_use]
    pub fn is_shorter_than(self, period: Period) -> bool {
        let own = match self {
            Self::Years(years) => u32::from(years) * 365,
            Self::Days(CalendarDays(days)) => days,
        };
        let other = match period {
            Period::Exact { seconds } => seconds.div_ceil(86_400),
            Period::Calendar(CalendarDays(days)) => days,
            Period::Working(WorkDays(days)) => days.saturating_mul(2),
        };
        own < other
    }

    /// The day of the same date; where there is none, the last of its month (民法典 art. 202).
    fn last_day(self, ended: Date) -> Date {
        match self {
            Self::Years(years) => ended.saturating_add(i32::from(years).years()),
            Self::Days(CalendarDays(days)) => ended.saturating_add(i64::from(days).days()),
        }
    }
}

/// A line of a policy: matters of this kind are kept this long. The first that fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionClass {
    pub name: String,
    #[serde(default, rename = "match")]
    pub applies_to: Match,
    pub keep: KeepFor,
}

/// What was promised of one file when it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Name of the policy's class; of a call: `call`.
    pub class: String,
    /// What it holds may be erased from this moment on.
    pub until: Moment,
}

/// The class of calls.
pub const CALLS: &str = "call";

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(keep: &str, ended: &str) -> String {
        let keep: KeepFor = keep.parse().unwrap();
        assert_eq!(keep.to_string().parse(), Ok(keep));
        keep.ends(Moment::parse(ended).unwrap()).to_string()
    }

    #[test]
    fn it_is_over_when_its_last_day_is() {
        assert_eq!(kept("5 年", "2026-11-23T08:00:00+08:00"), "2031-11-24 00:00:00 +08:00");
        assert_eq!(kept("180日", "2026-11-23T23:59:59+08:00"), "2027-05-23 00:00:00 +08:00");
        // 29 February has no day of the same date in most years.
        assert_eq!(kept("1 年", "2028-02-29T12:00:00+08:00"), "2029-03-01 00:00:00 +08:00");
        // Evening in UTC is the next day in the county.
        assert_eq!(kept("1 日", "2026-11-22T20:00:00Z"), "2026-11-25 00:00:00 +08:00");
    }

    #[test]
    fn nothing_is_kept_for_no_time_or_for_ever() {
        for text in [
            "0 日",
            "0 年",
            "31 年",
            "300 年",
            "10981 日",
            "5",
            "年",
            "5 工作日",
            "-1 年",
            "5 y",
            "",
        ] {
            assert_eq!(text.parse::<KeepFor>(), Err(KeepForError(text.into())));
        }
    }
}
