//! A1: accusations, and whoever stands aside.

use domain::issue::command::{Complete, HandOver, NameParty, Register, Summon};
use domain::issue::event::{Class, HandOverReason, HoldKind, PartyRole};
use domain::issue::{IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Matter, Track};

use crate::desk::{
    DAY, DOWN, Desk, ISSUE, START, UP, agent, dispatch, follow_up, hold, holder, matter, party,
    rate, resident, sealed, seat, second, staff,
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
    // Its part is undone, whoever stands aside: completing over it takes a reason (LOOP I4).
    assert_eq!(desk.refuses(staff(2), crate::desk::complete()), IssueError::SupportOpen);
    let over = Complete { summary: None, over_support: Some(sealed()) };
    desk.ok(staff(2), IssueVerb::Complete(over));
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

/// Naming somebody takes the file out of that somebody's sight: a village does not hide its files from the
/// township, and no unit hides itself.
#[test]
fn a1_nobody_names_above_the_own_rung_and_no_unit_but_an_accused_one() {
    let desk = Desk::at(Stage::Accepted);
    let above = |needed| IssueError::RungTooLow { needed };
    for superior in [holder(4), holder(6)] {
        let needed = if superior == holder(4) { Rung::Township } else { Rung::County };
        let by_post = party(Some(superior.post), None, None);
        let by_person = party(None, superior.person, None);
        assert_eq!(desk.refuses(staff(3), by_post), above(needed));
        assert_eq!(desk.refuses(staff(3), by_person), above(needed));
    }
    let unit = |number| party(None, None, Some(holder(number).unit));
    assert_eq!(desk.refuses(staff(3), unit(4)), above(Rung::County));
    assert_eq!(desk.refuses(staff(3), unit(2)), IssueError::UnitNotAccused, "its own");
    assert_eq!(desk.refuses(staff(4), unit(4)), IssueError::UnitNotAccused);
    let interested = IssueVerb::NameParty(NameParty {
        role: PartyRole::Interested,
        post: None,
        person: None,
        unit: Some(holder(2).unit),
    });
    assert_eq!(desk.refuses(agent(), interested), IssueError::UnitNotAccused);
    let mut desk = desk;
    desk.ok(staff(4), unit(2));
    desk.ok(staff(4), party(Some(holder(5).post), None, None));
}

/// K2: whoever takes the work on in the place of somebody recused wins no new time.
#[test]
fn a1_the_promised_solution_runs_on_when_its_holder_stands_aside() {
    let mut desk = Desk::at(Stage::Accepted);
    let due = desk.due(ClockKind::Resolve);
    desk.now = 8 * DAY;
    desk.ok(agent(), party(None, holder(2).person, None));
    desk.ok(staff(3), IssueVerb::Accept);
    assert_eq!(desk.due(ClockKind::Resolve), due);
}

/// The body that is accused itself holds nothing, and no ordinary desk above it holds it instead.
#[test]
fn a1_an_accusation_is_held_by_its_body_or_by_nobody() {
    let accusation = Matter { track: Track::Supervision, ..matter(Confidence::Named) };
    let body = holder(4).unit;
    let accused = |post, unit| NameParty { role: PartyRole::Accused, post, person: None, unit };
    let file = |parties| {
        let mut desk = Desk::default();
        let verb = Register {
            issue: ISSUE,
            case_no: "1".into(),
            matter: accusation.clone(),
            started_at: START,
            policy: None,
            competent: Some(body),
            parties,
        };
        desk.ok(agent(), IssueVerb::Register(Box::new(verb)));
        desk
    };
    let one = file(vec![accused(Some(holder(4).post), None)]);
    assert_eq!(one.issue.lead(), Some(&holder(5)), "a colleague who is not accused");
    let mut all = file(vec![accused(None, Some(body))]);
    assert_eq!((all.issue.lead(), all.issue.stage), (None, Stage::Registered));
    assert!(all.due(ClockKind::Dispatch).is_some(), "and it climbs");
    assert_eq!(all.refuses(agent(), dispatch(6)), IssueError::HolderOffLadder);
    all.fire(ClockKind::Dispatch);
    assert_eq!(all.issue.lead(), None);
}

/// An accusation filed as an ordinary matter would go to the accused's own village.
#[test]
fn a1_an_accusation_is_no_ordinary_matter() {
    let mut accuses = matter(Confidence::Named);
    accuses.category = "纪检监察/干部作风".into();
    let desk = Desk::default();
    let refused = desk.refuses(agent(), crate::desk::register(accuses));
    assert_eq!(refused, IssueError::AccusationTrack);
    let class = Class { category: Some("检举控告".into()), ..Class::default() };
    let verb = IssueVerb::Reclassify { class, home: None, reason: sealed() };
    assert_eq!(Desk::at(Stage::Accepted).refuses(staff(2), verb), IssueError::AccusationTrack);
}

#[test]
fn a1_a_party_names_somebody_and_twice_adds_nothing() {
    let mut desk = Desk::at(Stage::Accepted);
    assert_eq!(desk.refuses(agent(), party(None, None, None)), IssueError::NobodyNamed);
    desk.ok(agent(), party(Some(holder(6).post), None, None));
    assert_eq!(desk.ok(agent(), party(Some(holder(6).post), None, None)), vec![]);
}

/// Whoever goes on with the work goes on with its objection; it falls away when they stand aside.
#[test]
fn a1_an_objection_goes_with_the_work_and_falls_away_with_its_holder() {
    let mut desk = Desk::at(Stage::Dispatched);
    desk.ok(staff(2), IssueVerb::Object { reason: sealed() });
    let over = HandOver { from: holder(2).post, to: None, why: HandOverReason::AppointmentEnded };
    desk.ok(domain::shared::actor::Actor::system(), IssueVerb::HandOver(over));
    assert_eq!(desk.issue.objection.pending.as_ref(), desk.issue.lead());
    desk.ok(agent(), party(None, holder(2).person, None));
    assert!(desk.due(ClockKind::Ruling).is_some(), "the work is no longer theirs");
    let next = desk.issue.lead().and_then(|lead| lead.person);
    desk.ok(agent(), party(None, next, None));
    assert_eq!((desk.due(ClockKind::Ruling), desk.issue.objection.pending.clone()), (None, None));
}
