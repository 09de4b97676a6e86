//! Rules of a call, one test per refusal and per fact.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::command::{
    Answer, Disposition, Expire, Press, PressThumb, RecordDisposition, ReturnCall, Ring,
};
use super::event::{DispositionKind, DispositionRecorded, FollowUpReason, MissReason, Pressed};
use super::lifecycle::Verb;
use super::{Call, CallCommand, CallError, CallEvent, CallVerb, Stage};
use crate::shared::actor::Actor;
use crate::shared::clock::{ClockKind, StopReason};
use crate::shared::given::Given;
use crate::shared::ids::{CallId, DeviceId, HouseholdId, IssueId, PostId, UnitId};
use crate::shared::ladder::{Holder, Ladder, Rung};
use crate::shared::matter::{Matter, Source, Urgency};
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;
use crate::shared::stored::StoredEvent;
use crate::shared::terms::{PolicyBook, PolicyDocument, PolicyRef};
use crate::shared::verdict::Thumb;

const POLICY: &str = r#"
id = "calls"
version = 1
title = "呼叫"
calendar = "none"
matters = []

[call]
ring = "30 秒"
return_call = "10 分钟"
disposition = "30 分钟"
repeat = "2 小时"
thumb_window = "1 小时"
"#;

const START: Moment = Moment(1_772_413_200_000_000);
const CALL: CallId = CallId(Uuid::from_u128(1));
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(2));
const HOUSEHOLD: HouseholdId = HouseholdId(Uuid::from_u128(3));
const UNIT: UnitId = UnitId(Uuid::from_u128(4));
const ISSUE: IssueId = IssueId(Uuid::from_u128(5));
const OTHER: IssueId = IssueId(Uuid::from_u128(6));

fn policy() -> PolicyRef {
    PolicyRef { id: "calls".into(), version: 1, hash: "h".into() }
}

fn book(text: &str) -> PolicyBook {
    let document: PolicyDocument = toml::from_str(text).unwrap();
    PolicyBook {
        documents: BTreeMap::from([(policy(), Arc::new(document))]),
        in_force: Some(policy()),
        ..PolicyBook::default()
    }
}

fn holder(number: u128) -> Holder {
    Holder { unit: UNIT, post: PostId(Uuid::from_u128(0x100 + number)), ..Holder::default() }
}

/// Two posts of the village, and the county's desk.
fn ladder() -> Ladder {
    Ladder {
        rungs: BTreeMap::from([
            (Rung::Village, vec![holder(0), holder(1)]),
            (Rung::County, vec![holder(2)]),
        ]),
        ..Ladder::default()
    }
}

fn given(now: Moment) -> Given {
    Given {
        now,
        actor: Actor::system(),
        policies: Arc::new(book(POLICY)),
        ladder: Arc::new(ladder()),
        ..Given::default()
    }
}

fn sealed() -> Sealed {
    Sealed { key_id: Uuid::from_u128(7), commitment: "YWJj".into(), text: "eHl6".into() }
}

fn press() -> CallVerb {
    CallVerb::Press(Press {
        call: CALL,
        device: Some(DEVICE),
        household: Some(HOUSEHOLD),
        unit: UNIT,
        caller: Some(sealed()),
    })
}

fn answer(number: u128) -> CallVerb {
    CallVerb::Answer(Answer { by: holder(number) })
}

fn return_call(reached: bool) -> CallVerb {
    CallVerb::ReturnCall(ReturnCall { by: holder(1), reached })
}

fn thumb(thumb: Thumb, in_presence: bool) -> CallVerb {
    CallVerb::PressThumb(PressThumb { thumb, in_presence })
}

fn record(disposition: Disposition) -> CallVerb {
    CallVerb::RecordDisposition(RecordDisposition {
        disposition,
        accusations: Vec::new(),
        note: Some(sealed()),
    })
}

fn expire(clock: ClockKind, generation: u32) -> CallVerb {
    CallVerb::Expire(Expire { clock, generation, visit: ISSUE })
}

fn decide(call: &Call, seconds: i64, verb: CallVerb) -> Result<Vec<CallEvent>, CallError> {
    call.decide(CallCommand { given: given(START.plus_seconds(seconds)), verb })
}

/// Takes the command and evolves by what follows; returns the events' names.
fn take(call: &mut Call, seconds: i64, verb: CallVerb) -> Vec<&'static str> {
    let events = decide(call, seconds, verb).unwrap();
    events.iter().for_each(|event| call.evolve(event));
    events.iter().map(StoredEvent::type_name).collect()
}

