//! The same views on PostgreSQL: every question answered alike, and fenced, parked and rebuilt alike.

use std::sync::Arc;

use domain::shared::moment::Moment;
use event::Recorded;
use sqlx::ConnectOptions;
use testkit::{County, START, Story, VILLAGES, holder, matter};
use views::board::{BoardQuery, Order};
use views::figures::Period;
use views::store::all_models;
use views::{ViewError, Views};

use crate::history::{File, assert_equal_to_the_log, everybody};

async fn database() -> String {
    testkit::postgres::database().await.to_url_lossy().to_string()
}

async fn open(url: &str) -> Views {
    Views::open_postgres(url, all_models()).await.unwrap()
}

async fn storied(seed: u64) -> (County, Vec<Recorded>) {
    let county = County::new().await;
    Story::new(&county, seed).go_on(250).await;
    let whole = county.since(0).await;
    (county, whole)
}

/// Every question there is, with its answer.
async fn answers(views: &Views, county: &County) -> Vec<String> {
    let viewer = everybody();
    let mut told = Vec::new();
    for order in [Order::NextDue, Order::Registered, Order::RegisteredDescending] {
        for stuck_only in [false, true] {
            let (include_closed, max) = (!stuck_only, 200);
            let query =
                BoardQuery { include_closed, stuck_only, order, max, ..BoardQuery::default() };
            told.push(format!("{:?}", views.board(&viewer, &query).await.unwrap()));
        }
    }
    told.push(format!("{:?}", views.board_changes(&viewer, "", 5, 99).await.unwrap()));
    told.push(format!("{:?}", views.calls(&viewer, false, None, 200).await.unwrap()));
    let now_us = county.clock.now_us();
    for now_us in [START, now_us, now_us + 90 * 86_400_000_000] {
        let period = Period { from_us: START, until_us: i64::MAX, now_us };
        told.push(format!("{:?}", views.figures(&viewer, period).await.unwrap()));
        told.push(format!("{:?}", views.due_timers(now_us, 99).await.unwrap()));
        told.push(format!("{:?}", views.tenures_over(Moment(now_us), 99).await.unwrap()));
        let heard = Moment(START);
        let standing = views.standing(&viewer, Moment(now_us), heard).await.unwrap();
        told.push(format!("{:?} {:?}", standing.units, standing.violations));
    }
    told.push(format!("{:?}", views.issue_facts(&viewer).await.unwrap()));
    told.push(format!("{:?}", views.list_timers(&viewer, 99).await.unwrap()));
    told.push(format!("{:?}", views.next_due().await.unwrap()));
    told.push(format!("{:?}", views.provisional_count(&viewer).await.unwrap()));
    told.push(format!("{:?}", views.workload(&viewer).await.unwrap()));
    told.push(format!("{:?}", views.tree(&viewer).await.unwrap()));
    for village in VILLAGES {
        let post = holder(village, 0).post;
        told.push(format!("{:?}", views.work_of(&viewer, post).await.unwrap()));
        told.push(format!("{:?}", views.held_by(post).await.unwrap()));
        told.push(format!("{:?}", views.held_in(village).await.unwrap()));
    }
    for row in views.board(&viewer, &BoardQuery { max: 9, ..BoardQuery::default() }).await.unwrap()
    {
        let id = row.issue.id;
        told.push(format!("{:?}", views.issue(&viewer, id, 0, 99).await.unwrap()));
        told.push(format!("{:?}", views.board_row(&viewer, id.0).await.unwrap()));
    }
    told
}

#[tokio::test]
async fn every_answer_is_the_same_on_both_databases() {
    for seed in [1, 9] {
        let (county, whole) = storied(seed).await;
        let file = File::of(&county).await;
        let views = open(&database().await).await;
        for piece in whole.chunks(37) {
            views.apply(piece).await.unwrap();
            views.apply(piece).await.unwrap();
        }
        assert_eq!(views.parked(&everybody()).await.unwrap(), []);
        let (ours, theirs) = (answers(&views, &county).await, answers(&file.views, &county).await);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs);
        }
        assert_eq!(ours.len(), theirs.len());
        assert_equal_to_the_log(&views, &county).await;
    }
}

#[tokio::test]
async fn a_projector_that_was_overtaken_is_fenced_on_postgres() {
    let (county, whole) = storied(3).await;
    let url = database().await;
    let (views, stale) = (open(&url).await, open(&url).await);
    views.apply(&whole).await.unwrap();
    let fenced = stale.apply(&whole).await.unwrap_err();
    assert!(matches!(fenced, ViewError::Fenced { ours: 0, .. }), "{fenced}");
    assert_equal_to_the_log(&views, &county).await;
    // Opened anew, it goes on where the first one ended.
    county.register(matter(0)).await;
    let fresh = open(&url).await;
    fresh.apply(&county.since(fresh.position().await).await).await.unwrap();
    assert_equal_to_the_log(&fresh, &county).await;
}

#[tokio::test]
async fn two_processes_that_start_at_once_make_the_tables_once() {
    let url = Arc::new(database().await);
    let starts = (0..4).map(|_| {
        let url = Arc::clone(&url);
        tokio::spawn(async move { open(&url).await.positions().await })
    });
    for start in starts.collect::<Vec<_>>() {
        assert_eq!(start.await.unwrap().len(), all_models().len());
    }
}

#[tokio::test]
async fn one_bad_event_parks_its_stream_on_postgres() {
    let (county, _) = storied(2).await;
    let bad = county.register(matter(0)).await;
    let stream = event::StreamId::new("issue", bad.0);
    county.write_raw(stream.clone(), "issue.accepted", "{\"by\":7}").await;
    county.register(matter(1)).await;
    let views = open(&database().await).await;
    let whole = county.since(0).await;
    views.apply(&whole).await.unwrap();
    assert_eq!(views.position().await, whole.len() as u64, "the others went on");
    let parked = views.parked(&everybody()).await.unwrap();
    assert_eq!(parked.len(), all_models().len());
    assert!(parked.iter().all(|parked| parked.stream == stream.to_string()));
}
