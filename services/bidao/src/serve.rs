//! `bidao serve`: the roles of one process, until it is asked to stop.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use api::Tls;
use clap::Args;
use runtime::config::{Auth, ClockKind, Config, Role};
use runtime::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::parts::{self, Running};
use crate::{county, dev, provider, stores};

#[derive(Args, Clone, Debug, Default)]
pub struct Arguments {
    /// A small fictional county on loopback, callers trusted by header: for trying out
    #[arg(long)]
    dev: bool,
    /// Refuses every setting that is not fit for real residents
    #[arg(long, conflicts_with = "dev")]
    production: bool,
    /// Configuration file, TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where everything is kept
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Six digits of the county
    #[arg(long, value_name = "CODE")]
    county6: Option<String>,
    /// `closed`, `trusted-header` or `credentials`
    #[arg(long, value_name = "MODE", value_parser = ["closed", "trusted-header", "credentials"])]
    auth: Option<String>,
    /// What `--roles` names here: of api, projector, escalator, relay those that this process does
    #[arg(skip)]
    pub roles: Option<String>,
    /// `system` or `manual`
    #[arg(long, value_name = "KIND", value_parser = ["system", "manual"])]
    clock: Option<String>,
    /// Where a manual clock starts, RFC 3339
    #[arg(long, value_name = "TIME")]
    clock_start: Option<String>,
}

#[derive(Args, Clone, Debug)]
pub struct MigrateArguments {
    /// Configuration file, TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub async fn migrate(arguments: MigrateArguments) -> Result<()> {
    stores::migrate(&Config::load(arguments.config.as_deref())?).await?;
    crate::out::say!("ok: PostgreSQL is ready; start bidao serve with the same configuration");
    Ok(())
}

/// How long roles may take to end.
const DRAIN: std::time::Duration = std::time::Duration::from_secs(10);

/// A server that answers, with what is behind it.
pub struct Served {
    pub address: SocketAddr,
    pub running: Running,
    roles: JoinSet<Result<(), String>>,
    shutdown: Shutdown,
    api: JoinHandle<Result<(), String>>,
    api_stop: Shutdown,
}

pub async fn run(arguments: Arguments) -> Result<()> {
    let config = configure(&arguments)?;
    // Somebody who tries it out reads what it says to them, unless they ask for more.
    let quiet = arguments.dev && config.log == Config::default().log;
    runtime::telemetry::start(if quiet { "warn" } else { &config.log })
        .map_err(|error| anyhow!(error))?;
    if arguments.production
        && let Some(weakness) = stores::weakness(&config).await
    {
        bail!("--production refuses a database that may lose acknowledged commands: {weakness}");
    }
    provider::check(&config)?;
    let mut served = start(&config).await?;
    if arguments.dev {
        let seeded = seed(&config, &served).await?;
        let invitation = match config.auth {
            Auth::Credentials => {
                dev::invite(&served.running.api(&config, &Shutdown::default())).await?
            }
            Auth::TrustedHeader | Auth::Closed => None,
        };
        dev::welcome(&config, served.address, &seeded, invitation.as_deref());
    } else {
        tracing::info!(address = %served.address, data_dir = %config.data_dir.display(), "bidao is ready");
    }
    let ended = tokio::select! {
        () = stop_signal() => Ok(()),
        ended = served.roles.join_next() => why(ended),
        ended = &mut served.api => {
            why(Some(ended))?;
            bail!("the API ended by itself");
        }
    };
    served.stop().await?;
    ended
}

/// The small county, made over a door of its own: nobody has an account yet who could make it.
async fn seed(config: &Config, served: &Served) -> Result<county::County> {
    let door = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
    let address = door.local_addr()?;
    let trusting = Config { auth: Auth::TrustedHeader, ..config.clone() };
    let stop = Shutdown::default();
    let api = api::serve(served.running.api(&trusting, &stop), door, None, stop.clone());
    let api = tokio::spawn(api);
    let seeded = county::ensure_small(address, &served.running).await;
    stop.request();
    why(Some(api.await))?;
    seeded
}

impl Served {
    /// Drains: the API answers what it has taken while the roles still work, then the roles end.
    pub async fn stop(mut self) -> Result<()> {
        self.api_stop.request();
        // Whoever watches something that never ends, as another server's health, is not waited for.
        match tokio::time::timeout(DRAIN, &mut self.api).await {
            Ok(ended) => why(Some(ended))?,
            Err(_) => self.api.abort(),
        }
        self.shutdown.request();
        let ended = async {
            while let Some(role) = self.roles.join_next().await {
                why(Some(role))?;
            }
            anyhow::Ok(())
        };
        // A role may wait for a view that nobody projects any more. Whatever it was at is done again by the
        // next process, and adds nothing then.
        match tokio::time::timeout(DRAIN, ended).await {
            Ok(ended) => ended?,
            Err(_) => self.roles.shutdown().await,
        }
        self.running.vault.close().await?;
        // A database that is gone without a word is not waited for.
        if tokio::time::timeout(DRAIN, self.running.views.close()).await.is_err() {
            tracing::warn!("the views' connections did not close in time");
        }
        if let Some(bus) = &self.running.bus {
            bus.close().await;
        }
        Ok(())
    }
}

