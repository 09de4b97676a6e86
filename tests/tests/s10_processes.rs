//! Several processes on one PostgreSQL: who answers, who works behind, and what happens when one dies.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use contract::bidao::common::v1::Thumb;
use contract::bidao::issue::v1::WatchBoardRequest;
use contract::bidao::issue::v1::watch_board_response::Change;
use testkit::nats::NatsServer;
use testkit::own_postgres::OwnPostgres;
use tests::server::migrate;
use tests::{Server, Village, Worker, asked};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// A call all the way, answered by one process and worked on by two others, of which one is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_work_goes_on_when_a_worker_dies() -> Result<()> {
    let environment = testkit::postgres::environment().await;
    let directory = tempfile::tempdir()?;
    migrate(directory.path(), &environment).await?;
    let (one, two) = (directory.path().join("one"), directory.path().join("two"));
    let shared = |place: &std::path::Path| -> Result<()> {
        std::fs::create_dir(place)?;
        std::fs::copy(directory.path().join("vault.kek"), place.join("vault.kek"))?;
        Ok(())
    };
    let api_place = directory.path().join("api");
    for place in [&one, &two, &api_place] {
        shared(place)?;
    }
    let first = Worker::start(&one, &environment)?;
    let second = Worker::start(&two, &environment)?;
    let api = Server::api_on(&api_place, &environment).await?;
    let village = Village::settle(api.channel.clone(), "桥头村").await?;
    let issue = village.register_by_call().await?;
    assert_eq!(village.issue(&issue).await?.narrative, "堂屋漏水,老人一个人在家");
    // Whoever leads dies; the other takes over where the views stand.
    first.kill().await?;
    village.solve(&issue).await?;
    village.thumb(Thumb::Up).await?;
    assert_eq!(village.issue(&issue).await?.outcome, "confirmed_solved");
    assert!(api.views_unlike_a_rebuild().await?.is_empty());
    second.kill().await?;
    // Nobody works behind: what is asked for is written all the same.
    let call = village.press().await?;
    let third = Worker::start(&one, &environment)?;
    village.answer_and_register(call).await?;
    assert!(api.views_unlike_a_rebuild().await?.is_empty());
    third.kill().await
}

/// Two processes answer; nothing is done twice, and each sees what the other wrote.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_take_commands_at_once() -> Result<()> {
    let environment = testkit::postgres::environment().await;
    let directory = tempfile::tempdir()?;
    migrate(directory.path(), &environment).await?;
    let worker = Worker::start(directory.path(), &environment)?;
    let one = Server::api_on(directory.path(), &environment).await?;
    let two = Server::api_on(directory.path(), &environment).await?;
    let here = Village::settle(one.channel.clone(), "桥头村").await?;
    let there = Village::settle(two.channel.clone(), "桥头村").await?;
    let mut filing = JoinSet::new();
    for village in [here, there] {
        filing.spawn(async move {
            let mut issues = Vec::new();
            for _ in 0..5 {
                issues.push(village.register_by_call().await?);
            }
            anyhow::Ok((issues, village))
        });
    }
    let mut issues = BTreeSet::new();
    let mut villages = Vec::new();
    while let Some(filed) = filing.join_next().await {
        let (filed, village) = filed??;
        issues.extend(filed);
        villages.push(village);
    }
    assert_eq!(issues.len(), 10);
    let head = one.status().await?.head_position;
    for village in &villages {
        village.caught_up(head).await?;
        let board = village.open_board().await?;
        let seen: BTreeSet<_> = board.into_iter().map(|row| row.id).collect();
        assert!(issues.is_subset(&seen), "one of the processes sees less");
    }
    assert!(two.views_unlike_a_rebuild().await?.is_empty());
    worker.kill().await
}

/// The databases cut every line again and again while commands come in: what was acknowledged is there,
/// and the processes find their way back by themselves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_nothing_acknowledged_is_lost_when_the_databases_hang_up() -> Result<()> {
    let environment = testkit::postgres::environment().await;
    let directory = tempfile::tempdir()?;
    migrate(directory.path(), &environment).await?;
    let worker = Worker::start(directory.path(), &environment)?;
    let api = Server::api_on(directory.path(), &environment).await?;
    let village = Village::settle(api.channel.clone(), "桥头村").await?;
    let mut acknowledged = BTreeSet::new();
    for round in 0_u32..40 {
        if round.is_multiple_of(8) {
            testkit::postgres::hang_up(&environment).await;
        }
        // A command may be refused while the lines are down; it is not acknowledged then.
        if let Ok(issue) = village.register_by_call().await {
            acknowledged.insert(issue);
        }
    }
    assert!(acknowledged.len() > 10, "{}", acknowledged.len());
    on_the_board(&village, acknowledged).await?;
    assert!(api.views_unlike_a_rebuild().await?.is_empty());
    worker.kill().await
}

/// PostgreSQL is killed again and again in the middle of the work: what was acknowledged is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_nothing_acknowledged_is_lost_when_postgresql_is_killed() -> Result<()> {
    let (database, nats) = (OwnPostgres::start(), NatsServer::start());
    let mut environment = database.environment();
    environment.push(nats.variable());
    let directory = tempfile::tempdir()?;
    migrate(directory.path(), &environment).await?;
    let worker = Worker::start(directory.path(), &environment)?;
    let api = Server::api_on(directory.path(), &environment).await?;
    // Room for what is acknowledged while somebody is killing: the work goes on meanwhile.
    let (send, mut acknowledgements) = mpsc::channel(1_000);
    let mut filing = JoinSet::new();
    for name in ["桥头村", "柳湾村"] {
        let village = Village::settle(api.channel.clone(), name).await?;
        let send = send.clone();
        filing.spawn(async move {
            while !send.is_closed() {
                // A command may be refused while the database is down; it is not acknowledged then.
                if let Ok(issue) = village.register_by_call().await
                    && send.send(issue).await.is_err()
                {
                    return;
                }
            }
        });
    }
    let mut acknowledged = BTreeSet::new();
    for round in 1..=40 {
        acknowledged.insert(acknowledgements.recv().await.context("nobody files")?);
        if round % 10 == 0 {
            tokio::task::block_in_place(|| {
                database.kill();
                database.begin();
            });
        }
    }
    acknowledgements.close();
    while let Some(issue) = acknowledgements.recv().await {
        acknowledged.insert(issue);
    }
    while let Some(ended) = filing.join_next().await {
        ended?;
    }
    on_the_board(&Village::settle(api.channel.clone(), "桥头村").await?, acknowledged).await?;
    assert!(api.views_unlike_a_rebuild().await?.is_empty());
    worker.kill().await
}

/// Follows the board until all of these have been on it.
async fn on_the_board(village: &Village, mut missing: BTreeSet<String>) -> Result<()> {
    let follow = asked(WatchBoardRequest::default(), "leader", None)?;
    let mut board = village.issues().watch_board(follow).await?.into_inner();
    while !missing.is_empty() {
        let message = board.message().await?.context("the watch ended")?;
        if let Some(Change::Issue(row)) = message.change {
            missing.remove(&row.id);
        }
    }
    Ok(())
}
