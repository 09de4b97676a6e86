//! The organisation in the views: rows follow their unit, rosters and vacancies have their day, and
//! whoever has no area is told no name.

use std::collections::BTreeSet;

use domain::issue::IssueVerb;
use domain::issue::command::NameParty;
use domain::issue::event::PartyRole;
use domain::org::OrgVerb;
use domain::org::command::{
    AddUnit, Appoint, Delegate, EndAppointment, MergeUnits, MoveUnit, PublishProfile,
    RegisterHousehold, SetRoster,
};
use domain::org::event::Absence;
use domain::shared::ids::{HouseholdId, PersonId, UnitId};
use domain::shared::ladder::Rung;
use domain::shared::moment::Moment;
use testkit::{
    COUNTY, County, START, Story, TOWNSHIP, VILLAGES, area_path, device, holder, matter, staff,
};
use uuid::Uuid;
use views::board::BoardQuery;
use views::coverage::Below;
use views::figures::Period;
use views::{Viewer, Views};

use crate::history::{ALL_TRACKS, File, assert_equal_to_the_log, everybody, looking_as};

const OTHER_TOWNSHIP: UnitId = UnitId(Uuid::from_u128(0x21));
const PERSON: PersonId = PersonId(Uuid::from_u128(0x600));

fn of(area: &str) -> Viewer {
    Viewer { area: Some(area.into()), tracks: ALL_TRACKS.to_vec(), ..Viewer::default() }
}

fn at(seconds: i64) -> Moment {
    Moment(START).plus_seconds(seconds)
}

/// How many rows of each kind a viewer sees.
async fn seen(views: &Views, viewer: &Viewer) -> [usize; 5] {
    let query = BoardQuery { include_closed: true, max: 999, ..BoardQuery::default() };
    let mut work = 0;
    for village in VILLAGES {
        for place in [0, 1] {
            work += views.work_of(viewer, holder(village, place).post).await.unwrap().len();
        }
    }
    [
        views.board(viewer, &query).await.unwrap().len(),
        views.calls(viewer, false, None, 999).await.unwrap().len(),
        views.list_timers(viewer, 999).await.unwrap().len(),
        views.issue_facts(viewer).await.unwrap().len(),
        work,
    ]
}

/// Some matters before the change and some after it; every row is where the unit is now.
#[tokio::test]
async fn l1_rows_follow_a_merged_village_and_a_rebuild_agrees() {
    let county = County::new().await;
    let mut story = Story::new(&county, 5);
    story.go_on(150).await;
    let (unit, into) = (VILLAGES[1], VILLAGES[0]);
    county.tree(OrgVerb::MergeUnits(MergeUnits { unit, into })).await;
    story.go_on(150).await;
    let file = File::of(&county).await;
    let everything = seen(&file.views, &everybody()).await;
    assert!(everything.iter().all(|count| *count > 0), "{everything:?}");
    assert_eq!(seen(&file.views, &of(&area_path(into))).await, everything);
    assert_eq!(seen(&file.views, &of(&area_path(unit))).await, [0; 5], "nothing is left behind");
    let units = file.views.tree(&everybody()).await.unwrap();
    let ids: BTreeSet<_> = units.iter().map(|unit| unit.id).collect();
    assert_eq!(ids, BTreeSet::from([COUNTY, TOWNSHIP, into]));
    assert_equal_to_the_log(&file.views, &county).await;
}

