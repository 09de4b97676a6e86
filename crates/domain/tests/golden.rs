//! The frozen history: every stored event as it was first written, byte for byte. Files under `golden/`
//! are only added to, never changed: old logs hold these very bytes, and their hashes cover them.
//!
//! A file is named `<type>.<schema>.json`, or `<type>.<schema>.<what>.json` for a further form of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test calls may stop it")]
#![expect(clippy::too_many_lines, reason = "a list of samples is read from top to bottom")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::PathBuf;

use domain::access::event as access;
use domain::access::event::{Area, PrincipalKind, Subject};
use domain::access::{AccessEvent, Secret};
use domain::call::CallEvent;
use domain::call::event as call;
use domain::issue::IssueEvent;
use domain::issue::event as issue;
use domain::org::OrgEvent;
use domain::org::event as org;
use domain::org::profile::ProfileRef;
use domain::policy::PolicyEvent;
use domain::policy::event as policy;
use domain::privacy::event as privacy;
use domain::privacy::{Asker, PrivacyEvent};
use domain::report::ReportEvent;
use domain::report::event as report;
use domain::shared::clock::{
    ClockExpired, ClockKind, ClockRecounted, ClockStarted, ClockStopped, StopReason,
};
use domain::shared::ids::{CallId, DeviceId, HouseholdId, IssueId, PersonId, PostId, UnitId};
use domain::shared::ladder::{Holder, Rung};
use domain::shared::matter::{
    Matter, Nature, Procedure, ProcedureKind, Reporter, Size, Source, Track, Urgency,
};
use domain::shared::moment::Moment;
use domain::shared::period::{CalendarDays, Derivation, Period, WorkDays};
use domain::shared::retention::Retention;
use domain::shared::role::Role;
use domain::shared::sealed::Sealed;
use domain::shared::stored::{ClaimOp, Disclosure, Fact, StoredError, StoredEvent};
use domain::shared::terms::PolicyRef;
use domain::shared::verdict::{Effect, Satisfaction, Thumb, Verdict};
use jiff::civil::date;
use uuid::Uuid;

// --- samples ----------------------------------------------------------------------------------------

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0192_8a7b_0000_7000_8000_0000_0000_0000 + number)
}

const NOW: Moment = Moment(1_795_307_400_000_000);
const LATER: Moment = Moment(1_795_311_000_000_000);

fn sealed(number: u128) -> Sealed {
    Sealed {
        key_id: uuid(0x5ea1_0000 + number),
        commitment: "8J+RjeS4gOS7tuS6i+S4gOaKiuWvhumSpeWwgeWtmDE=".into(),
        text: "5a+G5paH5Zyo5q2k".into(),
    }
}

fn holder() -> Holder {
    Holder {
        unit: UnitId(uuid(1)),
        post: PostId(uuid(2)),
        person: Some(PersonId(uuid(3))),
        ..Holder::default()
    }
}

fn empty_post() -> Holder {
    Holder { unit: UnitId(uuid(11)), post: PostId(uuid(12)), ..Holder::default() }
}

fn policy() -> PolicyRef {
    PolicyRef { id: "county".into(), version: 3, hash: "0f".repeat(32) }
}

fn reporter() -> Reporter {
    Reporter {
        household: Some(HouseholdId(uuid(4))),
        device: Some(DeviceId(uuid(5))),
        name: Some(sealed(1)),
        phone: Some(sealed(2)),
        call: Some(CallId(uuid(6))),
        ..Reporter::default()
    }
}

fn matter(source: Source) -> Matter {
    Matter {
        track: Track::Petition,
        nature: Nature::Complaint,
        category: "城乡建设/供水".into(),
        urgency: Urgency::Urgent,
        size: Size::Big,
        source,
        place: UnitId(uuid(7)),
        reporter_place: Some(UnitId(uuid(8))),
        must_visit: true,
        reporter: reporter(),
        title: Some(sealed(3)),
        narrative: Some(sealed(4)),
        ..Matter::default()
    }
}

fn registration() -> call::Registration {
    let matter = matter(Source::Call { call: CallId(uuid(6)) });
    call::Registration { issue: IssueId(uuid(9)), matter, started_at: NOW, policy: None }
}

fn derivation(period: Period) -> Derivation {
    Derivation {
        started_at: NOW,
        period,
        percent: 150,
        last_day: Some(date(2026, 12, 14)),
        rolled_from: Some(date(2026, 12, 13)),
        calendar: "cn@1".into(),
        provisional: false,
        held_us: 0,
    }
}

fn clock_started() -> ClockStarted {
    ClockStarted {
        clock: ClockKind::Total,
        generation: 4,
        due_at: LATER,
        step: 2,
        line: 0,
        derivation: derivation(Period::Calendar(CalendarDays(15))),
    }
}

/// Hours: no last day, nothing rolled; and a year nobody has published yet.
fn clock_started_least() -> ClockStarted {
    let hours = Period::Exact { seconds: 1_800 };
    let derivation =
        Derivation { last_day: None, rolled_from: None, provisional: true, ..derivation(hours) };
    let clock = ClockKind::Accept;
    ClockStarted { clock, generation: 1, due_at: LATER, step: 0, line: 0, derivation }
}

fn clock_started_working() -> ClockStarted {
    let derivation = derivation(Period::Working(WorkDays(5)));
    ClockStarted { clock: ClockKind::Resolve, derivation, ..clock_started() }
}

fn clock_stopped(clock: ClockKind, reason: StopReason) -> ClockStopped {
    ClockStopped { clock, generation: 2, reason }
}

fn clock_recounted(clock: ClockKind) -> ClockRecounted {
    let derivation = derivation(Period::Working(WorkDays(5)));
    ClockRecounted { clock, generation: 2, due_at: LATER, derivation }
}

fn clock_expired(clock: ClockKind) -> ClockExpired {
    ClockExpired { clock, generation: 2, due_at: NOW, fired_at: LATER, warns: false }
}

fn verdict() -> Verdict {
    Verdict {
        effect: Effect::NotSolved,
        timeliness: Some(Satisfaction::Satisfied),
        attitude: Some(Satisfaction::Dissatisfied),
    }
}

