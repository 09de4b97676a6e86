//! Rules of the organisation's records, one test per refusal and per fact.

use uuid::Uuid;

use super::command::{
    AddUnit, Appoint, CreatePost, Delegate, EndAppointment, GrantWaiver, Lapse, MergeUnits,
    MoveUnit, PublishProfile, RegisterDevice, RegisterHousehold, RegisterPerson, RenameUnit,
    SetRoster,
};
use super::event::{
    Absence, Appointed, AppointmentEnded, AppointmentLapsed, RosterSet, StandInNamed, UnitAdded,
    WaiverGranted,
};
use super::ratio::{UnitFigures, Waivers};
use super::{
    Device, Household, Org, OrgCommand, OrgError, OrgEvent, OrgVerb, Person, profile, ratio,
};
use crate::shared::given::Given;
use crate::shared::ids::{DeviceId, HouseholdId, PersonId, PostId, UnitId};
use crate::shared::ladder::Rung;
use crate::shared::moment::Moment;
use crate::shared::stored::StoredEvent;

const COUNTY: UnitId = UnitId(Uuid::from_u128(0x10));
const TOWNSHIP: UnitId = UnitId(Uuid::from_u128(0x11));
const VILLAGE: UnitId = UnitId(Uuid::from_u128(0x12));
const NOWHERE: UnitId = UnitId(Uuid::from_u128(0x1f));
const POST: PostId = PostId(Uuid::from_u128(0x20));
const CHIEF: PersonId = PersonId(Uuid::from_u128(0x30));
const DEPUTY: PersonId = PersonId(Uuid::from_u128(0x31));
const HOUSEHOLD: HouseholdId = HouseholdId(Uuid::from_u128(0x40));
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(0x50));

fn at(seconds: i64) -> Moment {
    Moment(1_772_413_200_000_000).plus_seconds(seconds)
}

fn decide(org: &Org, seconds: i64, verb: OrgVerb) -> Result<Vec<OrgEvent>, OrgError> {
    org.decide(OrgCommand { given: Given { now: at(seconds), ..Given::default() }, verb })
}

/// The record after these commands, each of which adds something.
fn org(verbs: Vec<OrgVerb>) -> Org {
    let mut org = Org::default();
    for verb in verbs {
        let events = decide(&org, 0, verb).unwrap();
        assert!(!events.is_empty());
        events.iter().for_each(|event| org.evolve(event));
    }
    org
}

fn unit(unit: UnitId, parent: Option<UnitId>, rung: Rung, code: &str) -> OrgVerb {
    OrgVerb::AddUnit(AddUnit {
        unit,
        parent,
        name: "某地".into(),
        kind: "村".into(),
        rung,
        code: code.into(),
    })
}

fn tree() -> Org {
    org(vec![
        unit(COUNTY, None, Rung::County, "341504"),
        unit(TOWNSHIP, Some(COUNTY), Rung::Township, "341504101"),
        unit(VILLAGE, Some(TOWNSHIP), Rung::Village, ""),
    ])
}

fn roster(unit: UnitId, posts: &[PostId]) -> OrgVerb {
    OrgVerb::SetRoster(SetRoster { unit, posts: posts.to_vec(), from: None, until: None })
}

fn create_post() -> OrgVerb {
    OrgVerb::CreatePost(CreatePost { post: POST, unit: VILLAGE, title: "村支书".into() })
}

fn appoint(person: PersonId, from: Option<i64>, until: Option<i64>) -> OrgVerb {
    OrgVerb::Appoint(Appoint { person, from: from.map(at), until: until.map(at) })
}

fn end(person: PersonId) -> OrgVerb {
    OrgVerb::EndAppointment(EndAppointment { person })
}

fn register_person() -> OrgVerb {
    OrgVerb::RegisterPerson(RegisterPerson { person: CHIEF, name: "某人".into() })
}

fn register_household() -> OrgVerb {
    OrgVerb::RegisterHousehold(RegisterHousehold {
        household: HOUSEHOLD,
        unit: VILLAGE,
        address: None,
    })
}

fn register_device() -> OrgVerb {
    OrgVerb::RegisterDevice(RegisterDevice { device: DEVICE, household: HOUSEHOLD })
}

fn person_at(org: &Org, seconds: i64) -> Option<PersonId> {
    let Org::Post(post) = org else { panic!("{org:?} is no post") };
    post.person_at(at(seconds))
}