/// A1: the accused village sees no complaint about itself, nor does the one it becomes.
#[tokio::test]
async fn a1_who_stands_aside_does_so_in_a_merged_village_too() {
    let county = County::new().await;
    let (unit, into) = (VILLAGES[1], VILLAGES[0]);
    let party = NameParty { role: PartyRole::Accused, post: None, person: None, unit: Some(unit) };
    let office = || staff(&holder(COUNTY, 0));
    let verb = || IssueVerb::NameParty(party.clone());
    let name = async |id| county.issue(id, into, office(), verb()).await;
    let (before, after) = (county.register(matter(0)).await, county.register(matter(0)).await);
    name(before).await.unwrap();
    let apart = File::of(&county).await;
    county.tree(OrgVerb::MergeUnits(MergeUnits { unit, into })).await;
    name(after).await.unwrap();
    let merged = File::of(&county).await;

    let viewer = |unit: UnitId| looking_as(unit.0);
    let query = BoardQuery { max: 99, ..BoardQuery::default() };
    for (views, unit, hidden) in [
        (&apart.views, unit, vec![before]),
        (&apart.views, into, vec![]),
        (&merged.views, unit, vec![before, after]),
        (&merged.views, into, vec![before, after]),
    ] {
        let viewer = viewer(unit);
        let listed = views.board(&viewer, &query).await.unwrap();
        let changes = views.board_changes(&viewer, "", 0, 99).await.unwrap();
        let changed = changes.iter().filter_map(|change| change.row.as_ref().ok());
        let changed: BTreeSet<_> = changed.map(|row| row.id()).collect();
        for id in [before, after] {
            let shown = !hidden.contains(&id);
            assert_eq!(listed.iter().any(|row| row.id() == id), shown, "{id} on the board");
            assert_eq!(changed.contains(&id), shown, "{id} in the changes");
            let file = views.issue(&viewer, id, 0, 99).await.unwrap();
            assert_eq!(file.is_some(), shown, "{id}");
        }
        let period = Period { from_us: START, until_us: i64::MAX, now_us: START };
        let figures = views.figures(&viewer, period).await.unwrap();
        assert_eq!(figures.issues.received, 2 - hidden.len() as u64);
        let timers = views.list_timers(&viewer, 99).await.unwrap();
        let of = |id: Uuid| timers.iter().any(|timer| timer.stream.id == id);
        assert_eq!([of(before.0), of(after.0)], [before, after].map(|id| !hidden.contains(&id)));
    }
    assert_equal_to_the_log(&merged.views, &county).await;
}

/// A1: the grids of an accused village are of that village.
#[tokio::test]
async fn a1_who_works_below_the_accused_sees_nothing_of_it() {
    let county = County::new().await;
    let grid = UnitId(Uuid::from_u128(0x31));
    let added = AddUnit {
        unit: grid,
        parent: Some(VILLAGES[0]),
        name: "一网格".into(),
        kind: "网格".into(),
        rung: Rung::Grid,
        code: String::new(),
    };
    county.tree(OrgVerb::AddUnit(added)).await;
    let id = county.register(matter(0)).await;
    let unit = Some(VILLAGES[0]);
    let party = NameParty { role: PartyRole::Accused, post: None, person: None, unit };
    let verb = IssueVerb::NameParty(party);
    county.issue(id, VILLAGES[0], staff(&holder(COUNTY, 0)), verb).await.unwrap();
    let file = File::of(&county).await;
    for (unit, seen) in [(grid, 0), (VILLAGES[0], 0), (VILLAGES[1], 1), (TOWNSHIP, 1)] {
        let viewer = looking_as(unit.0);
        let query = BoardQuery { max: 99, ..BoardQuery::default() };
        assert_eq!(file.views.board(&viewer, &query).await.unwrap().len(), seen);
        assert_eq!(file.views.issue(&viewer, id, 0, 99).await.unwrap().is_some(), seen == 1);
        assert_eq!(file.views.list_timers(&viewer, 99).await.unwrap().is_empty(), seen == 0);
        // Neither in a colleague's worklist, nor counted there.
        let post = county.state(id).await.lead().unwrap().post;
        assert_eq!(file.views.work_of(&viewer, post).await.unwrap().is_empty(), seen == 0);
        assert_eq!(file.views.workload(&viewer).await.unwrap().is_empty(), seen == 0);
    }
}

/// A1: a village that goes into an accused one brings its grids, which are of the accused from then on.
#[tokio::test]
async fn a1_what_goes_into_the_accused_sees_nothing_of_it() {
    let county = County::new().await;
    let grid = UnitId(Uuid::from_u128(0x31));
    let added = AddUnit {
        unit: grid,
        parent: Some(VILLAGES[1]),
        name: "一网格".into(),
        kind: "网格".into(),
        rung: Rung::Grid,
        code: String::new(),
    };
    county.tree(OrgVerb::AddUnit(added)).await;
    let id = county.register(matter(0)).await;
    let unit = Some(VILLAGES[0]);
    let party = NameParty { role: PartyRole::Accused, post: None, person: None, unit };
    let verb = IssueVerb::NameParty(party);
    county.issue(id, VILLAGES[0], staff(&holder(COUNTY, 0)), verb).await.unwrap();
    let (unit, into) = (VILLAGES[1], VILLAGES[0]);
    county.tree(OrgVerb::MergeUnits(MergeUnits { unit, into })).await;
    let file = File::of(&county).await;
    let query = BoardQuery { max: 99, ..BoardQuery::default() };
    for (unit, seen) in [(grid, 0), (VILLAGES[1], 0), (VILLAGES[0], 0), (TOWNSHIP, 1)] {
        let viewer = looking_as(unit.0);
        assert_eq!(file.views.board(&viewer, &query).await.unwrap().len(), seen, "{unit}");
        assert_eq!(file.views.list_timers(&viewer, 99).await.unwrap().is_empty(), seen == 0);
    }
    assert_equal_to_the_log(&file.views, &county).await;
}

