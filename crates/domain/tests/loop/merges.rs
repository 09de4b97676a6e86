//! I5: two files of one matter become one; nobody loses a promise by it, and it can be undone.

use domain::issue::command::AttachReporter;
use domain::issue::event::Outcome;
use domain::issue::{IssueError, IssueVerb, Stage};
use domain::shared::actor::{Actor, ActorKind};
use domain::shared::clock::ClockKind;
use domain::shared::given::MergeLead;
use domain::shared::ids::{DeviceId, IssueId};
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Reporter, Track, Urgency};

use crate::desk::{
    DAY, DOWN, Desk, HOUR, ISSUE, LEAD, OTHER, START, UP, agent, arrive, attach, complete,
    follow_up, given, join, matter, merge, notify, proactive, rate, rate_of, resident, said,
    sealed, second, staff, urgent,
};

#[test]
fn i5_each_reporter_has_a_notice_and_a_verdict_and_one_reopens() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(agent(), attach(Reporter::default()));
    desk.ok(staff(2), complete());
    desk.ok(agent(), notify(0));
    assert_eq!(desk.issue.stage, Stage::Completed, "reporter 1 was not told");
    desk.ok(agent(), notify(1));
    desk.ok(resident(), rate(UP));
    assert_eq!(desk.issue.stage, Stage::Notified);
    desk.ok(resident(), rate_of(1, DOWN));
    assert_eq!((desk.issue.stage, desk.issue.reopens), (Stage::Registered, 1));
}

#[test]
fn i5_the_earliest_total_clock_governs() {
    let mut desk = Desk::at(Stage::Accepted);
    let before = desk.due(ClockKind::Total);
    let earlier = Some(START.plus_seconds(-5 * DAY));
    let reporter = Reporter { merged_from: Some(OTHER), ..Reporter::default() };
    desk.ok(
        agent(),
        IssueVerb::AttachReporter(AttachReporter {
            reporter,
            started_at: earlier,
            policy: None,
            brings: None,
        }),
    );
    assert!(desk.due(ClockKind::Total) < before);
    let later = Some(START.plus_seconds(9 * DAY));
    let governs = desk.due(ClockKind::Total);
    let attach = AttachReporter {
        reporter: Reporter::default(),
        started_at: later,
        policy: None,
        brings: None,
    };
    desk.ok(agent(), IssueVerb::AttachReporter(attach));
    assert_eq!(desk.due(ClockKind::Total), governs);
}

#[test]
fn i5_a_merge_takes_two_people_and_can_be_undone() {
    let mut desk = Desk::at(Stage::Accepted);
    let total = desk.due(ClockKind::Total);
    desk.ok(staff(2), IssueVerb::Propose(merge()));
    let number = desk.issue.last_line;
    assert_eq!(
        desk.refuses(staff(2), IssueVerb::Approve { number, confirmed: None }),
        IssueError::SamePerson
    );
    desk.ok(second(), IssueVerb::Approve { number, confirmed: None });
    assert_eq!(desk.issue.stage, Stage::Closed);
    assert_eq!(desk.refuses(resident(), rate(UP)), IssueError::Merged { into: OTHER });
    desk.now += 30 * DAY;
    desk.ok(second(), IssueVerb::Unmerge { reason: Some(sealed()) });
    assert_eq!(desk.issue.stage, Stage::Registered);
    assert_eq!(desk.due(ClockKind::Total), total, "from its own start");
    assert!(desk.due(ClockKind::Dispatch).is_some());
    assert_eq!(
        desk.refuses(second(), IssueVerb::Unmerge { reason: Some(sealed()) }).reason(),
        "ISSUE_STAGE_REFUSES"
    );
}

#[test]
fn i5_a_complaint_is_heard_before_its_file_disappears_into_another() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.refuses(agent(), IssueVerb::Propose(merge())), IssueError::FollowUpOwed);
    desk.ok(agent(), follow_up(Some(UP), false));
    desk.by_two(agent(), merge(), second()).unwrap();
    assert_eq!(desk.issue.merged_into, Some(OTHER));
}