// --- the tree ----------------------------------------------------------------------------------------

#[test]
fn a_unit_is_added_below_its_parent() {
    let events = decide(&tree(), 0, unit(NOWHERE, Some(VILLAGE), Rung::Grid, "")).unwrap();
    let expected = UnitAdded {
        unit: NOWHERE,
        parent: Some(VILLAGE),
        name: "某地".into(),
        kind: "村".into(),
        rung: Rung::Grid,
        code: String::new(),
    };
    assert_eq!(events, [OrgEvent::UnitAdded(expected)]);
}

#[test]
fn a_path_names_every_unit_from_the_county_down() {
    let Org::Tree(tree) = tree() else { panic!("no tree") };
    assert_eq!(tree.area_path(VILLAGE), format!("/{COUNTY}/{TOWNSHIP}/{VILLAGE}"));
    assert_eq!(tree.area_path(NOWHERE), "");
    let upwards: Vec<_> = tree.upwards(VILLAGE).map(|(id, unit)| (id, unit.rung)).collect();
    let expected = [(VILLAGE, Rung::Village), (TOWNSHIP, Rung::Township), (COUNTY, Rung::County)];
    assert_eq!(upwards, expected);
}

#[test]
fn a_unit_added_twice_adds_nothing() {
    let again = unit(VILLAGE, Some(TOWNSHIP), Rung::Village, "");
    assert_eq!(decide(&tree(), 0, again), Ok(vec![]));
}

#[test]
fn units_of_one_rung_may_stand_below_each_other_but_not_counties() {
    let within = unit(NOWHERE, Some(VILLAGE), Rung::Village, "");
    assert_eq!(decide(&tree(), 0, within).unwrap().len(), 1);
    let county = unit(NOWHERE, Some(COUNTY), Rung::County, "");
    assert_eq!(decide(&tree(), 0, county), Err(OrgError::RungAboveParent));
}

#[test]
fn refuses_a_unit_above_its_parent() {
    let verb = unit(NOWHERE, Some(VILLAGE), Rung::Township, "");
    assert_eq!(decide(&tree(), 0, verb), Err(OrgError::RungAboveParent));
}

#[test]
fn refuses_a_tree_that_does_not_start_at_the_county() {
    let verb = unit(VILLAGE, None, Rung::Village, "");
    assert_eq!(decide(&Org::default(), 0, verb), Err(OrgError::RootNotCounty));
}

#[test]
fn refuses_a_second_root() {
    let verb = unit(NOWHERE, None, Rung::County, "");
    assert_eq!(decide(&tree(), 0, verb), Err(OrgError::SecondRoot));
}

#[test]
fn refuses_a_parent_nobody_added() {
    let verb = unit(VILLAGE, Some(NOWHERE), Rung::Grid, "");
    assert_eq!(decide(&Org::default(), 0, verb), Err(OrgError::UnknownUnit(NOWHERE)));
}

#[test]
fn refuses_a_code_that_names_another_unit() {
    let verb = |code| unit(NOWHERE, Some(TOWNSHIP), Rung::Village, code);
    let taken = OrgError::CodeTaken("341504101".into());
    assert_eq!(decide(&tree(), 0, verb("341504101")), Err(taken));
    assert_eq!(decide(&tree(), 0, verb("")).unwrap().len(), 1, "no code is not a code");
}

#[test]
fn a_roster_is_set_and_silent_when_repeated() {
    let mut tree = tree();
    let events = decide(&tree, 0, roster(VILLAGE, &[POST])).unwrap();
    let fact = RosterSet { unit: VILLAGE, posts: vec![POST], from: None, until: None };
    assert_eq!(events, [OrgEvent::RosterSet(fact)]);
    tree.evolve(&events[0]);
    assert_eq!(decide(&tree, 0, roster(VILLAGE, &[POST])), Ok(vec![]));
    assert_eq!(decide(&tree, 0, roster(VILLAGE, &[])).unwrap().len(), 1, "it may be emptied");
}

#[test]
fn refuses_a_roster_of_no_unit() {
    for record in [tree(), Org::default(), org(vec![create_post()])] {
        let refused = decide(&record, 0, roster(NOWHERE, &[POST]));
        assert_eq!(refused, Err(OrgError::UnknownUnit(NOWHERE)));
    }
}

// --- posts and appointments ---------------------------------------------------------------------------

