//! One call: press, rings, answer or miss, disposition, thumb (LOOP C1–C6). A short stream of its own.

mod aggregate;
pub mod answer;
mod codec;
pub mod command;
pub mod disposition;
mod error;
pub mod event;
pub mod expiry;
pub mod follow_up;
pub mod lifecycle;
pub mod press;
pub mod thumb;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use aggregate::CallFact;
pub use codec::CallEvent;
pub use command::{CallCommand, CallVerb};
pub use error::CallError;
pub use lifecycle::Stage;

use crate::shared::clock::{ClockKind, Clocks, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::{CallId, DeviceId, HouseholdId, IssueId, PersonId, PostId, UnitId};
use crate::shared::ladder::{Holder, Rung};
use crate::shared::moment::Moment;
use crate::shared::period::{Derivation, Due};
use crate::shared::retention::{self, Retention};
use crate::shared::terms::{CallTerms, PolicyDocument, PolicyRef};
use crate::shared::verdict::Thumb;

/// A call as its events tell it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub id: CallId,
    pub stage: Stage,
    pub device: Option<DeviceId>,
    pub household: Option<HouseholdId>,
    pub unit: UnitId,
    pub pressed_at: Moment,
    pub presses: u32,
    pub policy: PolicyRef,
    /// Who is rung, in order. A county's own roster is a desk staffed around the clock (LOOP C3).
    pub ring_order: Vec<Holder>,
    pub ringing: usize,
    /// The posts that were rung, in order; the last one rings.
    pub rang: Vec<PostId>,
    pub answered_by: Option<Holder>,
    pub answered_at: Moment,
    /// The conversation came about by a return call.
    pub called_back: bool,
    /// Which level answers for the call now.
    pub rung: Rung,
    pub clocks: Clocks,
    pub thumb: Option<Thumb>,
    /// 110, 119 or 120 was called; the visit that follows is registered once.
    pub alerted: bool,
    pub follow_up: Option<event::FollowUpReason>,
    /// By when the caller had to be called back; a second silence wins no new time (LOOP C2).
    pub return_call: Option<(Moment, Derivation)>,
    /// Call-backs in vain.
    pub attempts: u8,
    /// Until when it is kept, and as long as what it led to.
    #[serde(default)]
    pub retention: Option<Retention>,
    /// The principal and the person who said what became of it.
    #[serde(default)]
    pub disposed_by: (String, Option<PersonId>),
    /// The files it led to: whoever may not see one of them does not see the call. Never an accusation (LOOP A1).
    pub about: BTreeSet<IssueId>,
}

impl Call {
    /// Timers precede commands (LOOP K3). A return call that reaches somebody late still reached them,
    /// and a press is never refused, so that clock alone waits for its timer.
    ///
    /// # Errors
    /// The rule that refuses the command.
    pub fn decide(&self, command: CallCommand) -> Result<Vec<CallEvent>, CallError> {
        if matches!(command.verb, CallVerb::Expire(_)) {
            return self.decide_verb(command);
        }
        let (call, mut events) = self.caught_up(&command.given)?;
        let decided = call.decide_verb(command)?;
        // A command that adds nothing adds nothing; the timer will say the rest.
        if decided.is_empty() {
            return Ok(decided);
        }
        events.extend(decided);
        Ok(events)
    }

    /// The state once every promise that is broken by now is broken, and the facts that say so.
    ///
    /// # Errors
    /// When the policy frozen into it is not there.
    pub fn caught_up(&self, given: &Given) -> Result<(Self, Vec<CallEvent>), CallError> {
        let mut call = self.clone();
        let mut events = Vec::new();
        let clocks = [ClockKind::Answer, ClockKind::Disposition, ClockKind::FollowUp];
        while let Some((clock, generation)) = call.clocks.due_first(given.now, &clocks) {
            let expire = command::Expire { clock, generation, visit: IssueId::default() };
            let broken = expiry::expire(&call, given, expire)?;
            broken.iter().for_each(|event| call.evolve(event));
            events.extend(broken);
        }
        Ok((call, events))
    }

    fn decide_verb(&self, command: CallCommand) -> Result<Vec<CallEvent>, CallError> {
        let given = &command.given;
        match command.verb {
            CallVerb::Press(verb) => press::press(self, given, verb),
            CallVerb::Ring(verb) => press::ring(self, given, &verb),
            CallVerb::HangUp => press::hang_up(self, given),
            CallVerb::Answer(verb) => answer::answer(self, given, verb),
            CallVerb::Miss => answer::miss(self, given),
            CallVerb::ReturnCall(verb) => answer::return_call(self, given, verb),
            CallVerb::RecordDisposition(verb) => disposition::record(self, given, verb),
            CallVerb::AlertEmergency(verb) => disposition::alert_emergency(self, given, verb),
            CallVerb::PressThumb(verb) => thumb::press(self, given, verb),
            CallVerb::PressUnboundThumb(verb) => thumb::press_unbound(self, given, *verb),
            CallVerb::FollowUp(verb) => follow_up::follow_up(self, given, verb),
            CallVerb::Recount => expiry::recount(self, given),
            CallVerb::Expire(verb) => expiry::expire(self, given, verb),
        }
    }

