//! Random stories of one issue: mostly the fitting person doing the next thing, often anybody doing
//! anything, timers early, late and twice.

use domain::issue::command::{
    Arrive, Complete, Dispatch, Expire, FollowUp, Notify, Rate, RawAnswer, Register,
};
use domain::issue::event::{ArrivalOutcome, HoldKind, NoticeChannel, Outcome, Proposal};
use domain::issue::lifecycle::Verb;
use domain::issue::{Issue, IssueCommand, IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::given::Given;
use domain::shared::ladder::Holder;
use domain::shared::matter::{Confidence, Matter, Reporter, Source, Urgency};
use domain::shared::moment::Moment;
use domain::shared::verdict::{Effect, Satisfaction, Verdict};

use super::{
    DEVICE, Due, Generation, ISSUE, RUNGS, START, anybody, given, holder, outsider, resident,
    sealed, seat, second, staff,
};

pub use super::issue_steps::{one_of_each, steps, verb_of};

#[derive(Clone, Debug)]
pub struct Step {
    pub after: i64,
    /// Somebody in particular; else whoever fits the verb.
    pub who: Option<usize>,
    pub what: What,
    /// The very same command once more.
    pub twice: bool,
}

#[derive(Clone, Debug)]
pub enum What {
    /// Whatever brings the issue on from its stage, with these answers where one is asked for.
    Next {
        urgent: bool,
        solved: bool,
    },
    Register {
        urgent: bool,
        who: Who,
    },
    Dispatch {
        to: Option<usize>,
        lowest: Option<usize>,
    },
    Rate(usize, RawAnswer),
    FollowUp(usize, Option<Verdict>),
    /// This very command.
    Give(IssueVerb),
    /// Of a numbered support, proposal or supervision: the n-th that is open.
    OfLine(OfLine, usize),
    /// A timer of the n-th running clock.
    Fire(usize, Due, Generation),
}

/// Who brings the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Named,
    Anonymous,
    Confidential,
    Nobody,
}

#[derive(Clone, Copy, Debug)]
pub enum OfLine {
    Approve,
    Reject,
    Join,
    Finish,
    Report,
    Accept,
    Refuse,
}

/// One command and what became of it.
pub struct Seen {
    pub before: Issue,
    /// Everything that happened before this command.
    pub past: Vec<IssueEvent>,
    pub given: Given,
    pub verb: IssueVerb,
    pub result: Result<Vec<IssueEvent>, IssueError>,
    pub after: Issue,
    /// The same command was given just before.
    pub repeated: bool,
}

impl Seen {
    pub fn verb(&self) -> Verb {
        verb_of(&self.verb)
    }

    pub fn events(&self) -> &[IssueEvent] {
        self.result.as_deref().unwrap_or_default()
    }
}

pub struct Story {
    pub issue: Issue,
    pub past: Vec<IssueEvent>,
    now: Moment,
}

impl Default for Story {
    fn default() -> Self {
        Self { issue: Issue::default(), past: Vec::new(), now: START }
    }
}

impl Story {
    /// Tells the whole story and shows every command of it to `look`.
    pub fn tell(steps: &[Step], mut look: impl FnMut(&Seen)) -> Self {
        let mut story = Self::default();
        for step in steps {
            let (given, verb) = story.command(step);
            look(&story.give(given.clone(), verb.clone(), false));
            if step.twice {
                look(&story.give(given, verb, true));
            }
        }
        story
    }

    pub fn give(&mut self, given: Given, verb: IssueVerb, repeated: bool) -> Seen {
        let decided = self.issue.decide(IssueCommand { given: given.clone(), verb: verb.clone() });
        // Promises broken by now are broken first; what is looked at is the command after them.
        let timers = match &decided {
            Ok(events) if !events.is_empty() && !matches!(verb, IssueVerb::Expire(_)) => {
                self.issue.caught_up(&given).unwrap().1
            }
            Ok(_) | Err(_) => Vec::new(),
        };
        let result = decided.map(|events| {
            assert_eq!(events[..timers.len()], timers[..]);
            events[timers.len()..].to_vec()
        });
        for event in timers {
            if let IssueEvent::ClockExpired(e) = &event {
                assert!(e.due_at <= given.now && e.fired_at == given.now, "{e:?} at {}", given.now);
            }
            self.issue.evolve(&event);
            self.past.push(event);
        }
        let before = self.issue.clone();
        let past = self.past.clone();
        for event in result.iter().flatten() {
            self.issue.evolve(event);
            self.past.push(event.clone());
        }
        Seen { before, past, given, verb, result, after: self.issue.clone(), repeated }
    }

