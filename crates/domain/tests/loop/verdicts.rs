//! V1, V4: what a verdict does, and who may give or ask for it.

use std::sync::Arc;

use domain::issue::command::{Reopen, RuleOnObjection};
use domain::issue::event::FollowUpReason;
use domain::issue::{IssueError, IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ladder::Rung;

use crate::desk::{
    DOWN, Desk, HOUR, RUDE, UP, agent, arrive, attach, follow_up, holder, rate, rate_of, resident,
    sealed, second, staff,
};

#[test]
fn v1_not_solved_reopens_raises_a_rung_and_orders_a_follow_up() {
    let mut desk = Desk::at(Stage::Notified);
    let rung = desk.issue.rung;
    desk.ok(resident(), rate(DOWN));
    assert_eq!((desk.issue.stage, desk.issue.rung), (Stage::Registered, rung.up()));
    assert_eq!(desk.issue.follow_up.ordered, Some(FollowUpReason::NotSolved));
    assert!(desk.due(ClockKind::FollowUp).is_some());
}

/// Asked while the work goes on, the resident says what was said before: one complaint, one rung.
#[test]
fn v1_still_not_solved_costs_no_second_rung() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    let climbed = desk.issue.rung;
    desk.ok(agent(), follow_up(Some(DOWN), false));
    assert_eq!((desk.issue.reopens, desk.issue.rung), (1, climbed));
    assert!(desk.due(ClockKind::FollowUp).is_some(), "and it is asked again");
}

#[test]
fn v1_time_and_attitude_alone_order_a_follow_up_and_reopen_nothing() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(RUDE));
    assert_eq!((desk.issue.reopens, desk.issue.stage), (0, Stage::Notified));
    assert_eq!(desk.issue.follow_up.ordered, Some(FollowUpReason::SlowOrRude));
}

/// Nobody reaches whoever complained, and the verdict window is over: it opens once more and closes the
/// file, instead of calling for ever.
#[test]
fn e1_a_reporter_nobody_reaches_does_not_keep_the_file_open_for_ever() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(RUDE));
    desk.fire(ClockKind::Verdict);
    for _ in 0..3 {
        assert_eq!(desk.due(ClockKind::Verdict), None);
        desk.now += 13 * HOUR;
        desk.ok(agent(), follow_up(None, false));
    }
    assert_eq!(desk.issue.stage, Stage::Notified);
    desk.fire(ClockKind::Verdict);
    assert_eq!(desk.issue.stage, Stage::Closed);
}

/// Nor does a colleague at the handler's desk.
#[test]
fn v4_the_handlers_unit_neither_rates_nor_reopens() {
    let desk = Desk::at(Stage::Notified);
    assert_eq!(desk.refuses(staff(3), rate(UP)), IssueError::HandlerRates);
    let closed = Desk::at(Stage::Closed);
    let reopen = || IssueVerb::Reopen(Reopen { reporter: 0, reason: None });
    for handler in [staff(2), staff(3)] {
        assert_eq!(closed.refuses(handler, reopen()), IssueError::HandlerRates);
    }
    let mut closed = closed;
    closed.ok(agent(), reopen());
}

/// The same person under another name, in another post, is the same judge.
#[test]
fn v4_a_judge_does_not_handle_it_in_a_second_post() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    let mut caller = agent();
    caller.person = staff(4).person;
    desk.ok(caller, follow_up(Some(DOWN), false));
    assert_eq!(desk.refuses(agent(), crate::desk::dispatch(4)), IssueError::JudgeHandles);
}

#[test]
fn v1_pressed_by_mistake_gives_the_rung_back() {
    let mut desk = Desk::at(Stage::Notified);
    let rung = desk.issue.rung;
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.refuses(staff(2), follow_up(Some(UP), true)), IssueError::HandlerFollowsUp);
    assert_eq!(desk.refuses(resident(), follow_up(Some(UP), true)), IssueError::NotAnAgent);
    assert_eq!(desk.refuses(agent(), follow_up(Some(DOWN), true)), IssueError::NothingToUndo);
    desk.ok(agent(), follow_up(Some(UP), true));
    assert_eq!((desk.issue.rung, desk.issue.reopens, desk.issue.stage), (rung, 0, Stage::Closed));
}

/// Pressed before the notice: the notice is owed as it was.
#[test]
fn v1_a_mistake_taken_back_tells_nobody_who_was_not_told() {
    let mut desk = Desk::at(Stage::Completed);
    desk.ok(resident(), rate(DOWN));
    desk.ok(agent(), follow_up(Some(UP), true));
    assert_eq!(desk.issue.stage, Stage::Completed);
    assert!(desk.due(ClockKind::Notice).is_some());
}

/// A rung that a clock took meanwhile is not the mistake's to give back.
#[test]
fn v1_a_mistake_gives_back_no_rung_a_clock_has_taken() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    desk.fire(ClockKind::Dispatch);
    let rung = desk.issue.rung;
    assert_eq!(rung, Rung::County);
    desk.ok(agent(), follow_up(Some(UP), true));
    assert_eq!(desk.issue.rung, rung);
}

