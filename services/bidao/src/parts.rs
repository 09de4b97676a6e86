//! Configuration → parts: opens the data directory and wires the roles together.

use std::path::Path;
use std::sync::Arc;

use crate::digests::VaultDigests;
use anyhow::{Context, Result, anyhow, bail};
use blob::{Blobs, Bucket, Directory};
use bus::follow::OpenLog;
use bus::{Bus, Followed, Place};
use commands::Commands;
use domain::shared::moment::Moment;
use eventlog::{Appender, DirectoryLock, EventLog, LogTail, Shared};
use runtime::config::{Auth, ClockKind, Config, Role};
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use runtime::{Clock, Ids};
use tokio::task::JoinSet;
use vault::Vault;
use views::Views;
use worker::projector::Opener;
use worker::relay::lane::Lane;
use worker::{Escalator, Keeper, Pictures, Projector, Reactions, Relay};

use crate::fetch;
use crate::follower::Follower;
use crate::probe::Databases;
use crate::provider;
use crate::stores::{Server, Stores};

/// Everything one process runs on.
pub struct Running {
    pub commands: Arc<Commands>,
    pub views: Arc<Views>,
    pub vault: Arc<Vault>,
    pub blobs: Arc<dyn Blobs>,
    pub projected: Progress,
    pub reacted: Progress,
    /// How far the vault has followed the log.
    pub kept: Progress,
    /// Where events are carried; none where every role is in this process.
    pub bus: Option<Bus>,
    servers: Vec<Server>,
    /// Held for as long as the process uses the directory.
    _lock: Option<DirectoryLock>,
}

/// Opens (or makes) the data directory that the configuration names.
///
/// # Errors
/// One line with cause and remedy.
pub async fn open(config: &Config) -> Result<Running> {
    let clock = clock(config)?;
    // Before anything is opened.
    if !config.nats_url.as_str().is_empty() {
        bus::connection::check(config.nats_url.as_str()).context("nats_url")?;
    }
    let ids = Ids::random(clock.clone());
    let stores = Stores::open(config, &clock, &ids).await?;
    let log = Arc::clone(&stores.log);
    let head = Progress::default();
    require_county(log.as_ref(), &config.county6).await?;
    require_one_county(config, &stores).await?;
    // Read before the head: other processes go on meanwhile.
    let projected = stores.views.positions().await.into_iter().map(|(.., position)| position).max();
    let stored = log.head().await?;
    require_views_behind(config, projected.unwrap_or(0), stored.position)?;
    head.reached(stored.position);
    // A manual clock goes on where the log ended: time never goes back across a restart.
    clock.advance_to(stored.recorded_at);
    let appender = Appender::start(Arc::clone(&log), head);
    let bus = connect(config).await?;
    let vault = Arc::new(stores.vault);
    let digests = Arc::new(VaultDigests(Arc::clone(&vault)));
    let shared = Shared { log, appender, digests, clock, ids };
    let commands = Arc::new(Commands::new(shared, config.county6.clone()));
    Ok(Running {
        commands,
        views: Arc::new(stores.views),
        vault,
        blobs: blobs(config)?,
        projected: Progress::default(),
        reacted: Progress::default(),
        kept: Progress::default(),
        bus,
        servers: stores.servers,
        _lock: stores.lock,
    })
}