    /// Moves time on and picks who gives which command.
    pub fn command(&mut self, step: &Step) -> (Given, IssueVerb) {
        self.now = self.now.plus_seconds(step.after);
        let verb = self.verb(&step.what);
        let actor = step.who.map_or_else(|| self.fitting(&verb), anybody);
        (given(self.now, actor), verb)
    }

    pub fn fitting(&self, verb: &IssueVerb) -> Actor {
        match verb {
            IssueVerb::Accept
            | IssueVerb::Arrive(_)
            | IssueVerb::Progress(_)
            | IssueVerb::Complete(_)
            | IssueVerb::ContactMade { .. }
            | IssueVerb::Depart
            | IssueVerb::Object { .. }
            | IssueVerb::ReferUp { .. }
            | IssueVerb::Resume { .. }
            | IssueVerb::Dispute { .. }
            | IssueVerb::ReportSupervision { .. }
            | IssueVerb::Propose(Proposal::Extend { .. }) => {
                self.issue.lead().map_or_else(resident, staff)
            }
            IssueVerb::Hold(hold) if hold.kind != HoldKind::ResidentWish => {
                self.issue.lead().map_or_else(resident, staff)
            }
            IssueVerb::Join { support } | IssueVerb::FinishSupport { support, .. } => {
                self.issue.support(*support).map_or_else(resident, |a| staff(&a.holder))
            }
            IssueVerb::Rate(_)
            | IssueVerb::Reopen(_)
            | IssueVerb::AttachReporter(_)
            | IssueVerb::Hold(_)
            | IssueVerb::ConfirmArrival { .. }
            | IssueVerb::Propose(Proposal::End { outcome: Outcome::Withdrawn, .. }) => resident(),
            IssueVerb::TakeOver => {
                let judge =
                    |post: &Holder| self.issue.lead().is_some_and(|lead| lead.post == post.post);
                let free = [6, 7].map(holder).into_iter().find(|post| !judge(post));
                free.map_or_else(resident, |post| staff(&post))
            }
            IssueVerb::RuleOnObjection(_)
            | IssueVerb::Approve { .. }
            | IssueVerb::Reject { .. }
            | IssueVerb::Supervise { .. }
            | IssueVerb::DecideSupervision { .. }
            | IssueVerb::ReviewDeferral(_) => second(),
            IssueVerb::Expire(_) | IssueVerb::Recount => Actor::system(),
            _ => outsider(),
        }
    }

    fn verb(&mut self, what: &What) -> IssueVerb {
        match what {
            What::Next { urgent, solved } => self.next(*urgent, *solved),
            What::Register { urgent, who } => register(*urgent, *who),
            What::Dispatch { to, lowest } => IssueVerb::Dispatch(Dispatch {
                to: to.map(seat),
                lowest: lowest.map(|place| RUNGS[place % 4]),
            }),
            What::Rate(reporter, answer) => rate(*reporter, *answer),
            What::FollowUp(reporter, verdict) => follow_up(*reporter, *verdict),
            What::Give(verb) => verb.clone(),
            What::OfLine(of, place) => self.of_line(*of, *place),
            What::Fire(place, due, generation) => self.fire(*place, *due, *generation),
        }
    }

    fn of_line(&self, of: OfLine, place: usize) -> IssueVerb {
        let pick =
            |numbers: Vec<u16>| numbers.get(place % numbers.len().max(1)).copied().unwrap_or(9);
        let number = pick(self.issue.proposals.keys().copied().collect());
        let supports = self.issue.assignments.iter().filter(|a| !a.lead && !a.done);
        let support = pick(supports.map(|a| a.line).collect());
        let supervision = pick(self.issue.supervisions.keys().copied().collect());
        match of {
            OfLine::Approve => IssueVerb::Approve { number, confirmed: None },
            OfLine::Reject => IssueVerb::Reject { number, reason: Some(sealed()) },
            OfLine::Join => IssueVerb::Join { support },
            OfLine::Finish => IssueVerb::FinishSupport { support, note: None },
            OfLine::Report => IssueVerb::ReportSupervision { supervision, report: sealed() },
            OfLine::Accept => {
                IssueVerb::DecideSupervision { supervision, accepted: true, reason: None }
            }
            OfLine::Refuse => IssueVerb::DecideSupervision {
                supervision,
                accepted: false,
                reason: Some(sealed()),
            },
        }
    }

