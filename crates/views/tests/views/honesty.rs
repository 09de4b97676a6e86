//! No figure improves by pausing, re-classifying, merging, withdrawing, excluding, or not answering:
//! an honest county and a cheating one, side by side (LOOP M1–M6).

use domain::issue::IssueVerb;
use domain::issue::command::{
    Arrive, AttachReporter, Complete, FollowUp, Hold, NameParty, Notify, Rate, RawAnswer, Reopen,
    Seat, Summon,
};
use domain::issue::event::{
    ArrivalOutcome, Class, HoldKind, NoticeChannel, Outcome, PartyRole, Proposal,
};
use domain::shared::actor::Actor;
use domain::shared::ids::IssueId;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Matter, Nature, Reporter, Source, Track, Urgency};
use domain::shared::moment::Moment;
use domain::shared::sealed::Sealed;
use domain::shared::verdict::{Thumb, Verdict};
use testkit::{COUNTY, County, START, TOWNSHIP, VILLAGES, agent, holder, matter, resident, staff};
use uuid::Uuid;
use views::Viewer;
use views::figures::{Figures, Period};

use crate::history::{File, everybody, looking_as};

const DAY: i64 = 86_400_000_000;

struct Told {
    county: County,
    issue: IssueId,
}

impl Told {
    async fn new() -> Self {
        Self::of(matter(0)).await
    }

    async fn of(matter: Matter) -> Self {
        let county = County::new().await;
        let issue = county.register(matter).await;
        Self { county, issue }
    }

    async fn give(&self, actor: Actor, verb: IssueVerb) {
        self.county.issue(self.issue, VILLAGES[0], actor, verb).await.unwrap();
    }

    fn wait(&self, days: i64) {
        self.county.clock.advance_to(self.county.clock.now_us() + days * DAY);
    }

    /// Met, completed, told; not rated.
    async fn done(&self) {
        let lead = self.county.state(self.issue).await.lead().cloned().unwrap();
        let arrive = Arrive { outcome: ArrivalOutcome::Met, note: None };
        self.give(staff(&lead), IssueVerb::Arrive(arrive)).await;
        let complete = Complete { summary: None, over_support: Some(sealed()) };
        self.give(staff(&lead), IssueVerb::Complete(complete)).await;
        let notify = Notify { reporter: 0, channel: NoticeChannel::Phone };
        self.give(agent(), IssueVerb::Notify(notify)).await;
    }

    async fn rated(&self, thumb: Thumb) {
        let (reporter, answer) = (0, RawAnswer::Thumb(thumb));
        let rate = Rate { reporter, answer, in_presence: false };
        self.give(resident(), IssueVerb::Rate(rate)).await;
    }

    async fn by_two(&self, proposal: Proposal) {
        self.give(staff(&holder(COUNTY, 0)), IssueVerb::Propose(proposal)).await;
        let number = self.county.state(self.issue).await.last_line;
        self.give(staff(&holder(COUNTY, 1)), IssueVerb::Approve { number, confirmed: None }).await;
    }

    /// As they stand when another hundred days have passed.
    async fn figures(&self) -> Figures {
        self.seen_by(&everybody()).await
    }

    async fn seen_by(&self, viewer: &Viewer) -> Figures {
        let file = File::of(&self.county).await;
        let now_us = self.county.clock.now_us() + 100 * DAY;
        let period = Period { from_us: START, until_us: i64::MAX, now_us };
        file.views.figures(viewer, period).await.unwrap()
    }
}

fn sealed() -> Sealed {
    Sealed { key_id: Uuid::from_u128(7), commitment: "YWJj".into(), text: "eHl6".into() }
}

fn end(outcome: Outcome) -> Proposal {
    let competent_body = Some("县水务局".into());
    Proposal::End { outcome, reason: sealed(), remedy: sealed(), competent_body }
}