/// An urgent file with a visit still owed goes into one that was visited and is not urgent.
#[test]
fn i5_nobody_loses_a_visit_an_urgency_a_deadline_or_a_rung_by_being_merged() {
    let mut from = Desk::of(urgent());
    from.on_to(Stage::Accepted);
    from.ok(
        staff(4),
        IssueVerb::Escalate(domain::issue::command::Escalate {
            to: Some(Rung::Township),
            reason: sealed(),
        }),
    );
    let mut lead = Desk::at(Stage::OnSite);
    let slow = [ClockKind::Resolve, ClockKind::Total].map(|clock| lead.due(clock));
    (from.now, lead.now) = (HOUR / 2, HOUR / 2);
    let owed = [ClockKind::Arrive, ClockKind::FirstContact, ClockKind::Resolve, ClockKind::Total]
        .map(|clock| (clock, from.due(clock)));
    join(&mut from, &mut lead);
    for (clock, due) in owed {
        assert_eq!(lead.due(clock), due, "{clock}");
    }
    assert!([ClockKind::Resolve, ClockKind::Total].map(|clock| lead.due(clock)) < slow);
    assert_eq!((lead.issue.matter.urgency, lead.issue.rung), (Urgency::Urgent, Rung::Township));
    assert_eq!(lead.refuses(staff(2), complete()), IssueError::VisitOwed);
    lead.ok(staff(2), arrive());
    lead.ok(staff(2), complete());
}

/// The earlier promise is the lead's own: nothing is put off by a slower file that comes.
#[test]
fn i5_a_slower_file_puts_nothing_off() {
    let mut lead = Desk::of(urgent());
    lead.on_to(Stage::Accepted);
    let due = |desk: &Desk| {
        [ClockKind::Arrive, ClockKind::Resolve, ClockKind::Total].map(|clock| desk.due(clock))
    };
    let before = due(&lead);
    let mut from = Desk::at(Stage::Accepted);
    join(&mut from, &mut lead);
    assert_eq!(due(&lead), before);
    assert_eq!(lead.issue.terms, "紧急");
}

/// Undone, the merged file has the promises that ran before: no new time by merging back and forth.
#[test]
fn i5_a_merge_that_is_undone_wins_no_time() {
    let mut from = Desk::at(Stage::Accepted);
    let clocks = [ClockKind::FirstContact, ClockKind::Arrive, ClockKind::Resolve, ClockKind::Total];
    let owed = clocks.map(|clock| from.due(clock));
    join(&mut from, &mut Desk::at(Stage::Accepted));
    from.now = HOUR;
    from.ok(second(), IssueVerb::Unmerge { reason: Some(sealed()) });
    assert_eq!(clocks.map(|clock| from.due(clock)), owed);
}

/// A into B, B into C: what A brought is known as A's in C too, and leaves with either of them.
#[test]
fn i5_a_chain_of_merges_is_undone_link_by_link() {
    let ids = [1, 2, 3].map(|number| IssueId(uuid::Uuid::from_u128(number)));
    let mut files = ids.map(|id| {
        let mut desk = Desk::at(Stage::Accepted);
        desk.issue.id = id;
        desk
    });
    let [a, b, c] = &mut files;
    join(a, b);
    join(b, c);
    let came: Vec<_> = c.issue.reporters.iter().map(|known| known.merged_from).collect();
    assert_eq!(came, [None, Some(ids[1]), Some(ids[0])]);
    let detach = |from| IssueVerb::DetachReporter { from };
    let mut without_a = c.clone();
    without_a.ok(Actor::system(), detach(ids[0]));
    assert_eq!(without_a.issue.active_reporters().count(), 2);
    c.ok(Actor::system(), detach(ids[1]));
    assert_eq!(c.issue.active_reporters().count(), 1, "B leaves with all it had brought");
}

/// Neither into a file that is done, rests or was merged itself, nor across tracks, nor with anybody who
/// must not be known there; and a lead that is done meanwhile takes nothing on.
#[test]
fn i5_only_an_open_file_of_the_same_track_takes_another_in() {
    let desk = Desk::at(Stage::Accepted);
    let asked = |desk: &Desk, lead| {
        let given = domain::shared::given::Given { merge_lead: lead, ..given(0, agent()) };
        desk.clone().give_with(given, IssueVerb::Propose(merge())).unwrap_err()
    };
    assert_eq!(asked(&desk, None), IssueError::LeadNotOpen);
    assert_eq!(asked(&desk, Some(MergeLead { open: false, ..LEAD })), IssueError::LeadNotOpen);
    let other = MergeLead { track: Track::Supervision, ..LEAD };
    assert_eq!(asked(&desk, Some(other)), IssueError::OtherTrack);
    let aside = MergeLead { recusal: true, ..LEAD };
    assert_eq!(asked(&desk, Some(aside)), IssueError::RecusalStaysAlone);
    let hidden = MergeLead { confidential: true, ..LEAD };
    assert_eq!(asked(&desk, Some(hidden)), IssueError::ConfidentialStaysAlone);
    let confidential = Desk::of(matter(Confidence::Confidential));
    assert_eq!(asked(&confidential, Some(LEAD)), IssueError::ConfidentialStaysAlone);

    assert!(Desk::at(Stage::OnSite).issue.as_lead().open);
    assert!(!Desk::at(Stage::Completed).issue.as_lead().open);
    let mut from = Desk::at(Stage::Accepted);
    join(&mut from, &mut Desk::at(Stage::Accepted));
    assert!(!from.issue.as_lead().open, "merged itself");
}

