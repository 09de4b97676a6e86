//! Hand-over (交接): open work moves to another post, its clocks run on (LOOP P1).

use super::authority::require_rung;
use super::command::{HandOver, Seat};
use super::event::HandedOver;
use super::lifecycle::Verb;
use super::{Issue, IssueError, IssueEvent, Turn, dispatch};
use crate::shared::actor::ActorKind;
use crate::shared::given::Given;
use crate::shared::ladder::Holder;

/// By somebody no lower than the holder, or by the system when an appointment ended or units merged:
/// then to the first occupied post of the same unit, else one level up. The command's ladder starts at
/// the unit that hands over.
pub fn hand_over(
    issue: &Issue,
    given: &Given,
    verb: HandOver,
) -> Result<Vec<IssueEvent>, IssueError> {
    let mut turn = Turn::try_new(issue, given, Verb::HandOver)?;
    // A post that was called in and took the whole over holds both: what is asked of the lead counts.
    let held = issue.assignments.iter().filter(|a| a.holder.post == verb.from && !a.done);
    let held = held.max_by_key(|a| a.lead);
    let Some(held) = held else {
        return Err(IssueError::NotHeldThere);
    };
    if given.actor.kind != ActorKind::System {
        require_rung(given, held.rung)?;
        // Meanwhile the first receiver answers, and nobody else (LOOP I4).
        if held.lead && issue.objection.pending.is_some() {
            return Err(IssueError::RulingOwed);
        }
    }
    let Seat { holder, rung } = match verb.to {
        Some(seat) if given.stands_aside(&issue.recused, &seat.holder) => {
            return Err(IssueError::HolderRecused);
        }
        // A part goes on within the department that was called in, or where the work may lie anyway.
        Some(seat) if !held.lead && seat.holder.unit == held.holder.unit => seat,
        Some(seat) => {
            let (rung, holder) = dispatch::seated(issue, given, seat)?;
            Seat { holder, rung }
        }
        None => {
            let fits = |to: &Holder| {
                let free = to.post != verb.from && !given.stands_aside(&issue.recused, to);
                let may_lead = issue.is_of_its_body(given, to) && !issue.handlers.has_judge_in(to);
                free && (!held.lead || may_lead)
            };
            let found = given.ladder.pick(held.rung, fits).ok_or(IssueError::NoCandidate)?;
            Seat { holder: found.1.clone(), rung: found.0 }
        }
    };
    let own =
        dispatch::is_holder(given, &held.holder) || dispatch::is_colleague(given, &held.holder);
    let own = own && held.lead;
    if own && rung >= held.rung && holder.unit != held.holder.unit {
        // Aside or up is an objection or a referral, and somebody else decides on it (LOOP I4).
        return Err(IssueError::HolderReturns);
    }
    if issue.is_confidential() && rung < crate::shared::ladder::Rung::Township {
        return Err(IssueError::ConfidentialOwnVillage);
    }
    turn.emit(HandedOver { from: verb.from, to: holder, rung, why: verb.why, at: given.now });
    Ok(turn.done())
}
