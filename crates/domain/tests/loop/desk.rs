//! A desk with one file on it: four rungs with two posts each, a call centre and a supervision office.

use std::sync::{Arc, LazyLock};

use domain::issue::command::{
    Arrive, AttachReporter, Complete, Dispatch, Expire, FollowUp, Hold, NameParty, Notify, Rate,
    RawAnswer, Register, Seat,
};
use domain::issue::event::{ArrivalOutcome, HoldKind, NoticeChannel, Outcome, PartyRole, Proposal};
use domain::issue::{Issue, IssueCommand, IssueError, IssueEvent, IssueVerb, Stage};
use domain::policy::command::{PublishCalendar, PublishPolicy};
use domain::policy::{Policies, PolicyCommand, PolicyVerb};
use domain::shared::actor::{Actor, ActorKind};
use domain::shared::clock::ClockKind;
use domain::shared::given::{Given, MergeLead};
use domain::shared::ids::{IssueId, PersonId, PostId, UnitId};
use domain::shared::ladder::{Holder, Ladder, Rung};
use domain::shared::matter::{Confidence, Matter, Reporter, Source, Track, Urgency};
use domain::shared::moment::Moment;
use domain::shared::sealed::Sealed;
use domain::shared::terms::PolicyBook;
use domain::shared::verdict::{Effect, Satisfaction, Verdict};
use uuid::Uuid;

const CALENDAR: &str = include_str!("../../../../deploy/calendars/cn-2011-2026.toml");
pub const POLICY: &str = include_str!("policy.toml");

/// 2026-03-02 09:00, a Monday.
pub const START: Moment = Moment(1_772_413_200_000_000);
pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 24 * HOUR;
pub const ISSUE: IssueId = IssueId(Uuid::from_u128(0x1550e));
pub const OTHER: IssueId = IssueId(Uuid::from_u128(0x1551e));
pub const UP: Verdict = Verdict { effect: Effect::Solved, timeliness: None, attitude: None };
pub const DOWN: Verdict = Verdict { effect: Effect::NotSolved, ..UP };
pub const RUDE: Verdict = Verdict { attitude: Some(Satisfaction::Dissatisfied), ..UP };
const RUNGS: [Rung; 4] = [Rung::Grid, Rung::Village, Rung::Township, Rung::County];

pub type Decided = Result<Vec<IssueEvent>, IssueError>;

pub fn publish(text: &str) -> Arc<PolicyBook> {
    let mut policies = Policies::default();
    for verb in [
        PolicyVerb::PublishCalendar(PublishCalendar { text: CALENDAR.into() }),
        PolicyVerb::PublishPolicy(PublishPolicy { text: text.into(), allow_backtest: true }),
    ] {
        for event in policies.decide(PolicyCommand { given: Given::default(), verb }).unwrap() {
            policies.evolve(&event);
        }
    }
    policies.book()
}

static BOOK: LazyLock<Arc<PolicyBook>> = LazyLock::new(|| publish(POLICY));

/// Posts 0 and 1 are the grid's, 2 and 3 the village's, 4 and 5 the township's, 6 and 7 the county's.
pub fn holder(number: u128) -> Holder {
    Holder {
        unit: UnitId(Uuid::from_u128(0x100 + number / 2)),
        post: PostId(Uuid::from_u128(0x200 + number)),
        person: Some(PersonId(Uuid::from_u128(0x300 + number))),
        ..Holder::default()
    }
}

pub fn seat(number: u128) -> Seat {
    let rung = RUNGS.get(usize::try_from(number / 2).unwrap_or(3)).copied();
    Seat { holder: holder(number), rung: rung.unwrap_or(Rung::County) }
}

pub fn staff(number: u128) -> Actor {
    let holder = holder(number);
    Actor {
        kind: ActorKind::Staff,
        id: format!("staff/{number}"),
        person: holder.person,
        post: Some(holder.post),
        unit: Some(holder.unit),
    }
}

pub fn resident() -> Actor {
    Actor { kind: ActorKind::Resident, id: "resident".into(), ..Actor::default() }
}

/// Of the call centre: it handles nothing.
pub fn agent() -> Actor {
    Actor { kind: ActorKind::Agent, ..staff(20) }
}

/// Of the supervision office: it neither handles nor calls back.
pub fn second() -> Actor {
    staff(30)
}

