//! A file of views over a county's log.

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::call::{Call, CallEvent};
use domain::issue::{Issue, IssueEvent};
use domain::shared::matter::Track;
use event::Recorded;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions};
use tempfile::TempDir;
use testkit::{County, Story};
use uuid::Uuid;
use views::board::BoardQuery;
use views::rebuild::Rebuilt;
use views::store::all_models;
use views::{Viewer, Views};

pub const ALL_TRACKS: [Track; 3] = [Track::Service, Track::Petition, Track::Supervision];

pub struct File {
    pub views: Views,
    directory: TempDir,
}

impl File {
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let views = open(&directory).await;
        Self { views, directory }
    }

    /// One more handle on the same file.
    pub async fn another(&self) -> Views {
        open(&self.directory).await
    }

    pub fn path(&self) -> PathBuf {
        path(&self.directory)
    }

    /// Views that have seen the whole log.
    pub async fn of(county: &County) -> Self {
        let file = Self::new().await;
        file.views.apply(&county.since(0).await).await.unwrap();
        file
    }
}

async fn open(directory: &TempDir) -> Views {
    Views::open(&path(directory), all_models()).await.unwrap()
}

fn path(directory: &TempDir) -> PathBuf {
    directory.path().join("views.db")
}

/// Sees the whole county with these eyes, and with those of a seat that nothing is about.
pub fn looking_as(eye: Uuid) -> Viewer {
    Viewer { eyes: [Uuid::from_u128(1), eye, Uuid::max()].into(), ..everybody() }
}

pub fn everybody() -> Viewer {
    Viewer::of_everything(&ALL_TRACKS)
}

pub fn names() -> Vec<&'static str> {
    all_models().iter().map(|model| model.name()).collect()
}

/// Each view built anew from the log, and compared with the running one.
pub async fn rebuilt(views: &Views, county: &County) -> Vec<Rebuilt> {
    let mut rebuilt = Vec::new();
    for name in names() {
        rebuilt.push(views.rebuild(name, &mut county.feed(), true, |_| {}).await.unwrap());
    }
    rebuilt
}

pub async fn assert_equal_to_the_log(views: &Views, county: &County) {
    let head = county.log.head().await.unwrap().position;
    for view in rebuilt(views, county).await {
        assert!(view.equal, "{} differs from its rebuild", view.view);
        assert_eq!(view.position, head, "{}", view.view);
    }
}

/// A county with a history in which everything happens.
async fn storied(seed: u64) -> County {
    let county = County::new().await;
    Story::new(&county, seed).go_on(700).await;
    county
}

fn pieces(whole: &[Recorded]) -> Vec<&[Recorded]> {
    let mut rest = whole;
    let mut pieces = Vec::new();
    for size in [1, 2, 3, 7, 19, 64, 5].into_iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, left) = rest.split_at(size.min(rest.len()));
        pieces.push(piece);
        rest = left;
    }
    pieces
}

