//! The working-day calendar: State Council days off and make-up days as data, with explicit coverage.

use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A calendar document as published. Immutable: a new year is a new version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDocument {
    pub id: String,
    pub version: u32,
    pub title: String,
    pub years: BTreeMap<String, YearPlan>,
}

/// Month-day pairs such as `"10-01"`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearPlan {
    pub off: Vec<String>,
    /// 调休: weekend days that are worked.
    pub make_up: Vec<String>,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum CalendarError {
    #[error(
        "calendar {calendar} does not cover {year}; publish the State Council notice of that year"
    )]
    Uncovered { calendar: String, year: i16 },
    #[error("calendar {calendar}: {text} is not a day of {year} written as MM-DD")]
    BadDay { calendar: String, year: String, text: String },
}

/// A calendar ready to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    version: String,
    years: BTreeMap<i16, BTreeMap<Date, DayKind>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DayKind {
    Off,
    MakeUp,
}

impl Calendar {
    /// # Errors
    /// When a day is not written as `MM-DD` or does not exist in its year.
    pub fn try_new(document: &CalendarDocument) -> Result<Self, CalendarError> {
        let version = format!("{}@{}", document.id, document.version);
        let mut years = BTreeMap::new();
        for (name, plan) in &document.years {
            let bad = |text: &str| CalendarError::BadDay {
                calendar: version.clone(),
                year: name.clone(),
                text: text.into(),
            };
            let year: i16 = name.parse().map_err(|_| bad(name))?;
            let mut days = BTreeMap::new();
            let off = plan.off.iter().map(|text| (text, DayKind::Off));
            for (text, kind) in off.chain(plan.make_up.iter().map(|t| (t, DayKind::MakeUp))) {
                days.insert(day_of(year, text).ok_or_else(|| bad(text))?, kind);
            }
            years.insert(year, days);
        }
        Ok(Self { version, years })
    }

    /// `id@version`, as it is written into every deadline.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    #[must_use]
    pub fn covers(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// # Errors
    /// When the year is not covered. A silent guess would be a wrong legal deadline.
    pub fn is_workday(&self, date: Date) -> Result<bool, CalendarError> {
        let days = self.years.get(&date.year()).ok_or_else(|| CalendarError::Uncovered {
            calendar: self.version.clone(),
            year: date.year(),
        })?;
        Ok(match days.get(&date) {
            Some(DayKind::Off) => false,
            Some(DayKind::MakeUp) => true,
            None => !is_weekend(date),
        })
    }
}

/// 暂定: what a year without a notice is assumed to be, until it is published: weekends, and the
/// statutory days with a fixed date (全国年节及纪念日放假办法 art. 2: 1 January, 1–2 May, 1–3 October).
#[must_use]
pub fn is_provisional_workday(date: Date) -> bool {
    let fixed = matches!((date.month(), date.day()), (1, 1) | (5, 1 | 2) | (10, 1..=3));
    !fixed && !is_weekend(date)
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn day_of(year: i16, text: &str) -> Option<Date> {
    let (month, day) = text.split_once('-')?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}