    pub fn evolve(&mut self, event: &CallEvent) {
        self.about.extend(event.issues());
        match event {
            CallEvent::Pressed(e) => {
                self.stage = Stage::Ringing;
                self.id = e.call;
                self.device = e.device;
                self.household = e.household;
                self.unit = e.unit;
                self.pressed_at = e.pressed_at;
                self.presses = 1;
                self.policy = e.policy.clone();
                self.ring_order.clone_from(&e.ring_order);
                self.rung = e.rung;
            }
            CallEvent::PressedAgain(_) => self.presses += 1,
            CallEvent::Rang(e) => {
                self.ringing = e.place;
                self.rang.push(e.holder.post);
            }
            CallEvent::Missed(_) => self.stage = Stage::ReturnCallOwed,
            CallEvent::Answered(e) => {
                self.stage = Stage::Answered;
                self.answered_by = Some(e.by.clone());
                self.answered_at = e.answered_at;
                self.called_back = e.by_return_call;
            }
            CallEvent::ReturnCallTried(_) => {}
            CallEvent::DispositionRecorded(e) => {
                self.retention.clone_from(&e.retention);
                self.disposed_by = (e.actor_id.clone(), e.person);
                self.stage = match (e.kind, self.follow_up) {
                    (event::DispositionKind::Silent, _) => Stage::ReturnCallOwed,
                    (_, Some(_)) => Stage::FollowUpOwed,
                    (_, None) => Stage::Disposed,
                };
            }
            CallEvent::EmergencyAlerted(_) => self.alerted = true,
            CallEvent::ThumbUnbound(e) => self.thumb_unbound(e),
            CallEvent::FollowUpOrdered(e) => {
                self.follow_up = Some(e.why);
                if self.stage == Stage::Disposed {
                    self.stage = Stage::FollowUpOwed;
                }
            }
            CallEvent::FollowedUp(e) if e.verdict.is_none() => self.attempts += 1,
            CallEvent::FollowedUp(_) | CallEvent::FollowUpEnded(_) => {
                self.stage = Stage::Disposed;
                self.follow_up = None;
            }
            CallEvent::VisitOrdered(e) => {
                self.retention.clone_from(&e.retention);
                // A call-back that a thumb ordered is owed all the same (LOOP C6).
                let owed = self.follow_up.is_some();
                self.stage = if owed { Stage::FollowUpOwed } else { Stage::VisitOrdered };
            }
            CallEvent::ThumbPressed(e) => self.thumb = Some(e.thumb),
            CallEvent::Escalated(e) => self.rung = e.to,
            CallEvent::ClockStarted(e) => {
                self.clocks.started(e);
                if e.clock == ClockKind::ReturnCall && self.return_call.is_none() {
                    self.return_call = Some((e.due_at, e.derivation.clone()));
                }
            }
            CallEvent::ClockStopped(e) => self.clocks.ended(e.clock, e.generation),
            CallEvent::ClockExpired(e) => self.clocks.ended(e.clock, e.generation),
            CallEvent::ClockRecounted(e) => self.clocks.recounted(e),
        }
    }

    fn thumb_unbound(&mut self, e: &event::ThumbUnbound) {
        if self.stage == Stage::Unpressed {
            self.stage = Stage::Disposed;
            self.id = e.call;
            self.device = Some(e.device);
            self.household = e.household;
            self.unit = e.unit;
            self.pressed_at = e.at;
            self.policy = e.policy.clone();
            self.rung = e.rung;
        }
        self.thumb = Some(e.thumb);
    }
}

/// A decision being made: the events so far and the state they lead to.
pub(crate) struct Turn<'a> {
    pub call: Call,
    pub given: &'a Given,
    pub document: &'a PolicyDocument,
    pub terms: &'a CallTerms,
    events: Vec<CallEvent>,
}

impl<'a> Turn<'a> {
    /// Opens a decision under the policy named by `policy`.
    fn try_new(call: &Call, given: &'a Given, policy: &PolicyRef) -> Result<Self, CallError> {
        let document = given.policies.document(policy).ok_or(CallError::PolicyMissing)?;
        let terms = document.call.as_ref().ok_or(CallError::PolicyMissing)?;
        Ok(Self { call: call.clone(), given, document, terms, events: Vec::new() })
    }

    pub fn emit(&mut self, event: impl Into<CallEvent>) {
        let event = event.into();
        self.call.evolve(&event);
        self.events.push(event);
    }

    /// Starts `clock` now, for the period its terms name.
    pub fn start(&mut self, clock: ClockKind) {
        let terms = self.terms;
        // No other clock is a call's own.
        let own = [
            (ClockKind::Answer, terms.ring),
            (ClockKind::ReturnCall, terms.return_call),
            (ClockKind::Disposition, terms.disposition),
            (ClockKind::FollowUp, terms.follow_up.unwrap_or(terms.repeat)),
        ];
        let named = own.into_iter().find(|(kind, _)| *kind == clock);
        let period = named.map_or(terms.repeat, |(_, period)| period);
        self.start_for(clock, period);
    }

    pub fn start_for(&mut self, clock: ClockKind, period: crate::shared::period::Period) {
        let counting = self.given.counting(self.document);
        let fact = self.call.clocks.start_whole(clock, &counting, self.given.now, period);
        self.emit(fact);
    }

    /// How long the call is kept when it ends now.
    pub fn kept(&self) -> Option<Retention> {
        let until = self.terms.keep?.ends(self.given.now);
        Some(Retention { class: retention::CALLS.into(), until })
    }

    /// The return call is owed by the time it was first owed.
    pub fn owe_return_call(&mut self) {
        let Some((at, derivation)) = self.call.return_call.clone() else {
            return self.start(ClockKind::ReturnCall);
        };
        let fact = self.call.clocks.start(ClockKind::ReturnCall, Due { at, derivation }, 0);
        self.emit(fact);
    }

    pub fn stop(&mut self, clock: ClockKind, reason: StopReason) {
        if let Some(fact) = self.call.clocks.stop(clock, reason) {
            self.emit(fact);
        }
    }

    pub fn done(self) -> Vec<CallEvent> {
        self.events
    }
}
