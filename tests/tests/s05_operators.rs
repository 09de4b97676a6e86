//! Whoever runs it: each mistake is one line with its cause and remedy, and a failed exit.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use contract::bidao::issue::v1::WatchBoardRequest;
use testkit::nats::NatsServer;
use tests::{Server, Village, asked, bidao};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

/// Runs the program, which must fail with one line on stderr; returns that line.
fn fails(arguments: &[&str], directory: &Path) -> Result<String> {
    let output = Command::new(bidao()?).args(arguments).current_dir(directory).output()?;
    let line = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert_eq!(line.lines().count(), 1, "{arguments:?}: {line}");
    Ok(line)
}

#[tokio::test]
async fn a_data_directory_belongs_to_one_process_and_a_port_too() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let data = directory.path().join("data");
    let server = Server::start(&data).await?;
    let taken = data.to_string_lossy().into_owned();
    let second =
        fails(&["serve", "--data-dir", &taken, "--listen", "127.0.0.1:0"], directory.path())?;
    assert!(second.contains("in use by another bidao process"), "{second}");
    let port = server.url.trim_start_matches("http://").to_owned();
    let same_port = fails(&["serve", "--data-dir", "other", "--listen", &port], directory.path())?;
    assert!(same_port.contains("--listen"), "{same_port}");
    Ok(())
}

#[test]
fn wrong_settings_are_named() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let cases = [
        ("countyy6 = '341504'", "countyy6"),
        ("county6 = '34'", "county6"),
        ("auth = 'open'", "auth"),
        ("listen = 'everywhere'", "listen"),
        ("not toml at all", "toml"),
        ("log_url = 'postgres://db/log'", "views_url"),
        (
            "log_url = 'mysql://db'\nviews_url = 'mysql://db'\nvault_url = 'mysql://db'",
            "postgres://",
        ),
        ("roles = ['api']", "roles"),
        ("roles = ['cook']", "cook"),
        ("nats_url = 'localhost:4222'", "nats://"),
        ("nats_replicas = 2", "nats_replicas"),
    ];
    for (text, named) in cases {
        std::fs::write(directory.path().join("bidao.toml"), text)?;
        let line = fails(&["serve", "--config", "bidao.toml"], directory.path())?;
        assert!(line.to_lowercase().contains(named), "{text}: {line}");
    }
    for (arguments, named) in [
        (vec!["serve", "--config", "absent.toml"], "absent.toml"),
        (vec!["serve", "--dev", "--listen", "0.0.0.0:0"], "loopback"),
        (vec!["serve", "--production", "--auth", "trusted-header"], "--production"),
        (vec!["serve", "--roles", "cook"], "cook"),
        (vec!["migrate"], "log_url"),
        (
            vec!["serve", "--listen", "127.0.0.1:0", "--clock-start", "2026-01-01T00:00:00Z"],
            "clock",
        ),
        (vec!["simulate", "--letters", "absent.csv", "--policy", "absent.toml"], "absent.csv"),
        (vec!["doctor", "--policy", "absent.toml"], "absent.toml"),
    ] {
        let line = fails(&arguments, directory.path())?;
        assert!(line.contains(named), "{arguments:?}: {line}");
    }
    Ok(())
}

#[tokio::test]
async fn the_client_says_what_was_wrong_and_its_exit_code_too() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start(&directory.path().join("data")).await?;
    let ask = |arguments: &[&str]| -> Result<(Option<i32>, String)> {
        let output =
            Command::new(bidao()?).args(["--server", &server.url]).args(arguments).output()?;
        Ok((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
    };
    let nobody = "00000000-0000-4000-8000-000000000000";
    let cases = [
        (vec!["--roles", "leader", "issue", "get-issue", "--issue-id", nobody], 3, "没有找到"),
        (vec!["--roles", "leader", "issue", "get-issue", "--issue-id", "x"], 2, "issue_id"),
        (vec!["--roles", "leader", "dispatch", "accept", "--issue-id", nobody], 5, "无权"),
    ];
    for (arguments, code, said) in cases {
        let (exit, stderr) = ask(&arguments)?;
        assert_eq!(exit, Some(code), "{arguments:?}: {stderr}");
        assert!(stderr.contains(said), "{arguments:?}: {stderr}");
    }
    let (exit, _) = ask(&["doctor"])?;
    assert_eq!(exit, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_log_belongs_to_the_county_that_began_it() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let data = directory.path().join("data");
    Server::start(&data).await?.kill().await?;
    let data = data.to_string_lossy().into_owned();
    let other = ["serve", "--data-dir", &data, "--county6", "123456", "--listen", "127.0.0.1:0"];
    let line = fails(&other, directory.path())?;
    assert!(line.contains("123456") && line.contains("349901"), "{line}");
    Ok(())
}

/// A new key would leave everything sealed before unreadable, and be noticed years later.
#[tokio::test]
async fn a_vault_is_opened_with_its_own_key_or_not_at_all() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let data = directory.path().join("data");
    Server::start(&data).await?.kill().await?;
    std::fs::remove_file(data.join("vault.kek"))?;
    let taken = data.to_string_lossy().into_owned();
    let restart = ["serve", "--dev", "--data-dir", &taken, "--listen", "127.0.0.1:0"];
    let line = fails(&restart, directory.path())?;
    assert!(line.contains("vault.kek") && line.contains("backup"), "{line}");
    assert!(!data.join("vault.kek").exists());
    Ok(())
}

/// A database that is away, or was never prepared, is one line, and the line holds no password.
#[tokio::test]
async fn a_database_that_does_not_answer_is_named_without_its_password() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let away = "postgres://bidao:geheim@127.0.0.1:1/log";
    let urls = |log: &str| format!("log_url = '{log}'\nviews_url = '{log}'\nvault_url = '{log}'");
    std::fs::write(directory.path().join("bidao.toml"), urls(away))?;
    let serve = ["serve", "--listen", "127.0.0.1:0", "--config", "bidao.toml"];
    for arguments in [&serve[..], &["migrate", "--config", "bidao.toml"]] {
        let line = fails(arguments, directory.path())?;
        assert!(!line.contains("geheim"), "{line}");
    }
    let empty = testkit::postgres::environment().await.remove(0).1;
    for key in ["log_url", "views_url", "vault_url"] {
        let text =
            urls(&empty).replace(&format!("{key} = '{empty}'"), &format!("{key} = '{away}'"));
        std::fs::write(directory.path().join("bidao.toml"), text)?;
        let line = fails(&serve, directory.path())?;
        assert!(line.contains(key) && line.contains("127.0.0.1:1"), "{line}");
        assert!(!line.contains("geheim"), "{line}");
    }
    std::fs::write(directory.path().join("bidao.toml"), urls(&empty))?;
    let line = fails(&serve, directory.path())?;
    assert!(line.contains("bidao migrate"), "{line}");
    Ok(())
}