#[tokio::test]
async fn l1_rows_follow_a_moved_village() {
    let county = County::new().await;
    let mut story = Story::new(&county, 6);
    story.go_on(150).await;
    let added = AddUnit {
        unit: OTHER_TOWNSHIP,
        parent: Some(COUNTY),
        name: "另一乡".into(),
        kind: "乡".into(),
        rung: Rung::Township,
        code: String::new(),
    };
    county.tree(OrgVerb::AddUnit(added)).await;
    let before = File::of(&county).await;
    let village = seen(&before.views, &of(&area_path(VILLAGES[1]))).await;
    assert!(village.iter().all(|count| *count > 0), "{village:?}");
    let (unit, parent) = (VILLAGES[1], OTHER_TOWNSHIP);
    county.tree(OrgVerb::MoveUnit(MoveUnit { unit, parent })).await;
    let after = File::of(&county).await;
    let here = of(&format!("/{COUNTY}/{OTHER_TOWNSHIP}"));
    assert_eq!(seen(&after.views, &here).await, village);
    let path = after.views.area_path(&here, unit).await.unwrap();
    assert_eq!(path, Some(format!("/{COUNTY}/{OTHER_TOWNSHIP}/{unit}")));
    story.go_on(50).await;
    let later = File::of(&county).await;
    assert_equal_to_the_log(&later.views, &county).await;
}

#[tokio::test]
async fn names_and_paths_are_for_viewers_with_an_area() {
    let file = File::of(&County::new().await).await;
    let nobody = Viewer::default();
    assert_eq!(file.views.names(&nobody).await.unwrap().of(COUNTY.0), "");
    assert_eq!(file.views.area_path(&nobody, COUNTY).await.unwrap(), None);
    assert_eq!(file.views.profile_in_force(&nobody).await.unwrap(), None);
    let village = of(&area_path(VILLAGES[0]));
    assert_eq!(file.views.names(&village).await.unwrap().of(COUNTY.0), "单位county");
    let paths = [VILLAGES[0], VILLAGES[1], COUNTY].map(|unit| (unit, unit == VILLAGES[0]));
    for (unit, visible) in paths {
        let path = file.views.area_path(&village, unit).await.unwrap();
        assert_eq!(path.is_some(), visible, "{unit}");
    }
    // Names are kept between questions, and forgotten when the organisation changes.
    let county = County::new().await;
    let file = File::of(&county).await;
    assert_eq!(file.views.names(&village).await.unwrap().of(VILLAGES[0].0), "单位village");
    let head = county.log.head().await.unwrap().position;
    let (unit, name) = (VILLAGES[0], "新名".to_owned());
    let renamed = domain::org::command::RenameUnit { unit, name };
    county.tree(OrgVerb::RenameUnit(renamed)).await;
    file.views.apply(&county.since(head).await).await.unwrap();
    assert_eq!(file.views.names(&village).await.unwrap().of(VILLAGES[0].0), "新名");
}

