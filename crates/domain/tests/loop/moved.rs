//! What follows a matter to wherever it goes: the caller's own promise, the thumb for a visit, the unit that
//! is competent by now, and the body that alone may see it.

use domain::issue::command::{AttachReporter, Rate, RawAnswer, Register, RuleOnObjection};
use domain::issue::event::{Class, Proposal};
use domain::issue::{IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ids::HouseholdId;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Matter, Reporter, Track, Urgency};
use domain::shared::period::Period;
use domain::shared::verdict::Thumb;

use crate::desk::{
    DAY, Desk, HOUR, POLICY, START, agent, arrive, dispatch, given, holder, join, matter, publish,
    resident, sealed, seat, staff,
};

const DEPARTMENT: u128 = 6;

fn thumb(reporter: usize, thumb: Thumb) -> IssueVerb {
    let answer = RawAnswer::Thumb(thumb);
    IssueVerb::Rate(Rate { reporter, answer, in_presence: false })
}

/// Into a category for which a unit of the county is competent.
fn into_department() -> IssueVerb {
    let class = Class { category: Some("水利".into()), ..Class::default() };
    IssueVerb::Reclassify { class, home: Some(holder(DEPARTMENT).unit), reason: sealed() }
}

/// C1: whoever is attached is promised no less than a file of their own would have been.
#[test]
fn c1_an_attached_caller_keeps_what_was_promised_at_the_press() {
    let mut desk = Desk::at(Stage::Accepted);
    let lead = desk.due(ClockKind::Total);
    let stricter = POLICY.replace("id = \"rules\"", "id = \"stricter\"");
    let last = stricter.rfind("15 日").unwrap();
    let stricter =
        publish(&format!("{}5 日{}", &stricter[..last], &stricter[last + "15 日".len()..]));
    let mut facts = given(HOUR, agent());
    let mut book = (*facts.policies).clone();
    book.documents.extend(stricter.documents.clone());
    facts.policies = std::sync::Arc::new(book);
    let attach = |policy, started_at| {
        let reporter = Reporter { household: Some(HouseholdId::default()), ..Reporter::default() };
        IssueVerb::AttachReporter(AttachReporter { reporter, started_at, policy, brings: None })
    };
    let pressed_at = Some(START.plus_seconds(HOUR));
    let same = desk.issue.policy.clone();
    desk.give_with(facts.clone(), attach(Some(same), pressed_at)).unwrap();
    assert_eq!(
        desk.due(ClockKind::Total),
        lead,
        "a later press under the same terms changes nothing"
    );
    desk.give_with(facts, attach(stricter.in_force.clone(), pressed_at)).unwrap();
    // Five days after a Monday end on a Saturday, so on the Monday after (art. 203).
    assert_eq!(desk.due(ClockKind::Total), Some(START.plus_seconds(7 * DAY + 15 * HOUR)));
    assert_eq!(desk.issue.started_at, START.plus_seconds(HOUR));
    // The figures count by it, as the caller has no file of their own to be counted.
    let told = desk.past.iter().rev().find_map(|event| match event {
        IssueEvent::ReporterAttached(e) => Some(e.total_due_at),
        _ => None,
    });
    assert_eq!(told, Some(desk.due(ClockKind::Total)));
}

#[test]
fn c6_a_thumb_rates_the_visit_whoever_holds_the_work_by_now() {
    let mut ruled = Desk::at(Stage::Accepted);
    ruled.ok(staff(2), IssueVerb::Object { reason: sealed() });
    assert_eq!(
        ruled.refuses(resident(), thumb(0, Thumb::Down)),
        IssueError::IllegalInStage {
            stage: Stage::Accepted,
            verb: domain::issue::lifecycle::Verb::Rate
        },
        "nobody has come yet"
    );
    ruled.ok(staff(2), arrive());
    let upheld = RuleOnObjection { upheld: true, to: Some(seat(6)), reason: None };
    ruled.ok(staff(30), IssueVerb::RuleOnObjection(upheld));
    let mut taken = Desk::at(Stage::OnSite);
    taken.ok(staff(4), IssueVerb::TakeOver);
    for desk in [&mut ruled, &mut taken] {
        let (stage, rung) = (desk.issue.stage, desk.issue.rung);
        assert!(matches!(stage, Stage::Dispatched | Stage::Accepted), "{stage:?}");
        desk.ok(resident(), thumb(0, Thumb::Down));
        assert_eq!((desk.issue.stage, desk.issue.rung), (stage, rung.up()));
        assert!(desk.due(ClockKind::FollowUp).is_some());
    }
}

#[test]
fn c6_a_visit_made_before_a_merge_is_rated_in_the_lead() {
    let (mut visited, mut lead) = (Desk::at(Stage::OnSite), Desk::at(Stage::Accepted));
    let nobody_came = lead.refuses(resident(), thumb(0, Thumb::Down));
    assert!(matches!(nobody_came, IssueError::IllegalInStage { .. }));
    join(&mut visited, &mut lead);
    let rung = lead.issue.rung;
    lead.ok(resident(), thumb(1, Thumb::Down));
    assert_eq!(lead.issue.rung, rung.up());
}