#[tokio::test]
async fn m3_overdue_stays_overdue_whatever_is_done_to_the_file() {
    for cheat in 0..6 {
        let told = Told::new().await;
        let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
        told.give(staff(&lead), IssueVerb::Accept).await;
        if cheat == 0 {
            let hold = Hold { kind: HoldKind::Pause, reason: sealed(), until: None };
            told.give(staff(&lead), IssueVerb::Hold(hold)).await;
        }
        told.wait(40);
        match cheat {
            1 => {
                let class = Class { nature: Some(Nature::Suggestion), ..Class::default() };
                told.give(agent(), IssueVerb::Reclassify { class, home: None, reason: sealed() })
                    .await;
            }
            2 => {
                let into = told.county.register(matter(0)).await;
                told.by_two(Proposal::Merge { into, reason: sealed() }).await;
            }
            3 => told.give(resident(), IssueVerb::Propose(end(Outcome::Withdrawn))).await,
            4 => told.by_two(end(Outcome::Declined)).await,
            5 => told.by_two(Proposal::Exclude { reason: sealed() }).await,
            _ => {}
        }
        let figures = told.figures().await;
        assert!(figures.issues.overdue >= 1, "cheat {cheat} took it out of the overdue");
        assert!(figures.issues.received >= 1 && figures.issues.due >= 1, "cheat {cheat}");
        assert_eq!(figures.issues.satisfied, 0, "cheat {cheat} satisfied somebody");
    }
}

/// Nobody asked, nobody rated, nobody closed: none of it counts as satisfied, all of it as due.
#[tokio::test]
async fn m3_not_answering_satisfies_nobody() {
    let silent = Told::new().await;
    let unrated = Told::new().await;
    unrated.done().await;
    for told in [silent, unrated] {
        let issues = told.figures().await.issues;
        assert_eq!((issues.due, issues.satisfied, issues.not_yet_due), (1, 0, 0));
    }
}

/// “Solved” was said of work that was reopened since: silence about the new work is no satisfaction.
#[tokio::test]
async fn m3_an_old_verdict_does_not_speak_for_new_work() {
    let told = Told::new().await;
    told.done().await;
    told.rated(Thumb::Up).await;
    assert_eq!(told.figures().await.issues.satisfied, 1);
    let reopen = Reopen { reporter: 0, reason: None };
    told.give(resident(), IssueVerb::Reopen(reopen)).await;
    let issues = told.figures().await.issues;
    assert_eq!((issues.satisfied, issues.due, issues.reopened), (0, 1, 1));
    let verb = domain::issue::command::Dispatch { to: None, lowest: None };
    told.give(agent(), IssueVerb::Dispatch(verb)).await;
    told.done().await;
    assert_eq!(told.figures().await.issues.satisfied, 0);
}

/// V1: the resident's own mistake costs the unit nothing, and hides nothing.
#[tokio::test]
async fn m3_a_mistake_taken_back_leaves_no_trace_in_the_figures() {
    let told = Told::new().await;
    told.done().await;
    told.rated(Thumb::Down).await;
    assert_eq!(told.figures().await.issues.reopened, 1);
    let verdict = Some(Verdict::of_thumb(Thumb::Up));
    let call = FollowUp { reporter: 0, verdict, note: None, by_mistake: true };
    told.give(agent(), IssueVerb::FollowUp(call)).await;
    let figures = told.figures().await;
    let issues = &figures.issues;
    assert_eq!((issues.satisfied, issues.reopened, issues.overdue), (1, 0, 0));
    assert_eq!(figures.settled, [(Rung::Village, 1, 0)]);
}

#[tokio::test]
async fn m3_a_proactive_matter_stays_out_of_the_rates_until_somebody_brings_it() {
    let told = Told::of(Matter { source: Source::Proactive, ..matter(0) }).await;
    let issues = told.figures().await.issues;
    assert_eq!((issues.proactive, issues.received, issues.due), (1, 0, 0));
    let attach = AttachReporter {
        reporter: Reporter::default(),
        started_at: None,
        policy: None,
        brings: None,
    };
    told.give(agent(), IssueVerb::AttachReporter(attach)).await;
    let issues = told.figures().await.issues;
    assert_eq!((issues.proactive, issues.received, issues.due), (0, 1, 1));
}

