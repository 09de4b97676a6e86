//! Closing a month.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::command::CloseMonth;
use super::event::MonthClosed;
use super::{ReportError, ReportEvent, Reports};
use crate::shared::given::Given;
use crate::shared::moment::Moment;

/// A month that is over is closed once; whoever closes it again says why, and both stand.
pub fn close_month(
    reports: &Reports,
    given: &Given,
    verb: CloseMonth,
) -> Result<Vec<ReportEvent>, ReportError> {
    let (_, ends_at) =
        bounds(&verb.month).ok_or_else(|| ReportError::NoMonth(verb.month.clone()))?;
    if given.now < ends_at {
        return Err(ReportError::NotOver { ends_at });
    }
    let known = reports.closed.get(&verb.month).copied().unwrap_or(0);
    match (known, &verb.correction) {
        (0, Some(_)) => return Err(ReportError::NothingToCorrect),
        (1.., None) => return Err(ReportError::ClosedBefore),
        (0, None) | (1.., Some(_)) => {}
    }
    let CloseMonth { unit, month, figures, adjusted, correction } = verb;
    let number = known + 1;
    let at = given.now;
    Ok(vec![MonthClosed { unit, month, number, figures, adjusted, correction, at }.into()])
}

/// First moment of the month, and of the next, in the county's time; `None` for what is no month.
#[must_use]
pub fn bounds(month: &str) -> Option<(Moment, Moment)> {
    let written = month.len() == 7 && month.as_bytes().get(4) == Some(&b'-');
    let first: Date = format!("{month}-01").parse().ok().filter(|_| written)?;
    let next = first.checked_add(1.month()).ok()?;
    let start = |day: Date| Moment::at_local(day.to_datetime(Time::midnight()));
    Some((start(first), start(next)))
}
