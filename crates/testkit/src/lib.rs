//! A small county in memory for the tests of several packages: its units and posts, its policy, and a
//! log that is written by the product's own commands.

#![expect(clippy::unwrap_used, clippy::panic, reason = "only tests use this package")]

pub mod nats;
pub mod object_store;
pub mod own_postgres;
pub mod postgres;
mod story;

use std::sync::Arc;

use commands::{Commands, streams};
use domain::call::{CallCommand, CallVerb};
use domain::issue::command::{NameParty, Register};
use domain::issue::event::PartyRole;
use domain::issue::{Issue, IssueCommand, IssueError, IssueVerb};
use domain::org::command::{AddUnit, CreatePost, RegisterDevice, RegisterHousehold, SetRoster};
use domain::org::{OrgCommand, OrgVerb};
use domain::policy::command::{PublishCalendar, PublishPolicy};
use domain::policy::{PolicyCommand, PolicyVerb};
use domain::shared::actor::{Actor, ActorKind};
use domain::shared::ids::{CallId, DeviceId, HouseholdId, IssueId, PersonId, PostId, UnitId};
use domain::shared::ladder::{Holder, Rung};
use domain::shared::matter::{Matter, Reporter, Track};
use domain::shared::moment::Moment;
use event::{Disclosure, Payload, Recorded, StreamId};
use eventlog::{
    Append, Appender, Done, EventLog, ExecuteError, LogTail, MemoryDigests, MemoryLog, NewEvent,
    Origin, Request, Shared,
};
use runtime::progress::Progress;
use runtime::{Clock, Ids};
use uuid::Uuid;

pub use story::Story;

const CALENDAR: &str = include_str!("../../../deploy/calendars/cn-2011-2026.toml");
const POLICY: &str = include_str!("../../../deploy/policies/county.toml");

/// 2026-03-02 09:00 in the county, a Monday; µs UTC.
pub const START: i64 = 1_772_413_200_000_000;
pub const COUNTY: UnitId = UnitId(Uuid::from_u128(0x10));
pub const TOWNSHIP: UnitId = UnitId(Uuid::from_u128(0x11));
/// Two villages of the one township.
pub const VILLAGES: [UnitId; 2] = [UnitId(Uuid::from_u128(0x12)), UnitId(Uuid::from_u128(0x13))];

pub struct County {
    pub log: Arc<dyn EventLog>,
    pub commands: Commands,
    pub clock: Clock,
    pub ids: Ids,
}

/// What `execute` answered, when the log itself did its work.
pub type Executed<E> = Result<Done, E>;

impl County {
    /// Units, posts, rosters, a household with a device in each village, and the policy in force.
    pub async fn new() -> Self {
        Self::of_seed(1).await
    }