pub fn sealed() -> Sealed {
    Sealed { key_id: Uuid::from_u128(7), commitment: "YWJj".into(), text: "eHl6".into() }
}

/// Another file that somebody works on.
pub const LEAD: MergeLead = MergeLead {
    open: true,
    track: Track::Service,
    competent: None,
    confidential: false,
    recusal: false,
    complaint: false,
    reopens: 0,
    raised_to: None,
    heard: None,
    called: false,
    visited: false,
    concluded: false,
    closed_at: None,
};

pub fn given(seconds: i64, actor: Actor) -> Given {
    let units = RUNGS.into_iter().zip(0..).map(|(rung, n)| (rung, holder(2 * n).unit));
    let posts =
        RUNGS.into_iter().zip(0..).map(|(r, n)| (r, vec![holder(2 * n), holder(2 * n + 1)]));
    let ladder = Ladder { rungs: posts.collect(), units: units.collect(), ..Ladder::default() };
    let rung = actor.unit.map(|unit| ladder.rung_of(unit).unwrap_or(Rung::County));
    Given {
        now: START.plus_seconds(seconds),
        actor,
        policies: Arc::clone(&BOOK),
        ladder: Arc::new(ladder),
        actor_rung: rung,
        merge_lead: Some(LEAD),
        ..Given::default()
    }
}

/// One file, and the time at the desk.
#[derive(Clone, Default)]
pub struct Desk {
    pub issue: Issue,
    pub now: i64,
    pub past: Vec<IssueEvent>,
}

pub fn matter(confidence: Confidence) -> Matter {
    let reporter = Reporter { confidence, ..Reporter::default() };
    Matter {
        place: holder(0).unit,
        category: "城乡建设/供水".into(),
        reporter,
        ..Matter::default()
    }
}

pub fn urgent() -> Matter {
    Matter { urgency: Urgency::Urgent, ..matter(Confidence::Named) }
}

pub fn proactive() -> Matter {
    Matter { source: Source::Proactive, ..matter(Confidence::Named) }
}

impl Desk {
    pub fn of(matter: Matter) -> Self {
        let mut desk = Self::default();
        desk.ok(agent(), register(matter));
        desk
    }

    /// An ordinary matter with a named reporter, at this stage; the village's first post holds it.
    pub fn at(stage: Stage) -> Self {
        let mut desk = Self::of(matter(Confidence::Named));
        desk.on_to(stage);
        desk
    }

    pub fn on_to(&mut self, stage: Stage) {
        while self.issue.stage < stage {
            match self.issue.stage {
                Stage::Registered => self.ok(agent(), dispatch(2)),
                Stage::Dispatched => self.ok(self.lead(), IssueVerb::Accept),
                Stage::Accepted => self.ok(self.lead(), arrive()),
                Stage::OnSite => self.ok(self.lead(), complete()),
                Stage::Completed => self.ok(agent(), notify(0)),
                _ => self.ok(resident(), rate(UP)),
            };
        }
        assert_eq!(self.issue.stage, stage);
    }

    pub fn lead(&self) -> Actor {
        let lead = self.issue.lead().unwrap().post;
        (0..8).map(staff).find(|actor| actor.post == Some(lead)).unwrap()
    }

    pub fn give(&mut self, actor: Actor, verb: IssueVerb) -> Decided {
        self.give_with(given(self.now, actor), verb)
    }

    pub fn give_with(&mut self, given: Given, verb: IssueVerb) -> Decided {
        let events = self.issue.decide(IssueCommand { given, verb })?;
        for event in &events {
            self.issue.evolve(event);
        }
        self.past.extend(events.clone());
        Ok(events)
    }

    pub fn ok(&mut self, actor: Actor, verb: IssueVerb) -> Vec<IssueEvent> {
        self.give(actor, verb).unwrap()
    }

    /// Refused, and nothing happened.
    pub fn refuses(&self, actor: Actor, verb: IssueVerb) -> IssueError {
        self.clone().give(actor, verb).unwrap_err()
    }

    pub fn due(&self, clock: ClockKind) -> Option<Moment> {
        self.issue.clocks.running(clock).map(|running| running.due_at)
    }

