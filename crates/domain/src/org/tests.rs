//! Rules of the organisation's records, one test per refusal and per fact.

use uuid::Uuid;

use super::command::{
    AddUnit, Appoint, CreatePost, Delegate, EndAppointment, RegisterDevice, RegisterHousehold,
    RegisterPerson, SetRoster,
};
use super::event::{Absence, Appointed, AppointmentEnded, RosterSet, StandInNamed, UnitAdded};
use super::{Device, Household, Org, OrgCommand, OrgError, OrgEvent, OrgVerb, Person};
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
