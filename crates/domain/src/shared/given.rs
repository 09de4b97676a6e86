//! What every command brings along: the time, who acts, and the outside facts the rules may use.

use std::sync::{Arc, OnceLock};

use super::actor::Actor;
use super::calendar::Calendar;
use super::ids::{PostId, UnitId};
use super::ladder::{Holder, Ladder, Recused, Rung};
use super::matter::Track;
use super::moment::Moment;
use super::period::Counting;
use super::terms::{Mode, PolicyBook, PolicyDocument};

/// Facts looked up before the decision. `now` is the time of decision; clocks run on it alone.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub now: Moment,
    pub actor: Actor,
    pub policies: Arc<PolicyBook>,
    pub ladder: Arc<Ladder>,
    /// Rung of the actor's unit in the tree; `None` for whoever acts for no unit of it.
    pub actor_rung: Option<Rung>,
    /// The post a clerk records for, when the holder has no phone (LOOP I3).
    pub on_behalf_of: Option<PostId>,
    /// When it happened, as the caller claims; clocks never use it (LOOP I7).
    pub occurred_at: Option<Moment>,
    /// The file this one would be merged into, as it stands.
    pub merge_lead: Option<MergeLead>,
    /// A draw in 0..10,000 made outside, so that nobody can foresee what is sampled.
    pub draw: u16,
}

/// What the rules of a merge ask of the other file (LOOP I5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeLead {
    /// Somebody still works on it, or will: it is neither completed nor merged, and does not rest.
    pub open: bool,
    pub track: Track,
    /// The unit that the catalogue names for it.
    pub competent: Option<UnitId>,
    pub confidential: bool,
    /// Somebody stands aside from it.
    pub recusal: bool,
    /// A reporter of the file whose merge would be undone complained there, and is owed a call-back.
    pub complaint: bool,
    /// How often such reporters had the work begun anew there, and how high it stands for it.
    pub reopens: u32,
    pub raised_to: Option<Rung>,
    /// Which of them, by the number in the own file, a call-back heard who waits for the next result.
    pub heard: Option<usize>,
    /// Their household was called, and says that it was visited, since.
    pub called: bool,
    pub visited: bool,
    /// The county concluded it: it stays dissatisfied (LOOP V2).
    pub concluded: bool,
    pub closed_at: Option<Moment>,
}

impl Given {
    #[must_use]
    pub fn counting(&self, document: &PolicyDocument) -> Counting<'_> {
        static NONE: OnceLock<Calendar> = OnceLock::new();
        self.policies.counting(document, NONE.get_or_init(Calendar::default))
    }

    /// Peacetime or wartime where the ladder starts, now.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode_at(self.now)
    }

    /// As [`Given::mode`], then.
    #[must_use]
    pub fn mode_at(&self, at: Moment) -> Mode {
        let units = self.ladder.units.iter().map(|(_, unit)| *unit);
        // A state declared for a unit that was merged holds where it went (ADR 8).
        let former = self.ladder.heirs.iter();
        let here = |heir: &UnitId| self.ladder.units.iter().any(|(_, unit)| unit == heir);
        let former = former.filter(|(_, heir)| here(heir)).map(|(unit, _)| *unit);
        self.policies.mode_at(at, units.chain(former))
    }

    /// The unit whoever acts speaks for: the own one, else the one of the own rung on this ladder.
    #[must_use]
    pub fn acting_unit(&self) -> Option<UnitId> {
        let of_rung = |rung| self.ladder.units.iter().find(|(known, _)| *known == rung);
        self.actor.unit.or_else(|| self.actor_rung.and_then(of_rung).map(|(_, unit)| *unit))
    }

    /// Whether this post may not hold it: named itself, or of a unit that is, or that has become one, or of
    /// one below it.
    #[must_use]
    pub fn stands_aside(&self, recused: &Recused, holder: &Holder) -> bool {
        recused.covers(holder) || self.ladder.is_within(&recused.units, Some(holder.unit))
    }

    /// Whether this one is drawn, when `percent` of all are.
    #[must_use]
    pub fn is_drawn(&self, percent: u8) -> bool {
        self.draw < u16::from(percent) * 100
    }
}
