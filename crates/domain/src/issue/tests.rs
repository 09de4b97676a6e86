//! Rules of an issue, one test per refusal and per fact.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::command::{
    Arrive, AttachReporter, Complete, Dispatch, Escalate, Expire, FollowUp, Notify, Progress, Rate,
    RawAnswer, Register, Reopen, Seat,
};
use super::event::{
    ArrivalOutcome, EscalationCause, FollowUpReason, NoticeChannel, Outcome, ReopenReason,
};
use super::lifecycle::Verb;
use super::{Issue, IssueCommand, IssueError, IssueEvent, IssueVerb, Stage};
use crate::shared::actor::{Actor, ActorKind};
use crate::shared::clock::ClockKind;
use crate::shared::given::Given;
use crate::shared::ids::{DeviceId, IssueId, PersonId, PostId, UnitId};
use crate::shared::ladder::{Holder, Ladder, Recused, Rung};
use crate::shared::matter::{Matter, Nature, Reporter, Urgency};
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;
use crate::shared::stored::StoredEvent;
use crate::shared::terms::{PolicyBook, PolicyDocument, PolicyRef};
use crate::shared::verdict::{Effect, Satisfaction, Thumb, Verdict};

const POLICY: &str = r#"
id = "issues"
version = 1
title = "事项"
calendar = "none"

[[matters]]
name = "urgent"
match = { urgency = ["urgent"] }
must_visit = true
dispatch_to = "village"
accept = "10 分钟"
arrive = "2 小时"
resolve = "24 小时"
notice = "2 小时"
verdict = "24 小时"
follow_up = { every = "12 小时", attempts = 2, days = 2 }
repeat = "1 小时"
reopen_window = "240 小时"
total = { period = "100 小时", repeat = "10 小时", ladder = [
    { at_percent = 50, to = "township" }, { at_percent = 100, to = "county" },
] }

[[matters]]
name = "letter"
match = { nature = ["suggestion"] }
closing = "on_completion"
total = { period = "100 小时", repeat = "10 小时", ladder = [{ at_percent = 100, to = "county" }] }

[[matters]]
name = "ordinary"
dispatch = "2 小时"
accept = "4 小时"
arrive = "24 小时"
resolve = "48 小时"
notice = "24 小时"
verdict = "72 小时"
follow_up = { every = "12 小时", attempts = 2, days = 2 }
repeat = "24 小时"
reopen_window = "240 小时"
total = { period = "100 小时", repeat = "10 小时", ladder = [{ at_percent = 100, to = "county" }] }
"#;

const HOUR: i64 = 3_600;
/// 2026-03-02 09:00, a Monday.
const START: Moment = Moment(1_772_413_200_000_000);
const ISSUE: IssueId = IssueId(Uuid::from_u128(1));
const DEVICE: DeviceId = DeviceId(Uuid::from_u128(2));
const UP: Verdict = Verdict { effect: Effect::Solved, timeliness: None, attitude: None };
const DOWN: Verdict = Verdict { effect: Effect::NotSolved, ..UP };
const SLOW: Verdict = Verdict { timeliness: Some(Satisfaction::Dissatisfied), ..UP };

fn policy() -> PolicyRef {
    PolicyRef { id: "issues".into(), version: 1, hash: "h".into() }
}

fn book() -> PolicyBook {
    let document: PolicyDocument = toml::from_str(POLICY).unwrap();
    PolicyBook {
        documents: BTreeMap::from([(policy(), Arc::new(document))]),
        in_force: Some(policy()),
        ..PolicyBook::default()
    }
}

/// The two posts of the village are 0 and 1; the township has 2, the county 3.
fn holder(number: u128) -> Holder {
    Holder {
        unit: UnitId(Uuid::from_u128(0x100 + number.saturating_sub(1))),
        post: PostId(Uuid::from_u128(0x200 + number)),
        person: Some(PersonId(Uuid::from_u128(0x300 + number))),
        ..Holder::default()
    }
}

fn ladder() -> Ladder {
    Ladder {
        rungs: BTreeMap::from([
            (Rung::Village, vec![holder(0), holder(1)]),
            (Rung::Township, vec![holder(2)]),
            (Rung::County, vec![holder(3)]),
        ]),
        ..Ladder::default()
    }
}

fn staff(number: u128) -> Actor {
    let holder = holder(number);
    Actor {
        kind: ActorKind::Staff,
        id: format!("staff/{number}"),
        person: holder.person,
        post: Some(holder.post),
        unit: Some(holder.unit),
    }
}

fn resident() -> Actor {
    Actor { kind: ActorKind::Resident, id: "resident".into(), ..Actor::default() }
}

fn agent() -> Actor {
    Actor { kind: ActorKind::Agent, ..staff(9) }
}

