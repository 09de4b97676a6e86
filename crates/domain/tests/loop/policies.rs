//! K1 over random policies: a state without a clock is refused when the policy is published, and under
//! any accepted policy timers alone keep a file moving for a year.

use std::sync::Arc;

use domain::call::command::{
    Answer, Disposition, Expire as CallExpire, Press, PressThumb, RecordDisposition,
};
use domain::call::{Call, CallCommand, CallVerb};
use domain::issue::command::Expire;
use domain::issue::{Issue, IssueCommand, IssueVerb, Stage};
use domain::policy::validation::problems;
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::given::Given;
use domain::shared::ids::{CallId, DeviceId, IssueId};
use domain::shared::moment::Moment;
use domain::shared::terms::{PolicyBook, PolicyDocument};
use domain::shared::verdict::Thumb;
use proptest::prelude::*;

use crate::desk::{
    DAY, Desk, POLICY, START, agent, arrive, complete, dispatch, given, holder, matter, notify,
    publish, register, resident, staff,
};
use domain::shared::matter::Confidence;

const CLOCKS: [&str; 15] = [
    "dispatch",
    "accept",
    "first_contact",
    "arrive",
    "resolve",
    "notice",
    "verdict",
    "repeat",
    "ruling",
    "join",
    "approval",
    "inform",
    "supervision",
    "pause_max",
    "review_max",
];
/// The clocks without which some state would wait for ever.
const NEEDED: usize = 8;

fn period() -> impl Strategy<Value = String> {
    (1_u32..60, prop_oneof![Just("小时"), Just("日"), Just("工作日")])
        .prop_map(|(amount, unit)| format!("{amount} {unit}"))
}

