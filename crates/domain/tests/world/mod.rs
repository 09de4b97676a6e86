//! A small county for random stories: four rungs with two posts each, a call centre outside them, one
//! live policy in force, and the real calendar.

pub mod call_story;
mod endings;
mod issue_steps;
pub mod issue_story;

use std::sync::{Arc, LazyLock};

use domain::issue::command::Seat;
use domain::policy::command::{PublishCalendar, PublishPolicy};
use domain::policy::{Policies, PolicyCommand, PolicyVerb};
use domain::shared::actor::{Actor, ActorKind};
use domain::shared::given::{Given, MergeLead};
use domain::shared::ids::{CallId, DeviceId, IssueId, PersonId, PostId, UnitId};
use domain::shared::ladder::{Holder, Ladder, Rung};
use domain::shared::matter::Track;
use domain::shared::moment::Moment;
use domain::shared::sealed::Sealed;
use domain::shared::terms::PolicyBook;
use proptest::prelude::*;
use uuid::Uuid;

const CALENDAR: &str = include_str!("../../../../deploy/calendars/cn-2011-2026.toml");
const POLICY: &str = r#"
id = "stories"
version = 1
title = "随机故事用规则"
calendar = "cn"

[call]
ring = "30 秒"
return_call = "30 分钟"
disposition = "30 分钟"
repeat = "2 小时"
thumb_window = "3 日"
sample_percent = 50
in_presence_percent = 50

[[matters]]
name = "紧急"
match = { urgency = ["urgent"] }
must_visit = true
dispatch_to = "grid"
dispatch = "30 分钟"
accept = "15 分钟"
arrive = "2 小时"
resolve = "2 工作日"
notice = "1 日"
verdict = "3 日"
repeat = "1 日"
reopen_window = "15 日"
first_contact = "1 小时"
pause_max = "3 日"
review_max = "20 日"
conclude_after = 1
in_presence_percent = 50
follow_up = { every = "1 日", attempts = 3, days = 2 }
total = { period = "5 日", repeat = "1 日", ladder = [
    { at_percent = 50, to = "village" }, { at_percent = 100, to = "township" }, { at_percent = 200, to = "county" },
] }

[[matters]]
name = "信访"
match = { procedure = ["petition"] }
statutory = true
dispatch = "2 工作日"
accept = "2 工作日"
first_contact = "1 日"
arrive = "5 日"
resolve = "40 日"
notice = "5 日"
verdict = "10 日"
repeat = "3 日"
reopen_window = "30 日"
review_max = "30 日"
conclude_after = 1
follow_up = { every = "1 日", attempts = 3, days = 2 }
total = { period = "60 日", repeat = "5 日", ladder = [{ at_percent = 100, to = "county" }] }

[[matters]]
name = "一般"
first_contact = "1 日"
review_max = "20 日"
conclude_after = 1
duty_hours = { from = "08:00:00", to = "18:00:00" }
dispatch = "1 工作日"
accept = "1 工作日"
arrive = "3 日"
resolve = "10 工作日"
notice = "2 工作日"
verdict = "5 日"
repeat = "2 日"
reopen_window = "30 日"
follow_up = { every = "6 小时", attempts = 3, days = 2 }
total = { period = "15 日", repeat = "5 日", ladder = [
    { at_percent = 100, to = "township" }, { at_percent = 150, to = "county" },
] }
"#;

/// 2026-03-02 09:00, a Monday.
pub const START: Moment = Moment(1_772_413_200_000_000);
pub const ISSUE: IssueId = IssueId(Uuid::from_u128(0x1550e));
pub const CALL: CallId = CallId(Uuid::from_u128(0xca11));
pub const DEVICE: DeviceId = DeviceId(Uuid::from_u128(0xde1));
pub const RUNGS: [Rung; 4] = [Rung::Grid, Rung::Village, Rung::Township, Rung::County];
/// Two posts on each rung.
pub const HOLDERS: usize = 8;

/// Published by the domain's own rules, so a policy that may not be live is no policy of a story.
static BOOK: LazyLock<Arc<PolicyBook>> = LazyLock::new(|| {
    let mut policies = Policies::default();
    for verb in [
        PolicyVerb::PublishCalendar(PublishCalendar { text: CALENDAR.into() }),
        PolicyVerb::PublishPolicy(PublishPolicy { text: POLICY.into(), allow_backtest: false }),
    ] {
        let command = PolicyCommand { given: Given::default(), verb };
        for event in policies.decide(command).unwrap() {
            policies.evolve(&event);
        }
    }
    policies.book()
});

static LADDER: LazyLock<Arc<Ladder>> = LazyLock::new(|| {
    let posts = |place: usize| vec![holder(2 * place), holder(2 * place + 1)];
    let rungs = RUNGS.into_iter().enumerate().map(|(place, rung)| (rung, posts(place)));
    let units = RUNGS.into_iter().enumerate().map(|(place, rung)| (rung, holder(2 * place).unit));
    Arc::new(Ladder { rungs: rungs.collect(), units: units.collect(), ..Ladder::default() })
});