fn given(seconds: i64, actor: Actor) -> Given {
    Given {
        now: START.plus_seconds(seconds),
        actor,
        policies: Arc::new(book()),
        ladder: Arc::new(ladder()),
        ..Given::default()
    }
}

fn sealed() -> Sealed {
    Sealed { key_id: Uuid::from_u128(7), commitment: "YWJj".into(), text: "eHl6".into() }
}

fn register(urgency: Urgency, nature: Nature) -> IssueVerb {
    let reporter = Reporter { device: Some(DEVICE), ..Reporter::default() };
    let place = holder(0).unit;
    let matter = Matter { urgency, nature, reporter, place, ..Matter::default() };
    let case_no = "341504-260302-ABCDEF-2".into();
    IssueVerb::Register(Box::new(Register {
        issue: ISSUE,
        case_no,
        matter,
        started_at: START,
        policy: None,
        competent: None,
        parties: Vec::new(),
    }))
}

fn ordinary() -> IssueVerb {
    register(Urgency::Normal, Nature::Help)
}

fn urgent() -> IssueVerb {
    register(Urgency::Urgent, Nature::Help)
}

fn attach() -> IssueVerb {
    IssueVerb::AttachReporter(AttachReporter {
        reporter: Reporter::default(),
        started_at: None,
        policy: None,
        brings: None,
    })
}

fn dispatch(to: Option<Holder>, lowest: Option<Rung>) -> IssueVerb {
    let to = to.map(|holder| {
        let rung = ladder().rung_of(holder.unit).unwrap_or(Rung::Village);
        Seat { holder, rung }
    });
    IssueVerb::Dispatch(Dispatch { to, lowest })
}

fn arrive(outcome: ArrivalOutcome) -> IssueVerb {
    IssueVerb::Arrive(Arrive { outcome, note: Some(sealed()) })
}

fn progress() -> IssueVerb {
    IssueVerb::Progress(Progress { note: sealed() })
}

fn complete() -> IssueVerb {
    IssueVerb::Complete(Complete { summary: Some(sealed()), over_support: None })
}

fn notify(reporter: usize) -> IssueVerb {
    IssueVerb::Notify(Notify { reporter, channel: NoticeChannel::Phone })
}

fn rate(reporter: usize, verdict: Verdict) -> IssueVerb {
    IssueVerb::Rate(Rate { reporter, answer: RawAnswer::Axes(verdict), in_presence: false })
}

fn follow_up(reporter: usize, verdict: Option<Verdict>) -> IssueVerb {
    IssueVerb::FollowUp(FollowUp { reporter, verdict, note: None, by_mistake: false })
}

fn reopen() -> IssueVerb {
    IssueVerb::Reopen(Reopen { reporter: 0, reason: Some(sealed()) })
}

fn escalate(to: Option<Rung>) -> IssueVerb {
    IssueVerb::Escalate(Escalate { to, reason: sealed() })
}

fn expire(clock: ClockKind, generation: u32) -> IssueVerb {
    IssueVerb::Expire(Expire { clock, generation })
}

type Decided = Result<Vec<IssueEvent>, IssueError>;

fn decide(issue: &Issue, seconds: i64, actor: Actor, verb: IssueVerb) -> Decided {
    issue.decide(IssueCommand { given: given(seconds, actor), verb })
}

/// Takes the command and evolves by what follows; returns the events' names without their context.
fn take(issue: &mut Issue, seconds: i64, actor: Actor, verb: IssueVerb) -> Vec<&'static str> {
    let events = decide(issue, seconds, actor, verb).unwrap();
    events.iter().for_each(|event| issue.evolve(event));
    events.iter().map(|event| event.type_name().trim_start_matches("issue.")).collect()
}

/// An ordinary issue of the first village post, brought to `stage` within the first seconds.
fn issue_at(stage: Stage) -> Issue {
    let mut issue = Issue::default();
    let way = [
        (agent(), ordinary()),
        (agent(), dispatch(Some(holder(0)), None)),
        (staff(0), IssueVerb::Accept),
        (staff(0), arrive(ArrivalOutcome::Met)),
        (staff(0), complete()),
        (agent(), notify(0)),
        (resident(), rate(0, UP)),
    ];
    for (second, (actor, verb)) in (0..).zip(way) {
        if issue.stage < stage {
            take(&mut issue, second, actor, verb);
        }
    }
    assert_eq!(issue.stage, stage);
    issue
}

fn running(issue: &Issue) -> Vec<ClockKind> {
    let mut kinds = issue.clocks.kinds();
    kinds.sort();
    kinds
}

fn due(issue: &Issue, clock: ClockKind) -> i64 {
    (issue.clocks.running(clock).unwrap().due_at.0 - START.0) / 1_000_000
}