#[test]
fn an_appointment_seats_a_person_from_now_on() {
    let mut post = org(vec![create_post()]);
    let events = decide(&post, 5, appoint(CHIEF, None, None)).unwrap();
    let fact = Appointed { person: CHIEF, from: at(5), until: None };
    assert_eq!(events, [OrgEvent::Appointed(fact)]);
    post.evolve(&events[0]);
    assert_eq!(person_at(&post, 4), None);
    assert_eq!(person_at(&post, 5), Some(CHIEF));
    assert_eq!(decide(&post, 5, appoint(CHIEF, None, None)), Ok(vec![]), "the same again");
}

#[test]
fn the_latest_appointment_wins_while_it_lasts() {
    let stand_in = appoint(DEPUTY, Some(10), Some(20));
    let post = org(vec![create_post(), appoint(CHIEF, Some(0), None), stand_in]);
    let seen: Vec<_> = [9, 10, 19, 20].into_iter().map(|s| person_at(&post, s)).collect();
    assert_eq!(seen, [Some(CHIEF), Some(DEPUTY), Some(DEPUTY), Some(CHIEF)]);
}

#[test]
fn an_ended_appointment_empties_the_post() {
    let mut post = org(vec![create_post(), appoint(CHIEF, Some(0), None)]);
    let events = decide(&post, 7, end(CHIEF)).unwrap();
    let fact = AppointmentEnded { person: CHIEF, at: at(7) };
    assert_eq!(events, [OrgEvent::AppointmentEnded(fact)]);
    post.evolve(&events[0]);
    assert_eq!((person_at(&post, 6), person_at(&post, 7)), (Some(CHIEF), None));
    assert_eq!(decide(&post, 8, end(CHIEF)), Err(OrgError::NotAppointed));
}

#[test]
fn an_end_by_date_is_recorded_once_and_not_before_it_has_come() {
    let mut post = org(vec![create_post(), appoint(CHIEF, Some(0), Some(10))]);
    let lapse = |person, until| OrgVerb::Lapse(Lapse { person, until: at(until) });
    for (now, person, until) in [(9, CHIEF, 10), (20, DEPUTY, 10), (20, CHIEF, 11)] {
        let refused = decide(&post, now, lapse(person, until));
        assert_eq!(refused, Err(OrgError::NotAppointed), "{now} {until}");
    }
    let events = decide(&post, 10, lapse(CHIEF, 10)).unwrap();
    let fact = AppointmentLapsed { person: CHIEF, until: at(10) };
    assert_eq!(events, [OrgEvent::AppointmentLapsed(fact)]);
    post.evolve(&events[0]);
    assert_eq!(decide(&post, 11, lapse(CHIEF, 10)), Ok(vec![]), "the same again");
    assert_eq!((person_at(&post, 9), person_at(&post, 10)), (Some(CHIEF), None));
}

#[test]
fn refuses_to_end_an_appointment_of_somebody_else_or_of_the_future() {
    let post = org(vec![create_post(), appoint(CHIEF, Some(10), None)]);
    assert_eq!(decide(&post, 20, end(DEPUTY)), Err(OrgError::NotAppointed));
    assert_eq!(decide(&post, 9, end(CHIEF)), Err(OrgError::NotAppointed));
}

#[test]
fn refuses_an_appointment_that_ends_before_it_starts() {
    let post = org(vec![create_post()]);
    let refusal = Err(OrgError::AppointmentEndsBeforeItStarts);
    for (from, until) in [(Some(10), 10), (Some(10), 9), (None, 0)] {
        assert_eq!(decide(&post, 0, appoint(CHIEF, from, Some(until))), refusal);
    }
}

#[test]
fn refuses_appointments_to_what_is_no_post() {
    for record in [Org::default(), tree(), org(vec![register_person()])] {
        assert_eq!(decide(&record, 0, appoint(CHIEF, None, None)), Err(OrgError::UnknownPost));
        assert_eq!(decide(&record, 0, end(CHIEF)), Err(OrgError::UnknownPost));
    }
}

// --- records of one kind ------------------------------------------------------------------------------

#[test]
fn each_record_is_made_once_and_silent_when_repeated() {
    let cases = [
        (create_post(), "org.post_created"),
        (register_person(), "org.person_registered"),
        (register_household(), "org.household_registered"),
        (register_device(), "org.device_registered"),
    ];
    for (verb, name) in cases {
        let events = decide(&Org::default(), 0, verb.clone()).unwrap();
        assert_eq!(events.iter().map(StoredEvent::type_name).collect::<Vec<_>>(), [name]);
        assert_eq!(decide(&org(vec![verb.clone()]), 0, verb), Ok(vec![]));
    }
}