fn call_after(verbs: Vec<CallVerb>) -> Call {
    let mut call = Call::default();
    for verb in verbs {
        take(&mut call, 0, verb);
    }
    call
}

fn ringing() -> Call {
    call_after(vec![press()])
}

fn owed() -> Call {
    call_after(vec![press(), CallVerb::HangUp])
}

fn answered() -> Call {
    call_after(vec![press(), answer(0)])
}

fn disposition_of(events: &[CallEvent]) -> &DispositionRecorded {
    for event in events {
        if let CallEvent::DispositionRecorded(fact) = event {
            return fact;
        }
    }
    panic!("no disposition in {events:?}")
}

fn due(call: &Call, clock: ClockKind) -> Option<Moment> {
    call.clocks.running(clock).map(|running| running.due_at)
}

// --- press (C1, C3, C4) ------------------------------------------------------------------------------

#[test]
fn a_press_freezes_the_policy_and_rings_the_first_post() {
    let mut call = Call::default();
    let events = decide(&call, 0, press()).unwrap();
    let expected = Pressed {
        call: CALL,
        device: Some(DEVICE),
        household: Some(HOUSEHOLD),
        unit: UNIT,
        rung: Rung::Village,
        pressed_at: START,
        policy: policy(),
        ring_order: vec![holder(0), holder(1), holder(2)],
        gaps: Vec::new(),
        caller: Some(sealed()),
    };
    assert_eq!(events.first(), Some(&CallEvent::Pressed(expected)));
    let names = take(&mut call, 0, press());
    assert_eq!(names, ["call.pressed", "call.rang", "call.clock_started"]);
    assert_eq!((call.stage, call.ringing), (Stage::Ringing, 0));
    assert_eq!(due(&call, ClockKind::Answer), Some(START.plus_seconds(30)));
}

#[test]
fn a_press_while_it_rings_or_waits_is_kept_and_changes_nothing_else() {
    for mut call in [ringing(), owed()] {
        let before = call.clone();
        assert_eq!(take(&mut call, 5, press()), ["call.pressed_again"]);
        assert_eq!(call, Call { presses: 2, ..before });
    }
}

#[test]
fn refuses_a_press_after_the_answer() {
    let stage = Stage::Answered;
    let refusal = CallError::IllegalInStage { stage, verb: Verb::Press };
    assert_eq!(decide(&answered(), 9, press()), Err(refusal));
}

#[test]
fn a_press_is_taken_even_where_no_roster_names_anybody() {
    let empty = Ladder { rungs: BTreeMap::from([(Rung::Village, vec![])]), ..Ladder::default() };
    for ladder in [Ladder::default(), empty] {
        let given = Given { ladder: Arc::new(ladder), ..given(START) };
        let events = Call::default().decide(CallCommand { given, verb: press() }).unwrap();
        let mut call = Call::default();
        events.iter().for_each(|event| call.evolve(event));
        assert_eq!(call.stage, Stage::ReturnCallOwed);
        assert!(call.clocks.running(ClockKind::ReturnCall).is_some());
    }
}

#[test]
fn refuses_a_press_without_a_policy_for_calls() {
    let silent = book(POLICY.split("[call]").next().unwrap());
    for policies in [PolicyBook::default(), silent] {
        let given = Given { policies: Arc::new(policies), ..given(START) };
        let refused = Call::default().decide(CallCommand { given, verb: press() });
        assert_eq!(refused, Err(CallError::PolicyMissing));
    }
}

#[test]
fn refuses_to_go_on_when_its_frozen_policy_is_gone() {
    let given = Given { policies: Arc::default(), ..given(START) };
    let refused = ringing().decide(CallCommand { given, verb: answer(0) });
    assert_eq!(refused, Err(CallError::PolicyMissing));
}

#[test]
fn refuses_every_verb_of_a_call_nobody_pressed() {
    let verbs = [
        CallVerb::Ring(Ring { holder: holder(0) }),
        CallVerb::HangUp,
        answer(0),
        CallVerb::Miss,
        return_call(true),
        record(Disposition::MisPress),
        thumb(Thumb::Up, false),
    ];
    for verb in verbs {
        assert_eq!(decide(&Call::default(), 0, verb), Err(CallError::Unknown));
    }
}

// --- rings (C3) --------------------------------------------------------------------------------------

