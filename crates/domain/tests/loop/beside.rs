//! What stands beside the file's own ladder, what rests, and what begins anew.

use std::sync::Arc;

use domain::issue::command::{HandOver, Summon};
use domain::issue::event::{Class, HandOverReason, HoldKind, Outcome, Proposal};
use domain::issue::{IssueError, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::given::{Given, MergeLead};
use domain::shared::ids::HouseholdId;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Matter, Reporter, Size};
use domain::shared::terms::Wartime;
use jiff::civil::date;
use uuid::Uuid;

use crate::desk::{
    DAY, DOWN, Desk, HOUR, LEAD, POLICY, START, UP, agent, attach, complete, dispatch, end,
    follow_up, given, hold, holder, join, matter, merge, notify, party, publish, rate, resident,
    sealed, seat, second, staff,
};

/// A post of a grid that is on nobody's ladder here, below this unit of the ladder.
const BESIDE: u128 = 40;

/// As [`given`], when the grid of `BESIDE` stands below the village.
fn with_grid_beside(now: i64, actor: Actor) -> Given {
    let mut given = given(now, actor);
    let above = given.ladder.units[1..].to_vec();
    let grid = holder(BESIDE).unit;
    let lineage = std::iter::once((Rung::Grid, grid)).chain(above).collect();
    Arc::make_mut(&mut given.ladder).lineage.insert(grid, lineage);
    given
}

fn into_department() -> IssueVerb {
    let class = Class { category: Some("水利".into()), ..Class::default() };
    IssueVerb::Reclassify { class, home: Some(holder(6).unit), reason: sealed() }
}

/// V1: given out anew, it is nobody's mistake any more, wherever it lies.
#[test]
fn v1_no_mistake_ends_work_that_has_begun_anew() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    desk.ok(agent(), dispatch(4));
    desk.ok(agent(), into_department());
    assert_eq!(desk.issue.stage, Stage::Registered);
    desk.ok(second(), follow_up(Some(UP), true));
    assert_eq!((desk.issue.stage, desk.outcome()), (Stage::Registered, None));
}

/// C5, I1: the village's duty to come runs beside whoever else is called.
#[test]
fn c5_an_emergency_stays_with_its_place() {
    let text = format!("{POLICY}\n[[catalogue]]\ncategory = \"水利\"\nunit = \"901\"\n");
    let book = publish(&text);
    let document = book.document(book.in_force.as_ref().unwrap()).unwrap();
    let matter = Matter { category: "水利/渠".into(), ..matter(Confidence::Named) };
    assert_eq!(document.competent_for(&matter, None), Some("901"));
    let emergency = Matter { emergency: true, ..matter };
    assert_eq!(document.competent_for(&emergency, None), None);
    let mut desk = Desk::of(Matter { category: "治安".into(), ..emergency });
    desk.ok(agent(), dispatch(2));
    let of_department = MergeLead { competent: Some(holder(6).unit), ..LEAD };
    let asked = |lead| Given { merge_lead: Some(lead), ..given(desk.now, agent()) };
    let refused = desk.clone().give_with(asked(of_department), IssueVerb::Propose(merge()));
    assert_eq!(refused, Err(IssueError::OtherCompetence));
}

#[test]
fn i1_no_departments_matter_is_merged_down_to_a_village() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(agent(), into_department());
    let asked = |lead| Given { merge_lead: Some(lead), ..given(desk.now, agent()) };
    let verb = || IssueVerb::Propose(merge());
    assert_eq!(desk.clone().give_with(asked(LEAD), verb()), Err(IssueError::OtherCompetence));
    let same = MergeLead { competent: desk.issue.competent, ..LEAD };
    desk.clone().give_with(asked(same), verb()).unwrap();
}

/// I5: nobody spoke to them, and nobody had taken it on: both are owed in the lead, no later.
#[test]
fn i5_a_merge_brings_the_call_and_the_acceptance_that_are_owed() {
    let mut lead = Desk::at(Stage::Accepted);
    lead.ok(staff(2), IssueVerb::ContactMade { reporter: 0, reached: true, note: None });
    assert_eq!(lead.due(ClockKind::FirstContact), None);
    let mut from = Desk::at(Stage::Dispatched);
    let accept = from.due(ClockKind::Accept);
    let mut later = from.clone();
    join(&mut from, &mut lead);
    assert!(lead.due(ClockKind::FirstContact).is_some(), "the other household was not called");
    let mut waits = Desk::of(matter(Confidence::Named));
    waits.now = 30 * HOUR;
    waits.ok(agent(), dispatch(4));
    assert!(waits.due(ClockKind::Accept) > accept);
    join(&mut later, &mut waits);
    assert_eq!(waits.due(ClockKind::Accept), accept);
}

