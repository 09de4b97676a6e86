//! Who may act on this issue: the holder and those who speak for it, second persons, the level above.

use super::event::TookPart;
use super::{Handlers, Issue, IssueError, Judges};
use crate::shared::actor::{Actor, ActorKind};
use crate::shared::given::Given;
use crate::shared::ids::PersonId;
use crate::shared::ladder::{Holder, Ladder, Rung};

/// The lead post, with the person who acts for it now. A clerk of the same unit may record for it; both
/// are kept. Systems that import a source's records speak for the holder.
pub(super) fn acting_holder(issue: &Issue, given: &Given) -> Result<Holder, IssueError> {
    let lead = issue.lead().ok_or(IssueError::NotTheHolder)?;
    acting_as(issue, given, lead)
}

/// As [`acting_holder`], for a summoned post.
pub(super) fn acting_support(
    issue: &Issue,
    given: &Given,
    support: u16,
) -> Result<Holder, IssueError> {
    let assignment = issue.support(support).ok_or(IssueError::UnknownSupport(support))?;
    acting_as(issue, given, &assignment.holder)
}

fn acting_as(issue: &Issue, given: &Given, holder: &Holder) -> Result<Holder, IssueError> {
    let actor = &given.actor;
    // Whoever judged the work never becomes its handler (LOOP V4).
    if issue.handlers.is_judge(actor) {
        return Err(IssueError::JudgeHandles);
    }
    let is_clerk = given.on_behalf_of == Some(holder.post) && actor.unit == Some(holder.unit);
    match actor.post {
        Some(post) if post == holder.post => {
            Ok(Holder { person: actor.person.or(holder.person), ..holder.clone() })
        }
        Some(_) if is_clerk => Ok(holder.clone()),
        None if actor.kind == ActorKind::Import => Ok(holder.clone()),
        Some(_) | None => Err(IssueError::NotTheHolder),
    }
}

/// Whoever acts for a post that holds the work, and has not worked on it so far.
pub(super) fn came_to_work(issue: &Issue, given: &Given) -> Option<TookPart> {
    let supports = issue.assignments.iter().filter(|a| !a.lead).map(|support| &support.holder);
    let mut held = issue.lead().into_iter().chain(supports);
    let by = held.find_map(|holder| acting_as(issue, given, holder).ok())?;
    let actor = &given.actor;
    let known = issue.handlers.actors.contains(&actor.id)
        || actor.person.is_some_and(|person| issue.handlers.persons.contains(&person));
    let import = actor.kind == ActorKind::Import;
    let came = || TookPart { by, actor_id: actor.id.clone(), at: given.now };
    (!known && !import).then(came)
}

/// Whoever stands aside neither handles, rules, approves nor asks (DESIGN invariant 5).
pub(super) fn require_not_recused(issue: &Issue, given: &Given) -> Result<(), IssueError> {
    let actor = &given.actor;
    let staff = matches!(actor.kind, ActorKind::Staff | ActorKind::Agent);
    let accused = given.ladder.is_within(&issue.recused.units, actor.unit);
    if staff && (accused || issue.recused.covers_actor(actor)) {
        return Err(IssueError::ActorRecused);
    }
    Ok(())
}

/// The resident's side, or somebody outside every handling unit, and not of one below it, who recorded its
/// word.
pub(super) fn speaks_for_resident(issue: &Issue, given: &Given) -> bool {
    let judges = issue.handlers.rulers.includes(&given.actor);
    given.actor.is_residents_side() || (!judges && hears_resident(issue, given))
}

/// Staff who handle nothing of it, nor answer to somebody who does: a grid of the village that handles it
/// is no outsider (LOOP E1, E2); and nobody of the own village speaks for a confidential reporter (LOOP V3).
pub(super) fn hears_resident(issue: &Issue, given: &Given) -> bool {
    let staff = matches!(given.actor.kind, ActorKind::Staff | ActorKind::Agent);
    let neighbour = issue.is_confidential() && is_of_own_village(issue, given);
    staff && !neighbour && !issue.handled_by_unit_of(given) && !issue.is_handled_above(given)
}

/// Of the village where the matter is, or of a grid of it.
pub(super) fn is_of_own_village(issue: &Issue, given: &Given) -> bool {
    let near = |rung: Rung| rung <= Rung::Village;
    let home = given.ladder.upwards(Some(issue.place)).iter().filter(|(rung, _)| near(*rung));
    let home: Vec<_> = home.map(|(_, unit)| *unit).collect();
    let mut own = given.ladder.upwards(given.actor.unit).iter();
    own.any(|(_, unit)| home.contains(unit))
}