/// Else the tests below would say little.
#[tokio::test]
async fn the_story_tells_of_everything_that_can_happen() {
    let mut told = BTreeSet::new();
    for seed in 1..=16 {
        let county = County::new().await;
        Story::new(&county, seed).go_on(2_500).await;
        let whole = county.since(0).await;
        told.extend(whole.into_iter().map(|recorded| recorded.envelope.r#type));
    }
    // Nothing is provisional in a year the calendar covers.
    let known = CallEvent::TYPES.iter().chain(IssueEvent::TYPES);
    let known = known.filter(|(name, _)| !name.ends_with("clock_recounted"));
    let missing: Vec<_> = known.filter(|(name, _)| !told.contains(*name)).collect();
    assert!(missing.is_empty(), "never told: {missing:?}");
}

#[tokio::test]
async fn a_rebuilt_view_is_the_live_one_byte_for_byte() {
    let county = storied(1).await;
    let whole = county.since(0).await;
    let file = File::new().await;
    for piece in pieces(&whole) {
        file.views.apply(piece).await.unwrap();
    }
    let live = rebuilt(&file.views, &county).await;
    let equal = |view: &Rebuilt| view.equal && view.position == whole.len() as u64;
    assert!(live.iter().all(equal), "{live:?}");
    assert_eq!(file.views.parked(&everybody()).await.unwrap(), []);
    // In one piece, and into another kind of database, it is the same.
    let memory = Views::in_memory("rebuilt", all_models()).await.unwrap();
    memory.apply(&whole).await.unwrap();
    assert_eq!(rebuilt(&memory, &county).await, live);
}

#[tokio::test]
async fn a_batch_applied_twice_changes_nothing() {
    let county = storied(4).await;
    let whole = county.since(0).await;
    let file = File::new().await;
    for piece in pieces(&whole) {
        file.views.apply(piece).await.unwrap();
        file.views.apply(piece).await.unwrap();
    }
    // Also when it overlaps what is new, and when it is all old.
    let half = whole.len() / 2;
    let late = File::new().await;
    late.views.apply(&whole[..half]).await.unwrap();
    late.views.apply(&whole[half - 20..]).await.unwrap();
    late.views.apply(&whole[..half]).await.unwrap();
    late.views.apply(&[]).await.unwrap();
    for views in [&file.views, &late.views] {
        assert_eq!(views.position().await, whole.len() as u64);
        assert_equal_to_the_log(views, &county).await;
    }
}

#[tokio::test]
async fn a_view_that_was_tampered_with_is_found_and_replaced() {
    let county = storied(5).await;
    let file = File::of(&county).await;
    let query = BoardQuery { include_closed: true, max: 99, ..BoardQuery::default() };
    let before = file.views.board(&everybody(), &query).await.unwrap();
    let options = SqliteConnectOptions::new().filename(file.path());
    let mut hand = options.connect().await.unwrap();
    let version = |name: &str| {
        let model = all_models().into_iter().find(|model| model.name() == name);
        model.unwrap().version()
    };
    let (board, due) = (version("board"), version("due"));
    for table in [format!("board_v{board}_a"), format!("due_v{due}_a_place")] {
        let sql = AssertSqlSafe(format!("DELETE FROM {table}"));
        sqlx::raw_sql(sql).execute(&mut hand).await.unwrap();
    }
    for view in rebuilt(&file.views, &county).await {
        assert_eq!(view.equal, !["board", "due"].contains(&&*view.view), "{}", view.view);
    }
    assert_eq!(file.views.board(&everybody(), &query).await.unwrap(), []);
    for name in ["board", "due"] {
        let mut told = Vec::new();
        let progress = |position| told.push(position);
        let switched = file.views.rebuild(name, &mut county.feed(), false, progress).await;
        assert!(!switched.unwrap().equal);
        assert!(told.is_sorted() && !told.is_empty());
    }
    assert_eq!(file.views.board(&everybody(), &query).await.unwrap(), before);
    assert_equal_to_the_log(&file.views, &county).await;
    // The views go on from there.
    county.register(testkit::matter(0)).await;
    let rest = county.since(file.views.position().await).await;
    file.views.apply(&rest).await.unwrap();
    assert_equal_to_the_log(&file.views, &county).await;
}

/// What consoles show of an issue or call is what the rules decide on.
#[tokio::test]
async fn the_views_agree_with_the_rules_on_every_issue_and_call() {
    for seed in [6, 7] {
        let county = County::new().await;
        let mut story = Story::new(&county, seed);
        let file = File::new().await;
        for _ in 0..20 {
            story.go_on(30).await;
            let rest = county.since(file.views.position().await).await;
            file.views.apply(&rest).await.unwrap();
            for id in &story.issues {
                assert_issue_agrees(&file.views, &county.state(*id).await).await;
            }
            for (id, _) in &story.calls {
                let call = county.commands.calls.read(id.0, |call, _| call.clone()).await.unwrap();
                assert_call_agrees(&file.views, &call.unwrap()).await;
            }
        }
    }
}

async fn assert_issue_agrees(views: &Views, issue: &Issue) {
    let (file, timeline) = views.issue(&everybody(), issue.id, 0, 10_000).await.unwrap().unwrap();
    assert_eq!(file.row.version, timeline.len() as u64);
    assert_eq!(file.row.issue, *issue);
    let mut running: Vec<_> = issue
        .clocks
        .all_running()
        .into_iter()
        .map(|(clock, known)| (clock, known.generation))
        .collect();
    running.sort_unstable();
    let mut derived: Vec<_> = file.clocks.into_values().map(|e| (e.clock, e.generation)).collect();
    derived.sort_unstable();
    assert_eq!(derived, running);
    let timers = views.list_timers(&everybody(), 999).await.unwrap();
    let mut armed: Vec<_> = timers
        .iter()
        .filter(|t| t.stream.id == issue.id.0)
        .map(|t| (t.clock, t.generation))
        .collect();
    armed.sort_unstable();
    assert_eq!(armed, running);
}

async fn assert_call_agrees(views: &Views, call: &Call) {
    let row = views.call(&everybody(), call.id).await.unwrap().unwrap();
    assert_eq!((row.stage, row.presses, row.rung), (call.stage, call.presses, call.rung));
    assert_eq!((row.thumb, row.device), (call.thumb, call.device));
    let mut running = call.clocks.kinds();
    running.sort_unstable();
    assert_eq!(row.clocks.into_keys().collect::<Vec<_>>(), running);
}