pub fn book() -> Arc<PolicyBook> {
    Arc::clone(&BOOK)
}

/// The two posts of a rung share its unit.
pub fn holder(number: usize) -> Holder {
    let number = number % HOLDERS;
    Holder {
        unit: UnitId(Uuid::from_u128(0x100 + number as u128 / 2)),
        post: PostId(Uuid::from_u128(0x200 + number as u128)),
        person: Some(PersonId(Uuid::from_u128(0x300 + number as u128))),
        ..Holder::default()
    }
}

pub fn staff(holder: &Holder) -> Actor {
    Actor {
        kind: ActorKind::Staff,
        id: format!("staff/{}", holder.post),
        person: holder.person,
        post: Some(holder.post),
        unit: Some(holder.unit),
    }
}

pub fn resident() -> Actor {
    Actor { kind: ActorKind::Resident, id: "resident".into(), ..Actor::default() }
}

/// Of the county's call centre, which handles nothing.
pub fn outsider() -> Actor {
    Actor {
        kind: ActorKind::Agent,
        id: "agent".into(),
        person: Some(PersonId(Uuid::from_u128(0x3ff))),
        post: Some(PostId(Uuid::from_u128(0x2ff))),
        unit: Some(UnitId(Uuid::from_u128(0x1ff))),
    }
}

/// Of the county's supervision office: the second person, who neither handles nor calls back.
pub fn second() -> Actor {
    Actor {
        kind: ActorKind::Staff,
        id: "second".into(),
        person: Some(PersonId(Uuid::from_u128(0x3fe))),
        post: Some(PostId(Uuid::from_u128(0x2fe))),
        unit: Some(UnitId(Uuid::from_u128(0x1fe))),
    }
}

/// The rung of the actor's unit in the tree.
fn rung_of(actor: &Actor) -> Option<Rung> {
    let unit = actor.unit?;
    let on_ladder = (0..HOLDERS).find(|number| holder(*number).unit == unit);
    Some(on_ladder.map_or(Rung::County, |number| RUNGS[number / 2]))
}

/// A handler who took a second post in the call centre, an agent seated in a handling unit, and so on.
pub fn anybody(number: usize) -> Actor {
    let holder = holder(number / 8);
    match number % 8 {
        0 => staff(&holder),
        1 => resident(),
        2 => outsider(),
        3 => Actor { person: holder.person, ..outsider() },
        4 => Actor { unit: Some(holder.unit), ..outsider() },
        5 => second(),
        6 => Actor { kind: ActorKind::Import, id: "12345".into(), ..Actor::default() },
        _ => Actor::system(),
    }
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

pub fn given(now: Moment, actor: Actor) -> Given {
    let actor_rung = rung_of(&actor);
    // What is sampled depends on the moment, so both happen in every long story.
    let draw = u16::try_from(now.0 / 1_000_000 % 10_000).unwrap_or(0);
    let ladder = Arc::clone(&LADDER);
    let merge_lead = Some(LEAD);
    Given { now, actor, actor_rung, draw, policies: book(), ladder, merge_lead, ..Given::default() }
}

pub fn sealed() -> Sealed {
    Sealed { key_id: Uuid::from_u128(7), commitment: "YWJj".into(), text: "eHl6".into() }
}

/// When a timer asks, relative to the moment its clock is due.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    Before,
    At,
    After(i64),
}

impl Due {
    /// Never before `now`: time moves forward in every story.
    pub fn moment(self, due_at: Moment, now: Moment) -> Moment {
        let asked = match self {
            Self::Before => Moment(due_at.0 - 1),
            Self::At => due_at,
            Self::After(seconds) => due_at.plus_seconds(seconds),
        };
        asked.max(now)
    }
}

/// Which generation of its clock a timer asks for.
#[derive(Clone, Copy, Debug)]
pub enum Generation {
    Running,
    Earlier,
    Later,
}

impl Generation {
    pub fn of(self, running: u32) -> u32 {
        match self {
            Self::Running => running,
            Self::Earlier => running.saturating_sub(1),
            Self::Later => running + 1,
        }
    }
}

/// Seconds between two commands, from none to weeks.
pub fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![
        3 => Just(0_i64),
        4 => 1_i64..3_600,
        3 => 3_600_i64..172_800,
        1 => 172_800_i64..2_000_000,
    ]
}

pub fn due() -> impl Strategy<Value = Due> {
    prop_oneof![
        1 => Just(Due::Before),
        3 => Just(Due::At),
        2 => (1_i64..90_000).prop_map(Due::After),
        1 => (90_000_i64..3_000_000).prop_map(Due::After),
    ]
}

pub fn generation() -> impl Strategy<Value = Generation> {
    prop_oneof![6 => Just(Generation::Running), 1 => Just(Generation::Earlier), 1 => Just(Generation::Later)]
}

pub fn seat(number: usize) -> Seat {
    Seat { holder: holder(number), rung: RUNGS[number % HOLDERS / 2] }
}