/// Fires `clock` at its due time.
fn fire(issue: &mut Issue, clock: ClockKind) -> Vec<&'static str> {
    let known = issue.clocks.running(clock).unwrap();
    let seconds = due(issue, clock);
    take(issue, seconds, Actor::system(), expire(clock, known.generation))
}

fn in_stage(stage: Stage, verb: Verb) -> Decided {
    Err(IssueError::IllegalInStage { stage, verb })
}

// --- intake ------------------------------------------------------------------------------------------

#[test]
fn a_registration_freezes_the_terms_and_owes_a_dispatch() {
    let mut issue = Issue::default();
    let names = take(&mut issue, 5, agent(), ordinary());
    assert_eq!(names, ["registered", "clock_started", "clock_started"]);
    assert_eq!((issue.terms.as_str(), issue.policy.clone()), ("ordinary", policy()));
    assert_eq!((issue.stage, issue.rung), (Stage::Registered, Rung::Village));
    assert_eq!(running(&issue), [ClockKind::Dispatch, ClockKind::Total]);
    assert_eq!(due(&issue, ClockKind::Dispatch), 5 + 2 * HOUR);
    assert_eq!(due(&issue, ClockKind::Total), 100 * HOUR, "from the filing on");
}

#[test]
fn an_urgent_matter_is_dispatched_at_once_and_must_be_visited() {
    let mut issue = Issue::default();
    let names = take(&mut issue, 0, agent(), urgent());
    let clock = "clock_started";
    assert_eq!(names, ["registered", clock, clock, "dispatched", clock]);
    assert_eq!((issue.must_visit, issue.lead()), (true, Some(&holder(0))));
    // No acceptance delays the visit (LOOP C5).
    assert_eq!(running(&issue), [ClockKind::Accept, ClockKind::Arrive, ClockKind::Total]);
}

#[test]
fn a_matter_nobody_can_hold_is_registered_all_the_same() {
    let mut issue = Issue::default();
    let given = Given { ladder: Arc::default(), ..given(0, agent()) };
    let events = issue.decide(IssueCommand { given, verb: urgent() }).unwrap();
    events.iter().for_each(|event| issue.evolve(event));
    assert_eq!((issue.stage, issue.rung), (Stage::Registered, Rung::Village));
}

#[test]
fn a_record_registered_before_adds_nothing() {
    for stage in [Stage::Registered, Stage::OnSite, Stage::Closed] {
        assert_eq!(decide(&issue_at(stage), 9, agent(), ordinary()), Ok(vec![]));
    }
}

#[test]
fn refuses_a_registration_without_a_policy_in_force() {
    let given = Given { policies: Arc::default(), ..given(0, agent()) };
    let refused = Issue::default().decide(IssueCommand { given, verb: ordinary() });
    assert_eq!(refused, Err(IssueError::PolicyMissing));
}

#[test]
fn refuses_to_go_on_when_its_frozen_policy_is_gone() {
    let given = Given { policies: Arc::default(), ..given(9, staff(0)) };
    let issue = issue_at(Stage::Dispatched);
    let refused = issue.decide(IssueCommand { given, verb: IssueVerb::Accept });
    assert_eq!(refused, Err(IssueError::PolicyMissing));
}

#[test]
fn refuses_every_verb_of_an_issue_nobody_registered() {
    let verbs = [
        attach(),
        dispatch(None, None),
        IssueVerb::Accept,
        arrive(ArrivalOutcome::Met),
        progress(),
        complete(),
        notify(0),
        rate(0, UP),
        follow_up(0, None),
        reopen(),
        escalate(None),
    ];
    for verb in verbs {
        assert_eq!(decide(&Issue::default(), 0, agent(), verb), Err(IssueError::Unknown));
    }
}

#[test]
fn a_second_reporter_is_owed_an_own_notice_and_verdict() {
    let mut issue = issue_at(Stage::OnSite);
    assert_eq!(take(&mut issue, 9, agent(), attach()), ["reporter_attached"]);
    take(&mut issue, 10, staff(0), complete());
    assert_eq!(take(&mut issue, 11, agent(), notify(0)), ["notified"]);
    assert_eq!(issue.stage, Stage::Completed);
    take(&mut issue, 12, agent(), notify(1));
    assert_eq!(issue.stage, Stage::Notified);
    assert_eq!(take(&mut issue, 13, resident(), rate(1, UP)), ["rated"]);
    take(&mut issue, 14, resident(), rate(0, UP));
    assert_eq!(issue.stage, Stage::Closed);
}