/// I1: a department matter is not left with a village because it was misnamed at first.
#[test]
fn i1_another_category_goes_to_the_unit_that_is_competent_for_it() {
    for stage in [Stage::Registered, Stage::Dispatched, Stage::Accepted, Stage::OnSite] {
        let mut desk = Desk::at(stage);
        let promised =
            [ClockKind::Total, ClockKind::FirstContact, ClockKind::Arrive, ClockKind::Resolve];
        let before = promised.map(|clock| desk.due(clock));
        desk.ok(agent(), into_department());
        assert_eq!((desk.issue.stage, desk.issue.lead()), (Stage::Registered, None), "{stage:?}");
        assert_eq!(desk.issue.home(), holder(DEPARTMENT).unit);
        assert_eq!(promised.map(|clock| desk.due(clock)), before, "nobody wins time by it");
        assert_eq!(desk.due(ClockKind::Accept), None);
        assert!(desk.due(ClockKind::Dispatch).is_some());
        // The same again moves nothing.
        assert_eq!(desk.ok(agent(), into_department()), vec![]);
        let back = Class { category: Some("城乡建设/供水".into()), ..Class::default() };
        let home = Some(holder(0).unit);
        desk.ok(agent(), IssueVerb::Reclassify { class: back, home, reason: sealed() });
        assert_eq!((desk.issue.home(), desk.issue.competent), (holder(0).unit, None));
    }
}

#[test]
fn i1_the_duty_to_come_to_an_urgent_matter_goes_with_it() {
    let mut desk = Desk::of(Matter { urgency: Urgency::Urgent, ..matter(Confidence::Named) });
    desk.ok(agent(), dispatch(2));
    desk.ok(staff(2), IssueVerb::Accept);
    let due = desk.due(ClockKind::Arrive);
    desk.now += HOUR;
    desk.ok(agent(), into_department());
    assert_eq!((desk.due(ClockKind::Arrive), due.is_some()), (due, true));
}

/// I4: the holder sends nothing away by another name.
#[test]
fn i4_a_holder_gives_nothing_back_by_reclassifying() {
    let desk = Desk::at(Stage::Accepted);
    for own in [2, 3] {
        assert_eq!(desk.refuses(staff(own), into_department()), IssueError::HolderReturns);
    }
    let mut objected = Desk::at(Stage::Accepted);
    objected.ok(staff(2), IssueVerb::Object { reason: sealed() });
    assert_eq!(objected.refuses(agent(), into_department()), IssueError::RulingOwed);
}

/// K2: into a slower category of another unit: both wait for the second person.
#[test]
fn k2_a_slower_class_of_another_unit_moves_when_it_is_approved() {
    let mut desk = Desk::at(Stage::Accepted);
    let nature = Some(domain::shared::matter::Nature::Suggestion);
    let class = Class { nature, category: Some("水利".into()), ..Class::default() };
    let home = Some(holder(DEPARTMENT).unit);
    desk.ok(agent(), IssueVerb::Reclassify { class, home, reason: sealed() });
    assert_eq!((desk.issue.stage, desk.issue.competent), (Stage::Accepted, None));
    let number = desk.issue.last_line;
    desk.ok(staff(4), IssueVerb::Approve { number, confirmed: None });
    assert_eq!((desk.issue.stage, desk.issue.competent), (Stage::Registered, home));
}

/// A1, E2: what only its body may see, a second person of the body decides; whoever handles it does not.
#[test]
fn a1_a_second_person_of_the_body_decides() {
    let body = holder(4).unit;
    let accusation = Matter { track: Track::Supervision, ..matter(Confidence::Named) };
    let accused = domain::issue::command::NameParty {
        role: domain::issue::event::PartyRole::Accused,
        post: Some(holder(2).post),
        person: holder(2).person,
        unit: None,
    };
    let mut desk = Desk::default();
    let register = Register {
        issue: crate::desk::ISSUE,
        case_no: "1".into(),
        matter: accusation,
        started_at: START,
        policy: None,
        competent: Some(body),
        parties: vec![accused],
    };
    desk.ok(agent(), IssueVerb::Register(Box::new(register)));
    assert_eq!(desk.issue.lead(), Some(&holder(4)));
    desk.ok(staff(4), IssueVerb::Accept);
    let by = Period::Exact { seconds: 86_400 };
    desk.ok(staff(4), IssueVerb::Propose(Proposal::Extend { by, reason: sealed() }));
    let number = desk.issue.last_line;
    let approve = || IssueVerb::Approve { number, confirmed: None };
    assert_eq!(desk.refuses(staff(4), approve()), IssueError::SamePerson);
    let other_body = staff(2);
    assert_eq!(desk.refuses(other_body, approve()), IssueError::ActorRecused);
    assert_eq!(desk.refuses(staff(0), approve()), IssueError::RungTooLow { needed: Rung::County });
    desk.ok(staff(5), approve());
    // Of an ordinary matter nobody beside the holder decides that.
    let mut ordinary = Desk::at(Stage::Registered);
    ordinary.ok(agent(), dispatch(4));
    ordinary.ok(staff(4), IssueVerb::Accept);
    ordinary.ok(staff(4), IssueVerb::Propose(Proposal::Extend { by, reason: sealed() }));
    assert_eq!(
        ordinary.refuses(staff(5), approve()),
        IssueError::RungTooLow { needed: Rung::County }
    );
}