/// What distinguishes a further form of a type, and an event of that form.
type Sample<E> = (&'static str, E);

fn pressed() -> call::Pressed {
    call::Pressed {
        gaps: Vec::new(),
        call: CallId(uuid(6)),
        device: Some(DeviceId(uuid(5))),
        household: Some(HouseholdId(uuid(4))),
        unit: UnitId(uuid(1)),
        rung: Rung::Grid,
        pressed_at: NOW,
        policy: policy(),
        ring_order: vec![holder(), empty_post()],
        caller: Some(sealed(5)),
    }
}

fn retention() -> Retention {
    Retention { class: "ordinary".into(), until: LATER }
}

fn disposition(kind: call::DispositionKind) -> call::DispositionRecorded {
    call::DispositionRecorded {
        kind,
        registrations: Vec::new(),
        attached_to: None,
        accusations: Vec::new(),
        reporter: Reporter::default(),
        emergency: None,
        note: None,
        retention: None,
        actor_id: String::new(),
        person: None,
    }
}

fn dispositions() -> Vec<Sample<CallEvent>> {
    use call::DispositionKind::{
        AnsweredAtOnce, Attached, Emergency, MisPress, Registered, Silent,
    };
    let emergency =
        call::EmergencyAlert { service: "120".into(), reference: "20261122-0815".into() };
    let full = call::DispositionRecorded {
        registrations: vec![registration()],
        attached_to: Some(IssueId(uuid(10))),
        // As far as the device tells: no name, no phone number.
        reporter: Reporter { name: None, phone: None, ..reporter() },
        emergency: Some(emergency),
        note: Some(sealed(6)),
        ..disposition(Emergency)
    };
    let accused = call::DispositionRecorded {
        accusations: vec![IssueId(uuid(11))],
        ..disposition(Registered)
    };
    vec![
        ("", full.into()),
        ("accusation", accused.into()),
        ("answered_at_once", disposition(AnsweredAtOnce).into()),
        ("registered", disposition(Registered).into()),
        ("attached", disposition(Attached).into()),
        ("mis_press", disposition(MisPress).into()),
        ("silent", disposition(Silent).into()),
        (
            "said_by",
            call::DispositionRecorded {
                actor_id: "li.na".into(),
                person: Some(PersonId(uuid(3))),
                ..disposition(AnsweredAtOnce)
            }
            .into(),
        ),
        (
            "kept",
            call::DispositionRecorded { retention: Some(retention()), ..disposition(MisPress) }
                .into(),
        ),
    ]
}

fn call_samples() -> Vec<Sample<CallEvent>> {
    let least = call::Pressed {
        device: None,
        household: None,
        caller: None,
        ring_order: Vec::new(),
        ..pressed()
    };
    let answered = call::Answered {
        by: holder(),
        rung: None,
        answered_at: LATER,
        by_return_call: true,
        device: Some(DeviceId(uuid(5))),
    };
    let climbed = call::Escalated {
        from: Rung::Village,
        to: Rung::Township,
        clock: ClockKind::Disposition,
        generation: 2,
    };
    let thumb = |thumb, in_presence| call::ThumbPressed { thumb, in_presence, mapping_version: 1 };
    let mut samples: Vec<Sample<CallEvent>> = vec![
        ("", pressed().into()),
        ("least", least.into()),
        ("", call::PressedAgain { pressed_at: LATER }.into()),
        ("", call::Rang { place: 1, holder: holder() }.into()),
        ("", call::Missed { why: call::MissReason::Unanswered }.into()),
        ("hung_up", call::Missed { why: call::MissReason::HungUp }.into()),
        ("", answered.clone().into()),
        ("by_the_village", call::Answered { rung: Some(Rung::Village), ..answered.clone() }.into()),
        (
            "least",
            call::Answered { by: empty_post(), device: None, by_return_call: false, ..answered }
                .into(),
        ),
        ("", call::ReturnCallTried { by: holder() }.into()),
        ("", call::VisitOrdered { registration: registration(), retention: None }.into()),
        (
            "with_policy",
            call::VisitOrdered {
                registration: call::Registration { policy: Some(policy()), ..registration() },
                retention: None,
            }
            .into(),
        ),
        (
            "kept",
            call::VisitOrdered { registration: registration(), retention: Some(retention()) }
                .into(),
        ),
        ("", thumb(Thumb::Down, true).into()),
        ("up", thumb(Thumb::Up, false).into()),
        ("", climbed.into()),
        ("", ClockStarted { clock: ClockKind::Disposition, ..clock_started() }.into()),
        ("least", ClockStarted { clock: ClockKind::Answer, ..clock_started_least() }.into()),
        ("", clock_stopped(ClockKind::Answer, StopReason::Superseded).into()),
        ("", clock_expired(ClockKind::ReturnCall).into()),
    ];
    samples.extend(dispositions());
    samples.extend(follow_ups());
    samples
}

/// Call-backs, unbound thumbs, emergencies.
fn follow_ups() -> Vec<Sample<CallEvent>> {
    use call::FollowUpReason::{Sample as Drawn, ThumbDown};
    let unbound = call::ThumbUnbound {
        call: CallId(uuid(6)),
        device: DeviceId(uuid(5)),
        household: Some(HouseholdId(uuid(4))),
        unit: UnitId(uuid(1)),
        rung: Rung::Grid,
        thumb: Thumb::Down,
        mapping_version: 1,
        policy: policy(),
        at: NOW,
    };
    let alert = call::EmergencyAlert { service: "120".into(), reference: "20261122-0815".into() };
    let heard = call::FollowedUp {
        verdict: Some(verdict()),
        registrations: vec![registration()],
        note: Some(sealed(14)),
        at: NOW,
    };
    let silent = call::FollowedUp { verdict: None, registrations: Vec::new(), note: None, at: NOW };
    vec![
        ("", unbound.into()),
        (
            "",
            call::EmergencyAlerted {
                alert: alert.clone(),
                registration: Some(registration()),
                at: NOW,
            }
            .into(),
        ),
        ("least", call::EmergencyAlerted { alert, registration: None, at: NOW }.into()),
        ("", call::FollowUpOrdered { why: ThumbDown }.into()),
        ("sample", call::FollowUpOrdered { why: Drawn }.into()),
        ("in_presence", call::FollowUpOrdered { why: call::FollowUpReason::InPresence }.into()),
        ("", heard.into()),
        ("least", silent.into()),
        ("", call::FollowUpEnded { visit: Some(registration()), at: NOW }.into()),
        ("least", call::FollowUpEnded { visit: None, at: NOW }.into()),
        ("gaps", call::Pressed { gaps: vec![UnitId(uuid(7))], ..pressed() }.into()),
        ("nobody_on_roster", call::Missed { why: call::MissReason::NobodyOnRoster }.into()),
        ("", clock_recounted(ClockKind::FollowUp).into()),
    ]
}

fn registered(source: Source) -> issue::Registered {
    issue::Registered {
        competent: None,
        seen_from: None,
        total_due_at: Some(LATER),
        issue: IssueId(uuid(9)),
        case_no: "341504-261122-8K2M4Q-7".into(),
        matter: matter(source),
        rung: Rung::Village,
        policy: policy(),
        terms: "紧急".into(),
        started_at: NOW,
        registered_at: LATER,
    }
}

fn registrations() -> Vec<Sample<IssueEvent>> {
    let external = Source::External { system: "12345".into(), id: "2026-0001".into() };
    let least = Matter { place: UnitId(uuid(7)), category: String::new(), ..Matter::default() };
    vec![
        ("", registered(Source::Call { call: CallId(uuid(6)) }).into()),
        ("external", registered(external).into()),
        ("proactive", registered(Source::Proactive).into()),
        (
            "in_confidence",
            issue::Registered { seen_from: Some(UnitId(uuid(7))), ..registered(Source::InPerson) }
                .into(),
        ),
        ("least", issue::Registered { matter: least, ..registered(Source::InPerson) }.into()),
    ]
}

fn work() -> Vec<Sample<IssueEvent>> {
    use issue::ArrivalOutcome::{Absent, Met, Refused};
    use issue::NoticeChannel::{Letter, Message, Phone, Visit};
    let arrived = |outcome, note| issue::Arrived {
        claimed_at: None,
        by: holder(),
        outcome,
        note,
        actor_id: String::new(),
        at: NOW,
    };
    let notified = |channel| issue::Notified { reporter: 1, also: Vec::new(), channel, at: NOW };
    vec![
        (
            "",
            issue::ReporterAttached {
                reporter: reporter(),
                started_at: None,
                takes_on: None,
                total_due_at: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "least",
            issue::ReporterAttached {
                reporter: Reporter::default(),
                started_at: None,
                takes_on: None,
                total_due_at: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "takes_on",
            issue::ReporterAttached {
                reporter: Reporter { merged_from: Some(IssueId(uuid(9))), ..Reporter::default() },
                started_at: Some(NOW),
                takes_on: Some(issue::TakesOn {
                    total: Some(total_under()),
                    visit: true,
                    contact: true,
                    urgent_terms: Some("紧急".into()),
                    past: issue::Past::default(),
                }),
                total_due_at: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "takes_on_past",
            issue::ReporterAttached {
                reporter: Reporter { merged_from: Some(IssueId(uuid(9))), ..Reporter::default() },
                started_at: None,
                takes_on: Some(issue::TakesOn { past: past(), ..issue::TakesOn::default() }),
                total_due_at: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "caller",
            issue::ReporterAttached {
                reporter: Reporter { call: Some(CallId(uuid(6))), ..Reporter::default() },
                started_at: Some(NOW),
                takes_on: Some(issue::TakesOn {
                    total: Some(total_under()),
                    ..issue::TakesOn::default()
                }),
                total_due_at: Some(LATER),
                at: NOW,
            }
            .into(),
        ),
        ("", issue::Dispatched { to: holder(), rung: Rung::Grid, by_policy: true, at: NOW }.into()),
        (
            "least",
            issue::Dispatched { to: empty_post(), rung: Rung::County, by_policy: false, at: NOW }
                .into(),
        ),
        (
            "",
            issue::Accepted { by: holder(), implied: true, actor_id: String::new(), at: NOW }
                .into(),
        ),
        (
            "by_principal",
            issue::Accepted { by: holder(), implied: true, actor_id: "handler-7".into(), at: NOW }
                .into(),
        ),
        ("", arrived(Met, Some(sealed(7))).into()),
        (
            "by_principal",
            issue::Arrived { actor_id: "handler-7".into(), ..arrived(Met, Some(sealed(7))) }.into(),
        ),
        ("absent", arrived(Absent, None).into()),
        ("refused", arrived(Refused, None).into()),
        ("", issue::Progressed { note: sealed(8), at: NOW }.into()),
        (
            "",
            issue::Completed {
                summary: Some(sealed(9)),
                over_support: None,
                actor_id: String::new(),
                at: NOW,
            }
            .into(),
        ),
        (
            "by_principal",
            issue::Completed {
                summary: Some(sealed(9)),
                over_support: None,
                actor_id: "handler-7".into(),
                at: NOW,
            }
            .into(),
        ),
        (
            "least",
            issue::Completed {
                summary: None,
                over_support: None,
                actor_id: String::new(),
                at: NOW,
            }
            .into(),
        ),
        ("", notified(Phone).into()),
        ("visit", notified(Visit).into()),
        ("message", notified(Message).into()),
        ("letter", notified(Letter).into()),
    ]
}

fn judgements() -> Vec<Sample<IssueEvent>> {
    use issue::FollowUpReason::{NoVerdict, NotSolved, SlowOrRude};
    let rated = |thumb, verdict| issue::Rated {
        reporter: 1,
        thumb,
        verdict,
        in_presence: true,
        mapping_version: 1,
        at: NOW,
    };
    let followed = issue::FollowedUp {
        by_mistake: false,
        actor_id: String::new(),
        person: None,
        reporter: 1,
        verdict: Some(verdict()),
        note: Some(sealed(10)),
        at: NOW,
    };
    let reopened = |why, reason| issue::Reopened { why, reason, count: 2, reporter: None, at: NOW };
    let closed = |outcome| issue::Closed { outcome, at: LATER, retention: None };
    vec![
        ("", rated(Some(Thumb::Down), verdict()).into()),
        ("least", rated(None, Verdict::of_thumb(Thumb::Up)).into()),
        ("", issue::FollowUpOrdered { why: NotSolved }.into()),
        ("slow_or_rude", issue::FollowUpOrdered { why: SlowOrRude }.into()),
        ("no_verdict", issue::FollowUpOrdered { why: NoVerdict }.into()),
        ("", followed.clone().into()),
        (
            "by_person",
            issue::FollowedUp { person: Some(PersonId(uuid(5))), ..followed.clone() }.into(),
        ),
        ("least", issue::FollowedUp { verdict: None, note: None, ..followed }.into()),
        ("", reopened(issue::ReopenReason::AskedByResident, Some(sealed(11))).into()),
        ("not_solved", reopened(issue::ReopenReason::NotSolved, None).into()),
        ("", closed(issue::Outcome::ConfirmedSolved).into()),
        ("unconfirmed", closed(issue::Outcome::Unconfirmed).into()),
    ]
}

fn issue_samples() -> Vec<Sample<IssueEvent>> {
    let escalated = issue::Escalated {
        from: Rung::Grid,
        to: Rung::Township,
        cause: issue::EscalationCause::Clock { clock: ClockKind::Total, generation: 3 },
        answers: Some(holder()),
        skipped_percents: vec![50, 100],
        at: LATER,
    };
    let because = |cause| issue::Escalated {
        cause,
        answers: None,
        skipped_percents: Vec::new(),
        ..escalated.clone()
    };
    let mut samples: Vec<Sample<IssueEvent>> = vec![
        ("", escalated.clone().into()),
        ("not_solved", because(issue::EscalationCause::NotSolved).into()),
        ("merged", because(issue::EscalationCause::Merged).into()),
        ("by_person", because(issue::EscalationCause::Person { reason: sealed(12) }).into()),
        ("", clock_started().into()),
        ("least", clock_started_least().into()),
        ("working", clock_started_working().into()),
        ("", clock_stopped(ClockKind::Total, StopReason::Kept).into()),
        ("closed", clock_stopped(ClockKind::FollowUp, StopReason::Closed).into()),
        ("", clock_expired(ClockKind::Verdict).into()),
        ("warns", ClockExpired { warns: true, ..clock_expired(ClockKind::Total) }.into()),
    ];
    samples.extend(registrations());
    samples.extend(work());
    samples.extend(judgements());
    samples.extend(side_work());
    samples.extend(decisions());
    samples.extend(endings());
    samples.extend(file_notes());
    samples
}

/// Objections, supports, referrals, hand-overs.
fn side_work() -> Vec<Sample<IssueEvent>> {
    let actor_id = || String::from("handler-7");
    vec![
        ("", issue::Admitted { at: NOW }.into()),
        ("", issue::TookPart { by: holder(), actor_id: "staff/1".into(), at: NOW }.into()),
        (
            "",
            issue::ContactMade { reporter: 0, reached: true, note: Some(sealed(20)), at: NOW }
                .into(),
        ),
        ("least", issue::ContactMade { reporter: 0, reached: false, note: None, at: NOW }.into()),
        ("reporter", issue::ContactMade { reporter: 2, reached: true, note: None, at: NOW }.into()),
        ("", issue::Departed { at: NOW }.into()),
        ("", came(1, Some(NOW)).into()),
        ("least", came(0, None).into()),
        (
            "heard",
            issue::ArrivalConfirmed {
                heard_by: "hotline-3".into(),
                heard_by_person: Some(PersonId(uuid(3))),
                ..came(1, Some(NOW))
            }
            .into(),
        ),
        ("", issue::Objected { by: holder(), reason: sealed(21), at: NOW }.into()),
        (
            "",
            issue::ObjectionRuled {
                upheld: true,
                reason: Some(sealed(22)),
                actor_id: actor_id(),
                person: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "least",
            issue::ObjectionRuled {
                upheld: false,
                reason: None,
                actor_id: actor_id(),
                person: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "",
            issue::Summoned {
                support: 3,
                to: holder(),
                rung: Rung::County,
                task: Some(sealed(23)),
                at: NOW,
            }
            .into(),
        ),
        (
            "least",
            issue::Summoned {
                support: 3,
                to: empty_post(),
                rung: Rung::Township,
                task: None,
                at: NOW,
            }
            .into(),
        ),
        ("", issue::Joined { support: 3, actor_id: actor_id(), at: NOW }.into()),
        (
            "",
            issue::SupportFinished {
                support: 3,
                note: Some(sealed(24)),
                actor_id: actor_id(),
                at: NOW,
            }
            .into(),
        ),
        (
            "",
            issue::SupportEscalated {
                support: 3,
                from: Rung::Township,
                to: Rung::County,
                clock: ClockKind::Join,
                generation: 2,
                at: NOW,
            }
            .into(),
        ),
        (
            "",
            issue::HandedOver {
                from: PostId(uuid(12)),
                to: holder(),
                rung: Rung::Village,
                why: issue::HandOverReason::AppointmentEnded,
                at: NOW,
            }
            .into(),
        ),
        (
            "unit_merged",
            issue::HandedOver {
                from: PostId(uuid(12)),
                to: holder(),
                rung: Rung::Village,
                why: issue::HandOverReason::UnitMerged,
                at: NOW,
            }
            .into(),
        ),
        (
            "reassigned",
            issue::HandedOver {
                from: PostId(uuid(12)),
                to: holder(),
                rung: Rung::Village,
                why: issue::HandOverReason::Reassigned,
                at: NOW,
            }
            .into(),
        ),
        (
            "recused",
            issue::HandedOver {
                from: PostId(uuid(12)),
                to: holder(),
                rung: Rung::Village,
                why: issue::HandOverReason::Recused,
                at: NOW,
            }
            .into(),
        ),
        (
            "",
            issue::ReferredUp {
                why: issue::ReferralReason::NeedsFunds,
                note: sealed(25),
                to: Rung::Township,
                at: NOW,
            }
            .into(),
        ),
        ("", issue::SentDown { reason: sealed(26), at: NOW }.into()),
        (
            "",
            issue::TakenOver { by: holder(), rung: Rung::Township, actor_id: actor_id(), at: NOW }
                .into(),
        ),
    ]
}

fn came(reporter: usize, came_at: Option<Moment>) -> issue::ArrivalConfirmed {
    issue::ArrivalConfirmed {
        reporter,
        came_at,
        heard_by: String::new(),
        heard_by_person: None,
        at: LATER,
    }
}

fn past() -> issue::Past {
    let mut handlers = domain::issue::Handlers::default();
    handlers.posts.insert(PostId(uuid(4)));
    handlers.persons.insert(PersonId(uuid(3)));
    handlers.units.insert(UnitId(uuid(5)));
    handlers.actors.insert("handler-7".into());
    handlers.rulers.principals.insert("chief-1".into());
    issue::Past {
        handlers,
        objected: true,
        let_go: [UnitId(uuid(6))].into(),
        pauses: 2,
        came: false,
    }
}

/// Holds and what takes two people.
fn decisions() -> Vec<Sample<IssueEvent>> {
    use issue::HoldKind::{Deferral, Pause, Question, ResidentWish};
    use issue::Ruling::{Approved, Lapsed, Rejected};
    let held = |kind| issue::Held {
        kind,
        reason: sealed(30),
        until: LATER,
        heard_by: String::new(),
        heard_by_person: None,
        at: NOW,
    };
    let heard = issue::Held {
        heard_by: "hotline-3".into(),
        heard_by_person: Some(PersonId(uuid(3))),
        ..held(ResidentWish)
    };
    let resumed = |why, answer| issue::Resumed { why, answer, held_us: 3_600_000_000, at: LATER };
    let proposed = |proposal| issue::Proposed {
        number: 2,
        proposal,
        actor_id: "handler-7".into(),
        person: Some(PersonId(uuid(3))),
        at: NOW,
    };
    let decided = |ruling, reason| issue::ProposalDecided {
        number: 2,
        ruling,
        reason,
        confirmed: None,
        actor_id: "chief-1".into(),
        at: LATER,
    };
    let confirmed =
        issue::ProposalDecided { confirmed: Some(sealed(35)), ..decided(Approved, None) };
    let reason = || sealed(31);
    let end = issue::Proposal::End {
        outcome: issue::Outcome::Declined,
        reason: reason(),
        remedy: sealed(32),
        competent_body: Some("县公安局".into()),
    };
    let reclassify = issue::Proposal::Reclassify {
        class: class(),
        terms: "信访".into(),
        home: None,
        reason: reason(),
    };
    let reclassify_moved = issue::Proposal::Reclassify {
        class: class(),
        terms: "信访".into(),
        home: Some(UnitId(uuid(11))),
        reason: reason(),
    };
    let extend = issue::Proposal::Extend { by: Period::Working(WorkDays(5)), reason: reason() };
    let defer = issue::Proposal::Defer { review_on: date(2026, 12, 31), reason: reason() };
    let replace =
        issue::Proposal::ReplacePolicy {
            policy: policy(), terms: "战时".into(), reason: reason()
        };
    vec![
        ("", held(Pause).into()),
        ("resident_wish", held(ResidentWish).into()),
        ("heard", heard.into()),
        ("question", held(Question).into()),
        ("deferral", held(Deferral).into()),
        ("", resumed(issue::ResumeReason::Answered, Some(sealed(33))).into()),
        ("ended", resumed(issue::ResumeReason::Ended, None).into()),
        ("asked", resumed(issue::ResumeReason::Asked, None).into()),
        ("overtaken", resumed(issue::ResumeReason::Overtaken, None).into()),
        ("", proposed(end).into()),
        (
            "merge",
            proposed(issue::Proposal::Merge { into: IssueId(uuid(10)), reason: reason() }).into(),
        ),
        ("extend", proposed(extend).into()),
        ("defer", proposed(defer).into()),
        ("reclassify", proposed(reclassify).into()),
        ("reclassify_moved", proposed(reclassify_moved).into()),
        ("exclude", proposed(issue::Proposal::Exclude { reason: reason() }).into()),
        ("replace_policy", proposed(replace).into()),
        ("", decided(Approved, None).into()),
        ("rejected", decided(Rejected, Some(sealed(34))).into()),
        ("lapsed", decided(Lapsed, None).into()),
        ("confirmed", confirmed.into()),
    ]
}

fn class() -> issue::Class {
    let procedure = Procedure {
        kind: ProcedureKind::Petition,
        body: "县信访局".into(),
        reference: "X-2026-1".into(),
    };
    issue::Class {
        nature: Some(Nature::Complaint),
        category: Some("城乡建设".into()),
        urgency: Some(Urgency::Urgent),
        size: Some(Size::Big),
        procedure: Some(procedure),
    }
}

fn total_under() -> issue::TotalUnder {
    issue::TotalUnder { policy: policy(), terms: "紧急".into(), held_us: 3_600_000_000 }
}

/// Endings without a solution, and what undoes or re-classifies.
fn endings() -> Vec<Sample<IssueEvent>> {
    use issue::Outcome::{Checked, Concluded, Declined, Merged, Transferred, Withdrawn};
    let ended = |outcome| issue::Ended {
        outcome,
        merged_into: None,
        reporters: Vec::new(),
        started_at: None,
        brings: None,
        at: NOW,
    };
    let merged = issue::Ended {
        merged_into: Some(IssueId(uuid(10))),
        reporters: vec![Reporter { merged_from: Some(IssueId(uuid(9))), ..reporter() }],
        started_at: Some(NOW),
        ..ended(Merged)
    };
    let promise = issue::Promise {
        clock: ClockKind::Arrive,
        due_at: LATER,
        derivation: derivation(Period::Calendar(CalendarDays(1))),
    };
    let brings = issue::Brings {
        total: total_under(),
        urgency: Urgency::Urgent,
        rung: Rung::Township,
        visit_owed: true,
        contact_owed: false,
        promises: vec![promise],
        past: issue::Past::default(),
    };
    let with_past = issue::Ended {
        merged_into: Some(IssueId(uuid(10))),
        brings: Some(issue::Brings { past: past(), ..brings.clone() }),
        ..ended(Merged)
    };
    let (of_past, of_uncalled) = (brings.clone(), brings.clone());
    let chained = issue::Ended {
        merged_into: Some(IssueId(uuid(10))),
        reporters: vec![Reporter {
            merged_from: Some(IssueId(uuid(8))),
            number_there: Some(0),
            merged_through: vec![IssueId(uuid(9))],
            ..reporter()
        }],
        started_at: Some(NOW),
        brings: Some(brings),
        ..ended(Merged)
    };
    let reclassified = |class, slower, statutory| issue::Reclassified {
        class,
        terms: "信访".into(),
        slower,
        statutory,
        must_visit: slower,
        home: None,
        at: NOW,
    };
    let moved =
        issue::Reclassified { home: Some(UnitId(uuid(11))), ..reclassified(class(), true, true) };
    let after_visit = issue::Ended {
        merged_into: Some(IssueId(uuid(10))),
        brings: Some(issue::Brings { past: issue::Past { came: true, ..past() }, ..of_past }),
        ..ended(Merged)
    };
    let uncalled = issue::Ended {
        merged_into: Some(IssueId(uuid(10))),
        brings: Some(issue::Brings { contact_owed: true, ..of_uncalled }),
        ..ended(Merged)
    };
    let closed = |outcome| issue::Closed { outcome, at: LATER, retention: None };
    vec![
        ("", ended(Declined).into()),
        ("merged", merged.into()),
        ("merged_with_promises", chained.into()),
        ("merged_with_past", with_past.into()),
        ("merged_after_visit", after_visit.into()),
        ("merged_uncalled", uncalled.into()),
        ("checked", closed(Checked).into()),
        ("declined", closed(Declined).into()),
        ("transferred", closed(Transferred).into()),
        ("withdrawn", closed(Withdrawn).into()),
        ("merged", closed(Merged).into()),
        ("concluded", closed(Concluded).into()),
        ("kept", issue::Closed { retention: Some(retention()), ..closed(Checked) }.into()),
        ("", unmerged(Some(sealed(40))).into()),
        ("by_system", unmerged(None).into()),
        (
            "served",
            issue::Unmerged { called: true, visited: true, ..unmerged(Some(sealed(40))) }.into(),
        ),
        (
            "complained",
            issue::Unmerged {
                reopens: 1,
                raised_to: Some(Rung::Township),
                heard: Some(0),
                ..unmerged(Some(sealed(40)))
            }
            .into(),
        ),
        ("", reclassified(class(), true, true).into()),
        ("least", reclassified(issue::Class::default(), false, false).into()),
        ("moved", moved.into()),
        (
            "",
            issue::PolicyReplaced {
                policy: policy(),
                terms: "战时".into(),
                must_visit: false,
                approver: "chief-1".into(),
                at: NOW,
            }
            .into(),
        ),
        ("", issue::Excluded { at: NOW }.into()),
        ("", issue::Restored { reason: sealed(41), at: NOW }.into()),
    ]
}

/// Parties, supervision, words and pictures.
fn unmerged(reason: Option<Sealed>) -> issue::Unmerged {
    let from = IssueId(uuid(10));
    let (called, visited) = (false, false);
    issue::Unmerged {
        from,
        reason,
        reopens: 0,
        raised_to: None,
        heard: None,
        called,
        visited,
        at: NOW,
    }
}

fn file_notes() -> Vec<Sample<IssueEvent>> {
    use issue::NoticeChannel::{Nobody, Phone, Receipt};
    let party = |role, post, person, unit| issue::PartyNamed {
        role,
        post,
        person,
        unit,
        merged: Vec::new(),
        below: Vec::new(),
        at: NOW,
    };
    let above = issue::PartyNamed {
        below: vec![PostId(uuid(2))],
        ..party(issue::PartyRole::Accused, None, None, Some(UnitId(uuid(1))))
    };
    vec![
        ("above_the_holder", above.into()),
        ("", issue::ReporterDetached { reporter: 1, also: Vec::new(), at: NOW }.into()),
        ("several", issue::ReporterDetached { reporter: 3, also: vec![1, 2], at: NOW }.into()),
        (
            "receipts",
            issue::Notified { reporter: 3, also: vec![0, 1], channel: Receipt, at: NOW }.into(),
        ),
        (
            "by_reporter",
            issue::Reopened {
                why: issue::ReopenReason::NotSolved,
                reason: None,
                count: 1,
                reporter: Some(1),
                at: NOW,
            }
            .into(),
        ),
        ("", issue::FollowUpEnded { at: NOW }.into()),
        (
            "by_mistake",
            issue::FollowedUp {
                reporter: 0,
                verdict: Some(verdict()),
                note: None,
                by_mistake: true,
                actor_id: "agent-1".into(),
                person: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "receipt",
            issue::Notified { reporter: 0, also: Vec::new(), channel: Receipt, at: NOW }.into(),
        ),
        (
            "nobody",
            issue::Notified { reporter: 0, also: Vec::new(), channel: Nobody, at: NOW }.into(),
        ),
        ("in_presence", issue::FollowUpOrdered { why: issue::FollowUpReason::InPresence }.into()),
        ("sample", issue::FollowUpOrdered { why: issue::FollowUpReason::Sample }.into()),
        ("disputed", issue::FollowUpOrdered { why: issue::FollowUpReason::Disputed }.into()),
        ("check", issue::FollowUpOrdered { why: issue::FollowUpReason::Check }.into()),
        ("", issue::Informed { channel: Phone, note: Some(sealed(50)), at: NOW }.into()),
        (
            "",
            party(
                issue::PartyRole::Accused,
                Some(PostId(uuid(2))),
                Some(PersonId(uuid(3))),
                Some(UnitId(uuid(1))),
            )
            .into(),
        ),
        ("kin", party(issue::PartyRole::Kin, None, Some(PersonId(uuid(3))), None).into()),
        (
            "of_a_lead",
            issue::PartyNamed {
                merged: vec![IssueId(uuid(7))],
                ..party(issue::PartyRole::Kin, None, Some(PersonId(uuid(3))), None)
            }
            .into(),
        ),
        (
            "interested",
            party(issue::PartyRole::Interested, None, None, Some(UnitId(uuid(1)))).into(),
        ),
        (
            "self_declared",
            party(issue::PartyRole::SelfDeclared, Some(PostId(uuid(2))), None, None).into(),
        ),
        ("", issue::Urged { note: Some(sealed(51)), at: NOW }.into()),
        ("least", issue::Urged { note: None, at: NOW }.into()),
        (
            "",
            issue::Supervised {
                supervision: 4,
                by: UnitId(uuid(7)),
                rung: Rung::County,
                demand: sealed(52),
                at: NOW,
            }
            .into(),
        ),
        ("", issue::SupervisionReported { supervision: 4, report: sealed(53), at: NOW }.into()),
        (
            "",
            issue::SupervisionDecided {
                supervision: 4,
                accepted: false,
                reason: Some(sealed(54)),
                at: NOW,
            }
            .into(),
        ),
        (
            "accepted",
            issue::SupervisionDecided { supervision: 4, accepted: true, reason: None, at: NOW }
                .into(),
        ),
        ("", issue::Disputed { reason: sealed(55), at: NOW }.into()),
        ("", issue::Commented { note: sealed(56), at: NOW }.into()),
        (
            "",
            issue::EvidenceAttached {
                sha256: "0f".repeat(32),
                media_type: "image/jpeg".into(),
                file_name: sealed(57),
                kept: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "kept",
            issue::EvidenceAttached {
                sha256: "0f".repeat(32),
                media_type: "image/png".into(),
                file_name: sealed(58),
                kept: Some(issue::Kept { bytes: 5_242_880, picture: sealed(59) }),
                at: NOW,
            }
            .into(),
        ),
        ("", issue::ReceiptIssued { digest: "0f".repeat(32) }.into()),
        ("", clock_recounted(ClockKind::Resolve).into()),
        (
            "on_a_line",
            ClockStarted { clock: ClockKind::Join, line: 3, ..clock_started_least() }.into(),
        ),
        ("held", clock_stopped(ClockKind::Resolve, StopReason::Held).into()),
    ]
}

fn report_samples() -> Vec<Sample<ReportEvent>> {
    let figures =
        |count| BTreeMap::from([("closed".to_owned(), 3), ("received".to_owned(), count)]);
    let closed = report::MonthClosed {
        unit: UnitId(uuid(7)),
        month: "2026-11".into(),
        number: 2,
        figures: figures(5),
        adjusted: figures(4),
        correction: Some("补录三件".into()),
        at: LATER,
    };
    let first = report::MonthClosed { number: 1, correction: None, ..closed.clone() };
    vec![("", closed.into()), ("least", first.into())]
}

fn org_samples() -> Vec<Sample<OrgEvent>> {
    let mut samples = record_samples();
    samples.extend(tree_samples());
    samples
}

/// Changes of the tree, its rosters, its profile.
fn tree_samples() -> Vec<Sample<OrgEvent>> {
    vec![
        (
            "",
            org::RosterSet {
                unit: UnitId(uuid(1)),
                posts: vec![PostId(uuid(2)), PostId(uuid(12))],
                from: None,
                until: None,
            }
            .into(),
        ),
        (
            "dated",
            org::RosterSet {
                unit: UnitId(uuid(1)),
                posts: vec![PostId(uuid(2))],
                from: Some(NOW),
                until: Some(LATER),
            }
            .into(),
        ),
        ("", org::UnitRenamed { unit: UnitId(uuid(1)), name: "第四网格".into(), at: NOW }.into()),
        ("", org::UnitMoved { unit: UnitId(uuid(1)), parent: UnitId(uuid(7)), at: NOW }.into()),
        ("", org::UnitMerged { unit: UnitId(uuid(1)), into: UnitId(uuid(7)), at: NOW }.into()),
        ("", profile_published().into()),
        (
            "",
            org::WaiverGranted {
                unit: UnitId(uuid(1)),
                rule: "X1".into(),
                reason: "山区居住分散".into(),
                until: LATER,
            }
            .into(),
        ),
    ]
}

fn record_samples() -> Vec<Sample<OrgEvent>> {
    let unit = org::UnitAdded {
        unit: UnitId(uuid(1)),
        parent: Some(UnitId(uuid(7))),
        name: "第三网格".into(),
        kind: "网格".into(),
        rung: Rung::Grid,
        code: "341504100003".into(),
    };
    let appointed = org::Appointed { person: PersonId(uuid(3)), from: NOW, until: Some(LATER) };
    let household = org::HouseholdRegistered {
        household: HouseholdId(uuid(4)),
        unit: UnitId(uuid(1)),
        address: Some(sealed(13)),
    };
    vec![
        ("", unit.clone().into()),
        ("least", org::UnitAdded { parent: None, rung: Rung::County, ..unit }.into()),
        (
            "",
            org::StandInNamed {
                person: PersonId(uuid(3)),
                from: NOW,
                until: LATER,
                reason: org::Absence::Leave,
            }
            .into(),
        ),
        (
            "",
            org::PostCreated {
                post: PostId(uuid(2)),
                unit: UnitId(uuid(1)),
                title: "网格长".into(),
            }
            .into(),
        ),
        ("", appointed.clone().into()),
        ("least", org::Appointed { until: None, ..appointed }.into()),
        ("", org::AppointmentEnded { person: PersonId(uuid(3)), at: LATER }.into()),
        ("", org::AppointmentLapsed { person: PersonId(uuid(3)), until: LATER }.into()),
        ("", org::PersonRegistered { person: PersonId(uuid(3)), name: "李书记".into() }.into()),
        ("", household.clone().into()),
        ("least", org::HouseholdRegistered { address: None, ..household }.into()),
        (
            "",
            org::DeviceRegistered { device: DeviceId(uuid(5)), household: HouseholdId(uuid(4)) }
                .into(),
        ),
    ]
}

const PROFILE: &str = r#"
id = "county"
version = 1
title = "示例方案"
posts_per_person_max = 3

[[levels]]
kind = "县"
rung = "county"

[[levels]]
kind = "网格"
rung = "grid"
parents = ["县"]
households = true
posts = [{ title = "网格长", min = 1, max = 1 }]

[[ratios]]
id = "X1"
title = "每个网格不超过 20 户"
at = "网格"
count = "households"
max = 20

[[ratios]]
id = "X2"
title = "每名网格长不超过 4 户"
at = "网格"
count = "households"
per = { posts = "网格长" }
max = 4
"#;

fn profile_published() -> org::ProfilePublished {
    let profile = ProfileRef { id: "county".into(), version: 1, hash: "0f".repeat(32) };
    let document = domain::org::profile::parse(PROFILE).unwrap();
    org::ProfilePublished { profile, document, text: PROFILE.into() }
}

const POLICY: &str = r#"
id = "county"
version = 3
title = "示例县呼叫与诉求办理时限"
calendar = "cn"
closing_time = "17:30:00"

[call]
ring = "30 秒"
return_call = "15 分钟"
disposition = "30 分钟"
repeat = "1 小时"
thumb_window = "3 日"

[[matters]]
name = "紧急"
match = { track = ["service", "petition"], nature = ["help"], category = ["城乡建设"], urgency = ["urgent"] }
must_visit = true
dispatch_to = "grid"
dispatch = "15 分钟"
accept = "15 分钟"
arrive = "1 小时"
resolve = "2 工作日"
notice = "1 工作日"
verdict = "3 日"
follow_up = { every = "1 日", attempts = 3, days = 2 }
repeat = "1 日"
reopen_window = "15 日"
total = { period = "5 日", repeat = "1 日", ladder = [{ at_percent = 50, to = "township" }, { at_percent = 100, to = "county" }] }
"#;

/// What a back-test policy leaves out.
const BACKTEST: &str = r#"
id = "backtest"
version = 1
title = "回测"
use = "backtest"
calendar = "cn"

[[matters]]
name = "全部"
closing = "on_completion"
total = { period = "15 日", repeat = "1 日", ladder = [{ at_percent = 200, to = "county" }] }
"#;

fn policy_samples() -> Vec<Sample<PolicyEvent>> {
    let published = |text: &str| policy::PolicyPublished {
        policy: policy(),
        document: toml::from_str(text).unwrap(),
        text: text.into(),
    };
    let switched = |until| policy::ModeSwitched {
        unit: UnitId(uuid(7)),
        until,
        reason: "防汛一级响应".into(),
        at: NOW,
    };
    let calendar = "id = 'cn'\nversion = 1\ntitle = '节假日安排'\n\
                    [years.2026]\noff = ['10-01', '10-02']\nmake_up = ['10-10']\n";
    vec![
        ("", published(POLICY).into()),
        ("least", published(BACKTEST).into()),
        ("", switched(Some(LATER)).into()),
        ("least", switched(None).into()),
        ("", policy::CalendarPublished { calendar: toml::from_str(calendar).unwrap() }.into()),
    ]
}

fn access_samples() -> Vec<Sample<AccessEvent>> {
    let secret = || Secret { digest: "ab".repeat(32), until: LATER };
    let registered = access::PrincipalRegistered {
        name: "wang.li".into(),
        kind: PrincipalKind::Person,
        person: Some(PersonId(uuid(3))),
        subject: Some(Subject { issuer: "https://sso.example".into(), subject: "w-17".into() }),
        at: NOW,
    };
    let machine = access::PrincipalRegistered {
        name: "platform".into(),
        kind: PrincipalKind::Machine,
        person: None,
        subject: None,
        at: NOW,
    };
    let granted = |area, until| access::RoleGranted {
        number: 1,
        role: Role::FollowUp,
        area,
        until,
        reason: "任命".into(),
        at: NOW,
    };
    let failed = |failures, locked_until| access::LoginFailed { failures, locked_until, at: NOW };
    vec![
        ("", registered.into()),
        ("least", machine.into()),
        ("", access::PrincipalRetired { reason: "离任".into(), at: NOW }.into()),
        ("", granted(Area::Unit(UnitId(uuid(1))), Some(LATER)).into()),
        ("county", granted(Area::County, None).into()),
        ("posts", granted(Area::Posts, None).into()),
        ("", access::RoleRevoked { number: 1, reason: "调离".into(), at: NOW }.into()),
        (
            "",
            access::KeyIssued {
                number: 2,
                label: "12345 平台".into(),
                secret: secret(),
                roles: vec![Role::Device, Role::Hotline],
                within: None,
                at: NOW,
            }
            .into(),
        ),
        (
            "within",
            access::KeyIssued {
                number: 2,
                label: "桥头村".into(),
                secret: secret(),
                roles: vec![Role::Hotline],
                within: Some(UnitId(uuid(1))),
                at: NOW,
            }
            .into(),
        ),
        ("", access::KeyRevoked { number: 2, reason: "泄露".into(), at: NOW }.into()),
        ("", access::Invited { secret: secret(), at: NOW }.into()),
        ("", access::PasswordSet { password: sealed(9), at: NOW }.into()),
        ("", access::LoggedIn { number: 3, secret: secret(), at: NOW }.into()),
        ("", failed(5, Some(LATER)).into()),
        ("least", failed(1, None).into()),
        ("", access::LoggedOut { number: 3, at: NOW }.into()),
        ("", access::TokensRevoked { reason: "手机丢失".into(), at: NOW }.into()),
    ]
}

fn privacy_samples() -> Vec<Sample<PrivacyEvent>> {
    use privacy::{Ask, Basis, Extent, Field, Pass, Purpose};
    let file = privacy::File::Issue(IssueId(uuid(5)));
    let (at, reason, key_ids) = (NOW, || sealed(11), || vec![uuid(21), uuid(22)]);
    let by = || Asker { principal: "li.na".into(), person: Some(PersonId(uuid(3))) };
    let approver = || Asker { principal: "platform".into(), person: None };
    let viewed = |file, pass| privacy::IdentityViewed {
        file,
        reporter: 0,
        fields: vec![Field::Name, Field::Phone, Field::Channel, Field::Address, Field::Narrative],
        purpose: Purpose::Contact,
        pass,
        at,
    };
    let searched = |purpose| privacy::IdentitySearched { purpose, at }.into();
    let asked = |ask| {
        let (by, reason) = (by(), reason());
        privacy::RequestMade { file, number: 1, ask, by, reason, until: LATER, at }.into()
    };
    let granted = |breaks_glass| {
        let pass = Pass { to: by(), breaks_glass, until: LATER };
        privacy::PassGranted { file, number: 1, pass, approver: approver(), at }
    };
    let gone = |extent, basis| {
        let (calls, key_ids, by, approver) = (Vec::new(), key_ids(), by(), approver());
        privacy::KeysDestroyed { file, number: 2, extent, basis, key_ids, calls, by, approver, at }
    };
    let call = privacy::File::Call(CallId(uuid(6)));
    let household = privacy::File::Household(HouseholdId(uuid(7)));
    vec![
        ("", viewed(file, Some(3)).into()),
        ("call", viewed(call, None).into()),
        ("household", viewed(household, None).into()),
        ("", searched(Purpose::FollowUp)),
        ("verify", searched(Purpose::Verify)),
        ("rescue", searched(Purpose::Rescue)),
        ("investigation", searched(Purpose::Investigation)),
        ("own_request", searched(Purpose::OwnRequest)),
        ("", asked(Ask::Unmask)),
        ("break_glass", asked(Ask::BreakGlass)),
        ("erase", asked(Ask::Erase { extent: Extent::Reporter, basis: Basis::Unlawful })),
        ("unfreeze", asked(Ask::Unfreeze)),
        ("lift_hold", asked(Ask::LiftHold { hold: 4 })),
        ("", privacy::RequestRejected { file, number: 1, by: by(), at }.into()),
        ("", granted(false).into()),
        ("break_glass", granted(true).into()),
        ("", privacy::GlassBroken(granted(true)).into()),
        ("", gone(Extent::WholeFile, Basis::PurposeEnded).into()),
        ("reporter", gone(Extent::Reporter, Basis::RetentionOver).into()),
        ("consent", gone(Extent::Reporter, Basis::ConsentWithdrawn).into()),
        (
            "calls",
            privacy::KeysDestroyed {
                calls: vec![CallId(uuid(6))],
                ..gone(Extent::WholeFile, Basis::RetentionOver)
            }
            .into(),
        ),
        ("", privacy::KeysFrozen { file, key_ids: key_ids(), reason: reason(), at }.into()),
        (
            "",
            privacy::KeysUnfrozen {
                file,
                number: 5,
                key_ids: key_ids(),
                by: by(),
                approver: approver(),
                at,
            }
            .into(),
        ),
        ("", privacy::HoldPlaced { file, number: 4, reason: reason(), at }.into()),
        (
            "",
            privacy::HoldLifted { file, number: 6, hold: 4, by: by(), approver: approver(), at }
                .into(),
        ),
    ]
}

// --- the files --------------------------------------------------------------------------------------

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The text of every file by its name without `.json`, of the contexts `prefix` names.
fn files(prefix: &str) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let named =
        entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path));
    named
        .filter(|(name, _)| name.starts_with(prefix))
        .map(|(name, path)| {
            let stem =
                name.strip_suffix(".json").unwrap_or_else(|| panic!("{name} is no golden file"));
            (stem.to_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn name_of<E: StoredEvent>((form, event): &Sample<E>) -> String {
    let name = format!("{}.{}", event.type_name(), event.schema());
    if form.is_empty() { name } else { format!("{name}.{form}") }
}

/// `issue.escalated.1.by_person` → type `issue.escalated`, schema 1.
fn type_of(stem: &str) -> (String, u16) {
    let parts: Vec<_> = stem.split('.').collect();
    assert!(matches!(parts.len(), 3 | 4), "{stem} is not <context>.<event>.<schema>[.<form>]");
    (parts[..2].join("."), parts[2].parse().unwrap())
}

fn check<E: StoredEvent + Debug>(prefix: &str, types: &[(&str, u16)], samples: &[Sample<E>]) {
    let files = files(prefix);
    for (name, schema) in types {
        let stem = format!("{name}.{schema}");
        assert!(
            files.contains_key(&stem),
            "{stem}.json is missing; add it, it is history from then on"
        );
    }
    for sample in samples {
        let (stem, event) = (name_of(sample), &sample.1);
        let stored = files.get(&stem).unwrap_or_else(|| panic!("{stem}.json is missing"));
        let written = event.data().unwrap();
        assert_eq!(format!("{}\n", written.get()), *stored, "{stem} is written differently now");
    }
    let mut decoded = 0;
    for (stem, stored) in &files {
        let (name, schema) = type_of(stem);
        let event = E::decode(&name, schema, stored.trim_end())
            .unwrap_or_else(|error| panic!("{stem}: {error}"));
        if let Some(sample) = samples.iter().find(|sample| name_of(sample) == *stem) {
            assert_eq!(event, sample.1, "{stem} reads as something else");
            decoded += 1;
        }
    }
    assert_eq!(decoded, samples.len(), "two samples share a name");
}

#[test]
fn events_of_access_are_written_as_ever() {
    check("access.", AccessEvent::TYPES, &access_samples());
}

#[test]
fn events_of_a_call_are_written_as_ever() {
    check("call.", CallEvent::TYPES, &call_samples());
}

#[test]
fn events_of_an_issue_are_written_as_ever() {
    check("issue.", IssueEvent::TYPES, &issue_samples());
}

#[test]
fn events_of_the_organisation_are_written_as_ever() {
    check("org.", OrgEvent::TYPES, &org_samples());
}

#[test]
fn events_of_publishing_are_written_as_ever() {
    check("policy.", PolicyEvent::TYPES, &policy_samples());
}

#[test]
fn events_of_privacy_are_written_as_ever() {
    check("privacy.", PrivacyEvent::TYPES, &privacy_samples());
}

#[test]
fn events_of_closed_periods_are_written_as_ever() {
    check("report.", ReportEvent::TYPES, &report_samples());
}

#[test]
fn every_file_belongs_to_a_context() {
    let all: Vec<String> = files("").into_keys().collect();
    let contexts = ["access.", "call.", "issue.", "org.", "policy.", "privacy.", "report."];
    let strays: Vec<_> = all
        .iter()
        .filter(|stem| !contexts.iter().any(|context| stem.starts_with(context)))
        .collect();
    assert!(strays.is_empty(), "{strays:?}");
    assert!(all.len() > 40);
}

/// The envelope names the keys of every sealed field: shredding and search go by them.
#[test]
fn every_sealed_field_is_named() {
    fn check<E: StoredEvent>(samples: &[Sample<E>]) {
        for sample in samples {
            let data = sample.1.data().unwrap();
            let written = data.get().matches("\"key_id\"").count();
            assert_eq!(
                sample.1.sealed().len(),
                written,
                "{} hides a sealed field",
                name_of(sample)
            );
        }
    }
    check(&access_samples());
    check(&call_samples());
    check(&issue_samples());
    check(&org_samples());
    check(&policy_samples());
    check(&privacy_samples());
    check(&report_samples());
}

// --- the form in which an event meets its envelope ----------------------------------------------------

#[test]
fn a_fact_is_written_with_type_disclosure_claims_and_keys() {
    let event = IssueEvent::from(issue::Progressed { note: sealed(8), at: NOW });
    let claims = vec![
        ClaimOp::Take { scope: "case_no".into(), key: "1".into(), reroute: false },
        ClaimOp::Replace { scope: "thumb".into(), key: "2".into() },
        ClaimOp::Release { scope: "device".into() },
    ];
    let fact = Fact { event, disclosure: Disclosure::Withheld, claims };
    let text = serde_json::to_string(&fact).unwrap();
    let key = r#"{"key_id":"01928a7b-0000-7000-8000-00005ea10008","commitment":"8J+RjeS4gOS7tuS6i+S4gOaKiuWvhumSpeWwgeWtmDE="}"#;
    let expected = format!(
        r#"{{"type":"issue.progressed","schema":1,"disclosure":"withheld","claims":[{{"take":{{"scope":"case_no","key":"1","reroute":false}}}},{{"replace":{{"scope":"thumb","key":"2"}}}},{{"release":{{"scope":"device"}}}}],"keys":[{key}],"data":{}}}"#,
        fact.event.data().unwrap().get(),
    );
    assert_eq!(text, expected);
    assert_eq!(serde_json::from_str::<Fact<IssueEvent>>(&text).unwrap(), fact);
}

#[test]
fn what_this_program_does_not_know_it_does_not_guess() {
    let unknown = CallEvent::decode("call.teleported", 1, "{}");
    assert!(matches!(unknown, Err(StoredError::UnknownType(name)) if name == "call.teleported"));
    let newer = CallEvent::decode("call.rang", 2, "{}");
    assert!(matches!(newer, Err(StoredError::UnknownSchema { schema: 2, .. })));
    let other = CallEvent::decode("call.rang", 1, "{\"place\":\"first\"}");
    assert!(matches!(other, Err(StoredError::Data { .. })));
}
