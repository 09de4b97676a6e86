//! kill −9 during load: nothing acknowledged is lost, views equal a rebuild, timers fire once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use contract::bidao::common::v1::{Matter, Nature};
use contract::bidao::intake::v1 as intake;
use contract::bidao::intake::v1::intake_service_client::IntakeServiceClient;
use tests::{Environment, Server, Village, asked, on_every_backend};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use uuid::Uuid;

const CLIENTS: u128 = 8;
const ACKED_BEFORE_THE_KILL: usize = 150;

fn register(place: &str, request_id: u128) -> intake::RegisterRequest {
    intake::RegisterRequest {
        request_id: Uuid::from_u128(request_id).to_string(),
        matter: Some(Matter {
            nature: Nature::Help.into(),
            place_unit_id: place.into(),
            narrative: "路灯不亮".into(),
            ..Matter::default()
        }),
        source: intake::Source::InPerson.into(),
        ..intake::RegisterRequest::default()
    }
}

on_every_backend!(nothing_acknowledged_is_lost);

async fn nothing_acknowledged_is_lost(environment: Environment) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let data = directory.path().join("data");
    let server = Server::start_on(&data, &environment).await?;
    let village = Village::settle(server.channel.clone(), "桥头村").await?;
    let (acked, mut acks) = mpsc::unbounded_channel();
    let stop = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (acked, stop) = (acked.clone(), Arc::clone(&stop));
        let (channel, place) = (server.channel.clone(), village.grid.clone());
        clients.spawn(async move {
            let mut intake = IntakeServiceClient::new(channel);
            for number in 0_u128.. {
                let id = client << 64 | number;
                let Ok(request) = asked(register(&place, id), "hotline", None) else { return };
                // When the server dies under us, whether this one happened is open until asked again.
                let Ok(answer) = intake.register(request).await else { return };
                if acked.send((id, answer.into_inner().issue_id)).is_err() {
                    return;
                }
                if stop.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
    }
    let mut done = Vec::new();
    while done.len() < ACKED_BEFORE_THE_KILL {
        done.push(acks.recv().await.context("the clients stopped")?);
    }
    server.kill().await?;
    stop.store(true, Ordering::SeqCst);
    while clients.join_next().await.is_some() {}
    drop(acked);
    while let Some(ack) = acks.recv().await {
        done.push(ack);
    }
    all_there(&data, &environment, &village.grid, &done).await
}

/// After a restart: each acknowledged command answers the same, every view equals a rebuild, and each
/// promise broken since is broken once.
async fn all_there(
    data: &std::path::Path,
    environment: &Environment,
    place: &str,
    done: &[(u128, String)],
) -> Result<()> {
    let server = Server::start_on(data, environment).await?;
    let village = Village::settle(server.channel.clone(), "桥头村").await?;
    let mut intake = IntakeServiceClient::new(server.channel.clone());
    for (request_id, issue_id) in done {
        let again = intake
            .register(asked(register(place, *request_id), "hotline", None)?)
            .await?
            .into_inner();
        assert_eq!(&again.issue_id, issue_id);
        assert!(again.receipt.unwrap_or_default().repeated, "an acknowledged command was gone");
    }
    village.caught_up(server.status().await?.head_position).await?;
    assert!(server.views_unlike_a_rebuild().await?.is_empty());
    // Ordinary matters are accepted within 4 hours: all of these are broken by now, each once.
    server.advance_to(5 * 3_600).await?;
    for (_, issue_id) in done.iter().take(20) {
        let file = village.issue(issue_id).await?;
        let accepts = file.timeline.iter().filter(|e| {
            e.r#type == "issue.clock_expired"
                && e.data_json.contains("\"clock\":\"accept\"")
                && e.data_json.contains("\"generation\":1")
        });
        assert_eq!(accepts.count(), 1);
    }
    assert!(server.views_unlike_a_rebuild().await?.is_empty());
    Ok(())
}