/// A1, E1, V3, C6: a unit is below another wherever the file lies.
#[test]
fn a1_what_stands_below_stands_below_on_every_ladder() {
    let mut accused = Desk::at(Stage::Registered);
    accused.ok(agent(), party(None, None, Some(holder(2).unit)));
    accused.ok(agent(), dispatch(4));
    let mut to = seat(BESIDE);
    to.rung = Rung::Grid;
    let summon = IssueVerb::Summon(Summon { to, task: None });
    let asked = with_grid_beside(accused.now, staff(4));
    assert_eq!(accused.give_with(asked, summon), Err(IssueError::HolderRecused));

    let mut handled = Desk::at(Stage::Notified);
    handled.ok(resident(), rate(DOWN));
    let call = follow_up(Some(UP), false);
    let asked = with_grid_beside(handled.now, staff(BESIDE));
    assert_eq!(handled.clone().give_with(asked, call.clone()), Err(IssueError::HandlerFollowsUp));
    handled.ok(staff(6), call.clone());

    let mut confidential = Desk::of(matter(Confidence::Confidential));
    confidential.ok(agent(), dispatch(4));
    confidential.on_to(Stage::Notified);
    confidential.ok(resident(), rate(DOWN));
    // A department beside the ladder worked on it, and nobody of the village.
    confidential.issue.handlers.top_rung = Rung::Grid;
    confidential.issue.handlers.units = [holder(30).unit].into();
    assert_eq!(confidential.refuses(staff(2), call), IssueError::ConfidentialOwnVillage);
}

/// I4: the first receiver answers until the ruling, and whoever sits in the holding post is the holder in
/// every post.
#[test]
fn i4_nothing_passes_the_ruling_nor_leaves_by_another_post() {
    let mut desk = Desk::at(Stage::Accepted);
    let over = |why| IssueVerb::HandOver(HandOver { from: holder(2).post, to: Some(seat(4)), why });
    let mut elsewhere = staff(6);
    elsewhere.person = holder(2).person;
    for verb in [into_department(), dispatch(6), over(HandOverReason::Reassigned)] {
        let refused = desk.clone().give(elsewhere.clone(), verb.clone());
        let stage = matches!(refused, Err(IssueError::IllegalInStage { .. }));
        assert!(stage || refused == Err(IssueError::HolderReturns), "{refused:?}");
    }
    desk.ok(staff(2), IssueVerb::Object { reason: sealed() });
    let reassigned = desk.refuses(staff(6), over(HandOverReason::Reassigned));
    assert_eq!(reassigned, IssueError::RulingOwed);
    desk.ok(Actor::system(), over(HandOverReason::AppointmentEnded));
}

/// S1: whoever has it by hand-over answers for it; the next rung is the one above.
#[test]
fn s1_handed_over_work_climbs_from_where_it_lies() {
    let mut desk = Desk::at(Stage::Accepted);
    let (from, why) = (holder(2).post, HandOverReason::Reassigned);
    desk.ok(staff(6), IssueVerb::HandOver(HandOver { from, to: Some(seat(4)), why }));
    assert_eq!(desk.issue.rung, Rung::Township);
    desk.fire(ClockKind::FirstContact);
    assert_eq!(desk.issue.rung, Rung::County);
}

/// I1, I5: a household that joins a file at rest is owed a visit all the same.
#[test]
fn i5_nobodys_rest_is_the_newcomers() {
    let newcomer =
        || Reporter { household: Some(HouseholdId(Uuid::from_u128(9))), ..Reporter::default() };
    for kind in [HoldKind::Pause, HoldKind::Question] {
        let mut desk = Desk::at(Stage::OnSite);
        desk.ok(staff(2), hold(kind, None));
        desk.ok(agent(), attach(newcomer()));
        assert_eq!((desk.issue.hold.clone(), desk.due(ClockKind::Arrive).is_some()), (None, true));
    }
    let mut deferred = Desk::at(Stage::OnSite);
    let defer = Proposal::Defer { review_on: date(2026, 4, 1), reason: sealed() };
    deferred.by_two(staff(2), defer, staff(6)).unwrap();
    deferred.ok(agent(), attach(newcomer()));
    assert!(deferred.issue.hold.is_some() && deferred.due(ClockKind::Arrive).is_some());
}

#[test]
fn i6_what_became_of_a_deferral_is_told() {
    let deferred = || {
        let mut desk = Desk::at(Stage::OnSite);
        let defer = Proposal::Defer { review_on: date(2026, 4, 1), reason: sealed() };
        desk.by_two(staff(2), defer, staff(6)).unwrap();
        let told = domain::issue::event::NoticeChannel::Phone;
        desk.ok(staff(2), IssueVerb::Inform { channel: told, note: None });
        assert_eq!(desk.due(ClockKind::Inform), None);
        desk
    };
    let mut resumed = deferred();
    resumed.ok(staff(6), IssueVerb::Resume { answer: None });
    assert!(resumed.due(ClockKind::Inform).is_some());
    let mut passed = deferred();
    passed.fire(ClockKind::Review);
    assert!(passed.due(ClockKind::Inform).is_some());
}

