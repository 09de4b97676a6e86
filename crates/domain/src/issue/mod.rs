//! One matter (诉求), from registration to the closed file. Completed by the handler, confirmed by
//! the resident, and closed are three different facts.

mod aggregate;
pub mod authority;
mod before;
pub mod classify;
pub mod closing;
mod codec;
pub mod command;
pub mod dispatch;
mod error;
pub mod escalation;
pub mod event;
mod evolve;
pub mod expiry;
pub mod hand_over;
mod heard;
pub mod hold;
pub mod intake;
pub mod lifecycle;
pub mod merge;
pub mod notes;
pub mod objection;
pub mod party;
pub mod proposal;
pub mod rating;
pub mod referral;
mod reporters;
pub mod resolution;
pub mod summon;
pub mod supervision;
mod total;
mod turn;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use aggregate::IssueFact;
pub use before::{BeforeMerge, BeforeReopen, HeldTo};
pub use codec::IssueEvent;
pub use command::{IssueCommand, IssueVerb};
pub use error::IssueError;
pub use lifecycle::Stage;
pub(crate) use turn::Turn;

use crate::shared::clock::{ClockKind, Clocks, Running};
use crate::shared::given::Given;
use crate::shared::ids::{CallId, DeviceId, HouseholdId, IssueId, PersonId, PostId, UnitId};
use crate::shared::ladder::{Holder, Recused, Rung};
use crate::shared::matter::{Confidence, Matter, Track};
use crate::shared::moment::Moment;
use crate::shared::retention::Retention;
use crate::shared::terms::PolicyRef;
use crate::shared::verdict::Verdict;

/// An issue as its events tell it. What only people read (narrative, place names) stays in events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Issue {
    pub id: IssueId,
    pub stage: Stage,
    pub track: Track,
    pub place: UnitId,
    /// What the rules ask of the matter; its words stay in the events.
    pub matter: Matter,
    /// The unit the catalogue names; its ladder holds the work, not the place's.
    pub competent: Option<UnitId>,
    /// Told in confidence: nobody of the own village sees it (LOOP V3).
    #[serde(default)]
    pub seen_from: Option<UnitId>,
    pub policy: PolicyRef,
    /// Which of the policy's terms apply; frozen at registration.
    pub terms: String,
    /// The policy and terms of the total clock: a slower class does not lengthen it (LOOP K2).
    pub total_under: (PolicyRef, String),
    /// What it ran under before a statute replaced it, while one does.
    #[serde(default)]
    pub before_statute: Option<(PolicyRef, String)>,
    pub must_visit: bool,
    pub visited: bool,
    /// Somebody spoke to the resident in this round.
    pub contacted: bool,
    /// Somebody came in this round, whoever holds the work by now: a thumb may rate it (LOOP C6).
    #[serde(default)]
    pub came: bool,
    /// The level that answers for the issue now (LOOP S1).
    pub rung: Rung,
    /// Since when that level answers: what came due by then was missed below it.
    #[serde(default)]
    pub escalated_at: Option<Moment>,
    pub assignments: Vec<Assignment>,
    pub reporters: Vec<ReporterState>,
    pub recused: Recused,
    /// Everybody who ever worked on it: they neither call back nor rule on it (LOOP V4).
    pub handlers: Handlers,
    pub clocks: Clocks,
    /// Supports, proposals and supervisions are numbered together; the number is their clocks' line.
    pub last_line: u16,
    /// The press or the filing: where the total clock started, for ever.
    pub started_at: Moment,
    /// The step of the total clock's ladder that is, or was, running.
    pub total_step: u8,
    /// How long the total clock rested on the resident's own wish, µs.
    pub total_held_us: i64,
    pub objection: ObjectionState,
    pub hold: Option<HoldState>,
    /// Pauses and questions used since the file was registered or reopened.
    pub pauses: u8,
    pub proposals: BTreeMap<u16, event::Proposed>,
    pub referral: ReferralState,
    /// Open supervisions and the units that lead them.
    pub supervisions: BTreeMap<u16, UnitId>,
    /// Those with a report that is still to be decided on.
    pub reported: BTreeSet<u16>,
    /// A summoned post stood aside with its part undone.
    pub support_lost: bool,
    /// When this round of the work began: at the filing, or the reopening.
    pub round_at: Moment,
    pub follow_up: FollowUpState,
    /// The handler's unit disputed the verdict of this round.
    pub disputed: bool,
    pub reopens: u32,
    /// Who said last, during the work, that it did not help.
    pub unhelped: Option<usize>,
    /// Whose press during the work raised a rung, and from where: a mistake gives it back (LOOP V1).
    pub raised: Option<(usize, Rung)>,
    /// What a reopening undid, should the key have been pressed by mistake (LOOP V1).
    pub before_reopen: Option<BeforeReopen>,
    /// An ending without a solution that took effect.
    pub ending: Option<event::Outcome>,
    pub merged_into: Option<IssueId>,
    /// What it was held to before another file was merged into it: it is again once nothing of that is left.
    #[serde(default)]
    pub before_merge: Option<BeforeMerge>,
    /// The promises that ran when it was merged: they run on should the merge be undone.
    pub merged_promises: Vec<event::Promise>,
    /// After a merge that was undone: when it had to be taken on; those who had it have no longer.
    pub accept_owed: Option<event::Promise>,
    pub excluded: bool,
    pub closed_at: Option<Moment>,
    /// What was promised when it closed last.
    #[serde(default)]
    pub retention: Option<Retention>,
}

