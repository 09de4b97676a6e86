//! Due timers: armed, moved and disarmed by events; failing ones move out of the way.

use domain::issue::IssueVerb;
use domain::issue::command::{Arrive, Complete, Dispatch, Seat};
use domain::issue::event::ArrivalOutcome;
use domain::shared::clock::ClockKind;
use domain::shared::ids::IssueId;
use domain::shared::ladder::Rung;
use testkit::{County, START, TOWNSHIP, VILLAGES, agent, holder, matter, staff};
use views::due::Timer;

use crate::history::{File, everybody};

const HOUR: i64 = 3_600_000_000;

struct Watched {
    county: County,
    file: File,
    issue: IssueId,
}

impl Watched {
    /// An ordinary issue, dispatched to its village as it was registered.
    async fn new() -> Self {
        let county = County::new().await;
        let issue = county.register(matter(0)).await;
        let file = File::of(&county).await;
        Self { county, file, issue }
    }

    async fn give(&self, hours: i64, verb: IssueVerb) {
        self.county.clock.advance_to(START + hours * HOUR);
        let lead = self.county.state(self.issue).await.lead().cloned().unwrap();
        let dispatch = matches!(verb, IssueVerb::Dispatch(_));
        let actor = if dispatch { agent() } else { staff(&lead) };
        self.county.issue(self.issue, VILLAGES[0], actor, verb).await.unwrap();
        self.catch_up().await;
    }

    async fn catch_up(&self) {
        let rest = self.county.since(self.file.views.position().await).await;
        self.file.views.apply(&rest).await.unwrap();
    }

    async fn timers(&self) -> Vec<Timer> {
        self.file.views.list_timers(&everybody(), 99).await.unwrap()
    }

    /// Clock, generation and hours after the start of what is armed, the nearest first.
    async fn armed(&self) -> Vec<(ClockKind, u32, i64)> {
        let timers = self.timers().await.into_iter();
        timers.map(|timer| (timer.clock, timer.generation, (timer.due_at - START) / HOUR)).collect()
    }

    async fn due(&self, hours: i64) -> Vec<(ClockKind, u32)> {
        let due = self.file.views.due_timers(START + hours * HOUR, 99).await.unwrap();
        due.into_iter().map(|timer| (timer.clock, timer.attempts)).collect()
    }
}

/// To another unit, which has its own time to take it on.
fn dispatch(place: u128) -> IssueVerb {
    IssueVerb::Dispatch(Dispatch {
        to: Some(Seat { holder: holder(TOWNSHIP, place), rung: Rung::Township }),
        lowest: None,
    })
}

fn arrive() -> IssueVerb {
    IssueVerb::Arrive(Arrive { outcome: ArrivalOutcome::Met, note: None })
}

/// 15 日 after 9 in the morning end at midnight; 7 日 likewise.
const TOTAL: (ClockKind, u32, i64) = (ClockKind::Total, 1, 15 * 24 + 15);
const RESOLVE_DAYS: i64 = 7 * 24 + 15;

#[tokio::test]
async fn timers_are_armed_moved_and_disarmed_by_events() {
    let watched = Watched::new().await;
    assert_eq!(watched.armed().await, [(ClockKind::Accept, 1, 4), TOTAL]);
    watched.give(1, dispatch(1)).await;
    assert_eq!(watched.armed().await, [(ClockKind::Accept, 2, 5), TOTAL], "moved");
    watched.give(2, IssueVerb::Accept).await;
    let (visit, word) = ((ClockKind::Arrive, 1, 26), (ClockKind::FirstContact, 1, 26));
    let owed = [visit, word, (ClockKind::Resolve, 1, RESOLVE_DAYS), TOTAL];
    assert_eq!(watched.armed().await, owed);
    watched.give(3, arrive()).await;
    assert_eq!(watched.armed().await, [(ClockKind::Resolve, 1, RESOLVE_DAYS), TOTAL]);
    watched.give(4, IssueVerb::Complete(Complete { summary: None, over_support: None })).await;
    let armed = watched.armed().await;
    assert_eq!(armed.iter().map(|(clock, ..)| *clock).collect::<Vec<_>>(), [ClockKind::Notice]);
}