fn two_reporters() -> Desk {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(agent(), attach(Reporter { device: Some(OTHERS), ..Reporter::default() }));
    desk.ok(staff(2), complete());
    desk.ok(agent(), notify(0));
    desk.ok(agent(), notify(1));
    desk
}

const OTHERS: DeviceId = DeviceId(uuid::Uuid::from_u128(0xde2));

/// Only the word of whoever complained ends the call-back that is owed for it, or takes the key back.
#[test]
fn i5_a_complaint_is_answered_to_whoever_made_it() {
    let mut desk = two_reporters();
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.refuses(agent(), said(1, UP, true)), IssueError::NothingToUndo);
    desk.ok(agent(), said(1, UP, false));
    assert!(desk.issue.follow_up.ordered.is_some(), "reporter 0 was not asked");
    assert!(desk.due(ClockKind::FollowUp).is_some());
    desk.ok(agent(), said(0, UP, false));
    assert_eq!((desk.issue.follow_up.ordered, desk.due(ClockKind::FollowUp)), (None, None));
}

/// A device speaks for the reporter it belongs to.
#[test]
fn i5_one_reporters_key_rates_for_no_other() {
    let desk = two_reporters();
    let key = Actor { kind: ActorKind::Device, id: OTHERS.to_string(), ..Actor::default() };
    assert_eq!(desk.refuses(key.clone(), rate(UP)), IssueError::OthersWord);
    let mut desk = desk;
    desk.ok(key, rate_of(1, UP));
    assert_eq!(desk.issue.stage, Stage::Notified, "reporter 0 has said nothing");
}

/// V3: what staff had found and somebody brought since is told and asked about as any other.
#[test]
fn i5_a_complaint_in_a_file_found_by_staff_is_told_and_asked() {
    let mut desk = Desk::of(proactive());
    desk.on_to(Stage::OnSite);
    desk.ok(agent(), attach(Reporter::default()));
    desk.ok(staff(2), arrive());
    desk.ok(staff(2), complete());
    assert_eq!(desk.issue.stage, Stage::Completed, "the reporter is owed a notice");
    desk.ok(agent(), notify(1));
    desk.ok(agent(), rate_of(1, UP));
    assert_eq!(desk.outcome(), Some(Outcome::ConfirmedSolved));
}

/// However many stand under receipt codes, one fact tells them all.
#[test]
fn i5_a_file_of_many_receipts_is_completed() {
    let mut desk = Desk::at(Stage::OnSite);
    for _ in 0..100 {
        let confidence = Confidence::Anonymous;
        desk.ok(agent(), attach(Reporter { confidence, ..Reporter::default() }));
    }
    assert!(desk.ok(staff(2), complete()).len() < 20);
    desk.ok(agent(), notify(0));
    assert_eq!(desk.issue.stage, Stage::Notified);
}

/// V3: what staff had found is checked again when nobody brings it any more, and never closes by itself.
#[test]
fn i5_a_found_matter_is_checked_again_once_nobody_brings_it() {
    for stage in [Stage::OnSite, Stage::Completed, Stage::Notified] {
        let mut from = Desk::at(Stage::Accepted);
        let mut desk = Desk::of(proactive());
        desk.on_to(Stage::OnSite);
        join(&mut from, &mut desk);
        if stage >= Stage::Completed {
            desk.ok(staff(2), arrive());
            desk.ok(staff(2), complete());
        }
        if stage == Stage::Notified {
            desk.ok(agent(), notify(1));
        }
        desk.ok(Actor::system(), IssueVerb::DetachReporter { from: ISSUE });
        if stage == Stage::OnSite {
            desk.ok(staff(2), arrive());
            desk.ok(staff(2), complete());
        }
        assert_eq!((desk.issue.stage, desk.outcome()), (Stage::Notified, None), "{stage:?}");
        assert!(desk.due(ClockKind::FollowUp).is_some());
        desk.ok(agent(), said(0, UP, false));
        assert_eq!(desk.outcome(), Some(Outcome::Checked));
    }
}