#[tokio::test]
async fn m4_a_level_settles_what_it_worked_on_alone_and_for_good() {
    let told = Told::new().await;
    told.done().await;
    told.rated(Thumb::Up).await;
    assert_eq!(told.figures().await.settled, [(Rung::Village, 1, 0)]);
    // The same household, place and category within thirty days: it was not settled.
    told.wait(10);
    told.county.register(matter(0)).await;
    let figures = told.figures().await;
    assert_eq!((figures.settled, figures.issues.repeated), (vec![], 1));
}

#[tokio::test]
async fn m4_a_level_that_was_called_in_has_worked_on_it() {
    let told = Told::new().await;
    let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
    told.give(staff(&lead), IssueVerb::Accept).await;
    let to = Seat { holder: holder(TOWNSHIP, 0), rung: Rung::Township };
    let comes = to.holder.clone();
    told.give(staff(&lead), IssueVerb::Summon(Summon { to, task: None })).await;
    let support = told.county.state(told.issue).await.last_line;
    told.give(staff(&comes), IssueVerb::FinishSupport { support, note: None }).await;
    told.done().await;
    told.rated(Thumb::Up).await;
    assert_eq!(told.figures().await.settled, [(Rung::Township, 1, 0)]);
}

/// M4: called in, and never there.
#[tokio::test]
async fn m4_a_level_that_never_came_has_not_worked_on_it() {
    let told = Told::new().await;
    let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
    told.give(staff(&lead), IssueVerb::Accept).await;
    let to = Seat { holder: holder(TOWNSHIP, 0), rung: Rung::Township };
    told.give(staff(&lead), IssueVerb::Summon(Summon { to, task: None })).await;
    told.done().await;
    told.rated(Thumb::Up).await;
    assert_eq!(told.figures().await.settled, [(Rung::Village, 1, 0)]);
}

#[tokio::test]
async fn m4_what_was_reopened_is_settled_by_nobody() {
    let told = Told::new().await;
    told.done().await;
    told.rated(Thumb::Down).await;
    let verb = domain::issue::command::Dispatch { to: None, lowest: None };
    told.give(agent(), IssueVerb::Dispatch(verb)).await;
    told.done().await;
    told.rated(Thumb::Up).await;
    assert_eq!(told.figures().await.settled, []);
}

#[tokio::test]
async fn m5_an_exclusion_leaves_the_raw_figures_and_is_counted() {
    let told = Told::new().await;
    told.done().await;
    let honest = told.figures().await;
    told.by_two(Proposal::Exclude { reason: sealed() }).await;
    let figures = told.figures().await;
    assert_eq!(figures.issues.excluded, 1);
    let raw = views::figures::IssueFigures { excluded: 0, ..figures.issues };
    assert_eq!(raw, honest.issues, "the raw figures moved");
    assert_eq!((figures.adjusted.received, figures.adjusted.due), (0, 0));
    told.give(staff(&holder(COUNTY, 0)), IssueVerb::Restore { reason: sealed() }).await;
    assert_eq!(told.figures().await.adjusted, honest.adjusted);
}

/// A1: whoever stands aside counts without the row; everybody else with it.
#[tokio::test]
async fn a1_the_sums_of_whoever_stands_aside_lack_the_row() {
    let told = Told::new().await;
    let sits = holder(COUNTY, 0);
    let post = Some(sits.post);
    let party = NameParty { role: PartyRole::Kin, post, person: None, unit: None };
    told.give(staff(&holder(COUNTY, 1)), IssueVerb::NameParty(party)).await;
    let aside = looking_as(sits.post.0);
    assert_eq!(told.seen_by(&aside).await.issues.received, 0);
    assert_eq!(told.figures().await.issues.received, 1);
}

#[tokio::test]
async fn a1_an_accusation_is_in_nobody_s_figures_but_its_body_s() {
    let told = Told::of(Matter { track: Track::Supervision, ..matter(0) }).await;
    let ordinary = Viewer::of_everything(&[Track::Service, Track::Petition]);
    assert_eq!(told.seen_by(&ordinary).await.issues, views::figures::IssueFigures::default());
    let body = Viewer::of_everything(&[Track::Supervision]);
    assert_eq!(told.seen_by(&body).await.issues.received, 1);
}

