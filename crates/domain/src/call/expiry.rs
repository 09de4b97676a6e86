//! What a broken promise does to a call: the next post rings, a visit is ordered, the call climbs.

use super::command::Expire;
use super::event::{Escalated, Registration, VisitOrdered};
use super::lifecycle::Verb;
use super::{Call, CallError, CallEvent, Turn, press};
use crate::shared::clock::ClockKind;
use crate::shared::given::Given;
use crate::shared::ids::IssueId;
use crate::shared::matter::{Matter, Reporter, Source, Urgency};

/// A repeated, obsolete or early timer adds nothing (DESIGN invariant 4).
pub fn expire(call: &Call, given: &Given, verb: Expire) -> Result<Vec<CallEvent>, CallError> {
    let Some(expired) = call.clocks.expiry(verb.clock, verb.generation, given.now) else {
        return Ok(Vec::new());
    };
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    turn.emit(expired);
    if verb.clock == ClockKind::Answer {
        press::ring_next(&mut turn);
    } else if verb.clock == ClockKind::ReturnCall {
        order_visit(&mut turn, verb.visit, "未接来电");
    } else {
        // A disposition or a follow-up is missing; no other clock is a call's own.
        climb(&mut turn, &verb);
    }
    Ok(turn.done())
}

/// Provisional deadlines (暂定) whose year is covered by now are counted again (DESIGN §3).
pub fn recount(call: &Call, given: &Given) -> Result<Vec<CallEvent>, CallError> {
    call.require(Verb::Recount)?;
    let mut turn = Turn::try_new(call, given, &call.policy)?;
    for fact in turn.call.clocks.recount(&given.counting(turn.document)) {
        turn.emit(fact);
    }
    Ok(turn.done())
}

/// A call nobody answered, or where nobody spoke, becomes an issue that must be visited (LOOP C2, C3).
pub(super) fn order_visit(turn: &mut Turn<'_>, issue: IssueId, category: &str) {
    let registration = visit(turn, issue, category);
    let retention = turn.kept();
    turn.emit(VisitOrdered { registration, retention });
}

/// An urgent visit to the caller, under the policy frozen at the press.
pub(super) fn visit(turn: &Turn<'_>, issue: IssueId, category: &str) -> Registration {
    let call = &turn.call;
    let matter = Matter {
        category: category.into(),
        urgency: Urgency::Urgent,
        source: Source::Call { call: call.id },
        place: call.unit,
        must_visit: true,
        reporter: Reporter {
            household: call.household,
            device: call.device,
            ..Reporter::default()
        },
        ..Matter::default()
    };
    Registration { issue, matter, started_at: call.pressed_at, policy: Some(call.policy.clone()) }
}

/// No disposition, or no call-back, in time: the call climbs, and climbs again until there is one
/// (LOOP C2).
fn climb(turn: &mut Turn<'_>, verb: &Expire) {
    let from = turn.call.rung;
    if from.up() != from {
        turn.emit(Escalated {
            from,
            to: from.up(),
            clock: verb.clock,
            generation: verb.generation,
        });
    }
    turn.start_for(verb.clock, turn.terms.repeat);
}
