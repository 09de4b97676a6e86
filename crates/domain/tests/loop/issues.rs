//! I1–I7: objections, supports, merging, re-classification, arrivals.

use domain::issue::command::{Arrive, Complete, HandOver, RuleOnObjection, Summon};
use domain::issue::event::{
    ArrivalOutcome, Class, HandOverReason, HoldKind, NoticeChannel, Proposal,
};
use domain::issue::{IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Procedure, ProcedureKind, Track};

use crate::desk::{
    DAY, DOWN, Desk, HOUR, START, agent, arrive, complete, dispatch, hold, holder, matter, rate,
    resident, sealed, seat, second, staff,
};

fn object() -> IssueVerb {
    IssueVerb::Object { reason: sealed() }
}

fn rule(upheld: bool, to: Option<u128>) -> IssueVerb {
    IssueVerb::RuleOnObjection(RuleOnObjection { upheld, to: to.map(seat), reason: None })
}

/// A petition: a class laid down by law.
fn petition() -> IssueVerb {
    let procedure = Procedure { kind: ProcedureKind::Petition, ..Procedure::default() };
    let class = Class { procedure: Some(procedure), ..Class::default() };
    IssueVerb::Reclassify { class, home: None, reason: sealed() }
}

#[test]
fn i3_only_met_keeps_the_duty_to_come() {
    for outcome in [ArrivalOutcome::Absent, ArrivalOutcome::Refused] {
        let mut desk = Desk::at(Stage::Dispatched);
        desk.ok(staff(2), IssueVerb::Arrive(Arrive { outcome, note: Some(sealed()) }));
        assert_eq!(desk.issue.stage, Stage::Accepted, "an arrival implies the acceptance");
        assert!(desk.due(ClockKind::Arrive).is_some(), "{outcome:?}");
        assert_eq!(desk.refuses(staff(2), complete()), IssueError::VisitOwed);
    }
}

#[test]
fn i3_nobody_at_home_leaves_a_note_and_the_duty_begins_anew() {
    let mut desk = Desk::at(Stage::Accepted);
    let silent = IssueVerb::Arrive(Arrive { outcome: ArrivalOutcome::Absent, note: None });
    assert_eq!(desk.refuses(staff(2), silent), IssueError::AbsentWithoutNote);
    let before = desk.due(ClockKind::Arrive);
    desk.now += DAY;
    let absent = Arrive { outcome: ArrivalOutcome::Absent, note: Some(sealed()) };
    desk.ok(staff(2), IssueVerb::Arrive(absent));
    assert!(desk.due(ClockKind::Arrive) > before);
}

/// The resident's side says so, or somebody outside heard it; the colleague at the next desk does not.
#[test]
fn i3_an_arrival_is_confirmed_from_outside_the_handling_unit() {
    let confirm = || IssueVerb::ConfirmArrival { reporter: 0, came_at: None };
    let mut desk = Desk::at(Stage::Accepted);
    for inside in [staff(2), staff(3)] {
        assert_eq!(desk.refuses(inside, confirm()), IssueError::HandlerConfirms);
    }
    desk.ok(resident(), confirm());
    assert_eq!(desk.due(ClockKind::Arrive), None);
    assert_eq!(desk.due(ClockKind::FirstContact), None);
}

