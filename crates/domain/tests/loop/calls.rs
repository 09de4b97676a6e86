//! C1–C6: presses, rings, dispositions, thumbs.

use domain::call::command::{
    AlertEmergency, Answer, Disposition, Expire, FollowUp, Press, PressThumb, PressUnboundThumb,
    RecordDisposition, ReturnCall, Ring,
};
use domain::call::event::FollowUpReason;
use domain::call::{Call, CallCommand, CallError, CallEvent, CallVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::ids::{CallId, DeviceId};
use domain::shared::ladder::Rung;
use domain::shared::matter::{Matter, Urgency};
use domain::shared::verdict::{Thumb, Verdict};
use uuid::Uuid;

use crate::desk::{ISSUE, OTHER, START, agent, given, holder, resident, staff};

const CALL: CallId = CallId(Uuid::from_u128(0xca11));
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(0xde1));

#[derive(Clone, Default)]
struct Line {
    call: Call,
    now: i64,
    draw: u16,
}

impl Line {
    /// Of a pressed call; nothing is sampled unless a test says so.
    fn pressed() -> Self {
        let mut line = Self { draw: 9_999, ..Self::default() };
        line.ok(Actor::system(), press());
        line
    }

    fn answered() -> Self {
        let mut line = Self::pressed();
        line.ok(Actor::system(), CallVerb::Answer(Answer { by: holder(2) }));
        line
    }

    fn give(&mut self, actor: Actor, verb: CallVerb) -> Result<Vec<CallEvent>, CallError> {
        let mut given = given(self.now, actor);
        given.draw = self.draw;
        let events = self.call.decide(CallCommand { given, verb })?;
        events.iter().for_each(|event| self.call.evolve(event));
        Ok(events)
    }

    fn ok(&mut self, actor: Actor, verb: CallVerb) -> Vec<CallEvent> {
        self.give(actor, verb).unwrap()
    }

    fn fire(&mut self, clock: ClockKind) -> Vec<CallEvent> {
        let running = self.call.clocks.running(clock).unwrap().clone();
        self.now = self.now.max((running.due_at.0 - START.0) / 1_000_000);
        let generation = running.generation;
        self.ok(Actor::system(), CallVerb::Expire(Expire { clock, generation, visit: ISSUE }))
    }
}

fn press() -> CallVerb {
    let unit = holder(0).unit;
    CallVerb::Press(Press { call: CALL, device: Some(DEVICE), household: None, unit, caller: None })
}

fn disposition(disposition: Disposition) -> CallVerb {
    CallVerb::RecordDisposition(RecordDisposition {
        disposition,
        accusations: Vec::new(),
        note: None,
    })
}

fn reached() -> CallVerb {
    CallVerb::ReturnCall(ReturnCall { by: holder(2), reached: true })
}

fn thumb(thumb: Thumb) -> CallVerb {
    CallVerb::PressThumb(PressThumb { thumb, in_presence: false })
}

fn heard(verdict: Option<Thumb>, matters: usize) -> CallVerb {
    let verdict = verdict.map(Verdict::of_thumb);
    let matters = vec![(OTHER, Matter::default()); matters];
    CallVerb::FollowUp(FollowUp { verdict, matters, note: None, visit: ISSUE })
}

fn visit(events: &[CallEvent]) -> bool {
    events.iter().any(
        |event| matches!(event, CallEvent::VisitOrdered(e) if e.registration.matter.must_visit),
    )
}

#[test]
fn c1_a_call_registers_several_issues_from_its_press_under_its_policy() {
    let mut line = Line::answered();
    line.now = 60;
    let both = vec![(ISSUE, Matter::default()), (OTHER, Matter::default())];
    let events = line.ok(Actor::system(), disposition(Disposition::Registered(both)));
    let recorded = events.iter().find_map(|event| match event {
        CallEvent::DispositionRecorded(e) => Some(e.registrations.clone()),
        _ => None,
    });
    let recorded = recorded.unwrap();
    assert_eq!(recorded.len(), 2);
    assert!(
        recorded
            .iter()
            .all(|r| r.started_at == START && r.policy == Some(line.call.policy.clone()))
    );
    let none = Line::answered().give(Actor::system(), disposition(Disposition::Registered(vec![])));
    assert_eq!(none, Err(CallError::NothingRegistered));
}