/// One key was pressed by mistake, another was not: the file stays open for that one.
#[test]
fn i5_one_mistake_undoes_nothing_for_another_reporter() {
    let mut desk = two_reporters();
    desk.ok(resident(), rate(DOWN));
    desk.ok(agent(), said(1, DOWN, false));
    assert_eq!(desk.refuses(agent(), said(0, UP, true)), IssueError::NothingToUndo);
    desk.ok(agent(), said(0, UP, false));
    assert_eq!(desk.issue.stage, Stage::Registered);
    assert!(desk.issue.follow_up.ordered.is_some(), "reporter 1 is owed one still");
}

/// Merged and undone, again and again: the time to take it on is what was left of it.
#[test]
fn k2_no_time_to_accept_is_won_by_merging_back_and_forth() {
    let mut desk = Desk::at(Stage::Dispatched);
    let due = desk.due(ClockKind::Accept);
    for _ in 0..2 {
        desk.now += 8 * HOUR;
        join(&mut desk, &mut Desk::at(Stage::Accepted));
        desk.ok(second(), IssueVerb::Unmerge { reason: Some(sealed()) });
        assert_eq!(desk.due(ClockKind::Dispatch), due);
        desk.ok(agent(), crate::desk::dispatch(2));
        assert_eq!(desk.due(ClockKind::Accept), due);
    }
}

/// A complaint is heard before its file leaves the lead, and the holder does not undo a merge.
#[test]
fn i5_a_merge_is_undone_above_the_holder_and_after_complaints_are_heard() {
    let mut from = Desk::at(Stage::Accepted);
    let mut lead = Desk::at(Stage::OnSite);
    join(&mut from, &mut lead);
    lead.ok(staff(2), arrive());
    lead.ok(staff(2), complete());
    lead.ok(agent(), notify(0));
    lead.ok(agent(), notify(1));
    assert!(!lead.issue.as_lead_of(ISSUE).complaint);
    lead.ok(agent(), rate_of(1, DOWN));
    let complained = lead.issue.as_lead_of(ISSUE);
    assert!(complained.complaint);
    let undo = || IssueVerb::Unmerge { reason: Some(sealed()) };
    assert_eq!(from.refuses(staff(2), undo()).reason(), "RUNG_TOO_LOW");
    let beside =
        |lead| domain::shared::given::Given { merge_lead: Some(lead), ..given(0, second()) };
    let refused = from.give_with(beside(complained), undo()).unwrap_err();
    assert_eq!(refused, IssueError::FollowUpOwed);
    lead.ok(agent(), said(1, DOWN, false));
    let heard = lead.issue.as_lead_of(ISSUE);
    assert!(!heard.complaint, "whatever it heard, it was heard");
    from.give_with(beside(heard), undo()).unwrap();
}

/// V3: nobody calls whom nobody knows, in whatever file; and nobody's mistake is invented for them.
#[test]
fn v3_an_anonymous_reporter_of_a_shared_file_is_not_called() {
    let mut desk = Desk::at(Stage::OnSite);
    let confidence = Confidence::Anonymous;
    desk.ok(agent(), attach(Reporter { confidence, ..Reporter::default() }));
    desk.ok(staff(2), complete());
    desk.ok(agent(), notify(0));
    desk.ok(resident(), rate_of(1, DOWN));
    assert_eq!((desk.issue.stage, desk.issue.follow_up.ordered), (Stage::Registered, None));
    let refused = desk.refuses(agent(), said(1, UP, true));
    assert!([IssueError::NoFollowUpOwed, IssueError::NobodyToCall].contains(&refused));
}

/// One person's wish rests nobody else's clocks.
#[test]
fn k2_a_wish_is_one_persons() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(agent(), attach(Reporter::default()));
    let wish = crate::desk::hold(domain::issue::event::HoldKind::ResidentWish, Some(DAY));
    assert_eq!(desk.refuses(resident(), wish), IssueError::SharedMatter);
}

/// Its first reporter was refused, as the lead had ended; so is every other, and the merge is undone.
#[test]
fn i5_nobody_of_a_merged_file_reopens_a_lead_that_has_ended() {
    let mut desk = Desk::at(Stage::Registered);
    desk.by_two(staff(2), crate::desk::end(Outcome::Declined), staff(6)).unwrap();
    let second =
        Reporter { merged_from: Some(OTHER), number_there: Some(1), ..Reporter::default() };
    assert_eq!(desk.refuses(Actor::system(), attach(second)), IssueError::LeadNotOpen);
}
