//! Stored names and versions of the facts of privacy. Names are for ever.

use super::event::{
    GlassBroken, HoldLifted, HoldPlaced, IdentitySearched, IdentityViewed, KeysDestroyed,
    KeysFrozen, KeysUnfrozen, PassGranted, RequestMade, RequestRejected,
};
use crate::shared::sealed::Sealed;
use crate::shared::stored::stored_events;

stored_events! {
    /// A fact of privacy.
    PrivacyEvent, sealed = sealed, {
        "privacy.identity_viewed" = 1 => IdentityViewed,
        "privacy.identity_searched" = 1 => IdentitySearched,
        "privacy.request_made" = 1 => RequestMade,
        "privacy.request_rejected" = 1 => RequestRejected,
        "privacy.pass_granted" = 1 => PassGranted,
        "privacy.glass_broken" = 1 => GlassBroken,
        "privacy.keys_destroyed" = 1 => KeysDestroyed,
        "privacy.keys_frozen" = 1 => KeysFrozen,
        "privacy.keys_unfrozen" = 1 => KeysUnfrozen,
        "privacy.hold_placed" = 1 => HoldPlaced,
        "privacy.hold_lifted" = 1 => HoldLifted,
    }
}

fn sealed(event: &PrivacyEvent) -> Vec<&Sealed> {
    match event {
        PrivacyEvent::RequestMade(e) => vec![&e.reason],
        PrivacyEvent::KeysFrozen(e) => vec![&e.reason],
        PrivacyEvent::HoldPlaced(e) => vec![&e.reason],
        PrivacyEvent::IdentityViewed(_)
        | PrivacyEvent::IdentitySearched(_)
        | PrivacyEvent::RequestRejected(_)
        | PrivacyEvent::PassGranted(_)
        | PrivacyEvent::GlassBroken(_)
        | PrivacyEvent::KeysDestroyed(_)
        | PrivacyEvent::KeysUnfrozen(_)
        | PrivacyEvent::HoldLifted(_) => Vec::new(),
    }
}