#[test]
fn a_record_holds_what_was_registered() {
    assert_eq!(org(vec![register_person()]), Org::Person(Person { name: "某人".into() }));
    assert_eq!(org(vec![register_household()]), Org::Household(Household { unit: VILLAGE }));
    assert_eq!(org(vec![register_device()]), Org::Device(Device { household: HOUSEHOLD }));
}

#[test]
fn refuses_an_id_that_names_a_record_of_another_kind() {
    let verbs = [
        unit(COUNTY, None, Rung::County, ""),
        create_post(),
        register_person(),
        register_household(),
        register_device(),
    ];
    for (own, verb) in verbs.iter().enumerate() {
        for (kind, record) in verbs.iter().enumerate().filter(|(kind, _)| *kind != own) {
            let refused = decide(&org(vec![record.clone()]), 0, verb.clone());
            assert_eq!(refused, Err(OrgError::WrongKind), "{own} on {kind}");
        }
    }
}

#[test]
fn every_refusal_has_its_own_reason_and_words() {
    let refusals = [
        OrgError::UnknownUnit(NOWHERE),
        OrgError::UnknownPost,
        OrgError::WrongKind,
        OrgError::SecondRoot,
        OrgError::RootNotCounty,
        OrgError::RungAboveParent,
        OrgError::CodeTaken("341504".into()),
        OrgError::AppointmentEndsBeforeItStarts,
        OrgError::NotAppointed,
    ];
    let reasons: std::collections::BTreeSet<_> = refusals.iter().map(OrgError::reason).collect();
    assert_eq!(reasons.len(), refusals.len());
    assert!(refusals[0].zh().contains(&NOWHERE.to_string()));
    assert!(refusals[6].zh().contains("341504") && refusals[6].to_string().contains("341504"));
}

// --- stand-ins and dated rosters (LOOP P1) -----------------------------------------------------------

fn delegate(person: PersonId, from: i64, until: i64) -> OrgVerb {
    let (from, until) = (Some(at(from)), at(until));
    OrgVerb::Delegate(Delegate { person, from, until, reason: Absence::Leave })
}

#[test]
fn p1_a_stand_in_answers_for_the_post_between_two_dates() {
    let mut post = org(vec![create_post(), appoint(CHIEF, Some(0), None)]);
    let events = decide(&post, 0, delegate(DEPUTY, 100, 200)).unwrap();
    let named =
        StandInNamed { person: DEPUTY, from: at(100), until: at(200), reason: Absence::Leave };
    assert_eq!(events, [OrgEvent::StandInNamed(named)]);
    post.evolve(&events[0]);
    assert_eq!(decide(&post, 0, delegate(DEPUTY, 100, 200)), Ok(vec![]), "said once is enough");
    let answers = [99, 100, 199, 200].map(|second| person_at(&post, second));
    assert_eq!(answers, [Some(CHIEF), Some(DEPUTY), Some(DEPUTY), Some(CHIEF)]);
    let Org::Post(state) = &post else { panic!("no post") };
    assert_eq!(state.appointed_at(at(150)), Some(CHIEF), "the post stays the chief's");
    assert_eq!(state.stand_in_at(at(150)), Some(DEPUTY));
    assert_eq!(state.stand_in_at(at(200)), None);
}

#[test]
fn p1_a_stand_in_may_end_early_and_outlasts_the_appointment() {
    let mut post =
        org(vec![create_post(), appoint(CHIEF, Some(0), None), delegate(DEPUTY, 0, 200)]);
    for event in decide(&post, 50, end(CHIEF)).unwrap() {
        post.evolve(&event);
    }
    assert_eq!(person_at(&post, 60), Some(DEPUTY), "open work falls to the stand-in");
    for event in decide(&post, 100, end(DEPUTY)).unwrap() {
        post.evolve(&event);
    }
    assert_eq!(person_at(&post, 101), None);
}

#[test]
fn p1_a_stand_in_that_has_not_begun_is_called_off() {
    let mut post =
        org(vec![create_post(), appoint(CHIEF, Some(0), None), delegate(DEPUTY, 100, 200)]);
    for event in decide(&post, 50, end(DEPUTY)).unwrap() {
        post.evolve(&event);
    }
    assert_eq!(person_at(&post, 150), Some(CHIEF));
    assert_eq!(decide(&post, 150, end(DEPUTY)), Err(OrgError::NotAppointed));
}

