//! A fixed four-node county in memory, with every role driven by hand: nothing waits for real time.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use commands::facts::Facts;
use commands::{Commands, streams};
use domain::org::command::{AddUnit, CreatePost, SetRoster};
use domain::org::{OrgCommand, OrgVerb};
use domain::policy::command::{PublishCalendar, PublishPolicy};
use domain::policy::{PolicyCommand, PolicyVerb};
use domain::shared::actor::{Actor, ActorKind};
use domain::shared::ids::{PostId, UnitId};
use domain::shared::ladder::Rung;
use domain::shared::moment::Moment;
use eventlog::{Appender, EventLog, LogTail, MemoryDigests, MemoryLog, Origin, Request, Shared};
use runtime::progress::Progress;
use runtime::{Clock, Ids};
use uuid::Uuid;
use vault::{Aad, Class, KeyFor, Scope, Vault};
use views::Views;
use views::store::all_models;
use worker::{Escalator, Projector};

const COUNTY6: &str = "000000";
/// Two runs must be equal, so ids are; they are never keys.
const SEED: u64 = 20_110_402;
const UNITS: [(&str, Rung); 4] = [
    ("county", Rung::County),
    ("township", Rung::Township),
    ("village", Rung::Village),
    ("grid", Rung::Grid),
];

pub struct World {
    pub commands: Arc<Commands>,
    pub views: Arc<Views>,
    vault: Vault,
    projector: Projector,
    escalator: Escalator,
    /// The village: where letters are filed and first answered for.
    pub village: UnitId,
    pub actor: Actor,
}

impl World {
    pub async fn open(start: Moment, policy: &str, calendar: &str) -> Result<Self> {
        let clock = Clock::manual(start.0);
        let ids = Ids::seeded(clock.clone(), SEED);
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new(clock.clone(), &ids));
        let head = Progress::default();
        let appender = Appender::start(Arc::clone(&log), head.clone());
        // Only the views that decide when and what: timers, and the facts behind the figures.
        let models = all_models()
            .into_iter()
            .filter(|model| ["due", "dashboard"].contains(&model.name()))
            .collect();
        let name = format!("simulate-{}", Uuid::from_bytes(Ids::random(clock.clone()).bytes()));
        let views = Arc::new(Views::in_memory(&name, models).await?);
        let projected = Progress::default();
        let feed = Box::new(LogTail::new(Arc::clone(&log), head, 0));
        let digests = Arc::new(MemoryDigests::new(&ids));
        let shared = Shared { log, appender, digests, clock: clock.clone(), ids };
        let commands = Arc::new(Commands::new(shared, COUNTY6.into()));
        let mut world = Self {
            projector: Projector {
                shared: None,
                feed,
                views: Arc::clone(&views),
                projected: projected.clone(),
            },
            escalator: Escalator {
                commands: Arc::clone(&commands),
                views: Arc::clone(&views),
                projected,
            },
            vault: Vault::in_memory().await?,
            commands,
            views,
            village: UnitId::default(),
            actor: Actor { kind: ActorKind::Import, id: "letters".into(), ..Actor::default() },
        };
        world.publish(policy, calendar).await?;
        world.build_tree().await?;
        Ok(world)
    }

    async fn publish(&self, policy: &str, calendar: &str) -> Result<()> {
        let stream = streams::policies(COUNTY6);
        let calendar = PolicyVerb::PublishCalendar(PublishCalendar { text: calendar.into() });
        let policy =
            PolicyVerb::PublishPolicy(PublishPolicy { text: policy.into(), allow_backtest: true });
        for verb in [calendar, policy] {
            let command =
                |now| PolicyCommand { given: Facts::default().at(now), verb: verb.clone() };
            let done = self.commands.policies.execute(stream, &self.request(), command).await;
            if let Err(eventlog::ExecuteError::Refused(refusal)) = &done {
                return Err(anyhow!("{} / {refusal}", refusal.zh()));
            }
            done?;
        }
        Ok(())
    }

    async fn build_tree(&mut self) -> Result<()> {
        let tree = streams::tree(COUNTY6);
        let mut parent = None;
        for (name, rung) in UNITS {
            let unit = UnitId(self.commands.ids.uuid7());
            let post = PostId(self.commands.ids.uuid7());
            let add = AddUnit {
                unit,
                parent,
                name: name.into(),
                kind: name.into(),
                rung,
                code: String::new(),
            };
            self.org(tree, OrgVerb::AddUnit(add)).await?;
            self.org(post.0, OrgVerb::CreatePost(CreatePost { post, unit, title: name.into() }))
                .await?;
            self.org(
                tree,
                OrgVerb::SetRoster(SetRoster { unit, posts: vec![post], from: None, until: None }),
            )
            .await?;
            if rung == Rung::Village {
                self.village = unit;
            }
            parent = Some(unit);
        }
        Ok(())
    }

    async fn org(&self, stream: Uuid, verb: OrgVerb) -> Result<()> {
        let command = |now| OrgCommand { given: Facts::default().at(now), verb: verb.clone() };
        self.commands.org.execute(stream, &self.request(), command).await?;
        Ok(())
    }

    pub fn request(&self) -> Request {
        Request {
            origin: Origin {
                county6: COUNTY6.into(),
                actor: event::Actor {
                    kind: "import".into(),
                    id: "letters".into(),
                    post: None,
                    unit: None,
                },
                channel: "simulate".into(),
                correlation_id: self.commands.ids.uuid7(),
                ..Origin::default()
            },
            ..Request::default()
        }
    }

    /// Residents' words are sealed here as everywhere.
    pub async fn seal(
        &self,
        issue: Uuid,
        field: &str,
        text: &str,
    ) -> Result<Option<domain::shared::sealed::Sealed>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let owner = KeyFor {
            scope: Scope::issue(issue),
            subject: "matter".into(),
            class: Class::Narrative,
        };
        let aad = Aad { log_id: self.commands.log.log_id(), stream: format!("issue/{issue}") };
        let sealed = self.vault.seal(&owner, field, &aad, text).await?;
        Ok(Some(domain::shared::sealed::Sealed {
            key_id: sealed.key_id,
            commitment: sealed.commitment,
            text: sealed.text,
        }))
    }

    /// Lets every promise due at or before `until` fire at its own time.
    pub async fn fire_until(&mut self, until: Moment) -> Result<()> {
        self.catch_up().await?;
        while let Some(due) = self.views.next_due().await?.filter(|due| *due <= until.0) {
            self.commands.clock.advance_to(due);
            self.escalator.fire_in_order().await?;
            self.catch_up().await?;
        }
        self.commands.clock.advance_to(until.0);
        Ok(())
    }

    pub async fn catch_up(&mut self) -> Result<()> {
        self.projector.catch_up().await.map_err(|error| anyhow!(error))
    }
}
