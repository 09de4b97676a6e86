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

    /// Reads RFC 3339, as `2026-11-22T08:30:00+08:00`; `None` for anything else, dates that do not
    /// exist and times outside 1970–9997 included.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !is_rfc3339(text) {
            return None;
        }
        let moment = Self(text.parse::<Timestamp>().ok()?.as_microsecond());
        (Self(0)..Self::MAX).contains(&moment).then_some(moment)
    }
}

/// The shape of RFC 3339 §5.6: `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`. The parser behind it takes
/// more than that, and a time somebody typed wrongly must not pass for another one.
fn is_rfc3339(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((head, tail)) = bytes.split_at_checked(19) else { return false };
    let shape = |bytes: &[u8], pattern: &[u8]| {
        bytes.len() == pattern.len()
            && bytes.iter().zip(pattern).all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                other => byte.eq_ignore_ascii_case(other),
            })
    };
    let below = |bytes: &[u8], limit: u8| match bytes {
        [tens, ones] => (tens - b'0') * 10 + (ones - b'0') < limit,
        _other => false,
    };
    let fraction = match tail.strip_prefix(b".") {
        Some(rest) => rest.iter().take_while(|byte| byte.is_ascii_digit()).count() + 1,
        None => 0,
    };
    let offset = tail.get(fraction..).unwrap_or_default();
    let offset_fits = offset.eq_ignore_ascii_case(b"Z")
        || ((shape(offset, b"+00:00") || shape(offset, b"-00:00"))
            && below(offset.get(1..3).unwrap_or_default(), 24)
            && below(offset.get(4..6).unwrap_or_default(), 60));
    shape(head, b"0000-00-00T00:00:00")
        && below(head.get(17..19).unwrap_or_default(), 60)
        && fraction != 1
        && offset_fits
}

impl fmt::Display for Moment {
    /// Local time with its offset, as a person in the county reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.local().strftime("%Y-%m-%d %H:%M:%S %:z"))
    }
}
