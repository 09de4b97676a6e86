//! Stored names and versions of the facts of publishing. Names are for ever.

use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

use super::event::{CalendarPublished, ModeSwitched, PolicyPublished};

stored_events! {
    /// A fact of publishing.
    PolicyEvent, sealed = sealed, {
        "policy.published" = 1 => PolicyPublished,
        "policy.calendar_published" = 1 => CalendarPublished,
        "policy.mode_switched" = 1 => ModeSwitched,
    }
}

fn sealed(event: &PolicyEvent) -> Vec<&Sealed> {
    match event {
        PolicyEvent::PolicyPublished(_)
        | PolicyEvent::CalendarPublished(_)
        | PolicyEvent::ModeSwitched(_) => Vec::new(),
    }
}