#[test]
fn c2_no_disposition_in_time_climbs_until_there_is_one() {
    let mut line = Line::answered();
    for rung in [Rung::Village, Rung::Township, Rung::County, Rung::County] {
        line.fire(ClockKind::Disposition);
        assert_eq!(line.call.rung, rung);
    }
    assert!(line.call.clocks.running(ClockKind::Disposition).is_some());
}

/// C2: whoever spoke to the resident records what became of it, or somebody above; not whoever let it ring.
#[test]
fn c2_the_village_that_let_it_ring_out_records_nothing() {
    let mut line = Line::pressed();
    line.ok(Actor::system(), CallVerb::Answer(Answer { by: holder(6) }));
    let mis_press = || disposition(Disposition::MisPress);
    assert_eq!(line.give(staff(2), mis_press()), Err(CallError::NotWhoAnswered));
    line.clone().ok(staff(7), mis_press());
    let mut village = Line::answered();
    assert_eq!(village.give(staff(0), mis_press()), Err(CallError::NotWhoAnswered));
    village.clone().ok(staff(3), mis_press());
    village.ok(staff(6), mis_press());
}

/// A1, C5: an alert goes out whatever category was typed; whom somebody accuses stands on no village's board.
#[test]
fn a1_an_alert_takes_no_accusation_along() {
    let accuses = || Matter { category: "检举控告/村干部".into(), ..Matter::default() };
    let mut line = Line::answered();
    let (service, reference) = ("110".to_owned(), "1".to_owned());
    let alert = AlertEmergency { service, reference, visit: (OTHER, accuses()) };
    let told = line.ok(agent(), CallVerb::AlertEmergency(alert));
    let categories: Vec<_> = told
        .iter()
        .filter_map(|event| match event {
            CallEvent::EmergencyAlerted(e) => e.registration.as_ref(),
            _ => None,
        })
        .map(|registration| registration.matter.category.as_str())
        .collect();
    assert_eq!(categories, [""]);
}

#[test]
fn c2_answers_at_once_and_mis_presses_are_sampled() {
    for kind in [Disposition::AnsweredAtOnce, Disposition::MisPress] {
        let mut line = Line::answered();
        line.draw = 0;
        line.ok(Actor::system(), disposition(kind.clone()));
        assert_eq!(line.call.stage, Stage::FollowUpOwed);
        let mut line = Line::answered();
        line.ok(Actor::system(), disposition(kind));
        assert_eq!(line.call.stage, Stage::Disposed);
    }
}

/// A1: an accusation leaves no mark on the call it was told in, nor does what it lacks: it is drawn like any other.
#[test]
fn a1_a_call_in_which_somebody_was_accused_is_drawn_like_any_other() {
    let told = |accusations: &[_], matters: &[_]| {
        let mut line = Line::answered();
        line.draw = 0;
        let disposition = match matters {
            [] if accusations.is_empty() => Disposition::AnsweredAtOnce,
            _ => Disposition::Registered(matters.to_vec()),
        };
        let (accusations, note) = (accusations.to_vec(), None);
        let verb = RecordDisposition { disposition, accusations, note };
        line.ok(Actor::system(), CallVerb::RecordDisposition(verb));
        let due = line.call.clocks.running(ClockKind::FollowUp).map(|clock| clock.due_at);
        (line.call.stage, due, line.call.retention)
    };
    assert_eq!(told(&[], &[]).0, Stage::FollowUpOwed);
    assert_eq!(told(&[OTHER], &[]), told(&[], &[]));
    let matter = [(ISSUE, Matter::default())];
    assert_eq!(told(&[OTHER], &matter), told(&[], &matter));
}