#[test]
fn p1_a_stand_in_has_an_end_and_is_somebody_else() {
    let post = org(vec![create_post(), appoint(CHIEF, Some(0), None)]);
    let backwards = decide(&post, 0, delegate(DEPUTY, 200, 200));
    assert_eq!(backwards, Err(OrgError::StandInEndsBeforeItStarts));
    let past = decide(&post, 300, delegate(DEPUTY, 100, 200));
    assert_eq!(past, Err(OrgError::StandInEndsBeforeItStarts));
    assert_eq!(decide(&post, 0, delegate(CHIEF, 0, 200)), Err(OrgError::StandsInForSelf));
    assert_eq!(decide(&tree(), 0, delegate(DEPUTY, 0, 200)), Err(OrgError::UnknownPost));
}

fn dated(posts: &[PostId], from: Option<i64>, until: Option<i64>) -> OrgVerb {
    let (from, until) = (from.map(at), until.map(at));
    OrgVerb::SetRoster(SetRoster { unit: VILLAGE, posts: posts.to_vec(), from, until })
}

#[test]
fn p1_a_holiday_roster_stands_before_the_everyday_one_while_it_lasts() {
    let other = PostId(Uuid::from_u128(0x21));
    let mut tree = tree();
    for verb in [roster(VILLAGE, &[POST]), dated(&[other], Some(100), Some(200))] {
        let events = decide(&tree, 0, verb).unwrap();
        assert_eq!(events.len(), 1);
        tree.evolve(&events[0]);
    }
    assert_eq!(decide(&tree, 0, dated(&[other], Some(100), Some(200))), Ok(vec![]));
    let Org::Tree(tree) = &tree else { panic!("no tree") };
    let village = &tree.units[&VILLAGE];
    let rung = [99, 100, 199, 200].map(|second| village.roster_at(at(second)).to_vec());
    assert_eq!(rung, [vec![POST], vec![other], vec![other], vec![POST]]);
}

#[test]
fn p1_a_dated_roster_needs_an_end_after_its_start() {
    for (from, until) in [(Some(10), None), (Some(200), Some(100)), (None, Some(-1))] {
        let refused = decide(&tree(), 0, dated(&[POST], from, until));
        assert_eq!(refused, Err(OrgError::RosterWithoutEnd), "{from:?} {until:?}");
    }
}

#[test]
fn a_unit_is_found_by_its_code() {
    let Org::Tree(tree) = tree() else { panic!("no tree") };
    assert_eq!(tree.by_code("341504101"), Some(TOWNSHIP));
    assert_eq!(tree.by_code(""), None, "no code is no name");
}

// --- profiles and waivers ----------------------------------------------------------------------------

const YEJI: &str = include_str!("../../../../deploy/profiles/yeji.toml");
const XINHUANG: &str = include_str!("../../../../deploy/profiles/xinhuang.toml");
const LUOSHUI: &str = include_str!("../../../../deploy/profiles/luoshui.toml");
const ZHIJIANG: &str = include_str!("../../../../deploy/profiles/zhijiang.toml");
const ZHANYI: &str = include_str!("../../../../deploy/profiles/zhanyi.toml");

fn publish(text: &str) -> OrgVerb {
    OrgVerb::PublishProfile(PublishProfile { text: text.into() })
}

fn typed(id: UnitId, parent: Option<UnitId>, kind: &str, rung: Rung) -> OrgVerb {
    let (name, code) = ("某地".into(), String::new());
    OrgVerb::AddUnit(AddUnit { unit: id, parent, name, kind: kind.into(), rung, code })
}

#[test]
fn x1_l1_z1_y6_q1_the_five_profiles_are_sound_and_travel_whole() {
    let grids = [
        (YEJI, "yeji", "网格", 1),
        (XINHUANG, "xinhuang", "微网格", 5),
        (LUOSHUI, "luoshui", "网格", 3),
        (ZHIJIANG, "zhijiang", "湾落", 2),
        (ZHANYI, "zhanyi", "组", 1),
    ];
    for (text, id, grid, ratios) in grids {
        let events = decide(&Org::default(), 0, publish(text)).unwrap();
        let [OrgEvent::ProfilePublished(event)] = events.as_slice() else { panic!("{id}") };
        assert_eq!((event.profile.id.as_str(), event.profile.version), (id, 1));
        assert_eq!(event.document.ratios.len(), ratios, "{id}");
        let level = event.document.level(grid).unwrap();
        assert!(level.households && level.rung == Rung::Grid, "{id}");
        let stored = events[0].data().unwrap();
        let read = OrgEvent::decode("org.profile_published", 1, stored.get()).unwrap();
        assert_eq!(read, events[0], "{id}");
    }
}

