//! Stored names and versions of the facts of closed periods. Names are for ever.

use super::event::MonthClosed;
use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

stored_events! {
    /// A fact of closed periods.
    ReportEvent, sealed = sealed, {
        "report.month_closed" = 1 => MonthClosed,
    }
}

fn sealed(event: &ReportEvent) -> Vec<&Sealed> {
    match event {
        ReportEvent::MonthClosed(_) => Vec::new(),
    }
}