/// Every call that ends is promised how long it is kept: whatever became of it.
#[test]
fn p12_a_call_that_ends_is_kept_its_time() {
    let ends = [
        Disposition::AnsweredAtOnce,
        Disposition::MisPress,
        Disposition::Attached(ISSUE),
        Disposition::Registered(vec![(ISSUE, Matter::default())]),
    ];
    for end in ends {
        let mut line = Line::answered();
        line.ok(Actor::system(), disposition(end));
        assert!(line.call.stage.is_final());
        // 30 days after today, when the last of them is over.
        let kept = line.call.retention.unwrap();
        assert_eq!((kept.class.as_str(), (kept.until.0 - START.0) / 86_400_000_000), ("call", 30));
    }
    let mut silent = Line::answered();
    silent.ok(Actor::system(), disposition(Disposition::Silent(ISSUE)));
    silent.fire(ClockKind::ReturnCall);
    let mut unanswered = Line::pressed();
    while unanswered.call.stage != Stage::VisitOrdered {
        let next = unanswered.call.clocks.all_running();
        let next = next.into_iter().min_by_key(|(_, known)| known.due_at).unwrap().0;
        unanswered.fire(next);
    }
    for visited in [silent.call, unanswered.call] {
        assert!(visited.stage.is_final() && visited.retention.is_some());
    }
}

#[test]
fn c2_silence_owes_a_return_call_then_a_visit() {
    let mut line = Line::answered();
    line.ok(Actor::system(), disposition(Disposition::Silent(ISSUE)));
    assert_eq!(line.call.stage, Stage::ReturnCallOwed);
    assert!(visit(&line.fire(ClockKind::ReturnCall)));
    assert_eq!(line.call.stage, Stage::VisitOrdered);
}

/// Called back and silent again: the visit is ordered at once, and once.
#[test]
fn c2_a_second_silence_orders_the_visit() {
    let mut line = Line::answered();
    line.ok(Actor::system(), disposition(Disposition::Silent(ISSUE)));
    line.now = 300;
    line.ok(Actor::system(), reached());
    let events = line.ok(Actor::system(), disposition(Disposition::Silent(ISSUE)));
    assert!(visit(&events));
    assert_eq!(line.call.stage, Stage::VisitOrdered);
    assert!(line.call.clocks.running(ClockKind::ReturnCall).is_none());
}

/// A1: an accusation told by telephone is registered as one, not with the accused's own village.
#[test]
fn a1_a_call_registers_no_accusation_as_an_ordinary_matter() {
    let accuses = Matter { category: "纪检监察/滥用职权".into(), ..Matter::default() };
    let verb = disposition(Disposition::Registered(vec![(ISSUE, accuses)]));
    assert_eq!(Line::answered().give(Actor::system(), verb), Err(CallError::Accusation));
}

#[test]
fn c3_a_call_nobody_answers_becomes_a_visit() {
    let mut line = Line::pressed();
    for _ in 0..8 {
        assert_eq!(line.call.stage, Stage::Ringing);
        line.fire(ClockKind::Answer);
    }
    assert_eq!(line.call.stage, Stage::ReturnCallOwed);
    let unreached = CallVerb::ReturnCall(ReturnCall { by: holder(2), reached: false });
    line.ok(Actor::system(), unreached);
    assert!(line.call.clocks.running(ClockKind::ReturnCall).is_some(), "trying is not reaching");
    let events = line.fire(ClockKind::ReturnCall);
    let urgent = |e: &CallEvent| matches!(e, CallEvent::VisitOrdered(e) if e.registration.matter.urgency == Urgency::Urgent);
    assert!(events.iter().any(urgent));
}

#[test]
fn c4_presses_are_one_call_while_it_rings_or_waits_and_red_cancels_nothing() {
    let mut line = Line::pressed();
    line.ok(Actor::system(), press());
    line.ok(Actor::system(), CallVerb::HangUp);
    assert_eq!((line.call.stage, line.call.presses), (Stage::ReturnCallOwed, 2));
    line.ok(Actor::system(), press());
    assert_eq!(line.call.presses, 3);
    let mut answered = Line::answered();
    assert!(answered.give(Actor::system(), press()).is_err(), "a new press is a new call");
}