#[test]
fn a_reporter_attached_after_the_notice_is_told_before_a_verdict_is_awaited() {
    let mut issue = issue_at(Stage::Notified);
    let names = take(&mut issue, 9, agent(), attach());
    assert_eq!(names, ["reporter_attached", "clock_stopped", "clock_started"]);
    assert_eq!((issue.stage, running(&issue)), (Stage::Completed, vec![ClockKind::Notice]));
}

#[test]
fn i5_one_more_reporter_on_a_closed_file_is_owed_a_notice() {
    let mut issue = issue_at(Stage::Closed);
    take(&mut issue, 9, agent(), attach());
    assert_eq!((issue.stage, running(&issue)), (Stage::Completed, vec![ClockKind::Notice]));
}

// --- dispatch and acceptance --------------------------------------------------------------------------

#[test]
fn a_dispatch_goes_to_the_post_named_or_to_the_first_candidate() {
    let cases = [
        (Some(holder(2)), None, holder(2), Rung::Township),
        (None, None, holder(0), Rung::Village),
        (None, Some(Rung::Township), holder(2), Rung::Township),
        (None, Some(Rung::Grid), holder(0), Rung::Village),
    ];
    for (to, lowest, lead, rung) in cases {
        let mut issue = issue_at(Stage::Registered);
        let names = take(&mut issue, 9, agent(), dispatch(to, lowest));
        assert_eq!(names, ["clock_stopped", "dispatched", "clock_started"]);
        assert_eq!((issue.lead(), issue.rung), (Some(&lead), rung));
        assert_eq!(running(&issue), [ClockKind::Accept, ClockKind::Total]);
    }
}

#[test]
fn a_second_dispatch_replaces_the_lead_and_its_clock() {
    let mut issue = issue_at(Stage::Dispatched);
    take(&mut issue, 100, agent(), dispatch(Some(holder(1)), None));
    assert_eq!((issue.lead(), issue.assignments.len()), (Some(&holder(1)), 1));
    assert_eq!(due(&issue, ClockKind::Accept), 1 + 4 * HOUR, "within a unit it wins no time");
    assert!(issue.handlers.posts.contains(&holder(0).post), "the first one held it too");
}

#[test]
fn refuses_a_dispatch_to_a_recused_post_and_passes_it_over() {
    let recused = Recused { posts: [holder(0).post].into(), ..Recused::default() };
    let mut issue = Issue { recused, ..issue_at(Stage::Registered) };
    let refused = decide(&issue, 9, agent(), dispatch(Some(holder(0)), None));
    assert_eq!(refused, Err(IssueError::HolderRecused));
    take(&mut issue, 9, agent(), dispatch(None, None));
    assert_eq!(issue.lead(), Some(&holder(1)));
}

#[test]
fn refuses_a_dispatch_when_there_is_no_candidate() {
    let given = Given { ladder: Arc::default(), ..given(9, agent()) };
    let issue = issue_at(Stage::Registered);
    let refused = issue.decide(IssueCommand { given, verb: dispatch(None, None) });
    assert_eq!(refused, Err(IssueError::NoCandidate));
}

#[test]
fn refuses_a_dispatch_of_accepted_work() {
    let refused = decide(&issue_at(Stage::Accepted), 9, agent(), dispatch(None, None));
    assert_eq!(refused, in_stage(Stage::Accepted, Verb::Dispatch));
}

#[test]
fn an_acceptance_keeps_its_promise_and_owes_a_solution() {
    let mut issue = issue_at(Stage::Dispatched);
    let names = take(&mut issue, 9, staff(0), IssueVerb::Accept);
    assert_eq!(names, ["clock_stopped", "accepted", "clock_started"]);
    assert_eq!(running(&issue), [ClockKind::Resolve, ClockKind::Total], "no visit is owed");
}

#[test]
fn refuses_work_by_anybody_but_the_post_it_was_dispatched_to() {
    let verbs = [IssueVerb::Accept, arrive(ArrivalOutcome::Met), complete()];
    for verb in verbs {
        for actor in [staff(1), staff(3), agent(), resident(), Actor::system()] {
            let refused = decide(&issue_at(Stage::Dispatched), 9, actor, verb.clone());
            assert_eq!(refused, Err(IssueError::NotTheHolder));
        }
    }
    let refused = decide(&issue_at(Stage::Accepted), 9, staff(1), progress());
    assert_eq!(refused, Err(IssueError::NotTheHolder));
}

#[test]
fn whoever_sits_in_the_post_now_acts_for_it() {
    let mut issue = issue_at(Stage::Dispatched);
    let stand_in = Actor { person: staff(8).person, ..staff(0) };
    take(&mut issue, 9, stand_in, IssueVerb::Accept);
    assert!(issue.handlers.persons.contains(&holder(8).person.unwrap()));
}

