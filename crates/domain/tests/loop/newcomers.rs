//! Whoever comes late is promised what a file of their own would promise; and a merge that is undone gives
//! nothing back that was lost by a complaint.

use domain::issue::event::Outcome;
use domain::issue::{IssueError, IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::given::{Given, MergeLead};
use domain::shared::ids::HouseholdId;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Matter, Reporter};
use uuid::Uuid;

use crate::desk::{
    DAY, DOWN, Desk, ISSUE, LEAD, UP, agent, arrive, attach, complete, end, given, join, matter,
    notify, proactive, rate_of, resident, said, sealed, second, staff,
};

fn neighbour() -> Reporter {
    Reporter { household: Some(HouseholdId(Uuid::from_u128(8))), ..Reporter::default() }
}

/// I1: what staff had found and a household calls about is visited as any other.
#[test]
fn i1_a_found_matter_that_somebody_calls_about_is_visited() {
    for stage in [Stage::Registered, Stage::Accepted, Stage::OnSite] {
        let mut desk = Desk::of(proactive());
        desk.on_to(stage);
        desk.ok(agent(), attach(neighbour()));
        assert!(desk.issue.must_visit, "{stage:?}");
        desk.on_to(Stage::OnSite);
        if stage == Stage::OnSite {
            assert!(desk.due(ClockKind::Arrive).is_some());
            assert_eq!(desk.refuses(staff(2), complete()).reason(), "VISIT_OWED");
            desk.ok(staff(2), arrive());
        }
        desk.ok(staff(2), complete());
    }
}

/// I1: the visits are over once the work is reported done; a neighbour who calls then has a file of their own.
#[test]
fn i1_no_neighbour_is_attached_to_work_that_is_reported_done() {
    let home = neighbour().household;
    for stage in [Stage::OnSite, Stage::Completed, Stage::Notified] {
        let reporter =
            Reporter { household: Some(HouseholdId(Uuid::from_u128(9))), ..Reporter::default() };
        let mut desk = Desk::of(Matter { reporter: reporter.clone(), ..matter(Confidence::Named) });
        desk.on_to(stage);
        assert!(desk.issue.must_visit);
        let may = desk.issue.require_attachable(home, None);
        assert_eq!(may.is_ok(), stage == Stage::OnSite, "{stage:?}");
        assert_eq!(desk.issue.require_attachable(reporter.household, None), Ok(()), "its own");
    }
}

fn undo() -> IssueVerb {
    IssueVerb::Unmerge { reason: Some(sealed()) }
}

fn beside(now: i64, lead: MergeLead) -> Given {
    Given { merge_lead: Some(lead), ..given(now, second()) }
}

/// A file merged into another, whose work both were told of.
fn told() -> (Desk, Desk) {
    let mut from = Desk::at(Stage::Accepted);
    let mut lead = Desk::at(Stage::OnSite);
    join(&mut from, &mut lead);
    lead.ok(staff(2), arrive());
    lead.ok(staff(2), complete());
    lead.ok(agent(), notify(0));
    lead.ok(agent(), notify(1));
    (from, lead)
}

/// V2: what was concluded stays dissatisfied; nobody takes a household out of it.
#[test]
fn v2_no_merge_into_a_concluded_file_is_undone() {
    let (from, mut lead) = told();
    lead.ok(agent(), rate_of(1, DOWN));
    lead.ok(agent(), said(1, DOWN, false));
    lead.by_two(second(), end(Outcome::Concluded), staff(6)).unwrap();
    lead.ok(agent(), notify(0));
    lead.ok(agent(), notify(1));
    assert_eq!(lead.outcome(), Some(Outcome::Concluded));
    let refused = from.clone().give_with(beside(lead.now, lead.issue.as_lead_of(ISSUE)), undo());
    assert_eq!(refused, Err(IssueError::Concluded));
}

/// E1: undone after the lead was closed, the work begins anew: within the window, as a reopening would.
#[test]
fn e1_a_merge_is_undone_within_the_window() {
    let (from, mut lead) = told();
    lead.ok(agent(), rate_of(0, UP));
    lead.ok(agent(), rate_of(1, UP));
    assert_eq!(lead.outcome(), Some(Outcome::ConfirmedSolved));
    let seen = lead.issue.as_lead_of(ISSUE);
    from.clone().give_with(beside(29 * DAY, seen), undo()).unwrap();
    let late = from.clone().give_with(beside(31 * DAY, seen), undo()).unwrap_err();
    assert_eq!(late.reason(), "REOPEN_WINDOW_PASSED");
    // The system undoes what the lead could not take on: nothing of it was closed.
    from.clone().give_with(beside(31 * DAY, LEAD), undo()).unwrap();
}

