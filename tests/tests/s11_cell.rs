//! A cell as `deploy/` describes it: three databases with accounts of their own, NATS with a user per role
//! that may do nothing else, and a process per role.

use std::path::Path;

use anyhow::{Context, Result};
use contract::bidao::common::v1::Thumb;
use testkit::nats::NatsServer;
use tests::server::migrate;
use tests::{Environment, Server, Village, Worker};

const ROLES: [&str; 3] = ["relay", "projector", "escalator"];
const NATS_USERS: [&str; 5] = ["RELAY", "FOLLOWER", "API", "HOTLINE", "ADMIN"];

fn deploy(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(file)
}

/// `deploy/compose/databases.sh`, and where its accounts find them.
fn databases() -> Environment {
    let passwords =
        ["LOG_PASSWORD", "VIEWS_PASSWORD", "VAULT_PASSWORD"].map(|name| (name, "geheim"));
    testkit::postgres::administer(&deploy("compose/databases.sh"), &passwords);
    let of = |name: &str| {
        let variable = format!("BIDAO_{}_URL", name.to_uppercase());
        (variable, testkit::postgres::url(name, name))
    };
    ["log", "views", "vault"].map(of).to_vec()
}

/// `deploy/nats/accounts.conf` with its passwords.
fn nats() -> Result<NatsServer> {
    let mut accounts = std::fs::read_to_string(deploy("nats/accounts.conf"))?;
    for user in NATS_USERS {
        let variable = format!("$NATS_{user}_PASSWORD");
        anyhow::ensure!(accounts.contains(&variable), "{variable} is gone");
        accounts = accounts.replace(&variable, &user.to_lowercase());
    }
    Ok(NatsServer::start_with(accounts))
}

fn with(environment: &Environment, variable: (String, String)) -> Environment {
    let mut all = environment.clone();
    all.retain(|(name, _)| *name != variable.0);
    all.push(variable);
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_roles_do_together_what_one_process_does() -> Result<()> {
    let (environment, nats) = (databases(), nats()?);
    let directory = tempfile::tempdir()?;
    let owner = testkit::postgres::url("log", "postgres");
    migrate(directory.path(), &with(&environment, ("BIDAO_LOG_URL".into(), owner))).await?;
    let mut workers = Vec::new();
    for role in ROLES {
        let user = if role == "relay" { "relay" } else { "follower" };
        let own = with(&environment, nats.variable_of(user, user));
        workers.push(Worker::start_as(role, directory.path(), &own)?);
    }
    let own = with(&environment, nats.variable_of("api", "api"));
    let api = Server::api_on(directory.path(), &own).await?;
    let village = Village::settle(api.channel.clone(), "桥头村").await?;
    let issue = village.register_by_call().await?;
    village.solve(&issue).await?;
    village.thumb(Thumb::Up).await?;
    assert_eq!(village.issue(&issue).await?.outcome, "confirmed_solved");
    assert!(api.views_unlike_a_rebuild().await?.is_empty());

    // Databases, clocks, NATS and both streams.
    let status = api.status().await?;
    let found: Vec<_> = status.checks.iter().map(|check| (&*check.what, &*check.level)).collect();
    let wanted = ["log_url", "clock", "vault_url", "clock", "nats", "LOG", "PUB"];
    assert_eq!(found, wanted.map(|what| (what, "ok")), "{:?}", status.checks);
    let of_log = status.checks.iter().find(|check| check.what == "LOG").context("no LOG")?;
    assert!(of_log.text.starts_with("agrees with the log"), "{}", of_log.text);
    for worker in workers {
        worker.kill().await?;
    }
    Ok(())
}