/// Opens, starts the roles, listens.
pub async fn start(config: &Config) -> Result<Served> {
    // Whoever answers nobody takes no port: several roles run on one machine.
    let serving = config.roles.contains(&Role::Api);
    let tls = if config.has_tls() { Some(tls(config)?) } else { None };
    let listener = if serving { Some(listen(config).await?) } else { None };
    let address = match &listener {
        Some(listener) => listener.local_addr()?,
        None => config.listen,
    };
    let running = parts::open(config).await?;
    let shutdown = Shutdown::default();
    let mut roles = JoinSet::new();
    running.start_roles(&config.roles, &mut roles, &shutdown).await?;
    // Views that were behind, or are of a new version, catch up before anybody is answered; where another
    // process projects, every answer says how far it is.
    if config.is_embedded() {
        running.projected.wait_for(running.commands.appender.head().position()).await;
    }
    // A vault that came back from a backup is told what was erased since, before anybody reads in it.
    if serving {
        running.kept.wait_for(running.commands.appender.head().position()).await;
    }
    let api_stop = Shutdown::default();
    let api = running.api(config, &api_stop);
    let stop = api_stop.clone();
    let api = tokio::spawn(async move {
        if let Some(listener) = listener {
            return api::serve(api, listener, tls.as_ref(), stop).await;
        }
        stop.requested().await;
        Ok(())
    });
    Ok(Served { address, running, roles, shutdown, api, api_stop })
}

/// The certificate and key of the configuration, before anything is opened.
fn tls(config: &Config) -> Result<Tls> {
    let clients = Some(config.tls_clients.as_path()).filter(|path| !path.as_os_str().is_empty());
    Tls::read(&config.tls_certificate, &config.tls_key, clients).map_err(|error| anyhow!(error))
}

async fn listen(config: &Config) -> Result<TcpListener> {
    TcpListener::bind(config.listen).await.with_context(|| {
        format!("listen {}: the port may be in use; choose another with --listen", config.listen)
    })
}

fn why(ended: Option<Result<Result<(), String>, tokio::task::JoinError>>) -> Result<()> {
    match ended {
        None | Some(Ok(Ok(()))) => Ok(()),
        Some(Ok(Err(error))) => Err(anyhow!("a role stopped: {error}")),
        Some(Err(error)) => Err(anyhow!("a role broke off: {error}")),
    }
}

fn configure(arguments: &Arguments) -> Result<Config> {
    let mut config = Config::load(arguments.config.as_deref())?;
    if arguments.dev {
        // Who tries it out states who asks; --auth credentials shows how it is in earnest.
        config.auth = Auth::TrustedHeader;
        if config.county6 == Config::default().county6 {
            config.county6 = dev::COUNTY6.into();
        }
    }
    let given = arguments.clone();
    config.data_dir = given.data_dir.unwrap_or(config.data_dir);
    config.listen = given.listen.unwrap_or(config.listen);
    config.county6 = given.county6.unwrap_or(config.county6);
    config.clock_start = given.clock_start.unwrap_or(config.clock_start);
    if let Some(auth) = given.auth.as_deref() {
        config.auth = match auth {
            "credentials" => Auth::Credentials,
            "trusted-header" => Auth::TrustedHeader,
            _ => Auth::Closed,
        };
    }
    if let Some(clock) = given.clock.as_deref() {
        config.clock = if clock == "manual" { ClockKind::Manual } else { ClockKind::System };
    }
    if let Some(roles) = given.roles.as_deref() {
        config.roles = roles.split(',').map(|name| role(name.trim())).collect::<Result<_>>()?;
    }
    let config = config.checked()?;
    if arguments.dev && !config.listen.ip().is_loopback() {
        bail!(
            "--dev listens on loopback only; {} is not, use 127.0.0.1 or a real configuration",
            config.listen
        );
    }
    if arguments.production
        && (config.auth == Auth::TrustedHeader || config.clock == ClockKind::Manual)
    {
        bail!("--production refuses auth = 'trusted-header' and clock = 'manual'");
    }
    if arguments.production && !config.listen.ip().is_loopback() && !config.has_tls() {
        bail!(
            "--production speaks in clear with this machine only: {} is open to others, set tls_certificate and tls_key, or listen on loopback behind a proxy",
            config.listen
        );
    }
    Ok(config)
}

fn role(name: &str) -> Result<Role> {
    match name {
        "api" => Ok(Role::Api),
        "projector" => Ok(Role::Projector),
        "escalator" => Ok(Role::Escalator),
        "relay" => Ok(Role::Relay),
        other => bail!("--roles: '{other}' is none of api, projector, escalator, relay"),
    }
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => interrupted().await,
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    interrupted().await;
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
