//! A1: accusations, and whoever stands aside.

use domain::issue::command::{NameParty, Register, Summon};
use domain::issue::event::{HoldKind, PartyRole};
use domain::issue::{IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::matter::{Confidence, Matter, Track};

use crate::desk::{
    DOWN, Desk, ISSUE, START, UP, agent, dispatch, follow_up, hold, holder, matter, party, rate,
    resident, sealed, seat, second, staff,
};

#[test]
fn a1_an_accusation_names_somebody_and_goes_to_a_competent_body() {
    let accusation = Matter { track: Track::Supervision, ..matter(Confidence::Named) };
    let accused = NameParty {
        role: PartyRole::Accused,
        post: Some(holder(2).post),
        person: None,
        unit: None,
    };
    let verb = |competent, parties| {
        IssueVerb::Register(Box::new(Register {
            issue: ISSUE,
            case_no: "1".into(),
            matter: accusation.clone(),
            started_at: START,
            policy: None,
            competent,
            parties,
        }))
    };
    let desk = Desk::default();
    let body = Some(holder(6).unit);
    assert_eq!(desk.refuses(agent(), verb(body, vec![])), IssueError::NobodyAccused);
    assert_eq!(
        desk.refuses(agent(), verb(None, vec![accused.clone()])),
        IssueError::NoDisciplineBody
    );
    let mut desk = desk;
    desk.ok(agent(), verb(body, vec![accused]));
    assert!(desk.issue.lead().is_none_or(|lead| lead.post != holder(2).post));
}

#[test]
fn a1_a_holder_who_stands_aside_loses_the_work_in_the_same_command() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), hold(HoldKind::Pause, None));
    desk.ok(agent(), party(None, holder(2).person, None));
    assert_eq!(desk.issue.lead(), Some(&holder(3)), "a peer who does not");
    assert_eq!(desk.due(ClockKind::Pause), None, "and the pause goes with its holder");
    desk.ok(agent(), party(None, None, Some(holder(3).unit)));
    assert_eq!(desk.issue.lead(), Some(&holder(4)), "else one level up");
    assert_eq!(desk.issue.stage, Stage::Dispatched);
}

/// The only candidates stand aside: the file waits for a dispatch, on a clock.
#[test]
fn a1_the_last_candidate_may_stand_aside_and_the_file_still_climbs() {
    let mut desk = Desk::at(Stage::Accepted);
    for number in [6, 4, 2] {
        desk.ok(agent(), party(None, None, Some(holder(number).unit)));
    }
    assert_eq!((desk.issue.stage, desk.issue.lead()), (Stage::Registered, None));
    let events = desk.fire(ClockKind::Dispatch);
    let named = |e: &IssueEvent| matches!(e, IssueEvent::Escalated(e) if e.answers.is_some());
    assert!(!events.iter().any(named), "nobody who stands aside answers for it");
    assert!(desk.due(ClockKind::Dispatch).is_some());
}

#[test]
fn a1_a_support_that_stands_aside_leaves_with_its_clocks() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(staff(2), IssueVerb::Summon(Summon { to: seat(4), task: None }));
    desk.ok(agent(), party(Some(holder(4).post), None, None));
    assert!(!desk.issue.clocks.kinds().contains(&ClockKind::Join));
    let again = IssueVerb::Summon(Summon { to: seat(4), task: None });
    assert_eq!(desk.refuses(staff(2), again), IssueError::HolderRecused);
    desk.ok(staff(2), crate::desk::complete());
}

/// Neither as second person, nor as caller, nor as supervisor, whatever the rung.
#[test]
fn a1_whoever_stands_aside_does_nothing_on_it() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    desk.ok(agent(), party(None, second().person, None));
    for verb in [
        follow_up(Some(UP), false),
        dispatch(4),
        IssueVerb::TakeOver,
        IssueVerb::Supervise { demand: sealed() },
        IssueVerb::Escalate(domain::issue::command::Escalate { to: None, reason: sealed() }),
        IssueVerb::Comment { note: sealed() },
    ] {
        assert_eq!(desk.refuses(second(), verb), IssueError::ActorRecused);
    }
}

/// A mistake taken back restores the old work, but not to somebody who stands aside by now.
#[test]
fn a1_a_mistake_gives_no_work_back_to_whoever_stands_aside() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    desk.ok(agent(), party(Some(holder(2).post), None, None));
    desk.ok(agent(), follow_up(Some(UP), true));
    assert!(desk.issue.assignments.is_empty());
}

#[test]
fn a1_a_party_names_somebody_and_twice_adds_nothing() {
    let mut desk = Desk::at(Stage::Accepted);
    assert_eq!(desk.refuses(agent(), party(None, None, None)), IssueError::NobodyNamed);
    desk.ok(agent(), party(Some(holder(6).post), None, None));
    assert_eq!(desk.ok(agent(), party(Some(holder(6).post), None, None)), vec![]);
}