#[test]
fn a_profile_is_immutable_under_its_version() {
    let tree = org(vec![publish(YEJI)]);
    assert_eq!(decide(&tree, 0, publish(YEJI)), Ok(vec![]));
    let other = YEJI.replace("1+1+N", "1+2+N");
    let taken = OrgError::ProfileVersionTaken { id: "yeji".into(), version: 1 };
    assert_eq!(decide(&tree, 0, publish(&other)), Err(taken));
    let next = decide(&tree, 0, publish(&other.replace("version = 1", "version = 2"))).unwrap();
    assert_eq!(next.len(), 1);
}

#[test]
fn a_profile_that_contradicts_itself_is_refused_with_every_reason() {
    let cases = [
        ("parents = [\"村\", \"社区\"]", "parents = [\"寨\"]", "上级“寨”不是本方案的类型"),
        ("households = true", "households = false", "没有承接住户的类型"),
        ("at = \"网格\"", "at = \"小格\"", "at“小格”不是本方案的类型"),
        ("per = { posts = \"网格长\" }", "per = { posts = \"格长\" }", "在各类型中都没有"),
        ("kind = \"社区\"", "kind = \"村\"", "“村”重名"),
        ("parents = [\"区\"]", "parents = []", "有且只有一个没有上级的类型"),
        ("id = \"Y6\"", "id = \"a/b\"", "编号不能含“/”"),
        ("version = 1", "version = 0", "version 至少为 1"),
    ];
    for (good, bad, expected) in cases {
        assert!(YEJI.contains(good), "{good}");
        let refused = decide(&Org::default(), 0, publish(&YEJI.replace(good, bad))).unwrap_err();
        assert_eq!(refused.reason(), "PROFILE_INCOMPLETE", "{bad}");
        assert!(refused.zh().contains(expected), "{bad}: {}", refused.zh());
    }
    let circle = YEJI.replace("parents = [\"乡镇\", \"街道\"]", "parents = [\"社区\"]");
    let refused = decide(&Org::default(), 0, publish(&circle)).unwrap_err();
    assert!(refused.zh().contains("无法逐级上到县级"), "{}", refused.zh());
    let typo = decide(&Org::default(), 0, publish("idd = 1")).unwrap_err();
    assert_eq!(typo.reason(), "DOCUMENT_UNREADABLE");
}

#[test]
fn x1_under_a_profile_a_unit_is_of_a_level_on_its_rung_below_its_parents() {
    let root = typed(COUNTY, None, "县", Rung::County);
    let town = typed(TOWNSHIP, Some(COUNTY), "乡镇", Rung::Township);
    let tree = org(vec![publish(XINHUANG), root, town]);
    let refused = |kind: &str, rung, parent| {
        decide(&tree, 0, typed(NOWHERE, Some(parent), kind, rung)).unwrap_err()
    };
    let unknown = refused("寨子", Rung::Village, TOWNSHIP);
    assert_eq!(
        unknown.zh(),
        "方案中没有“寨子”这一单位类型,可用类型:县、乡镇、村、社区、微网格、部门"
    );
    let rung = refused("村", Rung::Grid, TOWNSHIP);
    assert_eq!(rung.zh(), "按方案,“村”属于村级");
    let parent = refused("微网格", Rung::Grid, TOWNSHIP);
    assert_eq!(parent.zh(), "按方案,“微网格”应设在“村、社区”之下,不能设在“乡镇”之下");
    let village = typed(VILLAGE, Some(TOWNSHIP), "村", Rung::Village);
    assert_eq!(decide(&tree, 0, village).unwrap().len(), 1);
}

fn waiver(unit: UnitId, rule: &str, until: i64) -> OrgVerb {
    let (rule, reason) = (rule.into(), "山区居住分散".into());
    OrgVerb::GrantWaiver(GrantWaiver { unit, rule, reason, until: at(until) })
}