/// A document with these clocks, each there or not.
fn document() -> impl Strategy<Value = (Vec<bool>, PolicyDocument)> {
    let there = proptest::collection::vec(proptest::bool::weighted(0.93), CLOCKS.len());
    let periods = proptest::collection::vec(period(), CLOCKS.len());
    (there, periods, period(), period(), any::<bool>(), 1_u16..300).prop_map(
        |(there, periods, total, repeat, must_visit, percent)| {
            let mut terms: toml::Table = toml::from_str(POLICY).unwrap();
            let matters = terms.get_mut("matters").and_then(toml::Value::as_array_mut).unwrap();
            let last = matters.len() - 1;
            matters.drain(..last);
            let only = matters.last_mut().and_then(toml::Value::as_table_mut).unwrap();
            for ((clock, period), there) in CLOCKS.iter().zip(periods).zip(&there) {
                only.remove(*clock);
                if *there {
                    only.insert((*clock).into(), period.into());
                }
            }
            only.insert("must_visit".into(), must_visit.into());
            let step =
                |percent: u16, to: &str| format!(r#"{{ at_percent = {percent}, to = "{to}" }}"#);
            let steps = match percent {
                100 => step(100, "county"),
                warns @ ..100 => format!("{}, {}", step(warns, "township"), step(100, "county")),
                late => format!("{}, {}", step(100, "township"), step(late, "county")),
            };
            let ladder: toml::Table = toml::from_str(&format!("ladder = [{steps}]")).unwrap();
            let mut clock = ladder;
            clock.insert("period".into(), total.into());
            clock.insert("repeat".into(), repeat.into());
            only.insert("total".into(), clock.into());
            (there, toml::from_str(&terms.to_string()).unwrap())
        },
    )
}

fn book(document: &PolicyDocument) -> Arc<PolicyBook> {
    let mut book = PolicyBook::clone(&publish(POLICY));
    let named = book.in_force.clone().unwrap();
    book.documents.insert(named, Arc::new(document.clone()));
    Arc::new(book)
}

/// A file at this stage, under this policy; then nobody does anything for a year.
fn nobody_moves(book: &Arc<PolicyBook>, stage: Stage) -> (Issue, usize) {
    let mut desk = Desk::default();
    let mut give = |actor: Actor, verb: IssueVerb| {
        let mut given = given(0, actor);
        given.policies = Arc::clone(book);
        desk.give_with(given, verb).unwrap();
    };
    give(agent(), register(matter(Confidence::Named)));
    let road = [
        (Stage::Dispatched, agent(), dispatch(2)),
        (Stage::Accepted, staff(2), IssueVerb::Accept),
        (Stage::OnSite, staff(2), arrive()),
        (Stage::Completed, staff(2), complete()),
        (Stage::Notified, agent(), notify(0)),
        (Stage::Closed, resident(), crate::desk::rate(crate::desk::UP)),
    ];
    for (_, actor, verb) in road.into_iter().filter(|(reaches, ..)| *reaches <= stage) {
        give(actor, verb);
    }
    let (mut issue, mut fired, mut now) = (desk.issue, 0, START);
    let end = START.plus_seconds(365 * DAY);
    while let Some((clock, known)) = next(&issue).filter(|(_, known)| *known <= end) {
        assert!(known >= now || fired == 0, "a clock that was due before it started");
        now = known.max(now);
        let (clock, generation) = clock;
        let mut given = given(0, Actor::system());
        given.policies = Arc::clone(book);
        given.now = now;
        let verb = IssueVerb::Expire(Expire { clock, generation });
        let events = issue.decide(IssueCommand { given, verb }).unwrap();
        assert!(!events.is_empty(), "{clock} fired and nothing happened");
        events.iter().for_each(|event| issue.evolve(event));
        assert!(issue.stage == Stage::Closed || next(&issue).is_some(), "stranded after {clock}");
        fired += 1;
    }
    (issue, fired)
}

/// Any [call] terms, some of them wrong.
fn call_terms() -> impl Strategy<Value = (bool, PolicyDocument)> {
    let periods = proptest::collection::vec(period(), 6);
    (periods, 0_u8..130, 0_u8..5, any::<bool>()).prop_map(|(periods, percent, attempts, named)| {
        let mut terms: toml::Table = toml::from_str(POLICY).unwrap();
        let call = terms.get_mut("call").and_then(toml::Value::as_table_mut).unwrap();
        let names = ["ring", "return_call", "disposition", "repeat", "thumb_window", "follow_up"];
        for (name, period) in names.into_iter().zip(periods) {
            call.insert(name.into(), period.into());
        }
        // A random time would often be shorter than the window of a thumb.
        call.remove("keep");
        if !named {
            call.remove("follow_up");
        }
        call.insert("sample_percent".into(), i64::from(percent).into());
        call.insert("follow_up_attempts".into(), i64::from(attempts).into());
        let document = toml::from_str(&terms.to_string()).unwrap();
        (percent <= 100 && attempts > 0, document)
    })
}

/// What people did to a call before they forgot it.
fn roads() -> Vec<Vec<CallVerb>> {
    let unit = holder(0).unit;
    let device = Some(DeviceId::default());
    let press = Press { call: CallId::default(), device, household: None, unit, caller: None };
    let answer = || CallVerb::Answer(Answer { by: holder(2) });
    let disposed = |disposition| {
        CallVerb::RecordDisposition(RecordDisposition {
            disposition,
            accusations: Vec::new(),
            note: None,
        })
    };
    let thumb = CallVerb::PressThumb(PressThumb { thumb: Thumb::Down, in_presence: false });
    let roads = [
        vec![],
        vec![answer()],
        vec![answer(), disposed(Disposition::Silent(IssueId::default()))],
        vec![answer(), disposed(Disposition::AnsweredAtOnce)],
        vec![answer(), disposed(Disposition::AnsweredAtOnce), thumb],
    ];
    let pressed = |road: Vec<CallVerb>| {
        [vec![CallVerb::Press(press.clone())], road].into_iter().flatten().collect()
    };
    roads.into_iter().map(pressed).collect()
}

/// Nobody does anything more for a year: timers alone end the call, or keep it climbing.
fn forgotten(book: &Arc<PolicyBook>, road: Vec<CallVerb>) -> Call {
    let mut call = Call::default();
    let give = |call: &mut Call, now, verb| {
        let given = Given { policies: Arc::clone(book), now, ..given(0, Actor::system()) };
        let events = call.decide(CallCommand { given, verb }).unwrap();
        events.iter().for_each(|event| call.evolve(event));
    };
    road.into_iter().for_each(|verb| give(&mut call, START, verb));
    let (mut now, end) = (START, START.plus_seconds(365 * DAY));
    loop {
        let running = call.clocks.all_running().into_iter();
        let next = running.min_by_key(|(_, known)| known.due_at);
        let Some((clock, known)) = next.filter(|(_, known)| known.due_at <= end) else {
            return call;
        };
        now = known.due_at.max(now);
        let visit = IssueId::default();
        let verb = CallVerb::Expire(CallExpire { clock, generation: known.generation, visit });
        give(&mut call, now, verb);
        let owes = !call.clocks.all_running().is_empty();
        assert!(call.stage.is_final() || owes, "a call in {:?} owes nothing", call.stage);
    }
}

fn next(issue: &Issue) -> Option<((ClockKind, u32), Moment)> {
    let running = issue.clocks.all_running().into_iter();
    running
        .map(|(kind, known)| ((kind, known.generation), known.due_at))
        .min_by_key(|(_, due)| *due)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn k1_no_accepted_policy_strands_a_call((good, document) in call_terms()) {
        prop_assert_eq!(problems(&document).is_empty(), good);
        if good {
            let book = book(&document);
            for road in roads() {
                let call = forgotten(&book, road);
                prop_assert!(call.stage.is_final() || !call.clocks.all_running().is_empty());
            }
        }
    }

    #[test]
    fn k1_no_accepted_policy_strands_a_file_and_no_other_is_published((there, document) in document()) {
        let complete = there.iter().take(NEEDED).all(|there| *there);
        prop_assert_eq!(problems(&document).is_empty(), complete, "{:?}", problems(&document).len());
        if complete {
            let book = book(&document);
            for stage in [Stage::Registered, Stage::Dispatched, Stage::Accepted, Stage::OnSite, Stage::Completed, Stage::Notified] {
                let (issue, fired) = nobody_moves(&book, stage);
                prop_assert!(issue.stage != Stage::Closed, "closed by nobody");
                prop_assert!(fired > 3, "{:?} moved {} times in a year", stage, fired);
            }
        }
    }
}