#[test]
fn an_unanswered_ring_goes_to_the_next_post_and_at_last_owes_a_return_call() {
    let mut call = ringing();
    for (place, generation) in [(1, 1), (2, 2)] {
        let names =
            take(&mut call, 30 * i64::from(generation), expire(ClockKind::Answer, generation));
        assert_eq!(names, ["call.clock_expired", "call.rang", "call.clock_started"]);
        assert_eq!((call.stage, call.ringing), (Stage::Ringing, place));
    }
    let names = take(&mut call, 90, expire(ClockKind::Answer, 3));
    assert_eq!(names, ["call.clock_expired", "call.missed", "call.clock_started"]);
    assert_eq!(call.stage, Stage::ReturnCallOwed);
    assert_eq!(due(&call, ClockKind::ReturnCall), Some(START.plus_seconds(90 + 600)));
}

#[test]
fn a_reported_miss_rings_the_next_post_without_waiting() {
    let mut call = ringing();
    let names = take(&mut call, 5, CallVerb::Miss);
    assert_eq!(names, ["call.clock_stopped", "call.rang", "call.clock_started"]);
    assert_eq!((call.ringing, due(&call, ClockKind::Answer)), (1, Some(START.plus_seconds(35))));
}

#[test]
fn the_last_miss_says_that_nobody_answered() {
    let mut call = ringing();
    take(&mut call, 1, CallVerb::Miss);
    take(&mut call, 2, CallVerb::Miss);
    let events = decide(&call, 3, CallVerb::Miss).unwrap();
    let why = |event: &CallEvent| if let CallEvent::Missed(e) = event { Some(e.why) } else { None };
    assert_eq!(events.iter().find_map(why), Some(MissReason::Unanswered));
}

#[test]
fn a_post_rung_out_of_turn_does_not_move_the_ladder() {
    let mut call = ringing();
    let names = take(&mut call, 5, CallVerb::Ring(Ring { holder: holder(9) }));
    assert_eq!(names, ["call.clock_stopped", "call.rang", "call.clock_started"]);
    assert_eq!(call.ringing, 0);
    take(&mut call, 6, CallVerb::Miss);
    assert_eq!(call.ringing, 1);
}

// --- the red key, return calls and visits (C3, C4) ----------------------------------------------------

#[test]
fn the_red_key_cancels_nothing_and_owes_a_return_call() {
    let events = decide(&ringing(), 3, CallVerb::HangUp).unwrap();
    let why = |event: &CallEvent| if let CallEvent::Missed(e) = event { Some(e.why) } else { None };
    assert_eq!(events.iter().find_map(why), Some(MissReason::HungUp));
    assert_eq!(owed().clocks.kinds(), [ClockKind::ReturnCall]);
}

#[test]
fn refuses_the_red_key_after_the_answer() {
    let refusal = CallError::IllegalInStage { stage: Stage::Answered, verb: Verb::HangUp };
    assert_eq!(decide(&answered(), 9, CallVerb::HangUp), Err(refusal));
}

#[test]
fn a_return_call_in_vain_is_kept_and_moves_no_clock() {
    let mut call = owed();
    let before = call.clone();
    assert_eq!(take(&mut call, 60, return_call(false)), ["call.return_call_tried"]);
    assert_eq!(call, before);
}

#[test]
fn a_return_call_that_reaches_somebody_is_an_answer() {
    let mut call = owed();
    let names = take(&mut call, 60, return_call(true));
    assert_eq!(names, ["call.clock_stopped", "call.answered", "call.clock_started"]);
    assert_eq!((call.stage, call.answered_by.clone()), (Stage::Answered, Some(holder(1))));
    assert_eq!(due(&call, ClockKind::Disposition), Some(START.plus_seconds(60 + 1_800)));
}

#[test]
fn refuses_a_return_call_while_it_rings() {
    let refusal = CallError::IllegalInStage { stage: Stage::Ringing, verb: Verb::ReturnCall };
    assert_eq!(decide(&ringing(), 9, return_call(true)), Err(refusal));
}

#[test]
fn a_caller_nobody_reached_is_visited_on_the_urgent_clock() {
    let mut call = owed();
    let events = decide(&call, 600, expire(ClockKind::ReturnCall, 1)).unwrap();
    let order = |event: &CallEvent| {
        if let CallEvent::VisitOrdered(e) = event { Some(e.registration.clone()) } else { None }
    };
    let registration = events.iter().find_map(order).unwrap();
    let matter = &registration.matter;
    assert_eq!((registration.issue, registration.started_at), (ISSUE, START));
    assert_eq!((matter.urgency, matter.must_visit, matter.place), (Urgency::Urgent, true, UNIT));
    assert_eq!(matter.source, Source::Call { call: CALL });
    assert_eq!(matter.reporter.device, Some(DEVICE));
    take(&mut call, 600, expire(ClockKind::ReturnCall, 1));
    assert_eq!((call.stage, call.clocks.is_idle()), (Stage::VisitOrdered, true));
}