    /// As [`County::new`], with other ids throughout.
    pub async fn of_seed(seed: u64) -> Self {
        let clock = Clock::manual(START);
        let ids = Ids::seeded(clock.clone(), seed);
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new(clock.clone(), &ids));
        let appender = Appender::start(Arc::clone(&log), Progress::default());
        let shared = Shared {
            log: Arc::clone(&log),
            appender,
            digests: Arc::new(MemoryDigests::new(&ids)),
            clock: clock.clone(),
            ids: ids.clone(),
        };
        let commands = Commands::new(shared, "341504".into());
        let county = Self { log, commands, clock, ids };
        county.add_units().await;
        for (number, village) in (0..).zip(VILLAGES) {
            let household = household(number);
            let verb = RegisterHousehold { household, unit: village, address: None };
            county.org(household.0, OrgVerb::RegisterHousehold(verb)).await;
            let verb = RegisterDevice { device: device(number), household };
            county.org(device(number).0, OrgVerb::RegisterDevice(verb)).await;
        }
        county.publish().await;
        county
    }

    async fn add_units(&self) {
        let units = [
            (COUNTY, None, Rung::County),
            (TOWNSHIP, Some(COUNTY), Rung::Township),
            (VILLAGES[0], Some(TOWNSHIP), Rung::Village),
            (VILLAGES[1], Some(TOWNSHIP), Rung::Village),
        ];
        let tree = streams::tree("341504");
        for (unit, parent, rung) in units {
            let (name, kind, code) = (format!("单位{rung}"), rung.zh().into(), String::new());
            let verb = AddUnit { unit, parent, name, kind, rung, code };
            self.org(tree, OrgVerb::AddUnit(verb)).await;
            let posts = [holder(unit, 0).post, holder(unit, 1).post];
            for post in posts {
                let verb = CreatePost { post, unit, title: "岗位".into() };
                self.org(post.0, OrgVerb::CreatePost(verb)).await;
            }
            let verb = SetRoster { unit, posts: posts.to_vec(), from: None, until: None };
            self.org(tree, OrgVerb::SetRoster(verb)).await;
        }
    }

    async fn publish(&self) {
        let calendar = PolicyVerb::PublishCalendar(PublishCalendar { text: CALENDAR.into() });
        let policy = PublishPolicy { text: POLICY.into(), allow_backtest: false };
        for verb in [calendar, PolicyVerb::PublishPolicy(policy)] {
            let facts = self.commands.facts(Actor::system(), None).await.unwrap();
            let command = |now| PolicyCommand { given: facts.at(now), verb: verb.clone() };
            let stream = streams::policies("341504");
            self.commands.policies.execute(stream, &request(), command).await.unwrap();
        }
    }

    /// A command to the county's tree, which must not be refused.
    pub async fn tree(&self, verb: OrgVerb) {
        self.org(streams::tree("341504"), verb).await;
    }

    /// A command to a record of the organisation, which must not be refused.
    pub async fn org(&self, stream: Uuid, verb: OrgVerb) {
        let facts = self.commands.facts(Actor::system(), None).await.unwrap();
        let command = |now| OrgCommand { given: facts.at(now), verb: verb.clone() };
        self.commands.org.execute(stream, &request(), command).await.unwrap();
    }

    /// A command to an issue about something in `place`; the rule's refusal is an answer.
    pub async fn issue(
        &self,
        id: IssueId,
        place: UnitId,
        actor: Actor,
        verb: IssueVerb,
    ) -> Executed<IssueError> {
        let mut facts = self.commands.facts(actor, Some(place)).await.unwrap();
        facts.merge_lead = self.commands.merge_lead(id, &verb).await.unwrap();
        let command = |now| IssueCommand { given: facts.at(now), verb: verb.clone() };
        refusal(self.commands.issues.execute(id.0, &request(), command).await)
    }

    /// A command to a call from `place`; the rule's refusal is an answer.
    pub async fn call(
        &self,
        id: CallId,
        place: UnitId,
        verb: CallVerb,
    ) -> Executed<domain::call::CallError> {
        let asks = matches!(verb, CallVerb::FollowUp(_));
        let actor = if asks { agent() } else { Actor::system() };
        let facts = self.commands.facts(actor, Some(place)).await.unwrap();
        let command = |now| CallCommand { given: facts.at(now), verb: verb.clone() };
        refusal(self.commands.calls.execute(id.0, &request(), command).await)
    }

    /// Registers `matter` as a new issue.
    pub async fn register(&self, matter: Matter) -> IssueId {
        let (issue, place) = (IssueId(self.ids.uuid7()), matter.place);
        // An accusation is received where it is filed, and names somebody of no post here.
        let accusation = matter.track == Track::Supervision;
        let now = Moment(self.clock.now_us());
        let case_no = commands::case_no::make("341504", now, self.ids.bytes());
        let verb = Register {
            issue,
            case_no,
            matter,
            started_at: now,
            policy: None,
            competent: accusation.then_some(place),
            parties: Vec::from_iter(accusation.then(accused)),
        };
        self.issue(issue, place, agent(), IssueVerb::Register(Box::new(verb))).await.unwrap();
        issue
    }

    /// The issue as it stands.
    pub async fn state(&self, id: IssueId) -> Issue {
        self.commands.issues.read(id.0, |issue, _| issue.clone()).await.unwrap().unwrap_or_default()
    }

    /// Writes an event as some other program might: no rule was asked.
    pub async fn write_raw(&self, stream: StreamId, name: &str, payload: &str) -> u64 {
        let known = self.log.read_stream(&stream, 0, usize::MAX).await.unwrap();
        let event = NewEvent {
            event_id: self.ids.uuid7(),
            r#type: name.into(),
            schema_ver: 1,
            disclosure: Disclosure::Public,
            keys: Vec::new(),
            payload: Payload::parse(payload.into()).unwrap(),
        };
        let append = Append {
            stream,
            expected_version: known.len() as u64,
            origin: Origin::default(),
            decided_at: self.clock.now_us(),
            request: None,
            events: vec![event],
            claims: Vec::new(),
        };
        self.log.append(&[append]).await.unwrap();
        self.log.head().await.unwrap().position
    }

    /// Everything there is, from `after` on.
    pub async fn since(&self, after: u64) -> Vec<Recorded> {
        self.log.read_log(after, usize::MAX).await.unwrap()
    }

    /// Follows the log from its beginning.
    #[must_use]
    pub fn feed(&self) -> LogTail {
        LogTail::new(Arc::clone(&self.log), self.commands.appender.head().clone(), 0)
    }
}