    fn next(&self, urgent: bool, solved: bool) -> IssueVerb {
        let effect = if solved { Effect::Solved } else { Effect::NotSolved };
        let verdict = Verdict { effect, timeliness: None, attitude: None };
        let mut active = self.issue.active_reporters();
        let silent = active.find(|(_, r)| r.verdict.is_none()).map_or(0, |(number, _)| number);
        match self.issue.stage {
            Stage::Unfiled => register(urgent, Who::Named),
            Stage::Registered => IssueVerb::Dispatch(Dispatch { to: None, lowest: None }),
            Stage::Dispatched => IssueVerb::Accept,
            Stage::Accepted => {
                IssueVerb::Arrive(Arrive { outcome: ArrivalOutcome::Met, note: Some(sealed()) })
            }
            Stage::OnSite => {
                IssueVerb::Complete(Complete { summary: Some(sealed()), over_support: None })
            }
            Stage::Completed => {
                let mut active = self.issue.active_reporters();
                notify(active.find(|(_, r)| !r.notified).map_or(0, |(number, _)| number))
            }
            Stage::Notified if self.issue.follow_up.ordered.is_some() => {
                follow_up(silent, urgent.then_some(verdict))
            }
            Stage::Closed if self.issue.clocks.running(ClockKind::FollowUp).is_some() => {
                follow_up(0, urgent.then_some(verdict))
            }
            Stage::Closed if urgent => {
                let rude = Some(Satisfaction::Dissatisfied);
                rate(silent, RawAnswer::Axes(Verdict { attitude: rude, ..verdict }))
            }
            Stage::Notified | Stage::Closed => rate(silent, RawAnswer::Axes(verdict)),
        }
    }

    fn fire(&mut self, place: usize, due: Due, generation: Generation) -> IssueVerb {
        let running = self.issue.clocks.all_running();
        let Some((clock, known)) = running.get(place % running.len().max(1)).cloned() else {
            return IssueVerb::Expire(Expire { clock: ClockKind::Total, generation: 1 });
        };
        self.now = due.moment(known.due_at, self.now);
        IssueVerb::Expire(Expire { clock, generation: generation.of(known.generation) })
    }
}

fn register(urgent: bool, who: Who) -> IssueVerb {
    let urgency = if urgent { Urgency::Urgent } else { Urgency::Normal };
    let confidence = match who {
        Who::Named | Who::Nobody => Confidence::Named,
        Who::Anonymous => Confidence::Anonymous,
        Who::Confidential => Confidence::Confidential,
    };
    let reporter = Reporter { device: Some(DEVICE), confidence, ..Reporter::default() };
    let matter = Matter {
        urgency,
        reporter,
        source: if who == Who::Nobody { Source::Proactive } else { Source::InPerson },
        place: holder(0).unit,
        narrative: Some(sealed()),
        ..Matter::default()
    };
    IssueVerb::Register(Box::new(Register {
        policy: None,
        competent: None,
        parties: Vec::new(),
        issue: ISSUE,
        case_no: "000000-260302-AAAAAA-1".into(),
        matter,
        // The press came first.
        started_at: START.plus_seconds(-600),
    }))
}

fn notify(reporter: usize) -> IssueVerb {
    IssueVerb::Notify(Notify { reporter, channel: NoticeChannel::Phone })
}

fn rate(reporter: usize, answer: RawAnswer) -> IssueVerb {
    IssueVerb::Rate(Rate { reporter, answer, in_presence: false })
}

fn follow_up(reporter: usize, verdict: Option<Verdict>) -> IssueVerb {
    IssueVerb::FollowUp(FollowUp { reporter, verdict, note: None, by_mistake: false })
}
