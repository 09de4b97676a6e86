//! Every question is asked by somebody: an area and tracks. One village never sees the next.

use std::collections::BTreeSet;

use domain::call::CallVerb;
use domain::call::command::Press;
use domain::shared::ids::{CallId, IssueId, UnitId};
use domain::shared::matter::{Matter, Track};
use testkit::{
    COUNTY, County, START, TOWNSHIP, VILLAGES, area_path, device, holder, household, matter,
};
use uuid::Uuid;
use views::board::BoardQuery;
use views::figures::{Figures, Period};
use views::{Viewer, Views};

use crate::history::{ALL_TRACKS, File, everybody};

/// In each village one call, and one issue on each track.
struct Both {
    file: File,
    issues: Vec<(usize, Track, IssueId)>,
    calls: [CallId; 2],
}

async fn both() -> Both {
    let county = County::new().await;
    let calls = [1, 2].map(|number| CallId(Uuid::from_u128(number)));
    let mut issues = Vec::new();
    for (village, call) in calls.into_iter().enumerate() {
        for track in ALL_TRACKS {
            let issue = county.register(Matter { track, ..matter(village) }).await;
            issues.push((village, track, issue));
        }
        let press = Press {
            call,
            device: Some(device(village as u128)),
            household: Some(household(village as u128)),
            unit: VILLAGES[village],
            caller: None,
        };
        county.call(call, VILLAGES[village], CallVerb::Press(press)).await.unwrap();
    }
    Both { file: File::of(&county).await, issues, calls }
}

impl Both {
    fn issues(&self, village: usize, tracks: &[Track]) -> BTreeSet<Uuid> {
        let wanted =
            |(of, track, _): &&(usize, Track, IssueId)| *of == village && tracks.contains(track);
        self.issues.iter().filter(wanted).map(|(.., issue)| issue.0).collect()
    }
}

fn of(unit: UnitId, tracks: &[Track]) -> Viewer {
    Viewer { area: Some(area_path(unit)), tracks: tracks.to_vec(), ..Viewer::default() }
}

/// The ids that each list shows, by list.
async fn lists(views: &Views, viewer: &Viewer) -> [BTreeSet<Uuid>; 4] {
    let query = BoardQuery { include_closed: true, max: 99, ..BoardQuery::default() };
    let board = views.board(viewer, &query).await.unwrap();
    let calls = views.calls(viewer, false, None, 99).await.unwrap();
    let timers = views.list_timers(viewer, 99).await.unwrap();
    let mut work = BTreeSet::new();
    for village in VILLAGES {
        for place in [0, 1] {
            let items = views.work_of(viewer, holder(village, place).post).await.unwrap();
            work.extend(items.iter().map(|item| item.id()));
        }
    }
    [
        board.into_iter().map(|row| row.id().0).collect(),
        calls.into_iter().map(|row| row.id.0).collect(),
        timers.into_iter().map(|timer| timer.stream.id).collect(),
        work,
    ]
}

async fn figures(views: &Views, viewer: &Viewer) -> Figures {
    let period = Period { from_us: START, until_us: i64::MAX, now_us: START };
    views.figures(viewer, period).await.unwrap()
}

async fn tree(views: &Views, viewer: &Viewer) -> Vec<UnitId> {
    views.tree(viewer).await.unwrap().into_iter().map(|unit| unit.id).collect()
}