#[test]
fn c5_an_emergency_waits_for_nothing_and_registers_one_visit() {
    let alert = |service: &str| {
        CallVerb::AlertEmergency(AlertEmergency {
            service: service.into(),
            reference: "1".into(),
            visit: (ISSUE, Matter::default()),
        })
    };
    let mut line = Line::pressed();
    assert!(matches!(line.give(agent(), alert("114")), Err(CallError::UnknownEmergencyService(_))));
    let visits = |events: Vec<CallEvent>| {
        let visit =
            |e: &CallEvent| matches!(e, CallEvent::EmergencyAlerted(e) if e.registration.is_some());
        events.iter().filter(|event| visit(event)).count()
    };
    assert_eq!(visits(line.ok(agent(), alert("120"))), 1);
    assert_eq!(visits(line.ok(agent(), alert("119"))), 0, "the village goes there once");
    assert_eq!(line.call.stage, Stage::Ringing, "it rings on");
}

/// What was said at first was not the whole truth: the ambulance and the village go all the same.
#[test]
fn c5_an_emergency_known_after_the_disposition_is_alerted() {
    let mut line = Line::answered();
    line.ok(Actor::system(), disposition(Disposition::AnsweredAtOnce));
    let alert = AlertEmergency {
        service: "120".into(),
        reference: "1".into(),
        visit: (ISSUE, Matter::default()),
    };
    let events = line.ok(agent(), CallVerb::AlertEmergency(alert));
    let [CallEvent::EmergencyAlerted(alerted)] = &events[..] else { panic!("{events:?}") };
    let visit = alerted.registration.as_ref().unwrap();
    assert!(visit.matter.must_visit && visit.matter.urgency == Urgency::Urgent);
    assert_eq!(visit.started_at, START, "the visit is owed from the press");
}

#[test]
fn c6_a_thumb_down_is_called_back_from_outside_the_village() {
    let mut line = Line::answered();
    line.ok(Actor::system(), disposition(Disposition::AnsweredAtOnce));
    line.ok(Actor::system(), thumb(Thumb::Down));
    assert_eq!(line.call.stage, Stage::FollowUpOwed);
    for insider in [staff(2), staff(3), staff(0)] {
        assert_eq!(line.give(insider, heard(Some(Thumb::Up), 0)), Err(CallError::InsiderFollowsUp));
    }
    assert_eq!(line.give(Actor::system(), heard(Some(Thumb::Up), 0)), Err(CallError::NotAnAgent));
    assert_eq!(line.give(agent(), heard(Some(Thumb::Down), 0)), Err(CallError::NothingRegistered));
    // The last press counts, both are kept; the call-back is owed all the same.
    line.ok(Actor::system(), thumb(Thumb::Up));
    assert_eq!(line.call.thumb, Some(Thumb::Up));
    line.ok(agent(), heard(Some(Thumb::Down), 1));
    assert_eq!(line.call.stage, Stage::Disposed);
}

/// The key is the resident's: neither whoever answered nor a colleague of the village presses it.
#[test]
fn v4_whoever_served_does_not_rate_for_the_caller() {
    let mut line = Line::answered();
    line.ok(Actor::system(), disposition(Disposition::AnsweredAtOnce));
    for insider in [staff(0), staff(2), staff(3)] {
        assert_eq!(line.give(insider, thumb(Thumb::Up)), Err(CallError::InsiderRates));
    }
    line.ok(agent(), thumb(Thumb::Up));
}

#[test]
fn c6_an_unbound_thumb_down_is_a_road_past_the_secretary() {
    let unbound = |thumb| {
        CallVerb::PressUnboundThumb(Box::new(PressUnboundThumb {
            call: CALL,
            device: DEVICE,
            household: None,
            unit: holder(0).unit,
            thumb,
        }))
    };
    let mut line = Line::default();
    line.ok(Actor::system(), unbound(Thumb::Down));
    assert!(line.call.clocks.running(ClockKind::FollowUp).is_some());
    let mut ended = Vec::new();
    for _ in 0..3 {
        ended = line.ok(agent(), heard(None, 0));
    }
    let visit = |e: &CallEvent| matches!(e, CallEvent::FollowUpEnded(e) if e.visit.is_some());
    assert!(ended.iter().any(visit), "nobody reached them: somebody goes there");
    let mut up = Line::default();
    up.ok(Actor::system(), unbound(Thumb::Up));
    assert_eq!(up.call.stage, Stage::Disposed);
}

