//! How an issue ends, case by case: what a verdict given late, early, twice or by the wrong person does
//! to the closing (LOOP E1, V1, V4, S1).

use domain::issue::command::{AttachReporter, RawAnswer};
use domain::issue::event::Outcome;
use domain::issue::{IssueEvent, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::ladder::Rung;
use domain::shared::matter::Reporter;
use domain::shared::verdict::{Effect, Satisfaction, Verdict};

use super::issue_story::{Step, Story, What};
use super::{Due, Generation, resident};

const UP: Verdict = Verdict { effect: Effect::Solved, timeliness: None, attitude: None };
const RUDE: Verdict = Verdict { attitude: Some(Satisfaction::Dissatisfied), ..UP };
const DOWN: Verdict = Verdict { effect: Effect::NotSolved, ..UP };

fn go(story: &mut Story, after: i64, what: What) -> Vec<IssueEvent> {
    let (given, verb) = story.command(&step(after, what));
    story.give(given, verb, false).result.unwrap()
}

fn step(after: i64, what: What) -> Step {
    Step { after, who: None, what, twice: false }
}

fn on_to(story: &mut Story, stage: Stage) {
    for _ in 0..10 {
        if story.issue.stage < stage {
            go(story, 60, What::Next { urgent: false, solved: true });
        }
    }
    assert_eq!(story.issue.stage, stage);
}

fn issue_at(stage: Stage) -> Story {
    let mut story = Story::default();
    on_to(&mut story, stage);
    story
}

fn verdict_window_passes(story: &mut Story) {
    let place =
        story.issue.clocks.kinds().iter().position(|clock| *clock == ClockKind::Verdict).unwrap();
    go(story, 0, What::Fire(place, Due::At, Generation::Running));
}

fn three_vain_calls(story: &mut Story) {
    for _ in 0..3 {
        if story.issue.stage == Stage::Notified {
            go(story, 13 * 3_600, What::FollowUp(0, None));
        }
    }
}

fn attach() -> What {
    What::Give(IssueVerb::AttachReporter(AttachReporter {
        reporter: Reporter::default(),
        started_at: None,
        policy: None,
        brings: None,
    }))
}

fn outcome(story: &Story) -> Option<Outcome> {
    let closed = |event: &IssueEvent| {
        if let IssueEvent::Closed(e) = event { Some(e.outcome) } else { None }
    };
    story.past.iter().rev().find_map(closed)
}

/// The follow-up ordered for want of a verdict falls away with the verdict.
#[test]
fn a_thumb_up_after_the_window_closes_as_solved() {
    let mut story = issue_at(Stage::Notified);
    verdict_window_passes(&mut story);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(UP)));
    assert_eq!(outcome(&story), Some(Outcome::ConfirmedSolved));
}

/// A complaint's follow-up is owed although the work was called solved; when nobody is reached, the
/// verdict that was given still counts.
#[test]
fn solved_after_a_reopening_is_never_unconfirmed() {
    let mut story = issue_at(Stage::Notified);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(DOWN)));
    on_to(&mut story, Stage::Notified);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(UP)));
    three_vain_calls(&mut story);
    assert_eq!(outcome(&story), None, "closed within the verdict window");
    verdict_window_passes(&mut story);
    assert_eq!(outcome(&story), Some(Outcome::ConfirmedSolved));
}

/// The same for “solved, but rude”.
#[test]
fn solved_but_rude_is_never_unconfirmed() {
    let mut story = issue_at(Stage::Notified);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(RUDE)));
    three_vain_calls(&mut story);
    verdict_window_passes(&mut story);
    assert_eq!(outcome(&story), Some(Outcome::ConfirmedSolved));
}

/// Vain calls made while the reopened work was still open say nothing of the new completion.
#[test]
fn attempts_before_the_notice_do_not_count() {
    let mut story = issue_at(Stage::Notified);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(DOWN)));
    for _ in 0..3 {
        go(&mut story, 13 * 3_600, What::FollowUp(0, None));
    }
    on_to(&mut story, Stage::Notified);
    verdict_window_passes(&mut story);
    go(&mut story, 60, What::FollowUp(0, None));
    assert_eq!(story.issue.stage, Stage::Notified, "closed after one call since the notice");
}

/// “Solved”, said to a follow-up before the new completion, is no verdict on that completion.
#[test]
fn a_verdict_on_the_old_work_does_not_close_the_new() {
    let mut story = issue_at(Stage::Notified);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(DOWN)));
    go(&mut story, 60, What::FollowUp(0, Some(UP)));
    on_to(&mut story, Stage::Notified);
    assert_eq!(story.issue.stage, Stage::Notified, "closed without asking");
}