// --- answers and dispositions (C1, C2, C5) -----------------------------------------------------------

#[test]
fn an_answer_keeps_its_promise_and_owes_a_disposition() {
    let mut call = ringing();
    let events = decide(&call, 7, answer(1)).unwrap();
    let CallEvent::ClockStopped(stopped) = &events[0] else { panic!("{events:?}") };
    assert_eq!((stopped.clock, stopped.reason), (ClockKind::Answer, StopReason::Kept));
    take(&mut call, 7, answer(1));
    assert_eq!(call.clocks.kinds(), [ClockKind::Disposition]);
    assert_eq!(call.answered_at, START.plus_seconds(7));
}

#[test]
fn refuses_a_second_answer() {
    let refusal = CallError::IllegalInStage { stage: Stage::Answered, verb: Verb::Answer };
    assert_eq!(decide(&answered(), 9, answer(1)), Err(refusal));
}

#[test]
fn a_disposition_registers_each_matter_from_the_press_on() {
    let matters = vec![(ISSUE, Matter::default()), (OTHER, Matter::default())];
    let events = decide(&answered(), 60, record(Disposition::Registered(matters))).unwrap();
    let fact = disposition_of(&events);
    let ids: Vec<_> = fact.registrations.iter().map(|r| (r.issue, r.started_at)).collect();
    assert_eq!(ids, [(ISSUE, START), (OTHER, START)]);
    assert!(fact.registrations.iter().all(|r| !r.matter.must_visit));
    assert_eq!((fact.kind, fact.note.clone()), (DispositionKind::Registered, Some(sealed())));
    assert_eq!((fact.reporter.device, fact.reporter.household), (Some(DEVICE), Some(HOUSEHOLD)));
}

#[test]
fn each_disposition_says_what_became_of_the_call() {
    let visit = || (ISSUE, Matter::default());
    let emergency =
        Disposition::Emergency { service: "119".into(), reference: "7".into(), visit: visit() };
    let cases = [
        (Disposition::AnsweredAtOnce, DispositionKind::AnsweredAtOnce, 0),
        (Disposition::MisPress, DispositionKind::MisPress, 0),
        (Disposition::Attached(OTHER), DispositionKind::Attached, 0),
        (emergency, DispositionKind::Emergency, 1),
    ];
    for (disposition, kind, registered) in cases {
        let mut call = answered();
        let events = decide(&call, 60, record(disposition.clone())).unwrap();
        let fact = disposition_of(&events);
        assert_eq!((fact.kind, fact.registrations.len()), (kind, registered));
        assert_eq!(fact.attached_to.is_some(), kind == DispositionKind::Attached);
        assert_eq!(fact.emergency.is_some(), kind == DispositionKind::Emergency);
        let urgent = |matter: &Matter| matter.must_visit && matter.urgency == Urgency::Urgent;
        assert!(fact.registrations.iter().all(|r| urgent(&r.matter)), "{kind:?}");
        let names = take(&mut call, 60, record(disposition));
        assert_eq!(names, ["call.clock_stopped", "call.disposition_recorded"]);
        assert_eq!((call.stage, call.clocks.is_idle()), (Stage::Disposed, true));
    }
}

#[test]
fn refuses_a_registration_of_nothing() {
    let nothing = record(Disposition::Registered(vec![]));
    assert_eq!(decide(&answered(), 60, nothing), Err(CallError::NothingRegistered));
}

#[test]
fn refuses_an_emergency_service_that_is_none() {
    let disposition = Disposition::Emergency {
        service: "114".into(),
        reference: "7".into(),
        visit: (ISSUE, Matter::default()),
    };
    let refusal = CallError::UnknownEmergencyService("114".into());
    assert_eq!(decide(&answered(), 60, record(disposition)), Err(refusal));
}