#[test]
fn an_imported_record_speaks_for_the_holder() {
    let import = Actor { kind: ActorKind::Import, id: "12345".into(), ..Actor::default() };
    let names = take(&mut issue_at(Stage::Dispatched), 9, import, IssueVerb::Accept);
    assert!(names.contains(&"accepted"));
}

// --- arrival, progress, completion, notice -----------------------------------------------------------

#[test]
fn only_an_arrival_that_met_somebody_keeps_the_promise() {
    for (outcome, stage, kept) in [
        (ArrivalOutcome::Met, Stage::OnSite, true),
        (ArrivalOutcome::Absent, Stage::Accepted, false),
        (ArrivalOutcome::Refused, Stage::Accepted, false),
    ] {
        let mut issue = Issue::default();
        take(&mut issue, 0, agent(), urgent());
        let names = take(&mut issue, 9, staff(0), arrive(outcome));
        assert_eq!(names[..2], ["clock_stopped", "accepted"], "an arrival accepts");
        assert_eq!((issue.stage, issue.visited), (stage, kept));
        assert_eq!(running(&issue).contains(&ClockKind::Arrive), !kept);
    }
}

#[test]
fn progress_moves_no_clock() {
    let mut issue = issue_at(Stage::Accepted);
    let before = issue.clone();
    assert_eq!(take(&mut issue, 9, staff(0), progress()), ["progressed"]);
    assert_eq!(issue, before);
}

#[test]
fn refuses_completion_before_the_visit() {
    let mut issue = Issue::default();
    take(&mut issue, 0, agent(), urgent());
    assert_eq!(decide(&issue, 9, staff(0), complete()), Err(IssueError::VisitOwed));
    take(&mut issue, 9, staff(0), arrive(ArrivalOutcome::Absent));
    assert_eq!(decide(&issue, 10, staff(0), complete()), Err(IssueError::VisitOwed));
    take(&mut issue, 11, staff(0), arrive(ArrivalOutcome::Met));
    take(&mut issue, 12, staff(0), complete());
    assert_eq!(issue.stage, Stage::Completed);
}

#[test]
fn a_completion_stops_the_work_s_clocks_and_owes_a_notice() {
    let mut issue = issue_at(Stage::Dispatched);
    let names = take(&mut issue, 9, staff(0), complete());
    let accepted = ["clock_stopped", "accepted", "clock_started"];
    let completed = ["clock_stopped", "clock_stopped", "completed", "clock_started"];
    assert_eq!(names, [&accepted[..], &completed[..]].concat());
    assert_eq!(running(&issue), [ClockKind::Notice]);
}

#[test]
fn a_back_test_closes_on_the_completion_itself_and_confirms_nothing() {
    let mut issue = Issue::default();
    take(&mut issue, 0, agent(), register(Urgency::Normal, Nature::Suggestion));
    take(&mut issue, 1, agent(), dispatch(None, None));
    let events = decide(&issue, 2, staff(0), complete()).unwrap();
    let Some(IssueEvent::Closed(closed)) = events.last() else { panic!("{events:?}") };
    assert_eq!(closed.outcome, Outcome::Unconfirmed);
}

#[test]
fn a_notice_to_everybody_awaits_the_verdict() {
    let mut issue = issue_at(Stage::Completed);
    let names = take(&mut issue, 100, agent(), notify(0));
    assert_eq!(names, ["notified", "clock_stopped", "clock_started"]);
    assert_eq!((issue.stage, due(&issue, ClockKind::Verdict)), (Stage::Notified, 100 + 72 * HOUR));
}

#[test]
fn refuses_a_second_notice_to_the_same_reporter() {
    let mut issue = issue_at(Stage::OnSite);
    take(&mut issue, 8, agent(), attach());
    take(&mut issue, 9, staff(0), complete());
    take(&mut issue, 10, agent(), notify(1));
    assert_eq!(decide(&issue, 11, agent(), notify(1)), Err(IssueError::AlreadyNotified));
}

#[test]
fn refuses_a_reporter_nobody_attached() {
    let refusal = || Err(IssueError::UnknownReporter { asked: 1, known: 1 });
    assert_eq!(decide(&issue_at(Stage::Completed), 9, agent(), notify(1)), refusal());
    assert_eq!(decide(&issue_at(Stage::Notified), 9, resident(), rate(1, UP)), refusal());
    let mut silent = issue_at(Stage::Notified);
    fire(&mut silent, ClockKind::Verdict);
    assert_eq!(decide(&silent, 80 * HOUR, agent(), follow_up(1, None)), refusal());
}

// --- verdicts ----------------------------------------------------------------------------------------