#[tokio::test]
async fn a_viewer_without_an_area_sees_nothing() {
    let both = both().await;
    let views = &both.file.views;
    let nobody = Viewer { area: None, ..everybody() };
    for viewer in [Viewer::default(), nobody] {
        assert!(lists(views, &viewer).await.iter().all(BTreeSet::is_empty));
        assert_eq!(figures(views, &viewer).await, Figures::default());
        assert_eq!(views.issue_facts(&viewer).await.unwrap(), []);
        assert_eq!(tree(views, &viewer).await, []);
        for (.., issue) in &both.issues {
            assert_eq!(views.issue(&viewer, *issue, 0, 10_000).await.unwrap(), None);
        }
        for call in both.calls {
            assert_eq!(views.call(&viewer, call).await.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn one_village_never_sees_the_next() {
    let both = both().await;
    let views = &both.file.views;
    for village in [0, 1] {
        let viewer = of(VILLAGES[village], &ALL_TRACKS);
        let issues = both.issues(village, &ALL_TRACKS);
        let own_call = BTreeSet::from([both.calls[village].0]);
        let owed: BTreeSet<_> = issues.union(&own_call).copied().collect();
        assert_eq!(lists(views, &viewer).await, [issues, own_call, owed.clone(), owed]);
        let figures = figures(views, &viewer).await;
        assert_eq!((figures.issues.received, figures.issues.open, figures.calls.calls), (3, 3, 1));
        assert_eq!(views.issue_facts(&viewer).await.unwrap().len(), 3);
        assert_eq!(tree(views, &viewer).await, [VILLAGES[village]]);
        for (of, _, issue) in &both.issues {
            let seen = views.issue(&viewer, *issue, 0, 10_000).await.unwrap();
            assert_eq!(seen.is_some(), *of == village);
        }
        for (of, call) in both.calls.into_iter().enumerate() {
            assert_eq!(views.call(&viewer, call).await.unwrap().is_some(), of == village);
        }
    }
}

#[tokio::test]
async fn those_above_see_all_below() {
    let both = both().await;
    let views = &both.file.views;
    let all: BTreeSet<_> =
        both.issues(0, &ALL_TRACKS).union(&both.issues(1, &ALL_TRACKS)).copied().collect();
    for viewer in [of(TOWNSHIP, &ALL_TRACKS), of(COUNTY, &ALL_TRACKS), everybody()] {
        let [board, calls, ..] = lists(views, &viewer).await;
        assert_eq!((&board, calls.len()), (&all, 2));
        assert_eq!(figures(views, &viewer).await.issues.received, 6);
    }
    assert_eq!(tree(views, &of(TOWNSHIP, &[])).await, [TOWNSHIP, VILLAGES[0], VILLAGES[1]]);
}

#[tokio::test]
async fn a_track_is_seen_only_by_those_who_may() {
    let both = both().await;
    let views = &both.file.views;
    for tracks in
        [&[][..], &[Track::Service], &[Track::Service, Track::Petition], &[Track::Supervision]]
    {
        let viewer = of(VILLAGES[0], tracks);
        let expected = both.issues(0, tracks);
        let [board, _, timers, work] = lists(views, &viewer).await;
        assert_eq!(board, expected);
        let issues = both.issues(0, &ALL_TRACKS);
        assert_eq!(timers.intersection(&issues).copied().collect::<BTreeSet<_>>(), expected);
        assert_eq!(work.intersection(&issues).copied().collect::<BTreeSet<_>>(), expected);
        assert_eq!(figures(views, &viewer).await.issues.received, expected.len() as u64);
        assert_eq!(views.issue_facts(&viewer).await.unwrap().len(), expected.len());
        for (_, track, issue) in both.issues.iter().filter(|(village, ..)| *village == 0) {
            let seen = views.issue(&viewer, *issue, 0, 10_000).await.unwrap();
            assert_eq!(seen.is_some(), tracks.contains(track), "{track:?}");
        }
    }
}

#[tokio::test]
async fn lists_are_paged_without_a_gap_or_a_repetition() {
    let both = both().await;
    let views = &both.file.views;
    let viewer = everybody();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let query = BoardQuery { after, max: 2, ..BoardQuery::default() };
        let page = views.board(&viewer, &query).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.sort_key());
        seen.extend(page.iter().map(|row| row.sort_key()));
    }
    assert!(seen.is_sorted() && seen.len() == 6, "{seen:?}");
    let first = views.calls(&viewer, true, None, 1).await.unwrap().remove(0);
    let next = views.calls(&viewer, true, Some((first.pressed_at.0, first.id.0)), 9).await.unwrap();
    assert_eq!(next.len(), 1);
    assert_ne!(next[0].id, first.id);
}