    /// Time goes on to the expiry of this clock, wherever it runs, and its timer fires.
    pub fn fire(&mut self, clock: ClockKind) -> Vec<IssueEvent> {
        let all = self.issue.clocks.all_running();
        let (_, running) = all.into_iter().find(|(kind, _)| *kind == clock).unwrap();
        self.now = self.now.max((running.due_at.0 - START.0) / 1_000_000);
        let generation = running.generation;
        self.ok(Actor::system(), IssueVerb::Expire(Expire { clock, generation }))
    }

    /// Proposed by one, approved by another.
    pub fn by_two(&mut self, one: Actor, proposal: Proposal, other: Actor) -> Decided {
        self.give(one, IssueVerb::Propose(proposal))?;
        let number = self.issue.last_line;
        self.give(other, IssueVerb::Approve { number, confirmed: None })
    }

    pub fn outcome(&self) -> Option<Outcome> {
        self.past.iter().rev().find_map(|event| match event {
            IssueEvent::Closed(e) => Some(e.outcome),
            _ => None,
        })
    }
}

pub fn register(matter: Matter) -> IssueVerb {
    IssueVerb::Register(Box::new(Register {
        issue: ISSUE,
        case_no: "1".into(),
        matter,
        started_at: START,
        policy: None,
        competent: None,
        parties: Vec::new(),
    }))
}

pub fn dispatch(to: u128) -> IssueVerb {
    IssueVerb::Dispatch(Dispatch { to: Some(seat(to)), lowest: None })
}

pub fn arrive() -> IssueVerb {
    IssueVerb::Arrive(Arrive { outcome: ArrivalOutcome::Met, note: None })
}

pub fn complete() -> IssueVerb {
    IssueVerb::Complete(Complete { summary: None, over_support: None })
}

pub fn notify(reporter: usize) -> IssueVerb {
    IssueVerb::Notify(Notify { reporter, channel: NoticeChannel::Phone })
}

pub fn rate(verdict: Verdict) -> IssueVerb {
    rate_of(0, verdict)
}

pub fn rate_of(reporter: usize, verdict: Verdict) -> IssueVerb {
    IssueVerb::Rate(Rate { reporter, answer: RawAnswer::Axes(verdict), in_presence: false })
}

pub fn said(reporter: usize, verdict: Verdict, by_mistake: bool) -> IssueVerb {
    let verdict = Some(verdict);
    IssueVerb::FollowUp(FollowUp { reporter, verdict, note: None, by_mistake })
}

pub fn follow_up(verdict: Option<Verdict>, by_mistake: bool) -> IssueVerb {
    IssueVerb::FollowUp(FollowUp { reporter: 0, verdict, note: None, by_mistake })
}

pub fn attach(reporter: Reporter) -> IssueVerb {
    IssueVerb::AttachReporter(AttachReporter {
        reporter,
        started_at: None,
        policy: None,
        brings: None,
    })
}

pub fn hold(kind: HoldKind, until: Option<i64>) -> IssueVerb {
    let until = until.map(|seconds| START.plus_seconds(seconds));
    IssueVerb::Hold(Hold { kind, reason: sealed(), until })
}

pub fn end(outcome: Outcome) -> Proposal {
    let competent_body = Some("县公安局".into());
    Proposal::End { outcome, reason: sealed(), remedy: sealed(), competent_body }
}

pub fn party(post: Option<PostId>, person: Option<PersonId>, unit: Option<UnitId>) -> IssueVerb {
    // A whole unit is named only where it is accused.
    let role = if unit.is_some() { PartyRole::Accused } else { PartyRole::Interested };
    IssueVerb::NameParty(NameParty { role, post, person, unit })
}

pub fn merge() -> Proposal {
    Proposal::Merge { into: OTHER, reason: sealed() }
}

/// Merges `from` into `lead`, as the reaction carries it over.
pub fn join(from: &mut Desk, lead: &mut Desk) {
    from.by_two(agent(), merge(), second()).unwrap();
    let ended = from.past.iter().rev().find_map(|event| match event {
        IssueEvent::Ended(e) => Some(e.clone()),
        _ => None,
    });
    let ended = ended.unwrap();
    for (number, reporter) in ended.reporters.into_iter().enumerate() {
        let brings = ended.brings.clone().filter(|_| number == 0).map(Box::new);
        let attach =
            AttachReporter { reporter, started_at: ended.started_at, policy: None, brings };
        lead.ok(Actor::system(), IssueVerb::AttachReporter(attach));
    }
}