impl Running {
    /// Starts those of projector, and reactions with escalator, that are asked for, and beside the API the
    /// keeper of its vault; each ends when asked to, or says why it could not go on.
    ///
    /// # Errors
    /// When the log or the vault cannot be read.
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
        if roles_asked.contains(&Role::Api) {
            roles.spawn(self.keeper().await?.run(shutdown.clone()));
        }
        if roles_asked.contains(&Role::Escalator) {
            let start = Reactions::start_position(&self.commands).await?;
            let reactions = Reactions {
                feed: self.feeds()(start),
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
        if let Some(bus) = self.bus.as_ref().filter(|_| roles_asked.contains(&Role::Relay)) {
            for lane in Lane::ALL {
                let relay = Relay {
                    lane,
                    log: Arc::clone(&self.commands.log),
                    head: self.commands.appender.head().clone(),
                    bus: bus.clone(),
                    relayed: Progress::default(),
                };
                let stop = shutdown.clone();
                roles.spawn(async move {
                    relay.run(stop).await;
                    Ok(())
                });
            }
        }
        if !self.commands.log.is_sole_writer() {
            let follower = Follower {
                commands: Arc::clone(&self.commands),
                views: Arc::clone(&self.views),
                projected: self.projected.clone(),
                reacted: self.reacted.clone(),
            };
            let stop = shutdown.clone();
            roles.spawn(follower.run(stop));
        }
        Ok(())
    }

    async fn keeper(&self) -> Result<Keeper> {
        // A log that was restored may end before what the vault knows of.
        let start = self.vault.position().await?.min(self.commands.appender.head().position());
        Ok(Keeper {
            feed: self.feeds()(start),
            vault: Arc::clone(&self.vault),
            pictures: Arc::new(Pictures::new(
                Arc::clone(&self.blobs),
                Arc::clone(&self.commands.log),
            )),
            log: Arc::clone(&self.commands.log),
            kept: self.kept.clone(),
        })
    }

    fn projector(&self) -> impl Future<Output = Projector> + use<> {
        let open = self.feeds();
        let shared = !self.commands.log.is_sole_writer();
        let (views, projected) = (Arc::clone(&self.views), self.projected.clone());
        async move {
            Projector {
                feed: open(views.position().await),
                shared: shared.then_some(open),
                views,
                projected,
            }
        }
    }

    /// Feeds of this process: of the stream where others append too and NATS carries it, else of the log.
    fn feeds(&self) -> Opener {
        let (log, head) = (Arc::clone(&self.commands.log), self.commands.appender.head().clone());
        let log_id = log.log_id();
        let carried = self.bus.clone().filter(|_| !log.is_sole_writer());
        let of_log: OpenLog = Arc::new(move |position| {
            Box::new(LogTail::new(Arc::clone(&log), head.clone(), position))
        });
        Box::new(move |position| match &carried {
            Some(bus) => {
                Box::new(Followed::new(bus.clone(), log_id, Arc::clone(&of_log), position))
            }
            None => of_log(position),
        })
    }

    pub fn api(&self, config: &Config, shutdown: &Shutdown) -> api::Api {
        api::Api::new(api::Parts {
            commands: Arc::clone(&self.commands),
            views: Arc::clone(&self.views),
            vault: Arc::clone(&self.vault),
            blobs: Arc::clone(&self.blobs),
            projected: self.projected.clone(),
            reacted: self.reacted.clone(),
            kept: self.kept.clone(),
            auth: config.auth,
            calls_per_minute: match config.auth {
                Auth::Credentials => config.calls_per_minute,
                // Whoever vouches for the callers counts them.
                Auth::TrustedHeader | Auth::Closed => 0,
            },
            provider: provider::of(config),
            sign_in: provider::sign_in(config),
            shutdown: shutdown.clone(),
            durability: match self.servers.is_empty() {
                true => "sqlite: journal_mode=WAL, synchronous=FULL".into(),
                false => "postgres: as the checks of log_url and vault_url say".into(),
            },
            probe: Box::new(self.probe()),
        })
    }

    pub fn probe(&self) -> Databases {
        Databases {
            log: Arc::clone(&self.commands.log),
            views: Arc::clone(&self.views),
            bus: self.bus.clone(),
            servers: self.servers.clone(),
            clock: self.commands.clock.clone(),
        }
    }
}

/// Where pictures are kept.
fn blobs(config: &Config) -> Result<Arc<dyn Blobs>> {
    if config.blob_url.is_empty() {
        return Ok(Arc::new(Directory::at(config.blob_path())));
    }
    let path = &config.blob_keys_file;
    let keys = std::fs::read_to_string(path)
        .with_context(|| format!("blob_keys_file {}", path.display()))?;
    let found = Bucket::try_new(&config.blob_url, &config.blob_region, &keys, fetch::agent());
    Ok(Arc::new(found.map_err(|error| anyhow!("blob_url, blob_keys_file: {error}"))?))
}

/// Connects to NATS, where the configuration names it.
async fn connect(config: &Config) -> Result<Option<Bus>> {
    let urls = config.nats_url.as_str();
    if urls.is_empty() {
        return Ok(None);
    }
    let named = |path: &Path| (!path.as_os_str().is_empty()).then(|| path.to_path_buf());
    let place = Place {
        urls: urls.into(),
        credentials: named(&config.nats_credentials),
        ca: named(&config.nats_ca),
        certificate: named(&config.nats_certificate).zip(named(&config.nats_key)),
        name: "bidao".into(),
        replicas: config.nats_replicas,
    };
    Ok(Some(Bus::connect(&place).await.context("nats_url")?))
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

/// Views and keys of another log would show, and shred, another county's.
async fn require_one_county(config: &Config, stores: &Stores) -> Result<()> {
    let log_id = stores.log.log_id();
    let (views, keys) = match config.is_embedded() {
        true => ("views.db in data_dir", "vault.db in data_dir"),
        false => ("views_url", "vault_url"),
    };
    if !stores.views.belong_to(log_id).await? {
        bail!(
            "{views}: these views are of another event log; name the database of this one's, or an empty one"
        );
    }
    if !stores.vault.belongs_to(log_id).await? {
        bail!("{keys}: these keys are of another event log; name the database of this one's");
    }
    Ok(())
}

/// Views that know more than the log would skip whatever comes next under the same positions.
fn require_views_behind(config: &Config, projected: u64, head: u64) -> Result<()> {
    if projected <= head {
        return Ok(());
    }
    let remedy = match config.is_embedded() {
        true => "remove views.db* from data_dir and start again",
        false => "drop the schema bidao_views, then bidao migrate and start again",
    };
    Err(anyhow!(
        "the views know of event {projected}, but the event log ends at {head}: an older backup of the log was restored; {remedy}, and they are built anew"
    ))
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