#[test]
fn x2_a_waiver_names_a_rule_and_ends() {
    let root = typed(COUNTY, None, "县", Rung::County);
    let mut tree = org(vec![publish(XINHUANG), root]);
    let unknown = decide(&tree, 0, waiver(COUNTY, "X9", 100)).unwrap_err();
    assert!(unknown.zh().contains("X1、"), "{}", unknown.zh());
    assert_eq!(decide(&tree, 0, waiver(COUNTY, "X1", 0)), Err(OrgError::WaiverEnded));
    assert_eq!(decide(&tree, 0, waiver(NOWHERE, "X1", 9)), Err(OrgError::UnknownUnit(NOWHERE)));
    let events = decide(&tree, 0, waiver(COUNTY, "微网格/微网格长", 100)).unwrap();
    tree.evolve(&events[0]);
    assert_eq!(decide(&tree, 0, waiver(COUNTY, "微网格/微网格长", 100)), Ok(vec![]));
}

fn grid_of(households: u64, members: u64) -> Vec<UnitFigures> {
    let posts = [("微网格长".to_owned(), 1), ("微网格员".to_owned(), members)];
    let unit = UnitFigures {
        unit: VILLAGE,
        kind: "微网格".into(),
        households,
        posts: posts.into(),
        ..UnitFigures::default()
    };
    vec![unit]
}

#[test]
fn x1_x2_ratios_warn_and_waived_ones_are_told_apart() {
    let profile = profile::parse(XINHUANG).unwrap();
    let rules = |units: &[UnitFigures], waivers: &Waivers| {
        let found = ratio::violations(&profile, units, waivers, at(50));
        found.into_iter().map(|v| (v.rule, v.waiver.is_some())).collect::<Vec<_>>()
    };
    let none = Waivers::default();
    assert_eq!(rules(&grid_of(20, 5), &none), [("X2-chief".into(), false)], "5 members to 1 chief");
    assert_eq!(rules(&grid_of(16, 4), &none), []);
    let expected = [("X1".into(), false), ("X2-member".into(), false)];
    assert_eq!(rules(&grid_of(21, 4), &none), expected);
    let granted = |until| {
        let (rule, reason) = ("X1".to_owned(), "山区".into());
        let waiver = WaiverGranted { unit: VILLAGE, rule: rule.clone(), reason, until: at(until) };
        Waivers::from([(VILLAGE, [(rule, waiver)].into())])
    };
    let expected = [("X1".into(), true), ("X2-member".into(), false)];
    assert_eq!(rules(&grid_of(21, 4), &granted(51)), expected);
    let expected = [("X1".into(), false), ("X2-member".into(), false)];
    assert_eq!(
        rules(&grid_of(21, 4), &granted(50)),
        expected,
        "a waiver that ended covers nothing"
    );
}

#[test]
fn x2_a_ratio_counts_the_whole_subtree_and_nobody_serves_nobody() {
    let profile = profile::parse(XINHUANG).unwrap();
    let posts = [("党总支书记".to_owned(), 1), ("指导员".to_owned(), 1)];
    let village = UnitFigures {
        unit: TOWNSHIP,
        kind: "村".into(),
        posts: posts.into(),
        ..UnitFigures::default()
    };
    let grid = |number: u128| UnitFigures {
        unit: UnitId(Uuid::from_u128(number)),
        parent: Some(TOWNSHIP),
        ..grid_of(4, 1).remove(0)
    };
    let units: Vec<_> = [village].into_iter().chain((0..5).map(grid)).collect();
    let found = ratio::violations(&profile, &units, &Waivers::default(), at(0));
    let [violation] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((violation.rule.as_str(), violation.count, violation.per), ("X2-instructor", 5, 1));
}

// --- changes of the tree -----------------------------------------------------------------------------

const OTHER: UnitId = UnitId(Uuid::from_u128(0x13));
const GRID: UnitId = UnitId(Uuid::from_u128(0x14));

fn wider() -> Org {
    let mut tree = tree();
    for verb in [
        unit(OTHER, Some(TOWNSHIP), Rung::Village, "341504101202"),
        unit(GRID, Some(OTHER), Rung::Grid, "341504101202001"),
    ] {
        for event in decide(&tree, 0, verb).unwrap() {
            tree.evolve(&event);
        }
    }
    tree
}

fn merge(unit: UnitId, into: UnitId) -> OrgVerb {
    OrgVerb::MergeUnits(MergeUnits { unit, into })
}

