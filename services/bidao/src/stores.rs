//! Where everything is kept: files in one directory, or PostgreSQL.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use eventlog::postgres::Durability;
use eventlog::{DirectoryLock, EventLog, PgLog, SqliteLog};
use runtime::config::{Config, SecretUrl};
use runtime::{Clock, Ids};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use vault::{Kek, Vault};
use views::Views;

/// How long a database may take to answer when a process starts.
const CONNECT: Duration = Duration::from_secs(5);

/// A PostgreSQL server that keeps what cannot be made again.
#[derive(Clone)]
pub struct Server {
    /// The configuration's name of it.
    pub key: &'static str,
    options: PgConnectOptions,
}

impl Server {
    /// As it answers now.
    pub async fn durability(&self) -> Result<Durability> {
        let looked = tokio::time::timeout(CONNECT, Durability::of(&self.options)).await;
        looked.map_err(|_| anyhow!("{}: PostgreSQL does not answer", self.key))?.context(self.key)
    }
}

pub struct Stores {
    pub log: Arc<dyn EventLog>,
    pub views: Views,
    pub vault: Vault,
    /// What an acknowledgement rests on, server by server; empty where it is this machine's own disk.
    pub servers: Vec<Server>,
    /// Held for as long as the process uses the directory.
    pub lock: Option<DirectoryLock>,
}

impl Stores {
    /// Opens what the configuration names.
    ///
    /// # Errors
    /// One line with cause and remedy.
    pub async fn open(config: &Config, clock: &Clock, ids: &Ids) -> Result<Self> {
        if config.is_embedded() {
            Self::in_directory(config, clock, ids).await
        } else {
            Self::on_postgres(config, clock).await
        }
    }

    async fn in_directory(config: &Config, clock: &Clock, ids: &Ids) -> Result<Self> {
        let directory = &config.data_dir;
        make_private(directory)?;
        let lock = DirectoryLock::take(directory).map_err(|error| anyhow!(error))?;
        let log = SqliteLog::open(&directory.join("events.db"), clock.clone(), ids).await?;
        let sealed = directory.join("vault.db");
        let kek = match sealed.exists() {
            true => Kek::load_existing(&config.kek_path())?,
            false => Kek::load_or_create(&config.kek_path())?,
        };
        Ok(Self {
            log: Arc::new(log),
            views: Views::open(&directory.join("views.db"), views::store::all_models()).await?,
            vault: Vault::open(&sealed, kek).await?,
            servers: Vec::new(),
            lock: Some(lock),
        })
    }

    async fn on_postgres(config: &Config, clock: &Clock) -> Result<Self> {
        require_reachable(config).await?;
        let log = PgLog::open(options("log_url", &config.log_url)?, clock.clone()).await;
        let log = log.context("log_url")?;
        let servers = servers(config)?;
        let kek = Kek::load_existing(&config.kek_path())?;
        let views = Views::open_postgres(config.views_url.as_str(), views::store::all_models());
        Ok(Self {
            log: Arc::new(log),
            views: views.await.context("views_url")?,
            vault: Vault::open_postgres(config.vault_url.as_str(), kek)
                .await
                .context("vault_url")?,
            servers,
            lock: None,
        })
    }
}

/// Each database answers, or is named with why it does not: before anything is opened, and once, where a
/// pool would try in vain for as long as it may.
async fn require_reachable(config: &Config) -> Result<()> {
    let urls = [
        ("log_url", &config.log_url),
        ("views_url", &config.views_url),
        ("vault_url", &config.vault_url),
    ];
    for (key, url) in urls {
        let options = options(key, url)?;
        let place = format!("{}:{}", options.get_host(), options.get_port());
        let failed = |error: sqlx::Error| {
            let refusal = error.as_database_error().map(|refusal| refusal.message().to_owned());
            let cause = refusal.unwrap_or_else(|| error.to_string());
            anyhow!(
                "{key}: PostgreSQL at {place}: {cause}; check the address, the user and the password"
            )
        };
        let connection = tokio::time::timeout(CONNECT, options.connect()).await;
        let connection =
            connection.map_err(|_| anyhow!("{key}: PostgreSQL at {place} does not answer"));
        connection?.map_err(failed)?.close().await.map_err(failed)?;
    }
    Ok(())
}

/// Views are rebuilt from the log; a lost key is lost for ever.
fn servers(config: &Config) -> Result<Vec<Server>> {
    let urls = [("log_url", &config.log_url), ("vault_url", &config.vault_url)];
    let server =
        |(key, url): (&'static str, &SecretUrl)| Ok(Server { key, options: options(key, url)? });
    urls.into_iter().map(server).collect()
}

/// What may lose acknowledged commands, in one line; `None` when nothing may.
pub async fn weakness(config: &Config) -> Option<String> {
    if config.is_embedded() {
        return None;
    }
    let servers = match servers(config) {
        Ok(servers) => servers,
        Err(error) => return Some(format!("{error:#}")),
    };
    for server in servers {
        match server.durability().await {
            Ok(found) => {
                if let Some(weakness) = found.weakness() {
                    return Some(format!("{}: PostgreSQL has {weakness}", server.key));
                }
            }
            Err(error) => return Some(format!("{error:#}")),
        }
    }
    None
}

/// Makes the schema of the event log, and the vault's key file when there is none: once, by the owner of
/// the database, before any process serves on it.
///
/// # Errors
/// One line with cause and remedy.
pub async fn migrate(config: &Config) -> Result<()> {
    if config.is_embedded() {
        return Err(anyhow!(
            "migrate prepares PostgreSQL: set log_url, views_url and vault_url; files in data_dir need no preparation"
        ));
    }
    require_reachable(config).await?;
    let ids = Ids::random(Clock::system());
    let made = PgLog::migrate(&options("log_url", &config.log_url)?, &ids).await;
    made.context("log_url, which must be the owner of the database for this")?;
    Views::open_postgres(config.views_url.as_str(), views::store::all_models())
        .await
        .context("views_url")?;
    if let Some(directory) = config.kek_path().parent() {
        make_private(directory)?;
    }
    let kek = Kek::load_or_create(&config.kek_path())?;
    let vault = Vault::open_postgres(config.vault_url.as_str(), kek).await.context("vault_url")?;
    vault.close().await?;
    Ok(())
}

fn options(key: &str, url: &SecretUrl) -> Result<PgConnectOptions> {
    let parsed = url.as_str().parse::<PgConnectOptions>();
    // The error may repeat the URL, and with it the password.
    parsed.map_err(|_| anyhow!("{key} must be a URL, as postgres://bidao@localhost/bidao"))
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
