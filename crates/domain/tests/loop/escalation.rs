//! S1: escalated, referred up, taken over; supervision.

use domain::issue::event::ReferralReason;
use domain::issue::{IssueError, IssueVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::ladder::Rung;
use domain::shared::matter::Confidence;

use crate::desk::{Desk, agent, holder, matter, party, register, resident, sealed, second, staff};

fn refer() -> IssueVerb {
    IssueVerb::ReferUp { why: ReferralReason::NeedsFunds, note: sealed() }
}

fn down() -> IssueVerb {
    IssueVerb::SendDown { reason: sealed() }
}

#[test]
fn s1_an_escalation_leaves_the_work_where_it_is() {
    let mut desk = Desk::at(Stage::Accepted);
    let lead = desk.issue.lead().cloned();
    desk.fire(ClockKind::Resolve);
    assert_eq!(desk.issue.lead().cloned(), lead);
    assert!(desk.issue.rung > Rung::Village);
}

#[test]
fn s1_what_is_referred_is_sent_down_once_then_taken() {
    let mut desk = Desk::at(Stage::Accepted);
    assert_eq!(desk.refuses(staff(3), refer()), IssueError::NotTheHolder);
    assert_eq!(desk.refuses(staff(4), down()), IssueError::NotReferred);
    desk.ok(staff(2), refer());
    assert!(desk.due(ClockKind::Referral).is_some());
    assert_eq!(desk.refuses(staff(2), refer()), IssueError::ReferredBefore);
    assert_eq!(desk.refuses(staff(3), down()), IssueError::RungTooLow { needed: Rung::Township });
    desk.ok(staff(4), down());
    desk.ok(staff(2), refer());
    assert_eq!(desk.refuses(staff(4), down()), IssueError::SentDownBefore);
    desk.ok(staff(4), IssueVerb::TakeOver);
    assert_eq!(desk.issue.lead(), Some(&holder(4)));
    assert_eq!(desk.due(ClockKind::Referral), None);
}

#[test]
fn s1_only_the_level_above_takes_over_and_promises_run_on() {
    let mut desk = Desk::at(Stage::Accepted);
    let arrive = desk.due(ClockKind::Arrive);
    assert_eq!(
        desk.refuses(staff(3), IssueVerb::TakeOver),
        IssueError::RungTooLow { needed: Rung::Township }
    );
    assert!(desk.refuses(resident(), IssueVerb::TakeOver).reason() == "RUNG_TOO_LOW");
    desk.ok(staff(4), IssueVerb::TakeOver);
    assert_eq!(desk.due(ClockKind::Arrive), arrive);
    assert_eq!(desk.refuses(staff(2), crate::desk::arrive()), IssueError::NotTheHolder);
}

/// A matter the catalogue gives to a body stays on that body's ladder; any other is a department's to take.
#[test]
fn s1_a_department_takes_over_only_what_no_body_is_competent_for() {
    let department = || staff(40);
    let mut own = Desk::at(Stage::Accepted);
    own.ok(department(), IssueVerb::TakeOver);
    assert_eq!(own.issue.lead().map(|lead| lead.post), department().post);
    let mut desk = Desk::default();
    let IssueVerb::Register(mut filing) = register(matter(Confidence::Named)) else {
        unreachable!("a filing")
    };
    filing.competent = Some(holder(2).unit);
    desk.ok(agent(), IssueVerb::Register(filing));
    assert_eq!(desk.refuses(department(), IssueVerb::TakeOver), IssueError::HolderOffLadder);
    desk.ok(staff(6), IssueVerb::TakeOver);
}

/// An objection that waits is overtaken with the work.
#[test]
fn s1_a_take_over_ends_the_objection_and_the_pause_of_the_former_holder() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), IssueVerb::Object { reason: sealed() });
    desk.ok(staff(2), crate::desk::hold(domain::issue::event::HoldKind::Pause, None));
    desk.ok(staff(4), IssueVerb::TakeOver);
    assert_eq!((desk.due(ClockKind::Ruling), desk.due(ClockKind::Pause)), (None, None));
    assert!(desk.due(ClockKind::Resolve).is_some());
}