/// E1: one of two was never heard, so it closed unconfirmed; the other's “solved” satisfies nobody.
#[tokio::test]
async fn m3_a_file_closed_unconfirmed_satisfies_nobody() {
    let told = Told::new().await;
    let attach = AttachReporter {
        reporter: Reporter::default(),
        started_at: None,
        policy: None,
        brings: None,
    };
    told.give(agent(), IssueVerb::AttachReporter(attach)).await;
    told.done().await;
    let notify = Notify { reporter: 1, channel: NoticeChannel::Phone };
    told.give(agent(), IssueVerb::Notify(notify)).await;
    told.rated(Thumb::Up).await;
    told.wait(20);
    for _ in 0..3 {
        // On another day, at another hour.
        told.county.clock.advance_to(told.county.clock.now_us() + DAY + DAY / 24);
        let call = FollowUp { reporter: 1, verdict: None, note: None, by_mistake: false };
        told.give(agent(), IssueVerb::FollowUp(call)).await;
    }
    let issues = told.figures().await.issues;
    assert_eq!((issues.closed_unconfirmed, issues.satisfied, issues.reached), (1, 0, 1));
}

/// I7: somebody came in time and wrote it down late; the resident says so.
#[tokio::test]
async fn m3_a_visit_the_resident_confirms_was_in_time() {
    for (hours, late) in [(1, 0), (500, 1)] {
        let told = Told::new().await;
        let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
        told.give(staff(&lead), IssueVerb::Accept).await;
        told.give(staff(&lead), IssueVerb::ContactMade { reporter: 0, reached: true, note: None })
            .await;
        told.wait(4);
        let arrive = Arrive { outcome: ArrivalOutcome::Met, note: None };
        told.give(staff(&lead), IssueVerb::Arrive(arrive)).await;
        assert_eq!(told.figures().await.issues.holder_late, 1, "the promise has passed");
        let came_at = Some(Moment(START + hours * 3_600_000_000));
        told.give(resident(), IssueVerb::ConfirmArrival { reporter: 0, came_at }).await;
        assert_eq!(told.figures().await.issues.holder_late, late, "came after {hours} hours");
    }
}

/// V1, M4: a press while the work goes on reopens nothing, so its mistake takes back no reopening.
#[tokio::test]
async fn m4_a_mistake_on_site_takes_back_no_earlier_reopening() {
    let told = Told::new().await;
    told.done().await;
    told.rated(Thumb::Down).await;
    let heard = |by_mistake, thumb| {
        let verdict = Some(Verdict::of_thumb(thumb));
        IssueVerb::FollowUp(FollowUp { reporter: 0, verdict, note: None, by_mistake })
    };
    told.give(agent(), heard(false, Thumb::Up)).await;
    let verb = domain::issue::command::Dispatch { to: None, lowest: None };
    told.give(agent(), IssueVerb::Dispatch(verb)).await;
    let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
    let arrive = Arrive { outcome: ArrivalOutcome::Met, note: None };
    told.give(staff(&lead), IssueVerb::Arrive(arrive)).await;
    told.rated(Thumb::Down).await;
    told.give(agent(), heard(true, Thumb::Up)).await;
    assert_eq!(told.figures().await.issues.reopened, 1);
}

/// M2: who never takes a matter on owes the first call all the same.
#[tokio::test]
async fn m2_not_accepting_saves_nobody_the_first_call() {
    let told = Told::new().await;
    told.wait(40);
    told.give(agent(), IssueVerb::Comment { note: sealed() }).await;
    let issues = told.figures().await.issues;
    assert_eq!((issues.contact_due, issues.contacted), (1, 0));
}

/// M2: a visit of work that was overturned is none of the new work, whoever had confirmed it.
#[tokio::test]
async fn m2_a_confirmed_visit_belongs_to_the_work_it_was_made_for() {
    let visit = Matter { must_visit: true, ..matter(0) };
    let told = Told::of(visit).await;
    let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
    told.give(staff(&lead), IssueVerb::Accept).await;
    told.give(resident(), IssueVerb::ConfirmArrival { reporter: 0, came_at: None }).await;
    told.done().await;
    let of = async || {
        let issues = told.figures().await.issues;
        (issues.arrived, issues.arrived_confirmed)
    };
    assert_eq!(of().await, (1, 1));
    told.rated(Thumb::Down).await;
    assert_eq!(of().await, (0, 0));
    let verdict = Some(Verdict::of_thumb(Thumb::Up));
    let call = FollowUp { reporter: 0, verdict, note: None, by_mistake: true };
    told.give(agent(), IssueVerb::FollowUp(call)).await;
    assert_eq!(of().await, (1, 1), "the key was pressed by mistake");
}