#[test]
fn refuses_a_disposition_before_the_answer_and_a_second_one() {
    let mut call = ringing();
    let refusal = |stage| CallError::IllegalInStage { stage, verb: Verb::RecordDisposition };
    let mis_press = || record(Disposition::MisPress);
    assert_eq!(decide(&call, 9, mis_press()), Err(refusal(Stage::Ringing)));
    take(&mut call, 9, answer(0));
    take(&mut call, 10, mis_press());
    assert_eq!(decide(&call, 11, mis_press()), Err(refusal(Stage::Disposed)));
}

#[test]
fn a_missing_disposition_climbs_until_there_is_one() {
    let mut call = answered();
    let mut seconds = 1_800;
    for (generation, rung) in [(1, Rung::Township), (2, Rung::County)] {
        let names = take(&mut call, seconds, expire(ClockKind::Disposition, generation));
        assert_eq!(names, ["call.clock_expired", "call.escalated", "call.clock_started"]);
        assert_eq!(call.rung, rung);
        seconds += 7_200;
        assert_eq!(due(&call, ClockKind::Disposition), Some(START.plus_seconds(seconds)));
    }
    let names = take(&mut call, seconds, expire(ClockKind::Disposition, 3));
    assert_eq!(names, ["call.clock_expired", "call.clock_started"], "reminded at the top");
}

// --- timers ------------------------------------------------------------------------------------------

#[test]
fn a_timer_that_is_early_obsolete_or_repeated_adds_nothing() {
    let mut call = ringing();
    let timer = || expire(ClockKind::Answer, 1);
    assert_eq!(decide(&call, 29, timer()), Ok(vec![]));
    assert_eq!(decide(&call, 30, expire(ClockKind::Answer, 2)), Ok(vec![]));
    assert_eq!(decide(&call, 30, expire(ClockKind::ReturnCall, 1)), Ok(vec![]));
    take(&mut call, 30, timer());
    assert_eq!(decide(&call, 30, timer()), Ok(vec![]));
    take(&mut call, 31, answer(1));
    assert_eq!(decide(&call, 99, expire(ClockKind::Answer, 2)), Ok(vec![]), "kept before it fired");
}

// --- the thumb (C6) ----------------------------------------------------------------------------------

#[test]
fn the_last_thumb_in_the_window_counts_and_each_one_is_kept() {
    let mut call = answered();
    for (key, seconds) in [(Thumb::Up, 10), (Thumb::Down, 3_599)] {
        let names = take(&mut call, seconds, thumb(key, false));
        assert!(names.contains(&"call.thumb_pressed"), "{names:?}");
        assert_eq!(call.thumb, Some(key));
    }
    // Turned down, somebody outside the village calls back (LOOP C6).
    assert_eq!(call.follow_up, Some(FollowUpReason::ThumbDown));
    assert!(call.clocks.running(ClockKind::FollowUp).is_some());
}

#[test]
fn a_thumb_in_the_handler_s_presence_is_marked() {
    for in_presence in [true, false] {
        let events = decide(&answered(), 5, thumb(Thumb::Up, in_presence)).unwrap();
        let CallEvent::ThumbPressed(fact) = &events[0] else { panic!("{events:?}") };
        assert_eq!((fact.thumb, fact.in_presence), (Thumb::Up, in_presence));
    }
}

#[test]
fn refuses_a_thumb_at_the_end_of_its_window() {
    let refused = decide(&answered(), 3_600, thumb(Thumb::Down, false));
    assert_eq!(refused, Err(CallError::ThumbWindowPassed));
}

#[test]
fn refuses_a_thumb_before_the_answer() {
    let refusal =
        CallError::IllegalInStage { stage: Stage::ReturnCallOwed, verb: Verb::PressThumb };
    assert_eq!(decide(&owed(), 9, thumb(Thumb::Up, false)), Err(refusal));
}

// --- refusals as programs and people read them -------------------------------------------------------

#[test]
fn every_refusal_has_its_own_reason_and_words() {
    let refusals = [
        CallError::Unknown,
        CallError::IllegalInStage { stage: Stage::Disposed, verb: Verb::Answer },
        CallError::PolicyMissing,
        CallError::ThumbWindowPassed,
        CallError::NothingRegistered,
        CallError::UnknownEmergencyService("114".into()),
    ];
    let reasons: std::collections::BTreeSet<_> = refusals.iter().map(CallError::reason).collect();
    assert_eq!(reasons.len(), refusals.len());
    assert!(refusals[1].zh().contains("已处置") && refusals[1].zh().contains("接听"));
    assert!(refusals[5].zh().contains("114") && refusals[5].to_string().contains("114"));
    assert!(refusals.iter().all(|refusal| !refusal.zh().is_ascii()));
}
