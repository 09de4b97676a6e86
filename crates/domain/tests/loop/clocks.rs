//! K1–K3: what owns a clock, what rests it, and what never does.

use domain::issue::command::Expire;
use domain::issue::event::{Class, HoldKind, Proposal};
use domain::issue::{IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::given::Given;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Nature, Reporter, Urgency};
use domain::shared::period::{CalendarDays, Period};
use domain::shared::terms::PolicyBook;

use crate::desk::{
    DAY, DOWN, Desk, HOUR, POLICY, START, agent, arrive, complete, dispatch, given, hold, rate,
    resident, sealed, staff, urgent,
};

#[test]
fn k1_every_state_owns_a_clock() {
    for (stage, owed) in [
        (Stage::Registered, ClockKind::Dispatch),
        (Stage::Dispatched, ClockKind::Accept),
        (Stage::Accepted, ClockKind::Arrive),
        (Stage::Accepted, ClockKind::FirstContact),
        (Stage::OnSite, ClockKind::Resolve),
        (Stage::Completed, ClockKind::Notice),
        (Stage::Notified, ClockKind::Verdict),
    ] {
        let desk = Desk::at(stage);
        assert!(desk.due(owed).is_some(), "{stage:?} without {owed}");
        assert_eq!(desk.due(ClockKind::Total).is_some(), stage < Stage::Completed);
    }
}

/// The top rung is reminded at the policy's interval until the file closes.
#[test]
fn k1_the_top_rung_repeats_until_the_file_closes() {
    let mut desk = Desk::at(Stage::OnSite);
    for _ in 0..6 {
        desk.fire(ClockKind::Total);
    }
    assert_eq!(desk.issue.rung, Rung::County);
    assert!(desk.due(ClockKind::Total).is_some());
}

#[test]
fn k1_unowned_work_climbs() {
    let mut desk = Desk::at(Stage::Registered);
    desk.fire(ClockKind::Dispatch);
    assert!(desk.issue.rung > Rung::Grid && desk.due(ClockKind::Dispatch).is_some());
}

/// Passed to and fro, inside a unit or between those who had it already: the time to accept runs on.
#[test]
fn k2_no_time_to_accept_is_won_by_passing_it_round() {
    let mut desk = Desk::at(Stage::Dispatched);
    let due = desk.due(ClockKind::Accept);
    for to in [3, 2, 3] {
        desk.now += HOUR;
        desk.ok(agent(), dispatch(to));
        assert_eq!(desk.due(ClockKind::Accept), due);
    }
    desk.now = 30 * HOUR;
    desk.ok(agent(), dispatch(4));
    assert!(desk.due(ClockKind::Accept) > due, "another unit has its own time");
}

/// C5: an urgent visit waits for no pause of the holder's; another day of the resident's own it does.
#[test]
fn k2_a_pause_puts_no_urgent_visit_off() {
    let mut desk = Desk::of(urgent());
    desk.on_to(Stage::Accepted);
    let due = desk.due(ClockKind::Arrive);
    let mut asked = desk.clone();
    asked.ok(resident(), hold(HoldKind::ResidentWish, Some(DAY)));
    assert_eq!(asked.due(ClockKind::Arrive), None);
    let mut document = PolicyBook::clone(&given(0, agent()).policies);
    for terms in document.documents.values_mut() {
        std::sync::Arc::make_mut(terms).matters.iter_mut().for_each(|terms| terms.pauses = 1);
    }
    let with = Given { policies: std::sync::Arc::new(document), ..given(0, staff(2)) };
    desk.give_with(with, hold(HoldKind::Pause, None)).unwrap();
    assert_eq!((desk.due(ClockKind::Arrive), desk.due(ClockKind::Resolve)), (due, None));
}

/// The same post again would only have new time.
#[test]
fn k2_a_dispatch_to_whoever_holds_it_is_refused() {
    let desk = Desk::at(Stage::Dispatched);
    assert_eq!(desk.refuses(agent(), dispatch(2)), IssueError::HoldsAlready);
    let mut desk = desk;
    desk.ok(agent(), dispatch(3));
}