/// Whoever turned the thumb down in the conversation is called back, also when the line fell silent.
#[test]
fn c6_a_visit_does_not_swallow_the_follow_up() {
    let mut line = Line::answered();
    line.ok(Actor::system(), thumb(Thumb::Down));
    line.ok(Actor::system(), disposition(Disposition::Silent(ISSUE)));
    line.fire(ClockKind::ReturnCall);
    assert_eq!(line.call.stage, Stage::FollowUpOwed);
    line.ok(agent(), heard(Some(Thumb::Up), 0));
    assert!(line.call.clocks.is_idle());
}

/// Said with whoever answered standing beside: some are asked again by somebody independent.
#[test]
fn c6_a_thumb_up_in_presence_is_sampled() {
    for (draw, thumb, in_presence, asked) in [
        (0, Thumb::Up, true, Some(FollowUpReason::InPresence)),
        (9_999, Thumb::Up, true, None),
        (0, Thumb::Up, false, None),
        (0, Thumb::Down, true, Some(FollowUpReason::ThumbDown)),
    ] {
        let mut line = Line::answered();
        line.ok(agent(), disposition(Disposition::Registered(vec![(ISSUE, Matter::default())])));
        line.draw = draw;
        line.ok(resident(), CallVerb::PressThumb(PressThumb { thumb, in_presence }));
        assert_eq!(line.call.follow_up, asked, "{draw} {thumb:?} {in_presence}");
        assert_eq!(line.call.clocks.running(ClockKind::FollowUp).is_some(), asked.is_some());
        // A complaint takes the place of whatever was drawn, and no draw that of a complaint.
        line.ok(resident(), CallVerb::PressThumb(PressThumb { thumb: Thumb::Down, in_presence }));
        line.draw = 0;
        line.ok(
            resident(),
            CallVerb::PressThumb(PressThumb { thumb: Thumb::Up, in_presence: true }),
        );
        assert_eq!(line.call.follow_up, Some(FollowUpReason::ThumbDown));
    }
}

#[test]
fn c6_a_thumb_after_the_window_is_refused() {
    let mut line = Line::answered();
    line.ok(Actor::system(), disposition(Disposition::AnsweredAtOnce));
    line.now = 5 * 86_400;
    assert_eq!(line.give(Actor::system(), thumb(Thumb::Down)), Err(CallError::ThumbWindowPassed));
}

/// Nobody empties the ladder for others, and nobody keeps it waiting by being rung for ever.
#[test]
fn c3_the_ladder_is_nobody_s_to_empty_or_to_stop() {
    let mut line = Line::pressed();
    line.ok(staff(0), CallVerb::Miss);
    assert_eq!(line.give(staff(0), CallVerb::Miss), Err(CallError::NotTheRungPost));
    let ring = |number| CallVerb::Ring(Ring { holder: holder(number) });
    line.ok(staff(6), ring(4));
    assert_eq!(line.give(staff(6), ring(4)), Err(CallError::RungBefore));
    assert_eq!(line.give(staff(0), ring(0)), Err(CallError::RungBefore));
    line.ok(Actor::system(), CallVerb::Miss);
    assert_eq!(line.call.stage, Stage::Ringing);
}

/// A stuck key: every press has its answer, and the log is not filled by them.
#[test]
fn c4_a_key_that_is_stuck_is_refused_nothing_and_fills_no_log() {
    let mut line = Line::pressed();
    let written: usize = (0..1_000).map(|_| line.ok(Actor::system(), press()).len()).sum();
    assert_eq!((written, line.call.presses), (99, 100));
    line.ok(Actor::system(), CallVerb::Answer(Answer { by: holder(2) }));
}
