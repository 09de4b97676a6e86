//! Peacetime and wartime (平战结合): a mode of an area that ends by itself.

use super::command::SwitchMode;
use super::event::ModeSwitched;
use super::{Policies, PolicyError, PolicyEvent};
use crate::shared::given::Given;
use crate::shared::ladder::Rung;

/// Wartime lasts at most this long, in days; a longer one is declared anew.
const WARTIME_DAYS_MAX: i64 = 92;

/// Matters registered from now on come under the terms of the mode; running work changes policy only by
/// `policy_replaced` (DESIGN §3).
pub fn switch(
    policies: &Policies,
    given: &Given,
    verb: SwitchMode,
) -> Result<Vec<PolicyEvent>, PolicyError> {
    // Other terms for a whole area are the county's to declare: a village would win time by it (LOOP K2).
    if given.actor_rung.is_some_and(|rung| rung < Rung::County) {
        return Err(PolicyError::CountyDeclares);
    }
    let SwitchMode { unit, until, reason } = verb;
    let at_war = policies.wartime.iter().any(|war| war.unit == unit && given.now < war.until);
    match until {
        None if !at_war => return Ok(Vec::new()),
        Some(until) if until <= given.now => return Err(PolicyError::WartimeEndsBeforeItStarts),
        Some(until) if until > given.now.plus_seconds(WARTIME_DAYS_MAX * 86_400) => {
            return Err(PolicyError::WartimeTooLong { days: WARTIME_DAYS_MAX });
        }
        None | Some(_) => {}
    }
    Ok(vec![ModeSwitched { unit, until, reason, at: given.now }.into()])
}
