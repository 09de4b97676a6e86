//! Configuration → parts: opens the data directory and wires the roles together.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use commands::Commands;
use domain::shared::moment::Moment;
use event::Feed;
use eventlog::{Appender, DirectoryLock, EventLog, LogTail};
use runtime::config::{ClockKind, Config, Role};
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use runtime::{Clock, Ids};
use tokio::task::JoinSet;
use vault::Vault;
use views::Views;
use worker::projector::Opener;
use worker::{Escalator, Projector, Reactions};

use crate::follower::Follower;
use crate::stores::Stores;

/// Everything one process runs on.
pub struct Running {
    pub commands: Arc<Commands>,
    pub views: Arc<Views>,
    pub vault: Arc<Vault>,
    pub projected: Progress,
    pub reacted: Progress,
    durability: String,
    /// Held for as long as the process uses the directory.
    _lock: Option<DirectoryLock>,
}

/// Opens (or makes) the data directory that the configuration names.
///
/// # Errors
/// One line with cause and remedy.
pub async fn open(config: &Config) -> Result<Running> {
    let clock = clock(config)?;
    let ids = Ids::random(clock.clone());
    let stores = Stores::open(config, &clock, &ids).await?;
    let log = Arc::clone(&stores.log);
    let head = Progress::default();
    require_county(log.as_ref(), &config.county6).await?;
    let stored = log.head().await?;
    head.reached(stored.position);
    // A manual clock goes on where the log ended: time never goes back across a restart.
    clock.advance_to(stored.recorded_at);
    let appender = Appender::start(Arc::clone(&log), head);
    let commands = Arc::new(Commands::new(log, appender, clock, ids, config.county6.clone()));
    Ok(Running {
        commands,
        views: Arc::new(stores.views),
        vault: Arc::new(stores.vault),
        projected: Progress::default(),
        reacted: Progress::default(),
        durability: stores.durability,
        _lock: stores.lock,
    })
}

impl Running {
    /// Starts those of projector, and reactions with escalator, that are asked for; each ends when asked
    /// to, or says why it could not go on.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn start_roles(
        &self,
        roles_asked: &[Role],
        roles: &mut JoinSet<Result<(), String>>,
        shutdown: &Shutdown,
    ) -> Result<()> {
        if roles_asked.contains(&Role::Projector) {
            let projector = self.projector();
            let stop = shutdown.clone();
            roles.spawn(async move { projector.await.run(stop).await });
        }
        if roles_asked.contains(&Role::Escalator) {
            let reactions = Reactions {
                feed: Box::new(self.tail(Reactions::start_position(&self.commands).await?)),
                commands: Arc::clone(&self.commands),
                views: Arc::clone(&self.views),
                projected: self.projected.clone(),
                reacted: self.reacted.clone(),
            };
            let escalator = Escalator {
                commands: Arc::clone(&self.commands),
                views: Arc::clone(&self.views),
                projected: self.projected.clone(),
            };
            let stop = (shutdown.clone(), shutdown.clone());
            roles.spawn(async move { reactions.run(stop.0).await });
            roles.spawn(async move {
                escalator.run(stop.1).await;
                Ok(())
            });
        }
        if !self.commands.log.is_sole_writer() {
            let follower = Follower {
                commands: Arc::clone(&self.commands),
                views: Arc::clone(&self.views),
                projected: self.projected.clone(),
                reacted: self.reacted.clone(),
            };
            let stop = shutdown.clone();
            roles.spawn(async move {
                follower.run(stop).await;
                Ok(())
            });
        }
        Ok(())
    }

    fn projector(&self) -> impl Future<Output = Projector> + use<> {
        let (log, head) = (Arc::clone(&self.commands.log), self.commands.appender.head().clone());
        let open = move |position| -> Box<dyn Feed> {
            Box::new(LogTail::new(Arc::clone(&log), head.clone(), position))
        };
        let shared = !self.commands.log.is_sole_writer();
        let (views, projected) = (Arc::clone(&self.views), self.projected.clone());
        let clock = self.commands.clock.clone();
        async move {
            Projector {
                feed: open(views.position().await),
                shared: shared.then(|| Box::new(open) as Opener),
                views,
                projected,
                clock,
            }
        }
    }

    pub fn api(&self, config: &Config, shutdown: &Shutdown) -> api::Api {
        api::Api::new(api::Parts {
            commands: Arc::clone(&self.commands),
            views: Arc::clone(&self.views),
            vault: Arc::clone(&self.vault),
            projected: self.projected.clone(),
            reacted: self.reacted.clone(),
            auth: config.auth,
            shutdown: shutdown.clone(),
            durability: self.durability.clone(),
        })
    }

    fn tail(&self, position: u64) -> LogTail {
        LogTail::new(
            Arc::clone(&self.commands.log),
            self.commands.appender.head().clone(),
            position,
        )
    }
}

/// A log belongs to the county that began it: under another code its tree and policies would vanish.
async fn require_county(log: &dyn EventLog, county6: &str) -> Result<()> {
    let first = log.read_log(0, 1).await?;
    match first.first() {
        Some(event) if event.envelope.county6 != county6 => Err(anyhow!(
            "county6 = '{county6}', but this event log is that of county {}; use that, or another --data-dir or log_url",
            event.envelope.county6
        )),
        Some(_) | None => Ok(()),
    }
}

fn clock(config: &Config) -> Result<Clock> {
    let host = Clock::system();
    match (config.clock, config.clock_start.as_str()) {
        (ClockKind::System, "") => Ok(host),
        (ClockKind::System, _) => Err(anyhow!("clock_start needs clock = 'manual'")),
        (ClockKind::Manual, "") => Ok(Clock::manual(host.now_us())),
        (ClockKind::Manual, start) => {
            let start = Moment::parse(start).with_context(|| {
                format!("clock_start = '{start}' must be RFC 3339, as 2026-11-22T08:00:00+08:00")
            })?;
            Ok(Clock::manual(start.0))
        }
    }
}