#[test]
fn i4_an_objection_is_made_once() {
    let mut desk = Desk::at(Stage::Dispatched);
    assert_eq!(desk.refuses(staff(4), object()), IssueError::NotTheHolder);
    desk.ok(staff(2), object());
    assert!(desk.due(ClockKind::Ruling).is_some() && desk.due(ClockKind::Accept).is_some());
    assert_eq!(desk.refuses(staff(2), object()), IssueError::ObjectedBefore);
    assert_eq!(desk.refuses(agent(), dispatch(4)), IssueError::RulingOwed);
    desk.ok(second(), rule(false, None));
    assert_eq!(desk.refuses(staff(2), object()), IssueError::ObjectedBefore);
    // Nor in a later round: a unit fixed by ruling may not return it.
    desk.on_to(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    desk.ok(agent(), dispatch(2));
    assert_eq!(desk.refuses(staff(2), object()), IssueError::ObjectedBefore);
}

/// Dispatching on would be an objection nobody rules on. Downwards is delegation.
#[test]
fn i4_a_holder_does_not_pass_its_issue_on() {
    let mut desk = Desk::at(Stage::Dispatched);
    for to in [3, 4, 6] {
        assert_eq!(desk.refuses(staff(2), dispatch(to)), IssueError::HolderReturns);
    }
    desk.ok(staff(2), dispatch(0));
    assert_eq!(desk.issue.lead(), Some(&holder(0)));
}

#[test]
fn i4_an_upheld_objection_goes_neither_to_the_objector_nor_to_the_ruler() {
    let mut desk = Desk::at(Stage::Dispatched);
    desk.ok(staff(2), object());
    assert_eq!(desk.refuses(staff(3), rule(true, None)), IssueError::HandlerRules);
    let low = desk.refuses(staff(0), rule(true, None));
    assert_eq!(low, IssueError::RungTooLow { needed: Rung::Village });
    assert_eq!(desk.refuses(second(), rule(true, Some(2))), IssueError::RuledToObjector);
    assert_eq!(desk.refuses(staff(4), rule(true, Some(4))), IssueError::JudgeHandles);
    let mut own = desk.clone();
    own.ok(staff(4), rule(true, None));
    assert_eq!(own.issue.lead(), Some(&holder(5)), "one level up, past the one who ruled");
    desk.ok(staff(4), rule(true, Some(6)));
    assert_eq!(desk.issue.lead(), Some(&holder(6)));
}

/// 首接负责: until the ruling the first receiver's promises run, and it may finish the work.
#[test]
fn i4_the_first_receiver_answers_until_the_ruling() {
    let mut desk = Desk::at(Stage::Accepted);
    let before = desk.issue.clocks.all_running();
    desk.ok(staff(2), object());
    let after = desk.issue.clocks.all_running();
    assert!(before.iter().all(|clock| after.contains(clock)));
    desk.ok(staff(2), arrive());
    desk.ok(staff(2), complete());
    assert_eq!(desk.due(ClockKind::Ruling), None);
}

#[test]
fn i4_a_summoned_unit_has_its_own_clock_and_climbs_on_its_own_line() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(staff(2), IssueVerb::Summon(Summon { to: seat(4), task: None }));
    let rung = desk.issue.rung;
    let events = desk.fire(ClockKind::Join);
    assert!(
        events.iter().any(|e| matches!(e, IssueEvent::SupportEscalated(e) if e.to == Rung::County))
    );
    assert_eq!(desk.issue.rung, rung, "the lead's line climbed");
    assert!(desk.issue.clocks.kinds().contains(&ClockKind::Join), "it climbs again");
    assert_eq!(desk.refuses(staff(2), complete()), IssueError::SupportOpen);
    let reason = Complete { summary: None, over_support: Some(sealed()) };
    desk.ok(staff(2), IssueVerb::Complete(reason));
    assert!(!desk.issue.clocks.kinds().contains(&ClockKind::Join));
}

#[test]
fn i4_only_the_summoned_post_joins_and_finishes() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(staff(2), IssueVerb::Summon(Summon { to: seat(4), task: None }));
    let support = desk.issue.last_line;
    let finish = || IssueVerb::FinishSupport { support, note: None };
    assert_eq!(desk.refuses(staff(2), finish()), IssueError::NotTheHolder);
    assert_eq!(desk.refuses(staff(5), IssueVerb::Join { support }), IssueError::NotTheHolder);
    desk.ok(staff(4), finish());
    assert_eq!(desk.refuses(staff(4), finish()), IssueError::SupportDone);
    desk.ok(staff(2), complete());
}