/// One reporter's mistake is not another's verdict.
#[test]
fn v1_a_mistake_closes_nothing_for_the_others() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(agent(), attach(domain::shared::matter::Reporter::default()));
    desk.ok(staff(2), crate::desk::complete());
    desk.ok(agent(), crate::desk::notify(0));
    desk.ok(agent(), crate::desk::notify(1));
    desk.ok(resident(), rate_of(0, DOWN));
    desk.ok(agent(), follow_up(Some(UP), true));
    assert_eq!(desk.issue.stage, Stage::Notified);
    assert!(desk.due(ClockKind::Verdict).is_some(), "reporter 1 is waited for");
}

/// A supervision that is still open hides no verdict window.
#[test]
fn v1_a_supervision_does_not_stand_in_for_the_verdict_clock() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(second(), IssueVerb::Supervise { demand: sealed() });
    desk.ok(agent(), attach(domain::shared::matter::Reporter::default()));
    desk.ok(staff(2), crate::desk::complete());
    desk.ok(agent(), crate::desk::notify(0));
    desk.ok(agent(), crate::desk::notify(1));
    desk.fire(ClockKind::Verdict);
    desk.ok(agent(), follow_up(Some(UP), false));
    let waits = [ClockKind::Verdict, ClockKind::FollowUp].map(|clock| desk.due(clock).is_some());
    assert!(waits.contains(&true), "nobody waits for reporter 1");
}

#[test]
fn c6_a_verdict_given_in_presence_is_sampled() {
    let mut desk = Desk::at(Stage::Notified);
    let answer = domain::issue::command::RawAnswer::Axes(UP);
    let rate = domain::issue::command::Rate { reporter: 0, answer, in_presence: true };
    desk.ok(resident(), IssueVerb::Rate(rate));
    assert_eq!(desk.issue.follow_up.ordered, Some(FollowUpReason::InPresence));
    assert!(desk.due(ClockKind::FollowUp).is_some());
}

#[test]
fn v4_a_handler_rates_and_follows_up_nothing() {
    let desk = Desk::at(Stage::Notified);
    assert_eq!(desk.refuses(staff(2), rate(UP)), IssueError::HandlerRates);
    let other_post = domain::shared::actor::Actor { person: staff(2).person, ..agent() };
    assert_eq!(desk.refuses(other_post, rate(UP)), IssueError::HandlerRates);
}

#[test]
fn v4_handler_ruler_and_caller_are_three_people() {
    let rule =
        || IssueVerb::RuleOnObjection(RuleOnObjection { upheld: false, to: None, reason: None });
    let mut desk = Desk::at(Stage::Dispatched);
    desk.ok(staff(2), IssueVerb::Object { reason: sealed() });
    desk.ok(second(), rule());
    assert_eq!(desk.refuses(second(), IssueVerb::TakeOver), IssueError::JudgeHandles);
    desk.on_to(Stage::Notified);
    desk.fire(ClockKind::Verdict);
    assert_eq!(desk.refuses(second(), follow_up(Some(UP), false)), IssueError::HandlerFollowsUp);
    desk.ok(agent(), follow_up(Some(DOWN), false));
    assert_eq!(desk.refuses(agent(), IssueVerb::TakeOver), IssueError::JudgeHandles);
    let mut called = Desk::at(Stage::OnSite);
    called.ok(resident(), rate(DOWN));
    called.ok(agent(), follow_up(Some(DOWN), false));
    called.ok(staff(2), arrive());
}

/// One visit, one complaint: pressed twice it is the same one, and a mistake gives its rung back.
#[test]
fn v1_a_press_at_the_visit_costs_one_rung_and_a_mistake_gives_it_back() {
    let mut desk = Desk::at(Stage::OnSite);
    let before = desk.issue.rung;
    desk.ok(resident(), rate(DOWN));
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.issue.rung, before.up());
    desk.ok(agent(), follow_up(Some(UP), true));
    assert_eq!((desk.issue.rung, desk.issue.stage), (before, Stage::OnSite));
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.issue.rung, before.up(), "said anew it is a complaint anew");
}

/// A sample drawn long after: what is still wrong then is a new issue.
#[test]
fn e1_a_sample_after_the_window_reopens_nothing() {
    let mut desk = Desk::at(Stage::Closed);
    desk.now += 60 * crate::desk::DAY;
    desk.ok(staff(6), IssueVerb::OrderFollowUp);
    desk.ok(agent(), follow_up(Some(DOWN), false));
    assert_eq!((desk.issue.stage, desk.issue.reopens), (Stage::Closed, 0));
    assert!(desk.issue.clocks.is_idle());
    assert!(desk.issue.reporters[0].verdict.is_some_and(|verdict| !verdict.is_solved()));
}

/// The desk of a unit that was merged is the same desk.
#[test]
fn v4_a_unit_merge_frees_no_handler() {
    let mut desk = Desk::at(Stage::Notified);
    let heir = holder(10).unit;
    let mut colleague = staff(3);
    colleague.unit = Some(heir);
    let mut given = crate::desk::given(desk.now, colleague);
    Arc::make_mut(&mut given.ladder).heirs.insert(holder(2).unit, heir);
    assert_eq!(desk.give_with(given, rate(UP)).unwrap_err(), IssueError::HandlerRates);
}
