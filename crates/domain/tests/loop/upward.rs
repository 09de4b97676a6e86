//! What climbs, climbs once; what came with a merge leaves with it; and who stands aside with whom.

use domain::issue::command::{HandOver, Summon};
use domain::issue::event::{HandOverReason, Proposal};
use domain::issue::{IssueError, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::ids::HouseholdId;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Matter, Reporter, Urgency};
use jiff::civil::date;
use uuid::Uuid;

use crate::desk::{
    DAY, Desk, HOUR, ISSUE, START, agent, dispatch, holder, join, matter, party, proactive, sealed,
    seat, second, staff, urgent,
};

/// S1, ADR 4: two promises that are missed in one moment are missed by one level.
#[test]
fn s1_no_level_is_skipped_in_one_moment() {
    let mut desk = Desk::at(Stage::Accepted);
    // The call was promised a day from now, the visit three: both timers come late, at one moment.
    desk.now = 4 * DAY;
    desk.fire(ClockKind::FirstContact);
    assert_eq!(desk.issue.rung, Rung::Township);
    desk.fire(ClockKind::Arrive);
    assert_eq!(desk.issue.rung, Rung::Township, "the township has had no moment to act");
    // What it misses itself goes on to the county.
    assert!(desk.due(ClockKind::FirstContact) > Some(START.plus_seconds(4 * DAY)));
    desk.fire(ClockKind::FirstContact);
    assert_eq!(desk.issue.rung, Rung::County);
}

/// I6: the day of the review is the county's until it is over.
#[test]
fn i6_a_review_on_its_day_is_in_time() {
    let mut desk = Desk::at(Stage::OnSite);
    let review_on = date(2026, 4, 1);
    desk.by_two(staff(2), Proposal::Defer { review_on, reason: sealed() }, staff(6)).unwrap();
    // 2026-04-01 09:00 is thirty days after the desk's Monday.
    desk.now = 30 * DAY;
    assert_eq!(desk.due(ClockKind::Review), Some(START.plus_seconds(30 * DAY + 15 * HOUR)));
    let review = domain::issue::command::ReviewDeferral { next_review: None, reason: sealed() };
    desk.ok(staff(6), IssueVerb::ReviewDeferral(review));
    assert_eq!(desk.issue.hold, None);
}

/// I5, ADR 11: an urgent file brings its own deadline, start and all, and takes it along again.
#[test]
fn i5_an_urgent_file_brings_its_deadline_and_takes_it_along() {
    let mut lead = Desk::at(Stage::Accepted);
    lead.now = 3 * DAY;
    let own = [ClockKind::Total, ClockKind::Resolve].map(|clock| lead.due(clock));
    let mut from = Desk { now: 3 * DAY, ..Desk::default() };
    let mut filed = match crate::desk::register(urgent()) {
        IssueVerb::Register(filed) => filed,
        other => unreachable!("{other:?}"),
    };
    filed.started_at = START.plus_seconds(3 * DAY);
    from.ok(agent(), IssueVerb::Register(filed));
    let brought = from.due(ClockKind::Total);
    join(&mut from, &mut lead);
    assert_eq!(lead.due(ClockKind::Total), brought, "its period, from its own start");
    assert_eq!(lead.issue.matter.urgency, Urgency::Urgent);
    let now = START.plus_seconds(lead.now);
    for clock in lead.issue.clocks.kinds() {
        assert!(lead.due(clock) > Some(now), "{clock:?} was over before it was promised");
    }
    lead.ok(Actor::system(), IssueVerb::DetachReporter { from: ISSUE });
    let again = [ClockKind::Total, ClockKind::Resolve].map(|clock| lead.due(clock));
    assert_eq!(again, own);
    assert_eq!(lead.issue.matter.urgency, Urgency::Normal);
}

/// A1: whoever works below an accused unit stands aside with it, and loses the work in the same command.
#[test]
fn a1_work_below_an_accused_unit_goes_up_at_once() {
    for stage in [Stage::Dispatched, Stage::Accepted, Stage::OnSite] {
        let mut desk = Desk::at(stage);
        desk.ok(agent(), party(None, None, Some(holder(4).unit)));
        assert_eq!(desk.issue.lead(), Some(&holder(6)), "{stage:?}");
        assert_eq!(desk.refuses(staff(2), dispatch(2)), IssueError::ActorRecused);
    }
}

/// S1, I4: what a summoned unit missed stays missed, whoever of it goes on.
#[test]
fn s1_a_support_that_climbed_stays_there_when_it_is_handed_over() {
    let mut desk = Desk::at(Stage::Accepted);
    let summon = IssueVerb::Summon(Summon { to: seat(4), task: None });
    desk.ok(staff(2), summon);
    let support = desk.issue.last_line;
    desk.fire(ClockKind::Join);
    let rung = |desk: &Desk| desk.issue.support(support).map(|support| support.rung);
    assert_eq!(rung(&desk), Some(Rung::County));
    let over =
        HandOver { from: holder(4).post, to: Some(seat(5)), why: HandOverReason::Reassigned };
    desk.ok(staff(6), IssueVerb::HandOver(over));
    assert_eq!(rung(&desk), Some(Rung::County));
}

/// V3: nobody was spoken to whom nobody knows, and nobody is owed a visit where staff found something.
#[test]
fn v3_nobody_is_called_or_visited_where_nobody_is_known() {
    let mut desk = Desk::of(matter(Confidence::Anonymous));
    desk.on_to(Stage::Accepted);
    let contact = IssueVerb::ContactMade { reporter: 0, reached: true, note: None };
    assert_eq!(desk.refuses(staff(2), contact), IssueError::NobodyToCall);
    assert!(!Desk::of(proactive()).issue.must_visit);
    let household = Some(HouseholdId(Uuid::from_u128(9)));
    let at_home = Reporter { household, ..Reporter::default() };
    assert!(Desk::of(Matter { reporter: at_home, ..proactive() }).issue.must_visit);
}

/// P1: whoever stands in for somebody who left goes on from the same post, by event.
#[test]
fn p1_a_stand_in_goes_on_from_the_same_post() {
    let mut desk = Desk::at(Stage::Accepted);
    let mut to = seat(2);
    to.holder.person = holder(3).person;
    to.holder.stand_in = true;
    let due = desk.due(ClockKind::Resolve);
    let over = HandOver {
        from: holder(2).post,
        to: Some(to.clone()),
        why: HandOverReason::AppointmentEnded,
    };
    desk.ok(Actor::system(), IssueVerb::HandOver(over));
    assert_eq!((desk.issue.lead(), desk.due(ClockKind::Resolve)), (Some(&to.holder), due));
    assert_eq!(desk.issue.rung, Rung::Village);
    desk.ok(second(), IssueVerb::Urge { note: None });
}
