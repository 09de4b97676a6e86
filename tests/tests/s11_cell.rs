//! A cell as `deploy/` describes it: three databases with accounts of their own, NATS with a user per role
//! that may do nothing else, and a process per role.

use std::path::Path;

use anyhow::{Context, Result};
use contract::bidao::common::v1::Thumb;
use testkit::nats::NatsServer;
use testkit::own_postgres::OwnPostgres;
use tests::server::migrate;
use tests::{Environment, Server, Village, Worker};

const ROLES: [&str; 3] = ["relay", "projector", "escalator"];
const NATS_USERS: [&str; 5] = ["RELAY", "FOLLOWER", "API", "HOTLINE", "ADMIN"];

fn deploy(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(file)
}

/// `deploy/compose/databases.sh`, and where its accounts find them.
fn databases(server: &OwnPostgres) -> Environment {
    let passwords =
        ["LOG_PASSWORD", "VIEWS_PASSWORD", "VAULT_PASSWORD"].map(|name| (name, "geheim"));
    server.administer(&deploy("compose/databases.sh"), &passwords);
    let of = |name: &str| {
        let variable = format!("BIDAO_{}_URL", name.to_uppercase());
        (variable, server.url(name, name))
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
    // Accounts belong to a whole server.
    let (server, nats) = (OwnPostgres::start(), nats()?);
    let environment = databases(&server);
    let directory = tempfile::tempdir()?;
    let owner = server.url("log", "postgres");
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

/// NATS dies, its disk is emptied, and it comes back: the streams are filled again, and nobody missed
/// anything meanwhile. Two relays do it at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p5_nats_may_forget_everything() -> Result<()> {
    let mut nats = NatsServer::start();
    let mut environment = testkit::postgres::environment().await;
    environment.push(nats.variable());
    let directory = tempfile::tempdir()?;
    migrate(directory.path(), &environment).await?;
    let workers = [
        Worker::start(directory.path(), &environment)?,
        Worker::start(directory.path(), &environment)?,
    ];
    let api = Server::api_on(directory.path(), &environment).await?;
    let village = Village::settle(api.channel.clone(), "桥头村").await?;
    let first = village.register_by_call().await?;
    nats.kill();
    let second = village.register_by_call().await?;
    nats.lose_everything();
    nats.restart();
    let third = village.register_by_call().await?;
    for issue in [&first, &second, &third] {
        assert_eq!(village.issue(issue).await?.narrative, "堂屋漏水,老人一个人在家");
    }
    assert!(api.views_unlike_a_rebuild().await?.is_empty());
    agrees(&api).await?;
    for worker in workers {
        worker.kill().await?;
    }
    Ok(())
}

/// Until both streams have been filled to the log's end.
async fn agrees(api: &Server) -> Result<()> {
    loop {
        let status = api.status().await?;
        let whole = format!("up to {0} of {0};", status.head_position);
        let log = status.checks.iter().find(|check| check.what == "LOG").context("no LOG")?;
        let public = status.checks.iter().find(|check| check.what == "PUB").context("no PUB")?;
        if log.text.contains(&whole) && public.level == "ok" {
            return Ok(());
        }
        anyhow::ensure!(log.level != "fail" && public.level != "fail", "{:?}", status.checks);
    }
}
