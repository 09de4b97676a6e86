//! Random stories of one call.

use domain::call::command::{
    AlertEmergency, Answer, Disposition, Expire, FollowUp, Press, PressThumb, PressUnboundThumb,
    RecordDisposition, ReturnCall, Ring,
};
use domain::call::lifecycle::Verb;
use domain::call::{Call, CallCommand, CallError, CallEvent, CallVerb, Stage};
use domain::shared::clock::ClockKind;
use domain::shared::given::Given;
use domain::shared::ids::IssueId;
use domain::shared::matter::Matter;
use domain::shared::moment::Moment;
use domain::shared::verdict::{Thumb, Verdict};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    CALL, DEVICE, Due, Generation, HOLDERS, ISSUE, START, anybody, given, holder, outsider, sealed,
};

const OTHER: IssueId = IssueId(Uuid::from_u128(0x1551e));

#[derive(Clone, Debug)]
pub struct Step {
    pub after: i64,
    pub who: usize,
    pub what: What,
    pub twice: bool,
}

#[derive(Clone, Debug)]
pub enum What {
    Press,
    Ring(usize),
    HangUp,
    Answer(usize),
    Miss,
    ReturnCall(usize, bool),
    RecordDisposition(usize),
    PressThumb(Thumb, bool),
    PressUnboundThumb(Thumb),
    /// What somebody outside the village heard; with a matter to register, or without.
    FollowUp(Option<Thumb>, bool),
    AlertEmergency,
    Recount,
    Fire(Due, Generation),
}

pub struct Seen {
    pub before: Call,
    pub given: Given,
    pub verb: CallVerb,
    pub result: Result<Vec<CallEvent>, CallError>,
    pub after: Call,
    pub repeated: bool,
}

impl Seen {
    pub fn verb(&self) -> Verb {
        verb_of(&self.verb)
    }

    pub fn events(&self) -> &[CallEvent] {
        self.result.as_deref().unwrap_or_default()
    }
}

pub struct Story {
    pub call: Call,
    pub past: Vec<CallEvent>,
    now: Moment,
}

impl Default for Story {
    fn default() -> Self {
        Self { call: Call::default(), past: Vec::new(), now: START }
    }
}

impl Story {
    /// Tells the whole story and shows every command of it to `look`.
    pub fn tell(steps: &[Step], mut look: impl FnMut(&Seen)) -> Self {
        let mut story = Self::default();
        for step in steps {
            let (given, verb) = story.command(step);
            look(&story.give(given.clone(), verb.clone(), false));
            if step.twice {
                look(&story.give(given, verb, true));
            }
        }
        story
    }

    pub fn give(&mut self, given: Given, verb: CallVerb, repeated: bool) -> Seen {
        let decided = self.call.decide(CallCommand { given: given.clone(), verb: verb.clone() });
        // Promises broken by now are broken first; what is looked at is the command after them.
        let timers = match &decided {
            Ok(events) if !events.is_empty() && !matches!(verb, CallVerb::Expire(_)) => {
                self.call.caught_up(&given).unwrap().1
            }
            Ok(_) | Err(_) => Vec::new(),
        };
        let result = decided.map(|events| {
            assert_eq!(events[..timers.len()], timers[..]);
            events[timers.len()..].to_vec()
        });
        for event in timers {
            if let CallEvent::ClockExpired(e) = &event {
                assert!(e.due_at <= given.now && e.fired_at == given.now, "{e:?} at {}", given.now);
            }
            self.call.evolve(&event);
            self.past.push(event);
        }
        let before = self.call.clone();
        for event in result.iter().flatten() {
            self.call.evolve(event);
            self.past.push(event.clone());
        }
        Seen { before, given, verb, result, after: self.call.clone(), repeated }
    }

    pub fn command(&mut self, step: &Step) -> (Given, CallVerb) {
        self.now = self.now.plus_seconds(step.after);
        let verb = self.verb(&step.what);
        // Mostly the call centre asks; sometimes anybody does.
        let asks = matches!(verb, CallVerb::FollowUp(_)) && !step.who.is_multiple_of(4);
        let actor = if asks { outsider() } else { anybody(step.who) };
        let mut given = given(self.now, actor);
        if step.after % 5 == 3 {
            // A gap: no roster names anybody.
            given.ladder = std::sync::Arc::default();
        }
        (given, verb)
    }

    fn verb(&mut self, what: &What) -> CallVerb {
        match what {
            What::Press => CallVerb::Press(Press {
                call: CALL,
                device: Some(DEVICE),
                household: None,
                unit: holder(0).unit,
                caller: Some(sealed()),
            }),
            What::Ring(number) => CallVerb::Ring(Ring { holder: holder(*number) }),
            What::HangUp => CallVerb::HangUp,
            What::Answer(number) => CallVerb::Answer(Answer { by: holder(*number) }),
            What::Miss => CallVerb::Miss,
            What::ReturnCall(number, reached) => {
                CallVerb::ReturnCall(ReturnCall { by: holder(*number), reached: *reached })
            }
            What::RecordDisposition(kind) => {
                let note = Some(sealed());
                CallVerb::RecordDisposition(RecordDisposition {
                    accusations: Vec::new(),
                    disposition: disposition(*kind),
                    note,
                })
            }
            What::PressThumb(thumb, in_presence) => {
                CallVerb::PressThumb(PressThumb { thumb: *thumb, in_presence: *in_presence })
            }
            What::PressUnboundThumb(thumb) => {
                CallVerb::PressUnboundThumb(Box::new(PressUnboundThumb {
                    call: CALL,
                    device: DEVICE,
                    household: None,
                    unit: holder(0).unit,
                    thumb: *thumb,
                }))
            }
            What::FollowUp(heard, matter) => CallVerb::FollowUp(FollowUp {
                verdict: heard.map(Verdict::of_thumb),
                matters: Vec::from_iter(matter.then(|| (OTHER, place()))),
                note: Some(sealed()),
                visit: ISSUE,
            }),
            What::AlertEmergency => CallVerb::AlertEmergency(AlertEmergency {
                service: "120".into(),
                reference: "1".into(),
                visit: (OTHER, place()),
            }),
            What::Recount => CallVerb::Recount,
            What::Fire(due, generation) => self.fire(*due, *generation),
        }
    }