#[tokio::test]
async fn production_refuses_a_database_that_may_lose_what_it_acknowledged() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let mut environment = testkit::postgres::environment().await;
    tests::server::migrate(directory.path(), &environment).await?;
    for (name, url) in &mut environment {
        if name == "BIDAO_VAULT_URL" {
            url.push_str("&options=-c%20synchronous_commit%3Doff");
        }
    }
    let mut serve = Command::new(bidao()?);
    serve.args(["serve", "--production", "--listen", "127.0.0.1:0"]).envs(environment);
    serve.env("BIDAO_KEK_FILE", directory.path().join("vault.kek")).env("BIDAO_LOG", "error");
    let output = serve.current_dir(directory.path()).output()?;
    let line = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{line}");
    assert!(line.contains("vault_url") && line.contains("synchronous_commit = off"), "{line}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_of_nats_is_one_line_without_it() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let nats = NatsServer::start_with("authorization { user: bidao, password: richtig }".into());
    let (name, url) = nats.variable_of("bidao", "geheim");
    let mut serve = Command::new(bidao()?);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]).env(name, url);
    let output = serve.env("BIDAO_LOG", "off=off").current_dir(directory.path()).output()?;
    let line = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && line.trim().lines().count() == 1, "{line}");
    assert!(line.contains("nats_url") && line.contains("password"), "{line}");
    assert!(!line.contains("geheim"), "{line}");
    Ok(())
}

/// The event log alone was restored from a backup: views that know more would skip what comes next.
#[tokio::test]
async fn views_that_know_more_than_the_log_are_not_served() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let data = directory.path().join("data");
    Server::start(&data).await?.kill().await?;
    let (events, copy) = (data.join("events.db"), directory.path().join("events.db"));
    let wal = |path: &Path| path.with_extension("db-wal");
    std::fs::copy(&events, &copy)?;
    std::fs::copy(wal(&events), wal(&copy))?;
    let server = Server::start(&data).await?;
    Village::settle(server.channel.clone(), "桥头村").await?.register_by_call().await?;
    server.kill().await?;
    std::fs::copy(&copy, &events)?;
    std::fs::copy(wal(&copy), wal(&events))?;
    let taken = data.to_string_lossy().into_owned();
    let serve = ["serve", "--county6", "349901", "--listen", "127.0.0.1:0", "--data-dir", &taken];
    let refused = fails(&serve, directory.path())?;
    assert!(refused.contains("backup") && refused.contains("views.db"), "{refused}");
    for file in ["views.db", "views.db-wal", "views.db-shm"] {
        if data.join(file).exists() {
            std::fs::remove_file(data.join(file))?;
        }
    }
    let server = Server::start(&data).await?;
    assert!(server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}

/// Another county's views would answer with its people.
#[tokio::test]
async fn views_of_another_log_are_not_served() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let [own, other] = ["own", "other"].map(|name| directory.path().join(name));
    for data in [&own, &other] {
        Server::start(data).await?.kill().await?;
    }
    for file in ["views.db", "views.db-wal"] {
        std::fs::copy(other.join(file), own.join(file))?;
    }
    let taken = own.to_string_lossy().into_owned();
    let serve = ["serve", "--county6", "349901", "--listen", "127.0.0.1:0", "--data-dir", &taken];
    let refused = fails(&serve, directory.path())?;
    assert!(refused.contains("views.db") && refused.contains("another event log"), "{refused}");
    Ok(())
}

/// SIGTERM: health says so first, streams end, and the process leaves with success.
#[tokio::test]
async fn a_server_that_is_asked_to_stop_drains() -> Result<()> {
    let directory = tempfile::tempdir()?;
    let server = Server::start(directory.path()).await?;
    let mut health = HealthClient::new(server.channel.clone());
    let request = HealthCheckRequest { service: String::new() };
    let mut health = health.watch(request).await?.into_inner();
    let status = |answer: Option<HealthCheckResponse>| answer.map(|answer| answer.status());
    assert_eq!(status(health.message().await?), Some(ServingStatus::Serving));
    let village = Village::settle(server.channel.clone(), "桥头村").await?;
    let follow = asked(WatchBoardRequest::default(), "leader", None)?;
    let mut board = village.issues().watch_board(follow).await?.into_inner();
    server.terminate()?;
    assert_eq!(status(health.message().await?), Some(ServingStatus::NotServing));
    drop(health);
    while board.message().await?.is_some() {}
    drop((board, village));
    assert!(server.ended().await?.success());
    Ok(())
}