#[test]
fn a_solved_verdict_after_the_notice_closes_as_confirmed() {
    let issue = issue_at(Stage::Notified);
    let events = decide(&issue, 9, resident(), rate(0, UP)).unwrap();
    let Some(IssueEvent::Closed(closed)) = events.last() else { panic!("{events:?}") };
    assert_eq!((closed.outcome, closed.at), (Outcome::ConfirmedSolved, START.plus_seconds(9)));
}

#[test]
fn a_verdict_given_before_the_notice_closes_with_it() {
    let mut issue = issue_at(Stage::Completed);
    assert_eq!(take(&mut issue, 9, resident(), rate(0, UP)), ["rated"]);
    take(&mut issue, 10, agent(), notify(0));
    assert_eq!(issue.stage, Stage::Closed);
}

#[test]
fn a_thumb_down_reopens_one_rung_up_and_orders_a_follow_up() {
    for stage in [Stage::Completed, Stage::Notified, Stage::Closed] {
        let mut issue = issue_at(stage);
        let down = RawAnswer::Thumb(Thumb::Down);
        let verb = IssueVerb::Rate(Rate { reporter: 0, answer: down, in_presence: true });
        let events = decide(&issue, 9, resident(), verb.clone()).unwrap();
        let Some(IssueEvent::Rated(rated)) = events.first() else { panic!("{events:?}") };
        assert_eq!((rated.thumb, rated.verdict), (Some(Thumb::Down), DOWN));
        assert!(rated.in_presence);
        take(&mut issue, 9, resident(), verb);
        assert_eq!((issue.stage, issue.rung), (Stage::Registered, Rung::Township));
        assert_eq!(issue.follow_up.ordered, Some(FollowUpReason::NotSolved));
        let owed = [ClockKind::Dispatch, ClockKind::FollowUp, ClockKind::Total];
        assert_eq!((running(&issue), issue.reopens), (owed.to_vec(), 1));
        assert_eq!(due(&issue, ClockKind::Total), 100 * HOUR, "as if it had never stopped");
    }
}

#[test]
fn a_visit_that_solved_nothing_climbs_while_the_work_goes_on() {
    let mut issue = issue_at(Stage::OnSite);
    let names = take(&mut issue, 9, resident(), rate(0, DOWN));
    assert_eq!(names, ["rated", "escalated", "follow_up_ordered", "clock_started"]);
    assert_eq!((issue.stage, issue.rung, issue.reopens), (Stage::OnSite, Rung::Township, 0));
}

#[test]
fn solved_but_slow_orders_a_follow_up_and_reopens_nothing() {
    let mut issue = issue_at(Stage::Notified);
    let names = take(&mut issue, 9, resident(), rate(0, SLOW));
    assert_eq!(names, ["rated", "follow_up_ordered", "clock_started"]);
    assert_eq!(issue.follow_up.ordered, Some(FollowUpReason::SlowOrRude));
    take(&mut issue, 10, agent(), follow_up(0, Some(UP)));
    assert_eq!(issue.stage, Stage::Closed);
}

#[test]
fn refuses_a_verdict_by_a_handler_in_whatever_post() {
    let other_post = Actor { person: staff(0).person, ..staff(9) };
    let other_person = Actor { person: None, ..staff(0) };
    for actor in [staff(0), other_post, other_person] {
        let refused = decide(&issue_at(Stage::Notified), 9, actor.clone(), rate(0, UP));
        assert_eq!(refused, Err(IssueError::HandlerRates));
        let refused = decide(&issue_at(Stage::Closed), 9, actor, reopen());
        assert_eq!(refused, Err(IssueError::HandlerRates));
    }
}

#[test]
fn refuses_a_verdict_before_anybody_came() {
    let refused = decide(&issue_at(Stage::Accepted), 9, resident(), rate(0, UP));
    assert_eq!(refused, in_stage(Stage::Accepted, Verb::Rate));
}

// --- follow-ups --------------------------------------------------------------------------------------

/// Notified, and the verdict window has passed.
fn silent() -> Issue {
    let mut issue = issue_at(Stage::Notified);
    assert_eq!(
        fire(&mut issue, ClockKind::Verdict),
        ["clock_expired", "follow_up_ordered", "clock_started"]
    );
    issue
}

#[test]
fn silence_orders_a_follow_up() {
    let issue = silent();
    assert_eq!(issue.follow_up.ordered, Some(FollowUpReason::NoVerdict));
    assert_eq!((issue.stage, running(&issue)), (Stage::Notified, vec![ClockKind::FollowUp]));
}

#[test]
fn calls_in_vain_close_as_unconfirmed_after_the_policy_s_number_of_them() {
    let mut issue = silent();
    let names = take(&mut issue, 73 * HOUR, agent(), follow_up(0, None));
    assert_eq!(names, ["followed_up", "clock_stopped", "clock_started"]);
    let events = decide(&issue, 98 * HOUR, agent(), follow_up(0, None)).unwrap();
    let Some(IssueEvent::Closed(closed)) = events.last() else { panic!("{events:?}") };
    assert_eq!(closed.outcome, Outcome::Unconfirmed);
}