    fn fire(&mut self, due: Due, generation: Generation) -> CallVerb {
        let Some((clock, known)) = self.call.clocks.all_running().first().cloned() else {
            return CallVerb::Expire(Expire {
                clock: ClockKind::Answer,
                generation: 1,
                visit: ISSUE,
            });
        };
        self.now = due.moment(known.due_at, self.now);
        CallVerb::Expire(Expire {
            clock,
            generation: generation.of(known.generation),
            visit: ISSUE,
        })
    }
}

fn place() -> Matter {
    Matter { place: holder(0).unit, ..Matter::default() }
}

/// The closed list; the last two are refused for what they say.
fn disposition(kind: usize) -> Disposition {
    let matter = place();
    match kind % 8 {
        0 => Disposition::AnsweredAtOnce,
        1 => Disposition::Registered(vec![(ISSUE, matter.clone()), (OTHER, matter)]),
        2 => Disposition::Attached(OTHER),
        3 => Disposition::Emergency {
            service: "119".into(),
            reference: "1".into(),
            visit: (ISSUE, matter),
        },
        4 => Disposition::MisPress,
        5 => Disposition::Silent(ISSUE),
        6 => Disposition::Registered(Vec::new()),
        _ => Disposition::Emergency {
            service: "114".into(),
            reference: "1".into(),
            visit: (ISSUE, matter),
        },
    }
}

pub fn verb_of(verb: &CallVerb) -> Verb {
    match verb {
        CallVerb::Press(_) => Verb::Press,
        CallVerb::Ring(_) => Verb::Ring,
        CallVerb::HangUp => Verb::HangUp,
        CallVerb::Answer(_) => Verb::Answer,
        CallVerb::Miss => Verb::Miss,
        CallVerb::ReturnCall(_) => Verb::ReturnCall,
        CallVerb::RecordDisposition(_) => Verb::RecordDisposition,
        CallVerb::PressThumb(_) => Verb::PressThumb,
        CallVerb::PressUnboundThumb(_) => Verb::PressUnboundThumb,
        CallVerb::FollowUp(_) => Verb::FollowUp,
        CallVerb::AlertEmergency(_) => Verb::AlertEmergency,
        CallVerb::Recount => Verb::Recount,
        CallVerb::Expire(_) => Verb::Expire,
    }
}

/// One command for each verb, none of which is refused for anything but its stage.
pub fn one_of_each() -> Vec<What> {
    vec![
        What::Press,
        What::Ring(7),
        What::HangUp,
        What::Answer(0),
        What::Miss,
        What::ReturnCall(0, true),
        What::RecordDisposition(1),
        What::PressThumb(Thumb::Down, false),
        What::PressUnboundThumb(Thumb::Down),
        What::FollowUp(Some(Thumb::Up), false),
        What::AlertEmergency,
        What::Recount,
        What::Fire(Due::At, Generation::Running),
    ]
}

/// The shortest story that ends in this stage.
pub fn story_to(stage: Stage) -> Vec<What> {
    let at_due = || What::Fire(Due::At, Generation::Running);
    match stage {
        Stage::Unpressed => vec![],
        Stage::Ringing => vec![What::Press],
        Stage::ReturnCallOwed => vec![What::Press, What::HangUp],
        Stage::Answered => vec![What::Press, What::Answer(0)],
        Stage::Disposed => vec![What::Press, What::Answer(0), What::RecordDisposition(1)],
        Stage::FollowUpOwed => vec![
            What::Press,
            What::Answer(0),
            What::PressThumb(Thumb::Down, false),
            What::RecordDisposition(1),
        ],
        Stage::VisitOrdered => vec![What::Press, What::HangUp, at_due()],
    }
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        4 => Just(What::Press),
        1 => (0..HOLDERS).prop_map(What::Ring),
        1 => Just(What::HangUp),
        2 => (0..HOLDERS).prop_map(What::Answer),
        3 => Just(What::Miss),
        3 => (0..HOLDERS, any::<bool>()).prop_map(|(number, reached)| What::ReturnCall(number, reached)),
        3 => (0_usize..8).prop_map(What::RecordDisposition),
        3 => (prop_oneof![Just(Thumb::Up), Just(Thumb::Down)], any::<bool>())
            .prop_map(|(thumb, in_presence)| What::PressThumb(thumb, in_presence)),
        2 => prop_oneof![Just(Thumb::Up), Just(Thumb::Down)].prop_map(What::PressUnboundThumb),
        5 => (proptest::option::weighted(0.5, prop_oneof![Just(Thumb::Up), Just(Thumb::Down)]), any::<bool>())
            .prop_map(|(heard, matter)| What::FollowUp(heard, matter)),
        1 => Just(What::AlertEmergency),
        1 => Just(What::Recount),
        6 => (super::due(), super::generation()).prop_map(|(due, generation)| What::Fire(due, generation)),
    ]
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (super::pause(), 0..8 * HOLDERS, what(), proptest::bool::weighted(0.15));
    let step = step.prop_map(|(after, who, what, twice)| Step { after, who, what, twice });
    proptest::collection::vec(step, 1..40)
}
