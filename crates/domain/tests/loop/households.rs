//! One household, one word; who is no outsider; and what rests goes on where its terms say.

use domain::issue::command::{HandOver, Summon};
use domain::issue::event::{Class, HandOverReason, HoldKind, NoticeChannel, Outcome, Proposal};
use domain::issue::{IssueError, IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ids::HouseholdId;
use domain::shared::matter::{Confidence, Matter, Procedure, ProcedureKind, Reporter};
use uuid::Uuid;

use crate::desk::{
    DAY, Desk, UP, agent, attach, complete, end, hold, holder, matter, notify, rate, rate_of,
    resident, sealed, seat, staff,
};

fn at_home(confidence: Confidence) -> Reporter {
    let household = Some(HouseholdId(Uuid::from_u128(9)));
    Reporter { household, confidence, ..Reporter::default() }
}

fn of_household(confidence: Confidence) -> Desk {
    Desk::of(Matter { reporter: at_home(confidence), ..matter(Confidence::Named) })
}

/// I5, K2, E2: a household that calls again about its own matter is one person still.
#[test]
fn i5_a_household_that_calls_again_has_one_word() {
    let mut desk = of_household(Confidence::Named);
    desk.ok(agent(), attach(at_home(Confidence::Named)));
    assert_eq!(desk.issue.active_reporters().count(), 1);
    let mut wishes = desk.clone();
    wishes.ok(agent(), hold(HoldKind::ResidentWish, Some(4 * DAY)));
    let mut withdraws = desk.clone();
    withdraws.ok(resident(), IssueVerb::Propose(end(Outcome::Withdrawn)));
    assert_eq!(withdraws.issue.ending, Some(Outcome::Withdrawn));
    desk.on_to(Stage::OnSite);
    desk.ok(staff(2), complete());
    desk.ok(agent(), notify(0));
    desk.ok(resident(), rate(UP));
    assert_eq!(desk.outcome(), Some(Outcome::ConfirmedSolved));
    // Somebody else who comes is somebody else.
    let mut shared = of_household(Confidence::Named);
    shared.ok(agent(), attach(Reporter::default()));
    let wish = hold(HoldKind::ResidentWish, Some(4 * DAY));
    assert_eq!(shared.refuses(agent(), wish), IssueError::SharedMatter);
}

/// I5: whoever calls again before everything is closed is told again, and asked again.
#[test]
fn i5_whoever_calls_again_is_told_again() {
    let mut desk = of_household(Confidence::Named);
    desk.on_to(Stage::OnSite);
    desk.ok(staff(2), complete());
    desk.ok(agent(), notify(0));
    desk.ok(agent(), attach(at_home(Confidence::Named)));
    assert_eq!(desk.issue.stage, Stage::Completed);
    assert!(desk.due(ClockKind::Notice).is_some());
    desk.ok(agent(), notify(0));
    assert_eq!(desk.issue.stage, Stage::Notified);
}

/// V3: a confidential household stays so, whatever call of its own is attached.
#[test]
fn v3_a_confidential_household_stays_so_when_it_calls_again() {
    let mut desk = of_household(Confidence::Confidential);
    desk.ok(agent(), attach(at_home(Confidence::Named)));
    assert!(desk.issue.is_confidential());
    desk.ok(agent(), crate::desk::dispatch(4));
    desk.ok(staff(4), IssueVerb::Accept);
    desk.on_to(Stage::OnSite);
    desk.ok(staff(4), complete());
    let visit = |reporter| {
        let channel = NoticeChannel::Visit;
        IssueVerb::Notify(domain::issue::command::Notify { reporter, channel })
    };
    assert_eq!(desk.refuses(staff(4), visit(0)), IssueError::ChannelUnfit);
    let unknown = IssueError::UnknownReporter { asked: 1, known: 2 };
    assert_eq!(desk.refuses(staff(4), visit(1)), unknown);
    assert_eq!(desk.refuses(agent(), rate_of(1, UP)), unknown);
}

/// E1, E2, K2: a grid of the village that handles it is no outsider, and speaks for nobody.
#[test]
fn e2_who_answers_to_the_handler_speaks_for_no_resident() {
    let mut desk = Desk::at(Stage::Accepted);
    let grid = staff(0);
    let wish = hold(HoldKind::ResidentWish, Some(4 * DAY));
    assert_eq!(desk.refuses(grid.clone(), wish), IssueError::HandlerWishes);
    desk.ok(agent(), IssueVerb::Propose(end(Outcome::Withdrawn)));
    let number = desk.issue.last_line;
    let confirmed = IssueVerb::Approve { number, confirmed: Some(sealed()) };
    assert_eq!(desk.refuses(grid.clone(), confirmed), IssueError::HandlerDecides);
    desk.on_to(Stage::OnSite);
    desk.ok(staff(2), complete());
    desk.ok(agent(), notify(0));
    assert_eq!(desk.refuses(grid, rate(UP)), IssueError::HandlerRates);
}

/// K2, K3: what rested while its terms were replaced goes on with their first step.
#[test]
fn k3_a_total_clock_that_rests_starts_anew_under_new_terms() {
    let petition = || {
        let kind = ProcedureKind::Petition;
        Procedure { kind, body: "县信访局".into(), reference: "X-1".into() }
    };
    let class = || Class { procedure: Some(petition()), ..Class::default() };
    let propose = |class| {
        let home = None;
        IssueVerb::Reclassify { class, home, reason: sealed() }
    };
    let mut due = Vec::new();
    for wishes in [false, true] {
        let mut desk = Desk::at(Stage::Accepted);
        desk.fire(ClockKind::Total);
        if wishes {
            let until = desk.now + 4 * DAY;
            desk.ok(agent(), hold(HoldKind::ResidentWish, Some(until)));
        }
        desk.ok(agent(), propose(class()));
        let number = desk.issue.last_line;
        desk.ok(staff(6), IssueVerb::Approve { number, confirmed: None });
        if wishes {
            desk.ok(agent(), IssueVerb::Resume { answer: None });
        }
        due.push(desk.due(ClockKind::Total));
        let running = desk.issue.clocks.running(ClockKind::Total).unwrap();
        assert_eq!(running.derivation.percent, 100, "its first step, not the one after");
    }
    assert_eq!(due.first(), due.last());
}

/// K2: whoever was promised an earlier end is told of the later one, also while the clock rests.
#[test]
fn k2_a_longer_total_is_told_also_while_it_rests() {
    for wishes in [false, true] {
        let mut desk = Desk::of(crate::desk::urgent());
        desk.on_to(Stage::Accepted);
        if wishes {
            desk.ok(agent(), hold(HoldKind::ResidentWish, Some(4 * DAY)));
        }
        let policy = desk.issue.policy.clone();
        let replace = Proposal::ReplacePolicy { policy, terms: "一般".into(), reason: sealed() };
        desk.by_two(staff(6), replace, staff(7)).unwrap();
        assert!(desk.due(ClockKind::Inform).is_some(), "wishes: {wishes}");
    }
}

/// I4: a post that was called in, then took the whole over, is its holder and passes nothing on.
#[test]
fn i4_a_post_that_helps_and_leads_is_asked_as_the_lead() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), IssueVerb::Summon(Summon { to: seat(4), task: None }));
    desk.ok(staff(4), IssueVerb::TakeOver);
    assert_eq!(desk.issue.lead(), Some(&holder(4)));
    let over =
        HandOver { from: holder(4).post, to: Some(seat(6)), why: HandOverReason::Reassigned };
    assert_eq!(desk.refuses(staff(4), IssueVerb::HandOver(over)), IssueError::HolderReturns);
}