#[test]
fn l1_a_merged_unit_is_closed_and_everything_of_it_belongs_to_the_other() {
    let mut tree = wider();
    for event in decide(&tree, 7, merge(OTHER, VILLAGE)).unwrap() {
        tree.evolve(&event);
    }
    assert_eq!(decide(&tree, 7, merge(OTHER, VILLAGE)), Ok(vec![]));
    let renamed = OrgVerb::RenameUnit(RenameUnit { unit: OTHER, name: "新名".into() });
    assert_eq!(decide(&tree, 7, renamed), Err(OrgError::UnknownUnit(OTHER)));
    assert_eq!(decide(&tree, 7, unit(OTHER, Some(TOWNSHIP), Rung::Village, "")), Ok(vec![]));
    let Org::Tree(tree) = &tree else { panic!("no tree") };
    assert_eq!(tree.resolve(OTHER), VILLAGE);
    assert_eq!(tree.by_code("341504101202"), Some(VILLAGE), "old papers still find it");
    assert_eq!(tree.area_path(GRID), format!("/{COUNTY}/{TOWNSHIP}/{VILLAGE}/{GRID}"));
    assert_eq!(tree.area_path(OTHER), tree.area_path(VILLAGE));
}

#[test]
fn l1_a_unit_moves_with_all_below_it_but_never_below_itself() {
    let mut tree = wider();
    let go = |unit, parent| OrgVerb::MoveUnit(MoveUnit { unit, parent });
    assert_eq!(decide(&tree, 0, go(OTHER, GRID)), Err(OrgError::BelowItself));
    assert_eq!(decide(&tree, 0, go(COUNTY, TOWNSHIP)), Err(OrgError::BelowItself));
    assert_eq!(decide(&tree, 0, go(OTHER, NOWHERE)), Err(OrgError::UnknownUnit(NOWHERE)));
    assert_eq!(decide(&tree, 0, go(GRID, OTHER)), Ok(vec![]), "it stands there");
    assert_eq!(decide(&tree, 0, merge(GRID, VILLAGE)), Err(OrgError::MergedAcrossRungs));
    assert_eq!(decide(&tree, 0, merge(COUNTY, VILLAGE)), Err(OrgError::BelowItself));
    for event in decide(&tree, 0, go(OTHER, VILLAGE)).unwrap() {
        tree.evolve(&event);
    }
    let Org::Tree(tree) = &tree else { panic!("no tree") };
    let expected = format!("/{COUNTY}/{TOWNSHIP}/{VILLAGE}/{OTHER}/{GRID}");
    assert_eq!(tree.area_path(GRID), expected);
}

#[test]
fn x1_moves_and_merges_keep_to_the_profile() {
    let root = typed(COUNTY, None, "县", Rung::County);
    let town = typed(TOWNSHIP, Some(COUNTY), "乡镇", Rung::Township);
    let village = typed(VILLAGE, Some(TOWNSHIP), "村", Rung::Village);
    let grid = typed(GRID, Some(VILLAGE), "微网格", Rung::Grid);
    let tree = org(vec![publish(XINHUANG), root, town, village, grid]);
    let up = OrgVerb::MoveUnit(MoveUnit { unit: GRID, parent: TOWNSHIP });
    assert_eq!(decide(&tree, 0, up).unwrap_err().reason(), "PARENT_NOT_ALLOWED");
}

#[test]
fn a_rename_says_the_name_once() {
    let mut tree = tree();
    let rename = OrgVerb::RenameUnit(RenameUnit { unit: VILLAGE, name: "桥头社区".into() });
    for event in decide(&tree, 0, rename.clone()).unwrap() {
        tree.evolve(&event);
    }
    assert_eq!(decide(&tree, 0, rename), Ok(vec![]));
}

#[test]
fn an_id_registered_with_other_contents_is_no_repetition() {
    let home = org(vec![register_household()]);
    let (household, unit) = (HOUSEHOLD, TOWNSHIP);
    let verb = OrgVerb::RegisterHousehold(RegisterHousehold { household, unit, address: None });
    assert_eq!(decide(&home, 0, verb), Err(OrgError::RegisteredOtherwise));
    let person = org(vec![register_person()]);
    let verb = OrgVerb::RegisterPerson(RegisterPerson { person: CHIEF, name: "另一人".into() });
    assert_eq!(decide(&person, 0, verb), Err(OrgError::RegisteredOtherwise));
}