#[tokio::test]
async fn a_timer_names_what_it_belongs_to_and_whether_it_still_counts() {
    let watched = Watched::new().await;
    let timers = watched.timers().await;
    let accept = timers.first().unwrap().clone();
    assert_eq!((accept.stream.id, accept.unit), (watched.issue.0, VILLAGES[0].0));
    assert!(watched.file.views.is_armed(&accept).await.unwrap());
    watched.give(1, dispatch(1)).await;
    assert!(!watched.file.views.is_armed(&accept).await.unwrap(), "an earlier generation");
    let moved = watched.timers().await.remove(0);
    assert!(watched.file.views.is_armed(&moved).await.unwrap());
}

#[tokio::test]
async fn a_timer_is_due_from_its_moment_on() {
    let watched = Watched::new().await;
    let views = &watched.file.views;
    assert_eq!(views.next_due().await.unwrap(), Some(START + 4 * HOUR));
    assert_eq!(views.due_timers(START + 4 * HOUR - 1, 9).await.unwrap(), []);
    assert_eq!(watched.due(4).await, [(ClockKind::Accept, 0)]);
    assert_eq!(watched.due(TOTAL.2).await, [(ClockKind::Accept, 0), (ClockKind::Total, 0)]);
    assert_eq!(views.due_timers(START + TOTAL.2 * HOUR, 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_failing_timer_moves_out_of_the_way_of_the_others() {
    let watched = Watched::new().await;
    let views = &watched.file.views;
    let accept = watched.timers().await.remove(0);
    for attempts in 1..=2 {
        let told = views.timer_failed(&accept, START + 500 * HOUR, "no policy").await.unwrap();
        assert_eq!(told, attempts);
    }
    assert_eq!(watched.due(TOTAL.2).await, [(ClockKind::Total, 0)]);
    assert_eq!(views.next_due().await.unwrap(), Some(START + TOTAL.2 * HOUR));
    let failing = views.failing_timers(&everybody()).await.unwrap();
    let [attempt] = &failing[..] else { panic!("{failing:?}") };
    assert_eq!((attempt.attempts, attempt.error.as_str()), (2, "no policy"));
    assert_eq!(
        (attempt.stream.clone(), attempt.clock.as_str()),
        (accept.stream.to_string(), "accept")
    );
    // Its pause over, it is asked again; having fired, its attempts are forgotten.
    let again = [(ClockKind::Accept, 2), (ClockKind::Total, 0)];
    assert_eq!(watched.due(500).await, again);
    views.timer_fired(&accept).await.unwrap();
    assert_eq!(views.failing_timers(&everybody()).await.unwrap(), []);
    assert_eq!(watched.due(4).await, [(ClockKind::Accept, 0)]);
}

#[tokio::test]
async fn a_new_generation_starts_without_the_failures_of_the_old() {
    let watched = Watched::new().await;
    let accept = watched.timers().await.remove(0);
    watched.file.views.timer_failed(&accept, START + 500 * HOUR, "down").await.unwrap();
    watched.give(1, dispatch(1)).await;
    assert_eq!(watched.due(5).await, [(ClockKind::Accept, 0)]);
}

/// Attempts stand beside the view, so they never make it differ from its rebuild.
#[tokio::test]
async fn attempts_are_outside_the_comparison() {
    let watched = Watched::new().await;
    let accept = watched.timers().await.remove(0);
    watched.file.views.timer_failed(&accept, START + 500 * HOUR, "down").await.unwrap();
    crate::history::assert_equal_to_the_log(&watched.file.views, &watched.county).await;
    let views = &watched.file.views;
    views.rebuild("due", &mut watched.county.feed(), false, |_| {}).await.unwrap();
    assert_eq!(watched.due(4).await, [], "and survive it");
}
