//! What one person may not do alone: asked for by one, granted by another, over by itself (DESIGN §4).

use super::command::{Approve, AskFor, FileState, Reject};
use super::event::{
    Ask, GlassBroken, HoldLifted, KeysDestroyed, KeysUnfrozen, Pass, PassGranted, RequestMade,
    RequestRejected,
};
use super::{Asker, Privacy, PrivacyError, PrivacyEvent, Request, erasure};
use crate::shared::given::Given;

/// Break-glass ends after at most four hours (reliability §9; ASVS 8.1.4); a pass lasts no longer.
const PASS_SECONDS: i64 = 4 * 3_600;
/// A request that nobody granted within a working week was not urgent, and is made anew.
const REQUEST_SECONDS: i64 = 7 * 86_400;

pub fn ask(
    privacy: &Privacy,
    given: &Given,
    verb: AskFor,
) -> Result<Vec<PrivacyEvent>, PrivacyError> {
    require_sensible(privacy, given, verb.ask, verb.state)?;
    let by = Asker::of(given);
    let waits = |open: &Request| given.now < open.until && open.ask == verb.ask && open.by == by;
    if privacy.requests.values().any(waits) {
        return Err(PrivacyError::AskedBefore);
    }
    let AskFor { file, ask, reason, .. } = verb;
    let number = privacy.numbered + 1;
    let until = given.now.plus_seconds(REQUEST_SECONDS);
    Ok(vec![RequestMade { file, number, ask, by, reason, until, at: given.now }.into()])
}

pub fn approve(
    privacy: &Privacy,
    given: &Given,
    verb: Approve,
) -> Result<Vec<PrivacyEvent>, PrivacyError> {
    let request = second_person(privacy, given, verb.number)?;
    require_sensible(privacy, given, request.ask, verb.state)?;
    let Approve { file, number, key_ids, calls, .. } = verb;
    let (by, approver, at) = (request.by.clone(), Asker::of(given), given.now);
    let pass = |breaks_glass| {
        let pass = Pass { to: by.clone(), breaks_glass, until: at.plus_seconds(PASS_SECONDS) };
        PassGranted { file, number, pass, approver: approver.clone(), at }
    };
    Ok(vec![match request.ask {
        Ask::Unmask => pass(false).into(),
        Ask::BreakGlass => GlassBroken(pass(true)).into(),
        Ask::Erase { extent, basis } => {
            KeysDestroyed { file, number, extent, basis, key_ids, calls, by, approver, at }.into()
        }
        Ask::Unfreeze => KeysUnfrozen { file, number, key_ids, by, approver, at }.into(),
        Ask::LiftHold { hold } => HoldLifted { file, number, hold, by, approver, at }.into(),
    }])
}

pub fn reject(
    privacy: &Privacy,
    given: &Given,
    verb: Reject,
) -> Result<Vec<PrivacyEvent>, PrivacyError> {
    let open = privacy.requests.contains_key(&verb.number);
    let number = verb.number;
    if !open {
        return Err(PrivacyError::NoSuchRequest(number));
    }
    // Whoever asked may think better of it.
    Ok(vec![
        RequestRejected { file: verb.file, number, by: Asker::of(given), at: given.now }.into(),
    ])
}

/// The open request, when whoever acts is another person than whoever made it.
fn second_person<'a>(
    privacy: &'a Privacy,
    given: &Given,
    number: u32,
) -> Result<&'a Request, PrivacyError> {
    let request = privacy.requests.get(&number).ok_or(PrivacyError::NoSuchRequest(number))?;
    if request.until <= given.now {
        return Err(PrivacyError::RequestLapsed);
    }
    if request.by.is(given) { Err(PrivacyError::SamePerson) } else { Ok(request) }
}

/// It can be done at all, as things stand.
fn require_sensible(
    privacy: &Privacy,
    given: &Given,
    ask: Ask,
    state: FileState,
) -> Result<(), PrivacyError> {
    match ask {
        Ask::Erase { basis, .. } => erasure::require_erasable(privacy, given, basis, state),
        Ask::Unmask | Ask::BreakGlass if privacy.frozen => Err(PrivacyError::Frozen),
        Ask::Unmask | Ask::BreakGlass => Ok(()),
        Ask::Unfreeze if !privacy.frozen => Err(PrivacyError::NotFrozen),
        Ask::Unfreeze => Ok(()),
        Ask::LiftHold { hold } if !privacy.holds.contains(&hold) => {
            Err(PrivacyError::NoSuchHold(hold))
        }
        Ask::LiftHold { .. } => Ok(()),
    }
}