#[test]
fn a_follow_up_that_hears_solved_closes_as_confirmed() {
    let events = decide(&silent(), 73 * HOUR, agent(), follow_up(0, Some(UP))).unwrap();
    let Some(IssueEvent::Closed(closed)) = events.last() else { panic!("{events:?}") };
    assert_eq!(closed.outcome, Outcome::ConfirmedSolved);
}

#[test]
fn a_follow_up_that_hears_not_solved_reopens_and_orders_another() {
    let mut issue = silent();
    take(&mut issue, 73 * HOUR, agent(), follow_up(0, Some(DOWN)));
    assert_eq!((issue.stage, issue.reopens), (Stage::Registered, 1));
    assert_eq!(issue.follow_up.ordered, Some(FollowUpReason::NotSolved));
}

#[test]
fn refuses_a_follow_up_nobody_ordered() {
    let refused = decide(&issue_at(Stage::Notified), 9, agent(), follow_up(0, None));
    assert_eq!(refused, Err(IssueError::NoFollowUpOwed));
}

#[test]
fn refuses_a_follow_up_by_a_handler_or_a_colleague_of_one() {
    let colleague = staff(1);
    assert_eq!(colleague.unit, staff(0).unit);
    for actor in [staff(0), colleague, Actor { person: staff(0).person, ..agent() }] {
        let refused = decide(&silent(), 73 * HOUR, actor, follow_up(0, Some(UP)));
        assert_eq!(refused, Err(IssueError::HandlerFollowsUp));
    }
    assert!(decide(&silent(), 73 * HOUR, staff(2), follow_up(0, Some(UP))).is_ok());
}

#[test]
fn refuses_a_follow_up_by_residents_and_systems() {
    for actor in [resident(), Actor::system()] {
        let refused = decide(&silent(), 73 * HOUR, actor, follow_up(0, Some(UP)));
        assert_eq!(refused, Err(IssueError::NotAnAgent));
    }
}

// --- reopening ---------------------------------------------------------------------------------------

#[test]
fn the_resident_reopens_within_the_window() {
    let mut issue = issue_at(Stage::Closed);
    let last = due_of_window(&issue) - 1;
    let events = decide(&issue, last, resident(), reopen()).unwrap();
    let Some(IssueEvent::Reopened(fact)) = events.first() else { panic!("{events:?}") };
    assert_eq!((fact.why, fact.count), (ReopenReason::AskedByResident, 1));
    assert_eq!(fact.reason, Some(sealed()));
    take(&mut issue, last, resident(), reopen());
    assert_eq!((issue.stage, issue.rung), (Stage::Registered, Rung::Township));
    let overdue = issue.clocks.running(ClockKind::Total).unwrap();
    assert!(overdue.due_at <= START.plus_seconds(last), "what came due meanwhile is due now");
}

fn due_of_window(issue: &Issue) -> i64 {
    (issue.closed_at.unwrap().0 - START.0) / 1_000_000 + 240 * HOUR
}

#[test]
fn refuses_to_reopen_at_the_end_of_the_window() {
    let issue = issue_at(Stage::Closed);
    let end = due_of_window(&issue);
    let refusal = || Err(IssueError::ReopenWindowPassed { ended_at: START.plus_seconds(end) });
    assert_eq!(decide(&issue, end, resident(), reopen()), refusal());
    assert_eq!(decide(&issue, end, resident(), rate(0, DOWN)), refusal());
}

#[test]
fn refuses_to_reopen_what_is_not_closed() {
    let refused = decide(&issue_at(Stage::Notified), 9, resident(), reopen());
    assert_eq!(refused, in_stage(Stage::Notified, Verb::Reopen));
}

// --- escalation and timers ----------------------------------------------------------------------------