#[test]
fn k2_a_pause_never_stops_the_total_clock() {
    let mut desk = Desk::at(Stage::Accepted);
    let (total, resolve) = (desk.due(ClockKind::Total), desk.due(ClockKind::Resolve));
    desk.ok(staff(2), hold(HoldKind::Pause, Some(2 * DAY)));
    assert_eq!((desk.due(ClockKind::Total), desk.due(ClockKind::Resolve)), (total, None));
    desk.fire(ClockKind::Pause);
    assert_eq!(desk.due(ClockKind::Total), total);
    assert_eq!(desk.due(ClockKind::Resolve), resolve.map(|due| due.plus_seconds(2 * DAY)));
}

#[test]
fn k2_pauses_are_the_holder_s_bounded_and_counted() {
    let mut desk = Desk::at(Stage::Accepted);
    assert_eq!(desk.refuses(staff(4), hold(HoldKind::Pause, None)), IssueError::NotTheHolder);
    let long = desk.refuses(staff(2), hold(HoldKind::Pause, Some(9 * DAY)));
    assert_eq!(long.reason(), "HOLD_TOO_LONG");
    for _ in 0..2 {
        desk.ok(staff(2), hold(HoldKind::Pause, None));
        assert_eq!(desk.refuses(staff(2), hold(HoldKind::Question, None)), IssueError::HeldAlready);
        desk.ok(staff(2), IssueVerb::Resume { answer: None });
    }
    let third = desk.refuses(staff(2), hold(HoldKind::Question, None));
    assert_eq!(third, IssueError::PausesUsed { allowed: 2 });
}

/// Only the resident's own dated wish rests the total clock, and nobody of the handling unit says it.
#[test]
fn k2_the_total_clock_rests_on_the_resident_s_dated_wish_alone() {
    let mut desk = Desk::at(Stage::Accepted);
    let wish = || hold(HoldKind::ResidentWish, Some(4 * DAY));
    for inside in [staff(2), staff(3), Actor::system()] {
        assert_eq!(desk.refuses(inside, wish()), IssueError::HandlerWishes);
    }
    let undated = desk.refuses(resident(), hold(HoldKind::ResidentWish, None));
    assert_eq!(undated, IssueError::WishWithoutDate);
    let total = desk.due(ClockKind::Total).unwrap();
    desk.ok(agent(), wish());
    assert_eq!(desk.due(ClockKind::Total), None);
    desk.fire(ClockKind::Pause);
    assert_eq!(desk.due(ClockKind::Total), Some(total.plus_seconds(4 * DAY)));
}

/// However late the timer fires, the total clock rested until the date named and no longer.
#[test]
fn k2_a_late_timer_lengthens_no_wish() {
    let mut desk = Desk::at(Stage::Accepted);
    let total = desk.due(ClockKind::Total).unwrap();
    desk.ok(resident(), hold(HoldKind::ResidentWish, Some(DAY)));
    desk.now = 6 * DAY;
    desk.fire(ClockKind::Pause);
    assert_eq!(desk.due(ClockKind::Total), Some(total.plus_seconds(DAY)));
}

/// Who came while the clocks rested owes no visit afterwards.
#[test]
fn k2_what_was_done_in_a_pause_is_owed_no_more() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), hold(HoldKind::Pause, Some(2 * DAY)));
    desk.ok(staff(2), arrive());
    desk.fire(ClockKind::Pause);
    assert_eq!((desk.due(ClockKind::Arrive), desk.due(ClockKind::FirstContact)), (None, None));
    assert!(desk.due(ClockKind::Resolve).is_some());
}