#[tokio::test]
async fn p1_who_sits_where_is_told_for_a_moment() {
    let county = County::new().await;
    let post = holder(VILLAGES[0], 0).post;
    let other = PersonId(Uuid::from_u128(0x601));
    let appoint = Appoint { person: PERSON, from: Some(at(0)), until: Some(at(400)) };
    county.org(post.0, OrgVerb::Appoint(appoint)).await;
    let (from, until) = (Some(at(100)), at(200));
    let delegate = Delegate { person: other, from, until, reason: Absence::Illness };
    county.org(post.0, OrgVerb::Delegate(delegate)).await;
    // Named for later, and called off before it begins.
    let (person, from, until) = (PersonId(Uuid::from_u128(0x602)), Some(at(340)), at(360));
    let delegate = Delegate { person, from, until, reason: Absence::Leave };
    county.org(post.0, OrgVerb::Delegate(delegate)).await;
    county.org(post.0, OrgVerb::EndAppointment(EndAppointment { person })).await;
    let duty = holder(VILLAGES[0], 1).post;
    let (from, until) = (Some(at(150)), Some(at(250)));
    let dated = SetRoster { unit: VILLAGES[0], posts: vec![duty], from, until };
    county.tree(OrgVerb::SetRoster(dated)).await;
    county.clock.advance_to(at(300).0);
    county.org(post.0, OrgVerb::EndAppointment(EndAppointment { person: PERSON })).await;
    let file = File::of(&county).await;
    let mut told = Vec::new();
    for second in [50, 150, 220, 350] {
        let standing = file.views.standing(&everybody(), at(second), at(0)).await.unwrap();
        let sits =
            standing.posts[&VILLAGES[0]].iter().find(|sits| sits.id == post).unwrap().clone();
        told.push((sits.person, sits.stand_in, sits.left_at, standing.rosters[&VILLAGES[0]].len()));
    }
    let expected = [
        (Some(PERSON), false, None, 2),
        (Some(other), true, None, 1),
        (Some(PERSON), false, Some(at(200)), 1),
        (None, false, Some(at(300)), 2),
    ];
    assert_eq!(told, expected);
}

const PROFILE: &str = r#"
id = "test"
version = 1
title = "村里住户不超过 1 户"

[[levels]]
kind = "县"
rung = "county"

[[levels]]
kind = "乡镇"
rung = "township"
parents = ["县"]

[[levels]]
kind = "村"
rung = "village"
parents = ["乡镇"]
households = true

[[ratios]]
id = "X1"
title = "每村不超过 1 户"
at = "村"
count = "households"
max = 1
"#;

#[tokio::test]
async fn x1_a_report_shows_the_viewer_only_what_is_below_him() {
    let county = County::new().await;
    let text = PROFILE.into();
    county.tree(OrgVerb::PublishProfile(PublishProfile { text })).await;
    for number in 0..2 {
        let household = HouseholdId(Uuid::from_u128(0x4100 + number));
        let unit = VILLAGES[1];
        let verb = RegisterHousehold { household, unit, address: None };
        county.org(household.0, OrgVerb::RegisterHousehold(verb)).await;
    }
    let file = File::of(&county).await;
    let mine = of(&area_path(VILLAGES[0]));
    let standing = file.views.standing(&mine, at(0), at(0)).await.unwrap();
    assert_eq!(standing.violations, [], "the other village's are not shown");
    assert_eq!(standing.posts.keys().collect::<Vec<_>>(), [&VILLAGES[0]]);
    let standing = file.views.standing(&of(&area_path(TOWNSHIP)), at(0), at(0)).await.unwrap();
    let [broken] = standing.violations.as_slice() else { panic!("{:?}", standing.violations) };
    assert_eq!((broken.unit, broken.count), (VILLAGES[1], 3));
    let below = Below { households: 4, devices: 2, reached: 0 };
    assert_eq!(standing.below()[&TOWNSHIP], below);
    assert_eq!(standing.units.len(), 3);
    let nobody = file.views.standing(&Viewer::default(), at(0), at(0)).await.unwrap();
    assert!(nobody.units.is_empty() && nobody.posts.is_empty() && nobody.profile.is_none());
}

#[tokio::test]
async fn m6_a_device_is_reachable_once_it_was_heard_from() {
    let county = County::new().await;
    let press = domain::call::command::Press {
        call: domain::shared::ids::CallId(Uuid::from_u128(1)),
        device: Some(device(0)),
        household: Some(testkit::household(0)),
        unit: VILLAGES[0],
        caller: None,
    };
    let (call, verb) = (press.call, domain::call::CallVerb::Press(press));
    county.call(call, VILLAGES[0], verb).await.unwrap();
    let file = File::of(&county).await;
    let reached = |heard| {
        let views = &file.views;
        async move { views.standing(&everybody(), at(0), heard).await.unwrap().reached }
    };
    assert_eq!(reached(at(0)).await.get(&VILLAGES[0]), Some(&1));
    assert_eq!(reached(at(0)).await.get(&VILLAGES[1]), None, "a silent village is a question");
    assert!(reached(at(1)).await.is_empty(), "heard from too long ago");
}