fn accused() -> NameParty {
    let person = Some(PersonId(Uuid::from_u128(0x3aa)));
    NameParty { role: PartyRole::Accused, post: None, person, unit: None }
}

fn refusal<E: std::error::Error>(executed: Result<Done, ExecuteError<E>>) -> Result<Done, E> {
    match executed {
        Err(ExecuteError::Refused(refusal)) => Err(refusal),
        other => Ok(other.unwrap()),
    }
}

fn request() -> Request {
    let origin = Origin { county6: "341504".into(), channel: "test".into(), ..Origin::default() };
    Request { origin, ..Request::default() }
}

/// `/county/township/village` of one of the units above.
#[must_use]
pub fn area_path(unit: UnitId) -> String {
    let above = if unit == COUNTY {
        String::new()
    } else {
        area_path(if unit == TOWNSHIP { COUNTY } else { TOWNSHIP })
    };
    format!("{above}/{unit}")
}

/// The first or second post of a unit.
#[must_use]
pub fn holder(unit: UnitId, place: u128) -> Holder {
    let post = PostId(Uuid::from_u128((unit.0.as_u128() << 16) + place));
    Holder { unit, post, ..Holder::default() }
}

#[must_use]
pub fn household(village: u128) -> HouseholdId {
    HouseholdId(Uuid::from_u128(0x4000 + village))
}

#[must_use]
pub fn device(village: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(0x5000 + village))
}

#[must_use]
pub fn staff(holder: &Holder) -> Actor {
    Actor {
        kind: ActorKind::Staff,
        id: format!("staff/{}", holder.post),
        person: holder.person,
        post: Some(holder.post),
        unit: Some(holder.unit),
    }
}

/// Of a call centre that handles nothing.
#[must_use]
pub fn agent() -> Actor {
    Actor {
        kind: ActorKind::Agent,
        id: "agent".into(),
        person: Some(PersonId(Uuid::from_u128(0x3ff))),
        post: Some(PostId(Uuid::from_u128(0x2ff))),
        unit: Some(UnitId(Uuid::from_u128(0x1ff))),
    }
}

#[must_use]
pub fn resident() -> Actor {
    Actor { kind: ActorKind::Resident, id: "resident".into(), ..Actor::default() }
}

/// A matter in one of the villages, brought by the household there.
#[must_use]
pub fn matter(village: usize) -> Matter {
    let number = village as u128;
    let reporter = Reporter {
        household: Some(household(number)),
        device: Some(device(number)),
        ..Reporter::default()
    };
    let category = "城乡建设/供水".into();
    Matter { place: VILLAGES[village], category, reporter, ..Matter::default() }
}