/// V1, S1, invariant 2: the rung and the round of the own complaint go with the file that complained.
#[test]
fn v1_an_undone_merge_keeps_what_the_own_complaint_did() {
    let (mut from, mut lead) = told();
    let before = from.issue.rung;
    lead.ok(agent(), rate_of(1, DOWN));
    lead.ok(agent(), said(1, DOWN, false));
    from.give_with(beside(0, lead.issue.as_lead_of(ISSUE)), undo()).unwrap();
    assert_eq!((before, from.issue.rung, from.issue.reopens), (Rung::Village, Rung::Township, 1));
    assert!(from.due(ClockKind::FollowUp).is_some(), "the next result is asked about");
    assert!(from.issue.follow_up.heard.contains(&0));
    // What the neighbour complained of is the neighbour's.
    let (mut from, mut lead) = told();
    lead.ok(agent(), rate_of(0, DOWN));
    lead.ok(agent(), said(0, DOWN, false));
    from.give_with(beside(0, lead.issue.as_lead_of(ISSUE)), undo()).unwrap();
    assert_eq!((from.issue.rung, from.issue.reopens), (Rung::Village, 0));
    assert_eq!(from.due(ClockKind::FollowUp), None);
    // Heard while the work had begun anew for the neighbour, it is the own complaint too.
    let (mut from, mut lead) = told();
    lead.ok(agent(), rate_of(0, DOWN));
    lead.ok(agent(), said(0, DOWN, false));
    lead.ok(agent(), said(1, DOWN, false));
    from.give_with(beside(0, lead.issue.as_lead_of(ISSUE)), undo()).unwrap();
    assert_eq!((from.issue.rung, from.issue.reopens), (Rung::Township, 1));
}

/// I3, M2: what was done for its own household is done, and what the lead has closed is owed no more.
#[test]
fn i5_an_undone_merge_owes_nothing_that_was_kept() {
    let merged = || {
        let mut from = Desk::at(Stage::Accepted);
        let mut lead = Desk::at(Stage::Accepted);
        join(&mut from, &mut lead);
        (from, lead)
    };
    let owed = |desk: &Desk| {
        [ClockKind::Arrive, ClockKind::FirstContact].map(|clock| desk.due(clock).is_some())
    };
    let (mut from, mut lead) = merged();
    // The neighbour's call and visit are the neighbour's.
    lead.ok(staff(2), IssueVerb::ContactMade { reporter: 0, reached: true, note: None });
    lead.ok(staff(2), arrive());
    from.give_with(beside(0, lead.issue.as_lead_of(ISSUE)), undo()).unwrap();
    assert_eq!(owed(&from), [true, true]);
    let (mut from, mut lead) = merged();
    lead.ok(staff(2), IssueVerb::ContactMade { reporter: 1, reached: true, note: None });
    from.clone().give_with(beside(0, lead.issue.as_lead_of(ISSUE)), undo()).unwrap();
    lead.ok(resident(), IssueVerb::ConfirmArrival { reporter: 1, came_at: None });
    from.give_with(beside(3 * DAY, lead.issue.as_lead_of(ISSUE)), undo()).unwrap();
    assert_eq!(owed(&from), [false, false]);
    assert_eq!(from.issue.rung, Rung::Village, "nothing was broken");
    let (mut from, mut lead) = told();
    lead.ok(agent(), rate_of(0, UP));
    lead.ok(agent(), rate_of(1, UP));
    from.give_with(beside(9 * DAY, lead.issue.as_lead_of(ISSUE)), undo()).unwrap();
    assert_eq!((owed(&from), from.due(ClockKind::Resolve)), ([false, false], None));
    assert_eq!(from.issue.rung, Rung::Village);
}

/// E1: a complaint keeps the file open past its window; once its reporter calls it solved, whoever has not
/// spoken yet is waited for again.
#[test]
fn e1_a_settled_complaint_leaves_the_silent_a_window() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(agent(), attach(Reporter::default()));
    for verdict in [DOWN, UP] {
        desk.on_to(Stage::Completed);
        desk.ok(agent(), notify(0));
        desk.ok(agent(), notify(1));
        if verdict == UP {
            desk.fire(ClockKind::Verdict);
            assert!(desk.due(ClockKind::FollowUp).is_some(), "the complaint keeps it open");
        }
        desk.ok(agent(), rate_of(1, verdict));
        if verdict == DOWN {
            desk.ok(agent(), said(1, DOWN, false));
        }
    }
    assert_eq!((desk.issue.stage, desk.due(ClockKind::FollowUp)), (Stage::Notified, None));
    desk.fire(ClockKind::Verdict);
    assert!(desk.due(ClockKind::FollowUp).is_some(), "reporter 0 is asked");
}

/// E1: what was drawn of an ending is not asked of the work that begins anew for somebody else.
#[test]
fn e1_a_draw_of_what_has_ended_falls_away_with_it() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.by_two(staff(2), end(Outcome::Declined), second()).unwrap();
    desk.ok(agent(), notify(0));
    assert_eq!(desk.issue.stage, Stage::Closed);
    desk.ok(second(), IssueVerb::OrderFollowUp);
    assert!(desk.due(ClockKind::FollowUp).is_some());
    desk.ok(agent(), attach(neighbour()));
    assert_eq!(desk.issue.stage, Stage::Registered);
    assert_eq!((desk.issue.follow_up.ordered, desk.due(ClockKind::FollowUp)), (None, None));
}