/// Work held by a post in a unit; one lead, any number of supports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub lead: bool,
    pub holder: Holder,
    pub rung: Rung,
    /// The line of a support's own clocks; 0 for the lead.
    pub line: u16,
    pub done: bool,
}

/// A reporter's own notice and verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterState {
    pub device: Option<DeviceId>,
    pub household: Option<HouseholdId>,
    pub call: Option<CallId>,
    pub confidence: Confidence,
    /// The file this reporter first came with, its number there, and the files between (LOOP I5).
    pub merged_from: Option<IssueId>,
    pub number_there: Option<usize>,
    pub merged_through: Vec<IssueId>,
    /// Said during the work that it did not help; the rung it cost, once (LOOP C6).
    pub unhelped: bool,
    /// How often the work began anew for them, or was doing so when a call-back heard them too.
    #[serde(default)]
    pub reopened: u32,
    /// Called, and visited by their own word, since the work began.
    #[serde(default)]
    pub called: bool,
    #[serde(default)]
    pub visited: bool,
    pub notified: bool,
    pub verdict: Option<Verdict>,
    /// The merge that brought this reporter was undone.
    pub detached: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handlers {
    pub posts: BTreeSet<PostId>,
    pub persons: BTreeSet<PersonId>,
    pub units: BTreeSet<UnitId>,
    /// Principals, for those who later come without a post.
    pub actors: BTreeSet<String>,
    /// The highest rung that ever held the work.
    pub top_rung: Rung,
    /// Who ruled on an objection: they neither handle it nor call back (LOOP V4).
    pub rulers: Judges,
    /// Who called back: they neither handle it nor rule on it (LOOP V4).
    pub callers: Judges,
}

/// Known by the principal and by the person: a second post makes nobody a second person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judges {
    pub principals: BTreeSet<String>,
    pub persons: BTreeSet<PersonId>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectionState {
    /// Whose objection waits for a ruling.
    pub pending: Option<Holder>,
    /// Objected or ruled before: nobody returns it any more (LOOP I4).
    pub used: bool,
    /// The units that rulings let go.
    pub let_go: BTreeSet<UnitId>,
}

/// The holder's clocks rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldState {
    pub kind: event::HoldKind,
    pub since: Moment,
    /// It ends by itself then, however late its timer fires.
    pub until: Moment,
    pub rested: Vec<(ClockKind, Running)>,
    /// The terms they were made under.
    pub under: (PolicyRef, String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralState {
    pub pending: bool,
    /// Sent down once; the next referral must be taken (LOOP S1).
    pub sent_down: bool,
}

/// Whether a call-back by a non-handler is owed, and what has been tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpState {
    pub ordered: Option<event::FollowUpReason>,
    /// Whose complaint it is: only their own word ends it (LOOP I5, V1).
    pub complaints: BTreeSet<usize>,
    /// Of those, whom a call-back has heard.
    #[serde(default)]
    pub heard: BTreeSet<usize>,
    /// Calls in vain since the notice: which reporter, and when.
    pub attempts: Vec<(usize, Moment)>,
}

impl Issue {
    /// Timers precede commands (LOOP K3): promises that are broken by now are broken before the
    /// command is looked at, whether or not the escalator got round to them.
    ///
    /// # Errors
    /// The rule that refuses the command.
    pub fn decide(&self, command: IssueCommand) -> Result<Vec<IssueEvent>, IssueError> {
        if matches!(command.verb, IssueVerb::Expire(_)) {
            return self.decide_verb(command);
        }
        let (issue, mut events) = self.caught_up(&command.given)?;
        if !matches!(command.verb, IssueVerb::NameParty(_)) {
            authority::require_not_recused(&issue, &command.given)?;
        }
        let came = command.verb.is_work().then(|| authority::came_to_work(&issue, &command.given));
        let decided = issue.decide_verb(command)?;
        // A command that adds nothing adds nothing; the timer will say the rest.
        if decided.is_empty() {
            return Ok(decided);
        }
        events.extend(came.flatten().map(IssueEvent::from));
        events.extend(decided);
        Ok(events)
    }

    /// The state once every promise that is broken by now is broken, and the facts that say so.
    ///
    /// # Errors
    /// When the policy frozen into it is not there.
    pub fn caught_up(&self, given: &Given) -> Result<(Self, Vec<IssueEvent>), IssueError> {
        let mut issue = self.clone();
        let mut events = Vec::new();
        while let Some((clock, generation)) = issue.clocks.due_first(given.now, &ClockKind::ALL) {
            let expire = command::Expire { clock, generation };
            let broken = expiry::expire(&issue, given, &expire)?;
            broken.iter().for_each(|event| issue.evolve(event));
            events.extend(broken);
        }
        Ok((issue, events))
    }

