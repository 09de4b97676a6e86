//! Configuration → parts: opens the data directory and wires the roles together.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use commands::Commands;
use domain::shared::moment::Moment;
use eventlog::{Appender, DirectoryLock, EventLog, LogTail, SqliteLog};
use runtime::config::{ClockKind, Config};
use runtime::progress::Progress;
use runtime::shutdown::Shutdown;
use runtime::{Clock, Ids};
use tokio::task::JoinSet;
use vault::{Kek, Vault};
use views::Views;
use worker::{Escalator, Projector, Reactions};

/// Everything one process runs on.
pub struct Running {
    pub commands: Arc<Commands>,
    pub views: Arc<Views>,
    pub vault: Arc<Vault>,
    pub projected: Progress,
    pub reacted: Progress,
    /// Held for as long as the process uses the directory.
    _lock: DirectoryLock,
}

/// Opens (or makes) the data directory that the configuration names.
///
/// # Errors
/// One line with cause and remedy.
pub async fn open(config: &Config) -> Result<Running> {
    let directory = &config.data_dir;
    make_private(directory)?;
    let lock = DirectoryLock::take(directory).map_err(|error| anyhow!(error))?;
    let clock = clock(config)?;
    let ids = Ids::random(clock.clone());
    let log = SqliteLog::open(&directory.join("events.db"), clock.clone(), &ids).await?;
    let log: Arc<dyn EventLog> = Arc::new(log);
    let head = Progress::default();
    require_county(log.as_ref(), &config.county6).await?;
    let stored = log.head().await?;
    head.reached(stored.position);
    // A manual clock goes on where the log ended: time never goes back across a restart.
    clock.advance_to(stored.recorded_at);
    let appender = Appender::start(Arc::clone(&log), head);
    let sealed = directory.join("vault.db");
    let kek = match sealed.exists() {
        true => Kek::load_existing(&config.kek_path())?,
        false => Kek::load_or_create(&config.kek_path())?,
    };
    let vault = Arc::new(Vault::open(&sealed, kek).await?);
    let views =
        Arc::new(Views::open(&directory.join("views.db"), views::store::all_models()).await?);
    let commands = Arc::new(Commands::new(log, appender, clock, ids, config.county6.clone()));
    Ok(Running {
        commands,
        views,
        vault,
        projected: Progress::default(),
        reacted: Progress::default(),
        _lock: lock,
    })
}

impl Running {
    /// Starts projector, reactions and escalator; each ends when asked to, or says why it could not
    /// go on.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn start_roles(
        &self,
        roles: &mut JoinSet<Result<(), String>>,
        shutdown: &Shutdown,
    ) -> Result<()> {
        let projector = Projector {
            feed: Box::new(self.tail(self.views.position().await)),
            views: Arc::clone(&self.views),
            projected: self.projected.clone(),
            clock: self.commands.clock.clone(),
        };
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
        let stop = (shutdown.clone(), shutdown.clone(), shutdown.clone());
        roles.spawn(async move { projector.run(stop.0).await });
        roles.spawn(async move { reactions.run(stop.1).await });
        roles.spawn(async move {
            escalator.run(stop.2).await;
            Ok(())
        });
        Ok(())
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
            durability: "sqlite: journal_mode=WAL, synchronous=FULL".into(),
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
            "county6 = '{county6}', but this data directory is that of county {}; use that, or another --data-dir",
            event.envelope.county6
        )),
        Some(_) | None => Ok(()),
    }
}

/// Only the owner reads a directory that holds residents' words.
fn make_private(directory: &Path) -> Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(directory).with_context(|| {
        format!("data_dir {}: cannot be made; name a writable place", directory.display())
    })?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
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