/// As [`speaks_for_resident`], of the reporter whose word it is: who speaks for somebody whom nobody
/// knows proves it with the receipt code (LOOP V3).
pub(super) fn require_word_of(
    issue: &Issue,
    given: &Given,
    reporter: usize,
) -> Result<(), IssueError> {
    if given.actor.is_residents_side() || issue.may_be_called(reporter) {
        Ok(())
    } else {
        Err(IssueError::WordByReceipt)
    }
}

/// The principal and the person of staff who speak for a resident; empty for the resident's side itself.
pub(super) fn heard_by(given: &Given) -> (String, Option<PersonId>) {
    if given.actor.is_residents_side() {
        return (String::new(), None);
    }
    (given.actor.id.clone(), given.actor.person)
}

/// Staff of a rung, or above it.
pub(super) fn require_rung(given: &Given, needed: Rung) -> Result<(), IssueError> {
    let staff = matches!(given.actor.kind, ActorKind::Staff | ActorKind::Agent);
    if staff && given.actor_rung.is_some_and(|rung| rung >= needed) {
        Ok(())
    } else {
        Err(IssueError::RungTooLow { needed })
    }
}

impl Issue {
    /// Whether whoever acts has worked on this issue, in this post or another (DESIGN invariant 5).
    pub(super) fn handled_by(&self, given: &Given) -> bool {
        self.is_handled_by(&given.actor)
    }

    fn is_handled_by(&self, actor: &Actor) -> bool {
        self.handlers.actors.contains(&actor.id)
            || actor.post.is_some_and(|post| self.handlers.posts.contains(&post))
            || actor.person.is_some_and(|person| self.handlers.persons.contains(&person))
    }

    /// As [`Issue::handled_by`], or of a unit that worked on it.
    pub(super) fn handled_by_unit_of(&self, given: &Given) -> bool {
        self.is_handled_by_unit_of(&given.actor, &given.ladder)
    }

    /// Whether this is somebody, or of a unit, that worked on it; a unit that was merged lives on in its
    /// heir.
    #[must_use]
    pub fn is_handled_by_unit_of(&self, actor: &Actor, ladder: &Ladder) -> bool {
        let same_unit = actor.unit.is_some() && ladder.has_become(&self.handlers.units, actor.unit);
        same_unit || self.is_handled_by(actor)
    }

    /// Whether whoever acts is of a unit below one that worked on it; everybody is below the county.
    pub(super) fn is_handled_above(&self, given: &Given) -> bool {
        let ladder = &given.ladder;
        let mut above = ladder.upwards(given.actor.unit).iter();
        above.any(|(rung, unit)| {
            *rung < Rung::County && ladder.has_become(&self.handlers.units, Some(*unit))
        })
    }

    /// The rung that holds the work, or where it stands when nobody does.
    pub(super) fn holding_rung(&self) -> Rung {
        self.lead_assignment().map_or(self.rung, |lead| lead.rung)
    }
}

impl Judges {
    pub(super) fn judged(&mut self, principal: &str, person: Option<PersonId>) {
        if !principal.is_empty() {
            self.principals.insert(principal.into());
        }
        self.persons.extend(person);
    }

    pub(super) fn includes(&self, actor: &Actor) -> bool {
        self.principals.contains(&actor.id)
            || actor.person.is_some_and(|person| self.persons.contains(&person))
    }
}

impl Handlers {
    pub(super) fn acted(&mut self, principal: &str) {
        if !principal.is_empty() {
            self.actors.insert(principal.into());
        }
    }

    /// Whoever ruled on it or called back never becomes its handler.
    pub(super) fn is_judge(&self, actor: &Actor) -> bool {
        self.rulers.includes(actor) || self.callers.includes(actor)
    }

    /// A post where somebody sits who ruled on it or called back could not take it on.
    pub(super) fn has_judge_in(&self, holder: &Holder) -> bool {
        let judges = |judges: &Judges| holder.person.is_some_and(|p| judges.persons.contains(&p));
        judges(&self.rulers) || judges(&self.callers)
    }

    /// Whoever worked on, ruled on or called about a merged file has done so here, too; but whoever works
    /// here already goes on, whatever they judged there.
    pub(super) fn absorb(&mut self, more: &Self) {
        let own = self.clone();
        self.posts.extend(&more.posts);
        self.persons.extend(&more.persons);
        self.units.extend(&more.units);
        self.actors.extend(more.actors.iter().cloned());
        self.top_rung = self.top_rung.max(more.top_rung);
        for (judges, came) in [(&mut self.rulers, &more.rulers), (&mut self.callers, &more.callers)]
        {
            let principals = came.principals.iter().filter(|who| !own.actors.contains(*who));
            judges.principals.extend(principals.cloned());
            judges.persons.extend(came.persons.difference(&own.persons));
        }
    }

    pub(super) fn add(&mut self, holder: &Holder, rung: Rung) {
        self.posts.insert(holder.post);
        self.units.insert(holder.unit);
        self.persons.extend(holder.person);
        self.top_rung = self.top_rung.max(rung);
    }
}
