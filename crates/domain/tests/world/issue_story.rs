//! Random stories of one issue: mostly the fitting person doing the next thing, often anybody doing
//! anything, timers early, late and twice.

use domain::issue::command::{
    Arrive, AttachReporter, Complete, Dispatch, Escalate, Expire, FollowUp, Notify, Progress, Rate,
    RawAnswer, Register, Reopen,
};
use domain::issue::event::{ArrivalOutcome, NoticeChannel};
use domain::issue::lifecycle::Verb;
use domain::issue::{Issue, IssueCommand, IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::given::Given;
use domain::shared::matter::{Matter, Reporter, Urgency};
use domain::shared::moment::Moment;
use domain::shared::verdict::{Effect, Satisfaction, Thumb, Verdict};
use proptest::prelude::*;

use super::{
    DEVICE, Due, Generation, HOLDERS, ISSUE, RUNGS, START, anybody, given, holder, outsider,
    resident, sealed, seat, staff,
};

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
    },
    Attach,
    Dispatch {
        to: Option<usize>,
        lowest: Option<usize>,
    },
    Accept,
    Arrive(ArrivalOutcome),
    Progress,
    Complete,
    Notify(usize),
    Rate(usize, RawAnswer),
    FollowUp(usize, Option<Verdict>),
    Reopen(usize),
    Escalate(Option<usize>),
    /// A timer of the n-th running clock.
    Fire(usize, Due, Generation),
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
        match verb_of(verb) {
            Verb::Accept | Verb::Arrive | Verb::Progress | Verb::Complete => {
                self.issue.lead().map_or_else(resident, staff)
            }
            Verb::Rate | Verb::Reopen | Verb::AttachReporter => resident(),
            Verb::FollowUp | Verb::Notify | Verb::Register | Verb::Dispatch | Verb::Escalate => {
                outsider()
            }
            Verb::Expire => Actor::system(),
        }
    }

    fn verb(&mut self, what: &What) -> IssueVerb {
        match what {
            What::Next { urgent, solved } => self.next(*urgent, *solved),
            What::Register { urgent } => register(*urgent),
            What::Attach => IssueVerb::AttachReporter(AttachReporter {
                reporter: Reporter::default(),
                started_at: None,
            }),
            What::Dispatch { to, lowest } => IssueVerb::Dispatch(Dispatch {
                to: to.map(seat),
                lowest: lowest.map(|place| RUNGS[place % 4]),
            }),
            What::Accept => IssueVerb::Accept,
            What::Arrive(outcome) => {
                IssueVerb::Arrive(Arrive { outcome: *outcome, note: Some(sealed()) })
            }
            What::Progress => IssueVerb::Progress(Progress { note: sealed() }),
            What::Complete => IssueVerb::Complete(Complete { summary: None, over_support: None }),
            What::Notify(reporter) => notify(*reporter),
            What::Rate(reporter, answer) => rate(*reporter, *answer),
            What::FollowUp(reporter, verdict) => follow_up(*reporter, *verdict),
            What::Reopen(reporter) => {
                IssueVerb::Reopen(Reopen { reporter: *reporter, reason: Some(sealed()) })
            }
            What::Escalate(to) => IssueVerb::Escalate(Escalate {
                to: to.map(|place| RUNGS[place % 4]),
                reason: sealed(),
            }),
            What::Fire(place, due, generation) => self.fire(*place, *due, *generation),
        }
    }

    fn next(&self, urgent: bool, solved: bool) -> IssueVerb {
        let effect = if solved { Effect::Solved } else { Effect::NotSolved };
        let verdict = Verdict { effect, timeliness: None, attitude: None };
        let mut reporters = self.issue.reporters.iter();
        let silent = reporters.position(|reporter| reporter.verdict.is_none()).unwrap_or(0);
        match self.issue.stage {
            Stage::Unfiled => register(urgent),
            Stage::Registered => IssueVerb::Dispatch(Dispatch { to: None, lowest: None }),
            Stage::Dispatched => IssueVerb::Accept,
            Stage::Accepted => {
                IssueVerb::Arrive(Arrive { outcome: ArrivalOutcome::Met, note: Some(sealed()) })
            }
            Stage::OnSite => {
                IssueVerb::Complete(Complete { summary: Some(sealed()), over_support: None })
            }
            Stage::Completed => {
                let mut reporters = self.issue.reporters.iter();
                notify(reporters.position(|reporter| !reporter.notified).unwrap_or(0))
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

fn register(urgent: bool) -> IssueVerb {
    let urgency = if urgent { Urgency::Urgent } else { Urgency::Normal };
    let reporter = Reporter { device: Some(DEVICE), ..Reporter::default() };
    let matter = Matter {
        urgency,
        reporter,
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

pub fn verb_of(verb: &IssueVerb) -> Verb {
    match verb {
        IssueVerb::Register(_) => Verb::Register,
        IssueVerb::AttachReporter(_) => Verb::AttachReporter,
        IssueVerb::Dispatch(_) => Verb::Dispatch,
        IssueVerb::Accept => Verb::Accept,
        IssueVerb::Arrive(_) => Verb::Arrive,
        IssueVerb::Progress(_) => Verb::Progress,
        IssueVerb::Complete(_) => Verb::Complete,
        IssueVerb::Notify(_) => Verb::Notify,
        IssueVerb::Rate(_) => Verb::Rate,
        IssueVerb::FollowUp(_) => Verb::FollowUp,
        IssueVerb::Reopen(_) => Verb::Reopen,
        IssueVerb::Escalate(_) => Verb::Escalate,
        IssueVerb::Expire(_) => Verb::Expire,
    }
}

/// One command for each verb, none of which is refused for anything but its stage and its actor.
pub fn one_of_each() -> Vec<What> {
    let solved = Verdict::of_thumb(Thumb::Up);
    vec![
        What::Register { urgent: true },
        What::Attach,
        What::Dispatch { to: None, lowest: None },
        What::Accept,
        What::Arrive(ArrivalOutcome::Met),
        What::Progress,
        What::Complete,
        What::Notify(0),
        What::Rate(0, RawAnswer::Axes(solved)),
        What::FollowUp(0, Some(solved)),
        What::Reopen(0),
        What::Escalate(Some(3)),
        What::Fire(0, Due::At, Generation::Running),
    ]
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let feeling = || {
        prop_oneof![
            Just(None),
            Just(Some(Satisfaction::Satisfied)),
            Just(Some(Satisfaction::Dissatisfied))
        ]
    };
    let effect = prop_oneof![2 => Just(Effect::Solved), 1 => Just(Effect::NotSolved)];
    (effect, feeling(), feeling()).prop_map(|(effect, timeliness, attitude)| Verdict {
        effect,
        timeliness,
        attitude,
    })
}

fn answer() -> impl Strategy<Value = RawAnswer> {
    prop_oneof![
        Just(RawAnswer::Thumb(Thumb::Up)),
        Just(RawAnswer::Thumb(Thumb::Down)),
        verdict().prop_map(RawAnswer::Axes),
    ]
}

fn what() -> impl Strategy<Value = What> {
    let outcome = prop_oneof![
        Just(ArrivalOutcome::Met),
        Just(ArrivalOutcome::Absent),
        Just(ArrivalOutcome::Refused)
    ];
    // Mostly the first reporter, who is always there; sometimes one that is not.
    let reporter = || prop_oneof![6 => Just(0_usize), 2 => Just(1), 1 => Just(2)];
    let rung = || proptest::option::of(0_usize..4);
    prop_oneof![
        24 => (any::<bool>(), any::<bool>()).prop_map(|(urgent, solved)| What::Next { urgent, solved }),
        1 => any::<bool>().prop_map(|urgent| What::Register { urgent }),
        1 => Just(What::Attach),
        3 => (proptest::option::of(0..HOLDERS), rung()).prop_map(|(to, lowest)| What::Dispatch { to, lowest }),
        1 => Just(What::Accept),
        3 => outcome.prop_map(What::Arrive),
        1 => Just(What::Progress),
        3 => Just(What::Complete),
        2 => reporter().prop_map(What::Notify),
        4 => (reporter(), answer()).prop_map(|(reporter, answer)| What::Rate(reporter, answer)),
        6 => (reporter(), proptest::option::weighted(0.3, verdict())).prop_map(|(r, v)| What::FollowUp(r, v)),
        2 => reporter().prop_map(What::Reopen),
        2 => rung().prop_map(What::Escalate),
        10 => (0_usize..4, super::due(), super::generation()).prop_map(|(place, due, g)| What::Fire(place, due, g)),
    ]
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = proptest::option::weighted(0.2, 0..7 * HOLDERS);
    let step = (super::pause(), who, what(), proptest::bool::weighted(0.15));
    let step = step.prop_map(|(after, who, what, twice)| Step { after, who, what, twice });
    proptest::collection::vec(step, 1..80)
}
