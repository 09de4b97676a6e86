//! What every command brings along: the time, who acts, and the outside facts the rules may use.

use std::sync::{Arc, OnceLock};

use super::actor::Actor;
use super::calendar::Calendar;
use super::ladder::{Ladder, Rung};
use super::moment::Moment;
use super::period::Counting;
use super::terms::{PolicyBook, PolicyDocument};

/// Facts looked up before the decision. `now` is the time of decision; clocks run on it alone.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub now: Moment,
    pub actor: Actor,
    pub policies: Arc<PolicyBook>,
    pub ladder: Arc<Ladder>,
    /// Rung of the actor's unit in the tree; `None` for whoever acts for no unit of it.
    pub actor_rung: Option<Rung>,
}

impl Given {
    #[must_use]
    pub fn counting(&self, document: &PolicyDocument) -> Counting<'_> {
        static NONE: OnceLock<Calendar> = OnceLock::new();
        self.policies.counting(document, NONE.get_or_init(Calendar::default))
    }
}
