//! Whose total clock governs when files or callers come together: the one that ends earliest (LOOP I5, C1).

use super::event::TotalUnder;
use super::{Turn, classify};
use crate::shared::matter::Urgency;
use crate::shared::moment::Moment;
use crate::shared::terms::{PolicyRef, TotalTerms};

/// The terms an urgent matter of this kind has here, when the lead was not urgent and they are nowhere
/// slower than its own.
pub(super) fn urgent_terms(turn: &Turn<'_>, comes: Urgency) -> Option<String> {
    if comes <= turn.issue.matter.urgency {
        return None;
    }
    let mut matter = turn.issue.matter.clone();
    matter.urgency = comes;
    let found = turn.document.terms_for(&matter, turn.given.mode());
    let fits = found.filter(|terms| !terms.statutory && !classify::is_slower(turn, terms));
    Some(fits.map_or_else(|| turn.issue.terms.clone(), |terms| terms.name.clone()))
}

/// What a file of the caller's own would promise for the same matter (LOOP C1).
pub(super) fn promised_by(turn: &Turn<'_>, start: Moment, policy: PolicyRef) -> Option<TotalUnder> {
    let document = turn.given.policies.document(&policy)?;
    let mode = turn.given.mode_at(start);
    let terms = document.terms_for(&turn.issue.matter, mode)?.name.clone();
    Some(TotalUnder { policy, terms, held_us: 0 })
}

/// The total clock that ends earliest, when it is not the lead's own: whichever file it comes from.
pub(super) fn governing(
    turn: &Turn<'_>,
    start: Moment,
    more: Option<TotalUnder>,
) -> Option<(Moment, TotalUnder)> {
    let issue = &turn.issue;
    let (policy, terms) = issue.total_under.clone();
    let own = TotalUnder { policy, terms, held_us: issue.total_held_us };
    let comes = more.unwrap_or_else(|| own.clone());
    let (ours, found) = ((issue.started_at, own), (start, comes));
    let due = |(start, total): &(Moment, TotalUnder)| total.ends(turn, *start);
    (due(&found) < due(&ours)).then_some(found)
}

/// When the whole of what the resident was promised is over, whichever step runs or rests.
pub(super) fn ends(turn: &Turn<'_>) -> Moment {
    let issue = &turn.issue;
    let (policy, terms) = issue.total_under.clone();
    TotalUnder { policy, terms, held_us: issue.total_held_us }.ends(turn, issue.started_at)
}

impl TotalUnder {
    /// When it ends.
    pub(super) fn ends(&self, turn: &Turn<'_>, start: Moment) -> Moment {
        let period = self.terms(turn).map_or(turn.terms.total.period, |terms| terms.period);
        turn.counting().due(start, period, 100).held_for(self.held_us).at
    }

    fn terms<'a>(&self, turn: &Turn<'a>) -> Option<&'a TotalTerms> {
        let document = turn.given.policies.document(&self.policy)?;
        document.terms_named(&self.terms).map(|terms| &terms.total)
    }
}