    #[rustfmt::skip]
    fn decide_verb(&self, command: IssueCommand) -> Result<Vec<IssueEvent>, IssueError> {
        use IssueVerb as V;
        let given = &command.given;
        match command.verb {
            V::Register(verb) => intake::register(self, given, *verb),
            V::AttachReporter(verb) => merge::attach_reporter(self, given, verb),
            V::DetachReporter { from } => merge::detach_reporter(self, given, from),
            V::Admit => intake::admit(self, given),
            V::Dispatch(verb) => dispatch::dispatch(self, given, verb),
            V::Accept => dispatch::accept(self, given),
            V::Object { reason } => objection::object(self, given, reason),
            V::RuleOnObjection(verb) => objection::rule(self, given, verb),
            V::Summon(verb) => summon::summon(self, given, verb),
            V::Join { support } => summon::join(self, given, support),
            V::FinishSupport { support, note } => summon::finish(self, given, support, note),
            V::HandOver(verb) => hand_over::hand_over(self, given, verb),
            V::NameParty(verb) => party::name(self, given, verb),
            V::ContactMade { reporter, reached, note } => {
                resolution::contact(self, given, reporter, reached, note)
            },
            V::Depart => resolution::depart(self, given),
            V::Arrive(verb) => resolution::arrive(self, given, verb),
            V::ConfirmArrival { reporter, came_at } => resolution::confirm_arrival(self, given, reporter, came_at),
            V::Progress(verb) => resolution::progress(self, given, verb),
            V::Hold(verb) => hold::hold(self, given, verb),
            V::Resume { answer } => hold::resume(self, given, answer),
            V::ReviewDeferral(verb) => hold::review(self, given, verb),
            V::Complete(verb) => resolution::complete(self, given, verb),
            V::Notify(verb) => resolution::notify(self, given, verb),
            V::Inform { channel, note } => notes::inform(self, given, channel, note),
            V::Propose(proposal) => proposal::propose(self, given, proposal),
            V::Approve { number, confirmed } => proposal::approve(self, given, number, confirmed),
            V::Reject { number, reason } => proposal::reject(self, given, number, reason),
            V::Unmerge { reason } => merge::unmerge(self, given, reason),
            V::Reclassify { class, home, reason } => classify::reclassify(self, given, class, home, reason),
            V::Restore { reason } => proposal::restore(self, given, reason),
            V::Rate(verb) => rating::rate(self, given, verb),
            V::FollowUp(verb) => rating::follow_up(self, given, verb),
            V::OrderFollowUp => rating::order_sample(self, given),
            V::Dispute { reason } => rating::dispute(self, given, reason),
            V::Reopen(verb) => rating::reopen(self, given, verb),
            V::Escalate(verb) => escalation::escalate(self, given, verb),
            V::ReferUp { why, note } => referral::refer_up(self, given, why, note),
            V::SendDown { reason } => referral::send_down(self, given, reason),
            V::TakeOver => referral::take_over(self, given),
            V::Urge { note } => supervision::urge(self, given, note),
            V::Supervise { demand } => supervision::supervise(self, given, demand),
            V::ReportSupervision { supervision, report } => supervision::report(self, given, supervision, report),
            V::DecideSupervision { supervision, accepted, reason } => supervision::decide(self, given, supervision, accepted, reason),
            V::Comment { note } => notes::comment(self, given, note),
            V::AttachEvidence { sha256, media_type, file_name, kept } => notes::attach_evidence(self, given, (sha256, media_type), file_name, kept),
            V::IssueReceipt { digest } => notes::issue_receipt(self, given, digest),
            V::Recount => expiry::recount(self, given),
            V::Expire(verb) => expiry::expire(self, given, &verb),
        }
    }

    #[must_use]
    pub fn lead(&self) -> Option<&Holder> {
        self.lead_assignment().map(|lead| &lead.holder)
    }

    #[must_use]
    pub fn lead_assignment(&self) -> Option<&Assignment> {
        self.assignments.iter().find(|assignment| assignment.lead)
    }

    #[must_use]
    pub fn support(&self, line: u16) -> Option<&Assignment> {
        self.assignments.iter().find(|assignment| !assignment.lead && assignment.line == line)
    }

    /// Units whose people may know of it: where it is, who is competent, who holds work on it. An accusation is
    /// seen by the body that received it and by nobody else (LOOP A1), and what was told in confidence by nobody of
    /// the own village (LOOP V3).
    #[must_use]
    pub fn seen_by(&self) -> BTreeSet<UnitId> {
        let place = self.seen_from.unwrap_or(self.place);
        let mut units = BTreeSet::from([self.competent.unwrap_or(place)]);
        if self.track != Track::Supervision {
            units.insert(place);
            units.extend(self.assignments.iter().map(|assignment| assignment.holder.unit));
            units.extend(self.handlers.units.iter());
        }
        units
    }

    /// The unit whose ladder holds the work.
    #[must_use]
    pub fn home(&self) -> UnitId {
        self.competent.unwrap_or(self.place)
    }
}
