//! Periods by 民法典 arts. 200–204: how long, in which unit, and when a period that starts now ends.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::calendar::{Calendar, CalendarError, is_provisional_workday};
use super::moment::Moment;

/// 日: calendar days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarDays(pub u32);

/// 工作日: working days by the State Council's calendar. Never interchangeable with 日.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkDays(pub u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Hours, minutes and seconds run from moment to moment (民法典 art. 201 ¶2).
    Exact {
        seconds: u32,
    },
    Calendar(CalendarDays),
    Working(WorkDays),
}

/// The longest period a policy may name: ten years. Above it a typing error is the likelier cause.
const LONGEST_DAYS: u32 = 3_660;

#[derive(Debug, Error, PartialEq, Eq)]
#[error("'{0}' is not a period; write for example '30 分钟', '2 小时', '15 日' or '5 工作日'")]
pub struct PeriodError(pub String);

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || PeriodError(text.into());
        let text_trimmed = text.trim();
        let digits = text_trimmed.find(|c: char| !c.is_ascii_digit()).ok_or_else(bad)?;
        let amount: u32 = text_trimmed[..digits].parse().map_err(|_| bad())?;
        let unit = text_trimmed[digits..].trim();
        let per_unit = match unit {
            "秒" => 1,
            "分钟" => 60,
            "小时" => 3_600,
            "日" | "工作日" => 86_400,
            _ => return Err(bad()),
        };
        let seconds = amount.checked_mul(per_unit).ok_or_else(bad)?;
        if seconds == 0 || seconds / 86_400 > LONGEST_DAYS {
            return Err(bad());
        }
        Ok(match unit {
            "日" => Self::Calendar(CalendarDays(amount)),
            "工作日" => Self::Working(WorkDays(amount)),
            _ => Self::Exact { seconds },
        })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exact { seconds } if seconds % 3_600 == 0 => {
                write!(f, "{} 小时", seconds / 3_600)
            }
            Self::Exact { seconds } if seconds % 60 == 0 => write!(f, "{} 分钟", seconds / 60),
            Self::Exact { seconds } => write!(f, "{seconds} 秒"),
            Self::Calendar(CalendarDays(days)) => write!(f, "{days} 日"),
            Self::Working(WorkDays(days)) => write!(f, "{days} 工作日"),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// How a deadline came about; enough to print it, and to check it by hand, years later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    pub started_at: Moment,
    pub period: Period,
    /// A percentage of the period's count, fractions up (LOOP K3).
    pub percent: u16,
    /// The last day of the period, when it is counted in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
    /// The day the count alone would have named, when it was not a working day (民法典 art. 203).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rolled_from: Option<Date>,
    pub calendar: String,
    /// 暂定: the calendar did not cover a year; to be recomputed when it does.
    pub provisional: bool,
    /// How long the clock rested; the deadline moved by as much, µs.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub held_us: i64,
}

fn is_zero(held_us: &i64) -> bool {
    *held_us == 0
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The period is half-open: done strictly before this moment is in time.
    pub at: Moment,
    pub derivation: Derivation,
}

impl Due {
    /// The same deadline after the clock rested for `held_us`, µs.
    #[must_use]
    pub fn held_for(mut self, held_us: i64) -> Self {
        self.at = Moment(self.at.0.saturating_add(held_us));
        self.derivation.held_us += held_us;
        self
    }
}

/// The calendar and the closing time that a policy names for its periods.
#[derive(Clone, Copy, Debug)]
pub struct Counting<'a> {
    pub calendar: &'a Calendar,
    /// Where business has hours, the last day ends when they do (民法典 art. 203 ¶2); else at 24:00.
    pub closing_time: Option<Time>,
}

