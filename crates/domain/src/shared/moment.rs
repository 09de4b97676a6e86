//! A point in time, stored as microseconds since 1970 UTC, read by people in Asia/Shanghai.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned, civil};
use serde::{Deserialize, Serialize};

/// Microseconds since 1970-01-01T00:00:00Z. All clocks of the loop run on these.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Moment(pub i64);

/// The zone of every calendar rule. China has had one zone without summer time since 1992, so a
/// fixed offset is exact for every date the product accepts.
#[must_use]
pub fn shanghai() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}

impl Moment {
    /// The largest moment this product writes or accepts: the start of the year 9998, local time.
    pub const MAX: Self = Self(253_339_200_000_000_000);

    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole and fractional days since `earlier`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a duration for people; 2^53 µs is 285 years")]
    pub fn days_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 / 86_400_000_000.0
    }

    /// Local wall-clock time in Asia/Shanghai; moments outside the calendar clamp to its edge.
    #[must_use]
    pub fn local(self) -> Zoned {
        Timestamp::from_microsecond(self.0.clamp(0, Self::MAX.0))
            .unwrap_or(Timestamp::UNIX_EPOCH)
            .to_zoned(shanghai())
    }

    #[must_use]
    pub fn local_date(self) -> civil::Date {
        self.local().date()
    }

    /// The moment a local date and time names; clamps at the calendar's edge.
    #[must_use]
    pub fn at_local(when: civil::DateTime) -> Self {
        shanghai()
            .to_zoned(when)
            .map_or(Self::MAX, |zoned| Self(zoned.timestamp().as_microsecond()))
    }

    /// Reads RFC 3339, as `2026-11-22T08:30:00+08:00`.
    ///
    /// # Errors
    /// When the text is no RFC 3339 time with an offset.
    pub fn parse(text: &str) -> Result<Self, jiff::Error> {
        text.parse::<Timestamp>().map(|t| Self(t.as_microsecond()))
    }
}

impl fmt::Display for Moment {
    /// Local time with its offset, as a person in the county reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local().strftime("%Y-%m-%d %H:%M:%S %:z"))
    }
}