/// I5: each reporter has an own verdict, so each one is called.
#[test]
fn every_reporter_is_called_before_silence_closes() {
    let mut story = issue_at(Stage::Registered);
    go(&mut story, 60, attach());
    on_to(&mut story, Stage::Notified);
    verdict_window_passes(&mut story);
    three_vain_calls(&mut story);
    assert_eq!(story.issue.stage, Stage::Notified, "nobody ever called reporter 1");
}

/// E1, V4: a follow-up is made by staff or agents; who has neither post nor unit is not thereby outside.
#[test]
fn residents_and_systems_do_not_follow_up() {
    for actor in [resident(), Actor::system()] {
        let mut story = issue_at(Stage::Notified);
        verdict_window_passes(&mut story);
        let (mut given, verb) = story.command(&step(60, What::FollowUp(0, Some(UP))));
        given.actor = actor;
        assert!(story.give(given, verb, false).result.is_err());
    }
}

/// V1: “still not solved”, said while the work is open, does not end the duty to follow up.
#[test]
fn still_not_solved_keeps_a_follow_up_owed() {
    let mut story = issue_at(Stage::Notified);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(DOWN)));
    go(&mut story, 60, What::FollowUp(0, Some(DOWN)));
    assert!(story.issue.follow_up.ordered.is_some());
}

/// C1: an issue that is completed or notified is still open.
#[test]
fn a_reporter_is_attached_until_the_file_closes() {
    for stage in [Stage::Completed, Stage::Notified] {
        let mut story = issue_at(stage);
        let (given, verb) = story.command(&step(60, attach()));
        assert!(story.give(given, verb, false).result.is_ok(), "{stage:?}");
    }
}

/// V1: solved but rude, said after the closing.
#[test]
fn a_rude_visit_is_followed_up_after_closing_too() {
    let mut story = issue_at(Stage::Closed);
    let events = go(&mut story, 60, What::Rate(0, RawAnswer::Axes(RUDE)));
    assert!(events.iter().any(|event| matches!(event, IssueEvent::FollowUpOrdered(_))));
}

/// S1: else the next expiry would climb to a rung below the holder.
#[test]
fn an_issue_stands_at_least_where_its_holder_stands() {
    let mut story = issue_at(Stage::Registered);
    go(&mut story, 60, What::Dispatch { to: None, lowest: Some(2) });
    assert_eq!(story.issue.rung, Rung::Township);
}

/// V1. `order_follow_up` returns early when a NoVerdict follow-up is ordered, and `close_if_settled` takes
/// NoVerdict for “no complaint”: the complaint about rudeness is lost, the file closes.
#[test]
fn a_rude_visit_is_followed_up_after_the_window_too() {
    let mut story = issue_at(Stage::Notified);
    verdict_window_passes(&mut story);
    let events = go(&mut story, 60, What::Rate(0, RawAnswer::Axes(RUDE)));
    let ordered = |event: &IssueEvent| matches!(event, IssueEvent::FollowUpOrdered(e) if e.why == domain::issue::event::FollowUpReason::SlowOrRude);
    assert!(events.iter().any(ordered), "{events:?}");
    assert_ne!(story.issue.stage, Stage::Closed);
}

/// V1. The same after an unconfirmed closing: `ordered` is still Some(NoVerdict) in the closed file.
#[test]
fn a_rude_visit_is_followed_up_after_an_unconfirmed_closing_too() {
    let mut story = issue_at(Stage::Notified);
    verdict_window_passes(&mut story);
    three_vain_calls(&mut story);
    assert_eq!(outcome(&story), Some(Outcome::Unconfirmed));
    let events = go(&mut story, 60, What::Rate(0, RawAnswer::Axes(RUDE)));
    assert!(
        events.iter().any(|event| matches!(event, IssueEvent::FollowUpOrdered(_))),
        "{events:?}"
    );
}

/// V1, invariant 2. “Not solved” after the window: the NoVerdict follow-up goes on under its old reason,
/// so a later thumb-up drops it; without the window the NotSolved follow-up is owed until it is made.
#[test]
fn not_solved_after_the_window_orders_its_own_follow_up() {
    let mut story = issue_at(Stage::Notified);
    verdict_window_passes(&mut story);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(DOWN)));
    on_to(&mut story, Stage::Notified);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(UP)));
    assert_eq!(story.issue.stage, Stage::Notified, "nobody outside ever asked");
}

/// E1. “The verdict window passed after the policy's attempts”: with enough attempts made within the
/// window (a complaint's follow-up), its passing closes the file; today a fourth call is needed.
#[test]
fn the_window_closes_what_was_tried_enough_within_it() {
    let mut story = issue_at(Stage::Notified);
    go(&mut story, 60, What::Rate(0, RawAnswer::Axes(RUDE)));
    three_vain_calls(&mut story);
    verdict_window_passes(&mut story);
    assert_eq!(outcome(&story), Some(Outcome::ConfirmedSolved));
}