#[test]
fn k2_a_slower_class_needs_approval_one_level_up_and_never_moves_the_total_clock() {
    let mut desk = Desk::at(Stage::Accepted);
    let total = desk.due(ClockKind::Total);
    let resolve = desk.due(ClockKind::Resolve);
    let class = Class { nature: Some(Nature::Suggestion), ..Class::default() };
    desk.ok(staff(2), IssueVerb::Reclassify { class, home: None, reason: sealed() });
    assert_eq!(desk.due(ClockKind::Resolve), resolve, "only proposed");
    let number = desk.issue.last_line;
    let approve = || IssueVerb::Approve { number, confirmed: None };
    assert_eq!(
        desk.refuses(staff(3), approve()),
        IssueError::RungTooLow { needed: Rung::Township }
    );
    desk.ok(staff(4), approve());
    assert!(desk.due(ClockKind::Resolve) > resolve && desk.due(ClockKind::Inform).is_some());
    assert_eq!(desk.due(ClockKind::Total), total);
}

/// C5 in K2's words: what turns urgent is owed a visit at once, whoever has not accepted it yet.
#[test]
fn k2_what_turns_urgent_is_visited_on_the_urgent_clock() {
    let mut desk = Desk::at(Stage::Registered);
    let class = Class { urgency: Some(Urgency::Urgent), ..Class::default() };
    desk.ok(agent(), IssueVerb::Reclassify { class, home: None, reason: sealed() });
    assert_eq!(desk.due(ClockKind::Arrive), Some(START.plus_seconds(2 * HOUR)));
    assert!(desk.due(ClockKind::Total) <= Some(START.plus_seconds(48 * HOUR)));
}

#[test]
fn k2_more_time_is_approved_one_level_up_and_the_total_clock_stays() {
    let by = Period::Calendar(CalendarDays(5));
    let extend = || Proposal::Extend { by, reason: sealed() };
    let mut desk = Desk::at(Stage::Accepted);
    let (total, resolve) = (desk.due(ClockKind::Total), desk.due(ClockKind::Resolve));
    assert_eq!(desk.refuses(staff(4), IssueVerb::Propose(extend())), IssueError::NotTheHolder);
    desk.by_two(staff(2), extend(), staff(4)).unwrap();
    assert_eq!(desk.due(ClockKind::Total), total);
    assert!(desk.due(ClockKind::Resolve) > resolve);
    desk.ok(staff(2), hold(HoldKind::Pause, None));
    let held = desk.refuses(staff(2), IssueVerb::Propose(extend()));
    assert_eq!(held, IssueError::HeldAlready, "there is no running clock to extend");
}

/// A completion that is overturned never stopped the total clock.
#[test]
fn k2_an_overturned_completion_never_stopped_the_total_clock() {
    let mut desk = Desk::at(Stage::OnSite);
    let total = desk.due(ClockKind::Total);
    desk.ok(staff(2), complete());
    assert_eq!(desk.due(ClockKind::Total), None);
    desk.on_to(Stage::Notified);
    desk.now += DAY;
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.due(ClockKind::Total), total);
}

/// 15 日 from Monday 2 March end on the 17th; 200 % are 30 日, rolled on their own from the same start.
#[test]
fn k3_a_percentage_is_counted_from_the_same_start() {
    let mut desk = Desk::at(Stage::OnSite);
    let days = |desk: &Desk| {
        (desk.due(ClockKind::Total).unwrap().local_date() - START.local_date()).get_days()
    };
    let running = desk.issue.clocks.running(ClockKind::Total).unwrap().derivation.clone();
    assert_eq!((running.started_at, running.percent), (START, 100));
    assert_eq!(days(&desk), 16, "half-open: the moment after the fifteenth day");
    desk.fire(ClockKind::Total);
    let running = desk.issue.clocks.running(ClockKind::Total).unwrap().derivation.clone();
    assert_eq!((running.started_at, running.percent), (START, 200));
    assert_eq!(days(&desk), 31);
}

