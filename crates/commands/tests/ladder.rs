//! The ladder as commands find it: rosters of today, stand-ins, and units without anybody.

use commands::streams;
use domain::org::OrgVerb;
use domain::org::command::{AddUnit, Appoint, Delegate, SetRoster};
use domain::org::event::Absence;
use domain::shared::ids::{PersonId, UnitId};
use domain::shared::ladder::{Holder, Rung};
use domain::shared::moment::Moment;
use testkit::{COUNTY, START, TOWNSHIP, VILLAGES, holder, staff};
use uuid::Uuid;

const SECRETARY: PersonId = PersonId(Uuid::from_u128(0x600));
const OTHER: PersonId = PersonId(Uuid::from_u128(0x601));
const HOUR: i64 = 3_600;

fn at(seconds: i64) -> Moment {
    Moment(START).plus_seconds(seconds)
}

async fn appointed() -> testkit::County {
    let county = testkit::County::new().await;
    let appoint = Appoint { person: SECRETARY, from: Some(at(0)), until: None };
    county.org(holder(VILLAGES[0], 1).post.0, OrgVerb::Appoint(appoint)).await;
    county
}

#[tokio::test]
async fn p1_a_unit_nobody_answers_for_is_a_gap() {
    let county = appointed().await;
    let ladder = county.commands.ladder(VILLAGES[0]).await.unwrap();
    let units = [(Rung::Village, VILLAGES[0]), (Rung::Township, TOWNSHIP), (Rung::County, COUNTY)];
    assert_eq!(ladder.units, units, "lowest first");
    assert_eq!(ladder.gaps, [TOWNSHIP, COUNTY], "rosters of vacant posts only");
    assert_eq!(ladder.rungs[&Rung::Township].len(), 2, "work is held by posts, vacant or not");
    let elsewhere = county.commands.ladder(VILLAGES[1]).await.unwrap();
    assert_eq!(elsewhere.gaps, [VILLAGES[1], TOWNSHIP, COUNTY]);
    let nowhere = county.commands.ladder(UnitId(Uuid::from_u128(0x999))).await.unwrap();
    assert!(nowhere.units.is_empty() && nowhere.gaps.is_empty());
}

#[tokio::test]
async fn p1_the_chief_is_the_first_on_the_roster_somebody_sits_in() {
    let county = appointed().await;
    let found = county.commands.chief_of(VILLAGES[0]).await.unwrap().unwrap();
    let expected = Holder { person: Some(SECRETARY), ..holder(VILLAGES[0], 1) };
    assert_eq!(found, expected, "the first post is vacant");
    assert_eq!(county.commands.chief_of(TOWNSHIP).await.unwrap(), None);
}

#[tokio::test]
async fn p1_a_stand_in_answers_and_is_marked() {
    let county = appointed().await;
    let post = holder(VILLAGES[0], 1).post;
    let (from, until) = (Some(at(HOUR)), at(2 * HOUR));
    let delegate = Delegate { person: OTHER, from, until, reason: Absence::Meeting };
    county.org(post.0, OrgVerb::Delegate(delegate)).await;
    let mut seen = Vec::new();
    for hour in 0..3 {
        county.clock.advance_to(at(hour * HOUR).0);
        let found = county.commands.holder(post).await.unwrap().unwrap();
        seen.push((found.person, found.stand_in));
    }
    assert_eq!(seen, [(Some(SECRETARY), false), (Some(OTHER), true), (Some(SECRETARY), false)]);
}

#[tokio::test]
async fn p1_the_holiday_roster_is_rung_on_the_holiday() {
    let county = appointed().await;
    let duty = holder(VILLAGES[0], 0).post;
    let (from, until) = (Some(at(HOUR)), Some(at(2 * HOUR)));
    let dated = SetRoster { unit: VILLAGES[0], posts: vec![duty], from, until };
    county.org(streams::tree("341504"), OrgVerb::SetRoster(dated)).await;
    let mut rung = Vec::new();
    for hour in 0..3 {
        county.clock.advance_to(at(hour * HOUR).0);
        let ladder = county.commands.ladder(VILLAGES[0]).await.unwrap();
        rung.push((ladder.rungs[&Rung::Village].len(), ladder.gaps.contains(&VILLAGES[0])));
    }
    assert_eq!(rung, [(2, false), (1, true), (2, false)], "a duty post without a person is a gap");
}

#[tokio::test]
async fn a_command_knows_the_rung_of_who_gives_it() {
    let county = appointed().await;
    let secretary = staff(&holder(VILLAGES[0], 1));
    let facts = county.commands.facts(secretary, None).await.unwrap();
    assert_eq!(facts.at(START).actor_rung, Some(Rung::Village));
    let outsider = county.commands.facts(testkit::agent(), None).await.unwrap();
    assert_eq!(outsider.actor_rung, None, "of no unit of this county");
}

#[tokio::test]
async fn a_unit_is_found_by_its_code() {
    let county = appointed().await;
    let unit = UnitId(Uuid::from_u128(0x700));
    let verb = AddUnit {
        unit,
        parent: Some(VILLAGES[0]),
        name: "第一网格".into(),
        kind: "网格".into(),
        rung: Rung::Grid,
        code: "341504101001".into(),
    };
    county.org(streams::tree("341504"), OrgVerb::AddUnit(verb)).await;
    assert_eq!(county.commands.unit_by_code("341504101001").await.unwrap(), Some(unit));
    assert_eq!(county.commands.unit_by_code("341504101002").await.unwrap(), None);
    assert_eq!(county.commands.unit_by_code("").await.unwrap(), None, "most units have no code");
}