#[test]
fn i6_a_petition_keeps_its_track_whatever_else_is_reclassified() {
    let petition =
        domain::shared::matter::Matter { track: Track::Petition, ..matter(Confidence::Named) };
    let mut desk = Desk::of(petition);
    let class = Class { size: Some(domain::shared::matter::Size::Big), ..Class::default() };
    desk.ok(agent(), IssueVerb::Reclassify { class, home: None, reason: sealed() });
    assert_eq!(desk.issue.track, Track::Petition);
}

/// LOOP I6: county approves, review date, report to the resident; open and unsolved meanwhile.
#[test]
fn i6_a_deferral_is_the_county_s_and_ends_by_itself() {
    let mut desk = Desk::at(Stage::Accepted);
    assert_eq!(desk.refuses(staff(2), hold(HoldKind::Deferral, None)), IssueError::ProposalUnfit);
    let review_on = jiff::civil::date(2026, 3, 20);
    let defer = || Proposal::Defer { review_on, reason: sealed() };
    let refused = desk.clone().by_two(staff(2), defer(), staff(4)).unwrap_err();
    assert_eq!(refused, IssueError::RungTooLow { needed: Rung::County });
    desk.by_two(staff(2), defer(), second()).unwrap();
    assert!(desk.due(ClockKind::Inform).is_some(), "the resident is told");
    assert!(desk.due(ClockKind::Total).is_some(), "the total clock runs on");
    assert_eq!(desk.due(ClockKind::Resolve), None);
    desk.ok(agent(), IssueVerb::Inform { channel: NoticeChannel::Phone, note: None });
    desk.fire(ClockKind::Review);
    assert!(desk.issue.hold.is_none() && desk.due(ClockKind::Resolve).is_some());
    assert_eq!(desk.issue.rung, Rung::County, "nobody reviewed it");
}

/// I7: a claim is shown beside the time of decision and moves nothing.
#[test]
fn i7_a_claimed_time_keeps_no_promise() {
    let mut desk = Desk::at(Stage::Accepted);
    let due = desk.due(ClockKind::Arrive).unwrap();
    desk.now = (due.0 - START.0) / 1_000_000 + HOUR;
    let mut given = crate::desk::given(desk.now, staff(2));
    given.occurred_at = Some(START.plus_seconds(HOUR));
    let events = desk.give_with(given, arrive()).unwrap();
    let late =
        |e: &IssueEvent| matches!(e, IssueEvent::ClockExpired(e) if e.clock == ClockKind::Arrive);
    assert!(events.iter().any(late), "the visit was late, whatever is claimed");
    let claimed = |e: &IssueEvent| matches!(e, IssueEvent::Arrived(e) if e.claimed_at.is_some());
    assert!(events.iter().any(claimed));
}

#[test]
fn i6_a_statutory_class_takes_two_people_and_replaces_the_total_clock() {
    let mut desk = Desk::at(Stage::Accepted);
    let before = desk.due(ClockKind::Total);
    desk.ok(staff(2), petition());
    assert_eq!(desk.due(ClockKind::Total), before, "only proposed");
    let number = desk.issue.last_line;
    desk.ok(second(), IssueVerb::Approve { number, confirmed: None });
    assert!(desk.due(ClockKind::Total) > before);
    assert!(desk.due(ClockKind::Inform).is_some());
}

/// The unit that a ruling fixed does not give it to the one that was let go, whatever the way.
#[test]
fn i4_a_unit_fixed_by_ruling_gives_it_back_by_no_road() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), object());
    desk.ok(second(), rule(true, Some(4)));
    assert_eq!(desk.refuses(staff(4), object()), IssueError::ObjectedBefore);
    assert_eq!(desk.refuses(staff(4), dispatch(2)), IssueError::HolderReturns);
    assert_eq!(desk.refuses(staff(4), dispatch(3)), IssueError::HolderReturns);
    desk.ok(staff(4), dispatch(0));
    let mut held = Desk::at(Stage::Accepted);
    let (from, why) = (holder(2).post, HandOverReason::Reassigned);
    let up = IssueVerb::HandOver(HandOver { from, to: Some(seat(4)), why });
    assert_eq!(held.refuses(staff(2), up.clone()), IssueError::HolderReturns);
    held.ok(staff(4), up);
}