/// In time if and only if done before the end; at one instant timers precede commands.
#[test]
fn k3_periods_are_half_open() {
    for (micros, late) in [(-1, false), (0, true)] {
        let mut desk = Desk::of(urgent());
        desk.ok(agent(), dispatch(2));
        let due = desk.due(ClockKind::Arrive).unwrap();
        let mut given = given(0, staff(2));
        given.now = domain::shared::moment::Moment(due.0 + micros);
        let events = desk.give_with(given, arrive()).unwrap();
        let expired = |e: &IssueEvent| matches!(e, IssueEvent::ClockExpired(e) if e.clock == ClockKind::Arrive);
        assert_eq!(events.iter().any(expired), late);
    }
}

#[test]
fn k3_an_early_obsolete_or_repeated_timer_adds_nothing() {
    let mut desk = Desk::at(Stage::Accepted);
    let timer = |generation| IssueVerb::Expire(Expire { clock: ClockKind::Resolve, generation });
    assert_eq!(desk.ok(Actor::system(), timer(1)), vec![], "early");
    desk.fire(ClockKind::Resolve);
    assert_eq!(desk.ok(Actor::system(), timer(1)), vec![], "repeated");
    assert_eq!(desk.ok(Actor::system(), timer(9)), vec![], "unknown");
}

fn class(class: Class) -> IssueVerb {
    IssueVerb::Reclassify { class, home: None, reason: sealed() }
}

/// C5: what rests for the holder's sake delays no visit to what became urgent meanwhile.
#[test]
fn k2_what_turns_urgent_while_it_rests_is_visited_on_the_urgent_clock() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), hold(HoldKind::Pause, None));
    desk.ok(agent(), class(Class { urgency: Some(Urgency::Urgent), ..Class::default() }));
    assert_eq!(desk.due(ClockKind::Arrive), Some(START.plus_seconds(2 * HOUR)));
    desk.now = HOUR;
    desk.ok(staff(2), IssueVerb::Resume { answer: None });
    let stricter = START.plus_seconds(25 * HOUR);
    assert!(desk.due(ClockKind::Resolve).unwrap() <= stricter, "what rested follows the new terms");
    assert_eq!(desk.due(ClockKind::Arrive), Some(START.plus_seconds(2 * HOUR)));
}

#[test]
fn k2_a_wish_rests_no_clock_of_whoever_comes_later() {
    let mut desk = Desk::at(Stage::Dispatched);
    let total = desk.due(ClockKind::Total);
    desk.ok(resident(), hold(HoldKind::ResidentWish, Some(40 * DAY)));
    assert_eq!(desk.due(ClockKind::Total), None);
    desk.ok(Actor::system(), crate::desk::attach(Reporter::default()));
    assert_eq!((desk.due(ClockKind::Total), desk.issue.hold.as_ref()), (total, None));
}

/// The heir of the one who stands aside, of the same unit, takes it on within the same time.
#[test]
fn k2_standing_aside_wins_the_own_unit_no_time() {
    let mut desk = Desk::at(Stage::Dispatched);
    let due = desk.due(ClockKind::Accept);
    desk.now = HOUR;
    desk.ok(agent(), crate::desk::party(Some(crate::desk::holder(2).post), None, None));
    assert_eq!(desk.issue.lead(), Some(&crate::desk::holder(3)));
    assert_eq!(desk.due(ClockKind::Accept), due);
}

/// Counted from its own start a clock meets other holidays than from the file's: eight working days end
/// with ten days when counted from the press in March, and a day later over 清明.
#[test]
fn k2_no_running_clock_is_lengthened_over_a_holiday_by_one_person() {
    let (head, ordinary) = POLICY.split_at(POLICY.find("[[matters]]\nname = \"一般\"").unwrap());
    let roads = ordinary
        .replace("name = \"一般\"", "name = \"道路\"\nmatch = { category = [\"道路\"] }")
        .replace("resolve = \"10 日\"", "resolve = \"8 工作日\"");
    let book = crate::desk::publish(&format!("{head}{roads}\n{ordinary}"));
    let mut desk = Desk::default();
    for (actor, verb) in [
        (agent(), crate::desk::register(crate::desk::matter(Confidence::Named))),
        (agent(), dispatch(2)),
        (staff(2), IssueVerb::Accept),
        (staff(2), class(Class { category: Some("道路".into()), ..Class::default() })),
    ] {
        let mut given = given(30 * DAY, actor);
        given.policies = std::sync::Arc::clone(&book);
        desk.give_with(given, verb).unwrap();
    }
    assert_eq!(desk.issue.proposals.len(), 1, "it takes a second person, one level up");
}