impl Counting<'_> {
    /// When `percent` of `period`, started at `start`, is over. Years the calendar does not cover
    /// are counted provisionally: intake never fails for want of a calendar (DESIGN §3).
    #[must_use]
    pub fn due(&self, start: Moment, period: Period, percent: u16) -> Due {
        self.due_by(start, period, percent, &|date| self.calendar.is_workday(date))
            .unwrap_or_else(|_| self.provisional(start, period, percent))
    }

    /// As [`Counting::due`], for those who must not guess.
    ///
    /// # Errors
    /// When the calendar does not cover a year the period touches.
    pub fn due_exactly(
        &self,
        start: Moment,
        period: Period,
        percent: u16,
    ) -> Result<Due, CalendarError> {
        self.due_by(start, period, percent, &|date| self.calendar.is_workday(date))
    }

    /// A deadline somebody named, instead of a period that was counted.
    #[must_use]
    pub fn until(&self, start: Moment, at: Moment) -> Due {
        let seconds = u32::try_from((at.0 - start.0) / 1_000_000).unwrap_or(u32::MAX);
        Due { at, derivation: self.derivation(start, Period::Exact { seconds }, 100) }
    }

    fn provisional(&self, start: Moment, period: Period, percent: u16) -> Due {
        let guess = |date: Date| {
            Ok(self.calendar.is_workday(date).unwrap_or_else(|_| is_provisional_workday(date)))
        };
        let mut due = self.due_by(start, period, percent, &guess).unwrap_or_else(|_| Due {
            at: Moment::MAX,
            derivation: self.derivation(start, period, percent),
        });
        due.derivation.provisional = true;
        due
    }

    fn due_by(
        &self,
        start: Moment,
        period: Period,
        percent: u16,
        is_workday: &dyn Fn(Date) -> Result<bool, CalendarError>,
    ) -> Result<Due, CalendarError> {
        let mut derivation = self.derivation(start, period, percent);
        // The day of filing is not counted (民法典 art. 201 ¶1).
        let filed_on = start.local_date();
        let last_day = match period {
            Period::Exact { seconds } => {
                let at = start.plus_seconds(share(u64::from(seconds), percent));
                return Ok(Due { at, derivation });
            }
            Period::Calendar(CalendarDays(days)) => {
                let counted = add_days(filed_on, share(u64::from(days), percent));
                let rolled = next_workday(counted, is_workday)?;
                derivation.rolled_from = (rolled != counted).then_some(counted);
                rolled
            }
            Period::Working(WorkDays(days)) => {
                nth_workday(filed_on, share(u64::from(days), percent), is_workday)?
            }
        };
        derivation.last_day = Some(last_day);
        Ok(Due { at: self.end_of(last_day), derivation })
    }

    fn end_of(&self, day: Date) -> Moment {
        match self.closing_time {
            Some(closing) => Moment::at_local(day.to_datetime(closing)),
            None => Moment::at_local(add_days(day, 1).to_datetime(Time::midnight())),
        }
    }

    fn derivation(&self, started_at: Moment, period: Period, percent: u16) -> Derivation {
        Derivation {
            started_at,
            period,
            percent,
            last_day: None,
            rolled_from: None,
            calendar: self.calendar.version().into(),
            provisional: false,
            held_us: 0,
        }
    }
}

impl Derivation {
    /// The derivation as a sentence for the people who must keep the deadline.
    #[must_use]
    pub fn zh(&self) -> String {
        let mut text = format!("自 {} 起 {}", self.started_at, self.period);
        if self.percent != 100 {
            text.push_str(&format!("的 {}%", self.percent));
        }
        if let Some(day) = self.rolled_from {
            text.push_str(&format!(",届满日 {day} 非工作日,顺延"));
        }
        if let Some(day) = self.last_day {
            text.push_str(&format!(",至 {day} 截止(日历 {})", self.calendar));
        }
        if self.held_us != 0 {
            text.push_str(&format!(",因暂停顺延 {} 分钟", self.held_us / 60_000_000));
        }
        if self.provisional {
            text.push_str(",暂定:该年放假安排未公布");
        }
        text
    }
}

/// `percent` of `count`, fractions up (LOOP K3).
fn share(count: u64, percent: u16) -> i64 {
    i64::try_from((count * u64::from(percent)).div_ceil(100)).unwrap_or(i64::MAX)
}

fn add_days(date: Date, days: i64) -> Date {
    date.saturating_add(days.clamp(0, 4_000_000).days())
}

fn next_workday(
    mut date: Date,
    is_workday: &dyn Fn(Date) -> Result<bool, CalendarError>,
) -> Result<Date, CalendarError> {
    while !is_workday(date)? {
        date = add_days(date, 1);
    }
    Ok(date)
}

fn nth_workday(
    mut date: Date,
    count: i64,
    is_workday: &dyn Fn(Date) -> Result<bool, CalendarError>,
) -> Result<Date, CalendarError> {
    for _ in 0..count {
        date = next_workday(add_days(date, 1), is_workday)?;
    }
    Ok(date)
}