/// V3: nobody is visited whom nobody knows, and nobody is counted as owed a visit.
#[tokio::test]
async fn m2_an_anonymous_matter_that_turns_urgent_owes_no_visit() {
    let anonymous = Reporter { confidence: Confidence::Anonymous, ..Reporter::default() };
    let told = Told::of(Matter { reporter: anonymous, ..matter(0) }).await;
    let class = Class { urgency: Some(Urgency::Urgent), ..Class::default() };
    told.give(agent(), IssueVerb::Reclassify { class, home: None, reason: sealed() }).await;
    assert!(!told.county.state(told.issue).await.must_visit);
    assert_eq!(told.figures().await.issues.must_visit, 0);
}

/// Merging a lead away says nothing of the files that were merged into it before.
#[tokio::test]
async fn m3_a_chain_of_merges_leaves_all_of_it_overdue() {
    let mut told = Told::new().await;
    let first = told.issue;
    let [second, third] =
        [told.county.register(matter(0)).await, told.county.register(matter(0)).await];
    let joins = async |told: &Told, lead: IssueId, from: IssueId, through: Vec<IssueId>| {
        let reporter =
            Reporter { merged_from: Some(from), merged_through: through, ..Reporter::default() };
        let attach = AttachReporter { reporter, started_at: None, policy: None, brings: None };
        let verb = IssueVerb::AttachReporter(attach);
        told.county.issue(lead, VILLAGES[0], Actor::system(), verb).await.unwrap();
    };
    told.by_two(Proposal::Merge { into: second, reason: sealed() }).await;
    joins(&told, second, first, Vec::new()).await;
    told.issue = second;
    told.by_two(Proposal::Merge { into: third, reason: sealed() }).await;
    joins(&told, third, second, Vec::new()).await;
    joins(&told, third, first, vec![second]).await;
    let figures = told.figures().await.issues;
    assert_eq!((figures.received, figures.open, figures.overdue), (3, 3, 3));
    // The lead's reporter rates in presence, and so do the two that came.
    told.issue = third;
    told.done().await;
    for reporter in [1, 2] {
        let notify = Notify { reporter, channel: NoticeChannel::Phone };
        told.give(agent(), IssueVerb::Notify(notify)).await;
    }
    for reporter in 0..3 {
        let answer = RawAnswer::Thumb(Thumb::Up);
        let rate = Rate { reporter, answer, in_presence: true };
        told.give(resident(), IssueVerb::Rate(rate)).await;
    }
    let figures = told.figures().await.issues;
    assert_eq!((figures.satisfied, figures.in_presence), (3, 3));
}

/// M2: a call that came before anybody owed it counts as one that was owed, and made.
#[tokio::test]
async fn m2_a_call_before_the_acceptance_is_one_that_was_made() {
    let told = Told::new().await;
    let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
    told.give(staff(&lead), IssueVerb::ContactMade { reporter: 0, reached: true, note: None })
        .await;
    told.give(staff(&lead), IssueVerb::Accept).await;
    let issues = told.figures().await.issues;
    assert_eq!((issues.contact_due, issues.contacted), (1, 1));
}

/// M1, M2: a call that need not have been made yet is in no rate; done without one, it was owed.
#[tokio::test]
async fn m2_a_first_call_counts_from_when_it_is_due() {
    let told = Told::new().await;
    let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
    told.give(staff(&lead), IssueVerb::Accept).await;
    let due_after = async |hours: i64| {
        let file = File::of(&told.county).await;
        let now_us = told.county.clock.now_us() + hours * DAY / 24;
        let period = Period { from_us: START, until_us: i64::MAX, now_us };
        file.views.figures(&everybody(), period).await.unwrap().issues.contact_due
    };
    assert_eq!((due_after(0).await, due_after(23).await, due_after(25).await), (0, 0, 1));
    told.wait(0);
    let talk = IssueVerb::ContactMade { reporter: 0, reached: true, note: None };
    told.give(staff(&lead), talk).await;
    assert_eq!(due_after(0).await, 1, "made, it counts");
}