/// An extension was never made by the terms: others count nothing from it, but what became urgent is owed
/// as if it were promised now, whether the clock runs or rests.
#[test]
fn k2_what_was_granted_is_counted_by_no_other_terms() {
    let by = Period::Calendar(CalendarDays(5));
    let roads = || class(Class { category: Some("道路".into()), ..Class::default() });
    let urgent = || class(Class { urgency: Some(Urgency::Urgent), ..Class::default() });
    let pause = || hold(HoldKind::Pause, None);
    let resume = || IssueVerb::Resume { answer: None };
    let book = with_shorter_roads();
    let go = |desk: &mut Desk, actor, verb| {
        let policies = std::sync::Arc::clone(&book);
        desk.give_with(Given { policies, ..given(desk.now, actor) }, verb).unwrap();
    };
    for rests in [false, true] {
        let mut desk = Desk::default();
        go(&mut desk, agent(), crate::desk::register(crate::desk::matter(Confidence::Named)));
        go(&mut desk, agent(), dispatch(2));
        go(&mut desk, staff(2), IssueVerb::Accept);
        go(&mut desk, staff(2), IssueVerb::Propose(Proposal::Extend { by, reason: sealed() }));
        let number = desk.issue.last_line;
        go(&mut desk, staff(4), IssueVerb::Approve { number, confirmed: None });
        let granted = desk.due(ClockKind::Resolve);
        assert_eq!(granted, Some(START.plus_seconds(16 * DAY + 15 * HOUR)));

        desk.now = 8 * DAY;
        for (class, due) in
            [(roads(), granted), (urgent(), Some(START.plus_seconds(8 * DAY + 24 * HOUR)))]
        {
            if rests {
                go(&mut desk, staff(2), pause());
            }
            go(&mut desk, agent(), class);
            if rests {
                go(&mut desk, staff(2), resume());
            }
            assert_eq!(desk.due(ClockKind::Resolve), due, "rests: {rests}");
        }
    }
}

/// The test's policy, and matters of the road solved within nine days instead of ten.
fn with_shorter_roads() -> std::sync::Arc<PolicyBook> {
    let (head, ordinary) = POLICY.split_at(POLICY.find("[[matters]]\nname = \"一般\"").unwrap());
    let roads = ordinary
        .replace("name = \"一般\"", "name = \"道路\"\nmatch = { category = [\"道路\"] }")
        .replace("resolve = \"10 日\"", "resolve = \"9 日\"");
    crate::desk::publish(&format!("{head}{roads}\n{ordinary}"))
}

/// C5: at night an ordinary visit waits for the morning; what turns urgent in that night does not.
#[test]
fn k2_what_turns_urgent_waits_for_no_duty_window() {
    let mut desk = Desk::at(Stage::Registered);
    desk.now = 12 * HOUR; // 21:00
    for (actor, verb) in [(agent(), dispatch(2)), (staff(2), IssueVerb::Accept)] {
        desk.ok(actor, verb);
    }
    assert!(desk.due(ClockKind::Arrive) > Some(START.plus_seconds(2 * DAY)));
    desk.ok(agent(), class(Class { urgency: Some(Urgency::Urgent), ..Class::default() }));
    assert_eq!(desk.due(ClockKind::Arrive), Some(START.plus_seconds(14 * HOUR)));
}