#[test]
fn a_person_lifts_an_issue_one_rung_or_to_the_rung_named() {
    for (to, rung) in [(None, Rung::Township), (Some(Rung::County), Rung::County)] {
        let mut issue = issue_at(Stage::Dispatched);
        let events = decide(&issue, 9, agent(), escalate(to)).unwrap();
        let [IssueEvent::Escalated(fact)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(fact.cause, EscalationCause::Person { reason: sealed() });
        assert_eq!((fact.from, fact.to), (Rung::Village, rung));
        assert_eq!(fact.answers, Some(holder(if rung == Rung::County { 3 } else { 2 })));
        take(&mut issue, 9, agent(), escalate(to));
        assert_eq!(issue.lead(), Some(&holder(0)), "the work stays where it is");
    }
}

#[test]
fn refuses_to_lift_an_issue_sideways_or_down() {
    let mut issue = issue_at(Stage::Dispatched);
    for to in [Rung::Grid, Rung::Village] {
        let refused = decide(&issue, 9, agent(), escalate(Some(to)));
        assert_eq!(refused, Err(IssueError::NotUpwards));
    }
    take(&mut issue, 9, agent(), escalate(Some(Rung::County)));
    assert_eq!(decide(&issue, 9, agent(), escalate(None)), Err(IssueError::NotUpwards));
}

#[test]
fn a_broken_promise_climbs_one_rung_and_is_asked_for_again() {
    let mut issue = issue_at(Stage::Registered);
    let events = decide(&issue, 2 * HOUR, Actor::system(), expire(ClockKind::Dispatch, 1)).unwrap();
    let [
        IssueEvent::ClockExpired(expired),
        IssueEvent::Escalated(fact),
        IssueEvent::ClockStarted(again),
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(
        (expired.due_at, expired.fired_at),
        (START.plus_seconds(2 * HOUR), START.plus_seconds(2 * HOUR))
    );
    assert_eq!(fact.cause, EscalationCause::Clock { clock: ClockKind::Dispatch, generation: 1 });
    assert_eq!((again.clock, again.generation), (ClockKind::Dispatch, 2));
    fire(&mut issue, ClockKind::Dispatch);
    assert_eq!(due(&issue, ClockKind::Dispatch), 26 * HOUR, "at the policy's interval");
}

#[test]
fn the_total_clock_names_the_steps_that_passed_while_nothing_ran() {
    let mut issue = Issue::default();
    take(&mut issue, 0, agent(), urgent());
    assert_eq!(due(&issue, ClockKind::Total), 50 * HOUR);
    let events = decide(&issue, 120 * HOUR, Actor::system(), expire(ClockKind::Total, 1)).unwrap();
    let escalated = |event: &IssueEvent| {
        if let IssueEvent::Escalated(e) = event {
            Some((e.to, e.skipped_percents.clone()))
        } else {
            None
        }
    };
    assert_eq!(events.iter().find_map(escalated), Some((Rung::County, vec![50])));
    take(&mut issue, 120 * HOUR, Actor::system(), expire(ClockKind::Total, 1));
    assert_eq!(due(&issue, ClockKind::Total), 130 * HOUR, "the county is reminded");
}

#[test]
fn a_timer_that_is_early_obsolete_or_repeated_adds_nothing() {
    let mut issue = issue_at(Stage::Registered);
    let ask = |issue: &Issue, seconds, clock, generation| {
        decide(issue, seconds, Actor::system(), expire(clock, generation))
    };
    assert_eq!(ask(&issue, 2 * HOUR - 1, ClockKind::Dispatch, 1), Ok(vec![]));
    assert_eq!(ask(&issue, 2 * HOUR, ClockKind::Dispatch, 2), Ok(vec![]));
    assert_eq!(ask(&issue, 2 * HOUR, ClockKind::Accept, 1), Ok(vec![]));
    fire(&mut issue, ClockKind::Dispatch);
    assert_eq!(ask(&issue, 2 * HOUR, ClockKind::Dispatch, 1), Ok(vec![]));
    assert_eq!(ask(&issue_at(Stage::Closed), 500 * HOUR, ClockKind::Total, 1), Ok(vec![]));
}

// --- refusals as programs and people read them -------------------------------------------------------

#[test]
fn every_refusal_has_its_own_reason_and_words() {
    let refusals = [
        IssueError::Unknown,
        IssueError::IllegalInStage { stage: Stage::Closed, verb: Verb::Accept },
        IssueError::PolicyMissing,
        IssueError::NoCandidate,
        IssueError::HolderRecused,
        IssueError::NotTheHolder,
        IssueError::VisitOwed,
        IssueError::UnknownReporter { asked: 3, known: 1 },
        IssueError::AlreadyNotified,
        IssueError::HandlerRates,
        IssueError::HandlerFollowsUp,
        IssueError::NotAnAgent,
        IssueError::NoFollowUpOwed,
        IssueError::ReopenWindowPassed { ended_at: START },
        IssueError::NotUpwards,
    ];
    let reasons: std::collections::BTreeSet<_> = refusals.iter().map(IssueError::reason).collect();
    let words: std::collections::BTreeSet<_> = refusals.iter().map(IssueError::zh).collect();
    assert_eq!((reasons.len(), words.len()), (refusals.len(), refusals.len()));
    assert!(words.iter().all(|words| !words.is_ascii()));
    assert!(refusals[1].zh().contains("已结案") && refusals[1].zh().contains("接单"));
    assert!(refusals[13].zh().contains("2026-03-02 09:00:00"));
}