#[test]
fn s1_a_supervision_ends_only_when_its_supervisor_accepts_the_report() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(second(), IssueVerb::Supervise { demand: sealed() });
    let supervision = desk.issue.last_line;
    let decide = |accepted| IssueVerb::DecideSupervision { supervision, accepted, reason: None };
    desk.on_to(Stage::Closed);
    assert!(
        desk.issue.clocks.kinds().contains(&ClockKind::Supervision),
        "the file closed, it did not"
    );
    desk.fire(ClockKind::Supervision);
    assert!(desk.issue.clocks.kinds().contains(&ClockKind::Supervision));
    assert_eq!(desk.refuses(staff(6), decide(true)), IssueError::NotTheSupervisor);
    desk.ok(staff(2), IssueVerb::ReportSupervision { supervision, report: sealed() });
    desk.ok(second(), decide(false));
    assert_eq!(desk.refuses(second(), decide(true)), IssueError::NoReport);
    desk.ok(staff(2), IssueVerb::ReportSupervision { supervision, report: sealed() });
    desk.ok(second(), decide(true));
    assert!(desk.issue.clocks.is_idle());
}

/// Whoever took the supervised file over does not accept its own report.
#[test]
fn s1_a_supervisor_that_takes_over_is_judged_above() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(staff(4), IssueVerb::Supervise { demand: sealed() });
    let supervision = desk.issue.last_line;
    desk.ok(staff(4), IssueVerb::TakeOver);
    desk.ok(staff(4), IssueVerb::ReportSupervision { supervision, report: sealed() });
    let accept = || IssueVerb::DecideSupervision { supervision, accepted: true, reason: None };
    assert_eq!(desk.refuses(staff(4), accept()).reason(), "RUNG_TOO_LOW");
    assert_eq!(desk.refuses(staff(5), accept()).reason(), "RUNG_TOO_LOW");
    desk.ok(staff(6), accept());
    assert!(!desk.issue.clocks.kinds().contains(&ClockKind::Supervision));
}

/// The unit that demanded it was merged, or stands aside by now: somebody can still end it.
#[test]
fn s1_a_supervision_outlives_its_supervisor() {
    let supervised = || {
        let mut desk = Desk::at(Stage::OnSite);
        desk.ok(staff(4), IssueVerb::Supervise { demand: sealed() });
        let supervision = desk.issue.last_line;
        desk.ok(staff(2), IssueVerb::ReportSupervision { supervision, report: sealed() });
        desk
    };
    let accept = |desk: &Desk| IssueVerb::DecideSupervision {
        supervision: desk.issue.last_line,
        accepted: true,
        reason: None,
    };
    let mut merged = supervised();
    let mut heir = staff(12);
    heir.unit = Some(holder(12).unit);
    let verb = accept(&merged);
    assert_eq!(merged.refuses(heir.clone(), verb.clone()), IssueError::NotTheSupervisor);
    let mut given = crate::desk::given(merged.now, heir);
    std::sync::Arc::make_mut(&mut given.ladder).heirs.insert(holder(4).unit, holder(12).unit);
    merged.give_with(given, verb).unwrap();
    let mut aside = supervised();
    aside.ok(agent(), party(None, None, Some(holder(4).unit)));
    // The county has the work now, so that somebody beside it decides.
    let verb = accept(&aside);
    assert_eq!(aside.refuses(staff(6), verb.clone()), IssueError::HandlerDecides);
    let mut beside = staff(12);
    beside.unit = Some(holder(12).unit);
    let mut given = crate::desk::given(aside.now, beside);
    given.actor_rung = Some(Rung::County);
    aside.give_with(given, verb).unwrap();
    assert!(!aside.issue.clocks.kinds().contains(&ClockKind::Supervision));
}

/// V4: whoever stands in for the holder and reports does not accept that report in the own post.
#[test]
fn s1_nobody_accepts_the_own_report_from_another_post() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(4), IssueVerb::Supervise { demand: sealed() });
    let supervision = desk.issue.last_line;
    let mut stand_in = staff(4);
    (stand_in.post, stand_in.unit) = (Some(holder(2).post), Some(holder(2).unit));
    desk.ok(stand_in, IssueVerb::ReportSupervision { supervision, report: sealed() });
    let accept = || IssueVerb::DecideSupervision { supervision, accepted: true, reason: None };
    assert_eq!(desk.refuses(staff(4), accept()), IssueError::HandlerDecides);
    desk.ok(staff(5), accept());
}