/// V3, M2: a household that calls about an anonymous matter is known, and is visited and counted.
#[tokio::test]
async fn m2_somebody_known_who_comes_to_an_anonymous_matter_is_counted() {
    let anonymous = Reporter { confidence: Confidence::Anonymous, ..Reporter::default() };
    let urgent = Matter { urgency: Urgency::Urgent, reporter: anonymous, ..matter(0) };
    let told = Told::of(urgent).await;
    let of = async || {
        let issues = told.figures().await.issues;
        (issues.anonymous, issues.must_visit)
    };
    assert_eq!(of().await, (1, 0));
    let reporter = matter(0).reporter;
    let attach = AttachReporter { reporter, started_at: None, policy: None, brings: None };
    told.give(Actor::system(), IssueVerb::AttachReporter(attach)).await;
    assert!(told.county.state(told.issue).await.must_visit);
    assert_eq!(of().await, (0, 1));
}

/// M2: what was visited before anybody was known, was visited to nobody.
#[tokio::test]
async fn m2_a_visit_to_nobody_is_no_visit_to_whoever_comes() {
    let nobody = Reporter { confidence: Confidence::Anonymous, ..Reporter::default() };
    let of = |source, reporter| Matter { urgency: Urgency::Urgent, source, reporter, ..matter(0) };
    let found = of(Source::Proactive, Reporter::default());
    for matter_of_nobody in [found, of(Source::InPerson, nobody)] {
        let told = Told::of(matter_of_nobody).await;
        let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
        told.give(staff(&lead), IssueVerb::Accept).await;
        let arrive = || IssueVerb::Arrive(Arrive { outcome: ArrivalOutcome::Met, note: None });
        told.give(staff(&lead), arrive()).await;
        let reporter = matter(0).reporter;
        let attach = AttachReporter { reporter, started_at: None, policy: None, brings: None };
        told.give(Actor::system(), IssueVerb::AttachReporter(attach)).await;
        let of = async || {
            let issues = told.figures().await.issues;
            [issues.must_visit, issues.arrived, issues.contact_due, issues.contacted]
        };
        assert_eq!(of().await, [1, 0, 1, 0]);
        told.give(staff(&lead), arrive()).await;
        assert_eq!(of().await, [1, 1, 1, 1]);
    }
}

/// M2: whether anybody took it on or not, the first call is owed alike.
#[tokio::test]
async fn m2_not_accepting_makes_no_first_call_disappear() {
    let mut seen = Vec::new();
    for accepts in [true, false] {
        for ends in [Outcome::Declined, Outcome::Transferred] {
            let told = Told::new().await;
            if accepts {
                let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
                told.give(staff(&lead), IssueVerb::Accept).await;
            }
            told.by_two(end(ends)).await;
            seen.push(told.figures().await.issues.contact_due);
        }
    }
    assert_eq!(seen, [0; 4], "ended before a call was due");
}

/// M3, K3: a step before the whole time is over warns; only the end of it is a broken promise.
#[tokio::test]
async fn m3_a_step_before_the_end_is_no_broken_promise() {
    for (hours, late) in [(30, 0), (50, 1)] {
        let told = Told::new().await;
        let policy = told.county.state(told.issue).await.policy.clone();
        let terms = "wartime".to_owned();
        told.by_two(Proposal::ReplacePolicy { policy, terms, reason: sealed() }).await;
        let lead = told.county.state(told.issue).await.lead().cloned().unwrap();
        told.give(staff(&lead), IssueVerb::Accept).await;
        told.county.clock.advance_to(told.county.clock.now_us() + hours * 3_600_000_000);
        told.done().await;
        told.rated(Thumb::Up).await;
        let (issues, adjusted) = {
            let figures = told.figures().await;
            (figures.issues, figures.adjusted)
        };
        assert_eq!(adjusted.overdue_adjusted, late, "after {hours} h");
        assert_eq!(issues.overdue_adjusted, late, "after {hours} h");
    }
}
