//! P1, M5: hand-overs; exclusions.

use domain::issue::command::HandOver;
use domain::issue::event::{HandOverReason, Proposal};
use domain::issue::{IssueError, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::ladder::Rung;

use crate::desk::{Desk, agent, holder, party, sealed, seat, second, staff};

fn hand_over(to: Option<u128>) -> IssueVerb {
    let why = HandOverReason::AppointmentEnded;
    IssueVerb::HandOver(HandOver { from: holder(2).post, to: to.map(seat), why })
}

#[test]
fn p1_open_work_goes_to_the_next_of_the_unit_and_its_clocks_run_on() {
    let mut desk = Desk::at(Stage::Accepted);
    let before = desk.issue.clocks.clone();
    desk.ok(Actor::system(), hand_over(None));
    assert_eq!(desk.issue.lead(), Some(&holder(3)));
    assert_eq!(desk.issue.clocks, before);
}

#[test]
fn p1_work_is_never_handed_to_whoever_stands_aside() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(agent(), party(Some(holder(3).post), None, None));
    assert_eq!(desk.refuses(staff(4), hand_over(Some(3))), IssueError::HolderRecused);
    desk.ok(Actor::system(), hand_over(None));
    assert_eq!(desk.issue.lead(), Some(&holder(4)), "one level up");
}

#[test]
fn p1_a_hand_over_is_ordered_by_the_system_or_by_no_lower_rung() {
    let desk = Desk::at(Stage::Accepted);
    assert_eq!(
        desk.refuses(staff(0), hand_over(None)),
        IssueError::RungTooLow { needed: Rung::Village }
    );
    let elsewhere = HandOver { from: holder(6).post, to: None, why: HandOverReason::Reassigned };
    assert_eq!(desk.refuses(staff(6), IssueVerb::HandOver(elsewhere)), IssueError::NotHeldThere);
}

#[test]
fn m5_an_exclusion_takes_two_from_a_level_that_does_not_profit_and_is_restored() {
    let exclude = || Proposal::Exclude { reason: sealed() };
    let mut desk = Desk::at(Stage::Closed);
    // A township's figures hold those of its villages: it gains as they do.
    for low in [staff(2), staff(3), staff(4)] {
        assert_eq!(
            desk.refuses(low, IssueVerb::Propose(exclude())),
            IssueError::RungTooLow { needed: Rung::County }
        );
    }
    let refused = desk.clone().by_two(staff(6), exclude(), staff(6)).unwrap_err();
    assert_eq!(refused, IssueError::SamePerson);
    let mut own = Desk::at(Stage::Accepted);
    own.ok(staff(6), IssueVerb::TakeOver);
    let refused = own.refuses(staff(7), IssueVerb::Propose(exclude()));
    assert_eq!(refused, IssueError::HandlerDecides, "the county's own work");
    desk.by_two(staff(6), exclude(), second()).unwrap();
    assert!(desk.issue.excluded);
    let restore = || IssueVerb::Restore { reason: sealed() };
    assert!(desk.give(staff(4), restore()).is_err());
    desk.ok(staff(6), restore());
    assert_eq!(desk.refuses(staff(6), restore()), IssueError::NotExcluded);
    assert_eq!(desk.due(ClockKind::Approval), None);
}
