//! The thumb keys on an answered call (LOOP C6).

use super::command::PressThumb;
use super::event::ThumbPressed;
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Turn};
use crate::shared::given::Given;
use crate::shared::verdict::MAPPING_VERSION;

/// The last press in the window counts; every one is kept.
pub fn press(call: &Call, given: &Given, verb: PressThumb) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::PressThumb)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    let window = given.counting(turn.document).due(call.answered_at, turn.terms.thumb_window, 100);
    if window.at <= given.now {
        return Err(CallError::ThumbWindowPassed);
    }
    turn.emit(ThumbPressed {
        thumb: verb.thumb,
        in_presence: verb.in_presence,
        mapping_version: MAPPING_VERSION,
    });
    Ok(turn.done())
}