/// V3: nobody is asked whom nobody knows, and nobody speaks for them without the code.
#[test]
fn v3_staff_neither_ask_nor_speak_for_the_anonymous() {
    let mut desk = Desk::of(matter(Confidence::Anonymous));
    desk.on_to(Stage::Accepted);
    assert_eq!(desk.refuses(staff(2), hold(HoldKind::Question, None)), IssueError::NobodyToCall);
    desk.ok(staff(2), complete());
    desk.fire(ClockKind::Verdict);
    assert_eq!(desk.issue.stage, Stage::Closed);
    let reopen = domain::issue::command::Reopen { reporter: 0, reason: None };
    let refused = desk.refuses(agent(), IssueVerb::Reopen(reopen));
    assert_eq!(refused, IssueError::WordByReceipt);
}

/// E2: a proposal that waits keeps nobody from the own word.
#[test]
fn e2_the_resident_withdraws_past_a_proposal() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), IssueVerb::Propose(end(Outcome::Declined)));
    desk.ok(resident(), IssueVerb::Propose(end(Outcome::Withdrawn)));
    assert_eq!((desk.issue.stage, desk.issue.ending), (Stage::Completed, Some(Outcome::Withdrawn)));
    desk.ok(agent(), notify(0));
    assert_eq!(desk.outcome(), Some(Outcome::Withdrawn));
}

/// K2: correcting a class switches no war on.
#[test]
fn k2_a_corrected_class_stays_in_its_mode() {
    let war = "match = { mode = [\"wartime\"] }\nmust_visit = true\ndispatch = \"15 分钟\"";
    let text = POLICY.replacen(
        "name = \"紧急\"\nmatch = { urgency = [\"urgent\"] }\nmust_visit = true\ndispatch = \"15 分钟\"",
        &format!("name = \"战时\"\n{war}"),
        1,
    );
    assert_ne!(text, POLICY);
    let book = publish(&text);
    let at = |now, war: bool| {
        let mut book = (*book).clone();
        let until = START.plus_seconds(30 * DAY);
        book.wartime.extend(war.then_some(Wartime { unit: holder(0).unit, from: START, until }));
        Given { policies: Arc::new(book), ..given(now, agent()) }
    };
    let mut desk = Desk::default();
    desk.give_with(at(0, false), crate::desk::register(matter(Confidence::Named))).unwrap();
    let (terms, total) = (desk.issue.terms.clone(), desk.due(ClockKind::Total));
    let class = Class { size: Some(Size::Big), ..Class::default() };
    let verb = IssueVerb::Reclassify { class, home: None, reason: sealed() };
    desk.give_with(at(HOUR, true), verb).unwrap();
    assert_eq!((desk.issue.terms.clone(), desk.due(ClockKind::Total)), (terms, total));
}

/// C1: what was pressed in wartime stays under it, however late it is registered; and the other way round.
#[test]
fn c1_the_mode_is_that_of_the_press() {
    let war = "match = { mode = [\"wartime\"] }\nmust_visit = true\ndispatch = \"15 分钟\"";
    let text = POLICY.replacen(
        "name = \"紧急\"\nmatch = { urgency = [\"urgent\"] }\nmust_visit = true\ndispatch = \"15 分钟\"",
        &format!("name = \"战时\"\n{war}"),
        1,
    );
    let book = publish(&text);
    let at_war = |from, until| {
        let mut book = (*book).clone();
        let [from, until] = [from, until].map(|seconds| START.plus_seconds(seconds));
        book.wartime.push(Wartime { unit: holder(0).unit, from, until });
        Given { policies: Arc::new(book), ..given(2 * HOUR, agent()) }
    };
    for (from, until, war) in [(0, HOUR, true), (HOUR, 3 * HOUR, false), (-HOUR, 0, false)] {
        let mut desk = Desk::default();
        // Pressed at the beginning, registered two hours later.
        let verb = crate::desk::register(matter(Confidence::Named));
        desk.give_with(at_war(from, until), verb).unwrap();
        assert_eq!(desk.issue.terms == "战时", war, "{from} {until}");
    }
}

/// S1: while nobody holds it, those who worked on it report, and nobody else.
#[test]
fn s1_a_supervision_is_reported_by_those_who_worked_on_it() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(second(), IssueVerb::Supervise { demand: sealed() });
    let supervision = desk.issue.last_line;
    desk.ok(agent(), into_department());
    let report = || IssueVerb::ReportSupervision { supervision, report: sealed() };
    assert_eq!(desk.refuses(staff(12), report()), IssueError::NotTheHolder);
    desk.ok(staff(2), report());
}
