//! E1, E2, V2, V3: how a file ends, and who may end it.

use domain::issue::event::{Outcome, Proposal};
use domain::issue::{IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::actor::Actor;
use domain::shared::clock::ClockKind;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Reporter};

use crate::desk::{
    DAY, DOWN, Desk, HOUR, UP, agent, attach, end, follow_up, matter, notify, proactive, rate,
    resident, sealed, second, staff,
};

#[test]
fn e1_silence_is_asked_thrice_by_outsiders_and_never_satisfied() {
    let mut desk = Desk::at(Stage::Notified);
    desk.fire(ClockKind::Verdict);
    for inside in [staff(2), staff(3)] {
        assert_eq!(desk.refuses(inside, follow_up(None, false)), IssueError::HandlerFollowsUp);
    }
    desk.now += 9 * HOUR;
    for _ in 0..3 {
        assert_eq!(desk.issue.stage, Stage::Notified);
        desk.ok(agent(), follow_up(None, false));
        desk.now += 13 * HOUR;
    }
    assert_eq!(desk.outcome(), Some(Outcome::Unconfirmed));
}

#[test]
fn e1_the_resident_reopens_within_the_window_and_not_after() {
    let mut desk = Desk::at(Stage::Closed);
    desk.now += 10 * DAY;
    let mut late = desk.clone();
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.issue.stage, Stage::Registered);
    late.now += 40 * DAY;
    assert_eq!(late.refuses(resident(), rate(DOWN)).reason(), "REOPEN_WINDOW_PASSED");
}

#[test]
fn e2_a_decline_needs_a_second_person_and_a_notice() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), IssueVerb::Propose(end(Outcome::Declined)));
    let approve = || IssueVerb::Approve { number: 1, confirmed: None };
    assert_eq!(desk.refuses(staff(2), approve()), IssueError::SamePerson);
    assert_eq!(
        desk.refuses(staff(3), approve()),
        IssueError::RungTooLow { needed: Rung::Township }
    );
    desk.ok(staff(4), approve());
    assert_eq!(desk.issue.stage, Stage::Completed, "not closed before everybody was told");
    assert!(desk.due(ClockKind::Notice).is_some());
    desk.ok(agent(), notify(0));
    assert_eq!(desk.outcome(), Some(Outcome::Declined));
}

/// The same person in another post is no second person.
#[test]
fn e2_another_post_of_the_same_person_is_no_second_person() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(second(), IssueVerb::Propose(end(Outcome::Declined)));
    let other_post = Actor { person: second().person, ..staff(7) };
    let refused = desk.refuses(other_post, IssueVerb::Approve { number: 1, confirmed: None });
    assert_eq!(refused, IssueError::SamePerson);
}

#[test]
fn e2_endings_are_a_closed_list_that_names_the_competent_body() {
    let desk = Desk::at(Stage::Accepted);
    for outcome in
        [Outcome::ConfirmedSolved, Outcome::Unconfirmed, Outcome::Checked, Outcome::Merged]
    {
        let refused = desk.refuses(staff(2), IssueVerb::Propose(end(outcome)));
        assert_eq!(refused, IssueError::ProposalUnfit, "{outcome:?}");
    }
    let (reason, remedy) = (sealed(), sealed());
    let nobody = Proposal::End { outcome: Outcome::Declined, reason, remedy, competent_body: None };
    assert_eq!(desk.refuses(staff(2), IssueVerb::Propose(nobody)), IssueError::NoCompetentBody);
}

#[test]
fn e2_a_withdrawal_by_staff_waits_for_the_resident_s_word_to_a_non_handler() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), IssueVerb::Propose(end(Outcome::Withdrawn)));
    let approve = |confirmed| IssueVerb::Approve { number: 1, confirmed };
    assert_eq!(desk.refuses(staff(3), approve(None)), IssueError::HandlerDecides);
    let mut own = desk.clone();
    own.ok(resident(), approve(None));
    assert_eq!(desk.refuses(agent(), approve(None)), IssueError::NotConfirmed);
    desk.ok(agent(), approve(Some(sealed())));
    for desk in [own, desk] {
        assert_eq!(desk.issue.ending, Some(Outcome::Withdrawn));
    }
}

/// Others brought it too: neither one of them nor staff withdraws it for all.
#[test]
fn e2_a_shared_matter_is_nobody_s_to_withdraw() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(staff(2), IssueVerb::Propose(end(Outcome::Withdrawn)));
    desk.ok(agent(), attach(Reporter::default()));
    assert_eq!(
        desk.refuses(agent(), IssueVerb::Approve { number: 1, confirmed: None }),
        IssueError::SharedMatter
    );
    let mut desk = Desk::at(Stage::Accepted);
    desk.ok(agent(), attach(Reporter::default()));
    for who in [resident(), staff(2)] {
        let refused = desk.refuses(who, IssueVerb::Propose(end(Outcome::Withdrawn)));
        assert_eq!(refused, IssueError::SharedMatter);
    }
}

#[test]
fn e2_a_proposal_nobody_decides_lapses() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(staff(2), IssueVerb::Propose(end(Outcome::Declined)));
    desk.fire(ClockKind::Approval);
    assert!(desk.issue.proposals.is_empty());
    assert_eq!(
        desk.refuses(staff(4), IssueVerb::Approve { number: 1, confirmed: None }),
        IssueError::NoSuchProposal(1)
    );
}

/// What waits when the file closes is decided by an event, not forgotten.
#[test]
fn e2_no_proposal_outlives_its_file_or_its_round() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(staff(2), IssueVerb::Propose(end(Outcome::Declined)));
    desk.on_to(Stage::Notified);
    let events = desk.ok(resident(), rate(UP));
    let lapsed = |e: &IssueEvent| matches!(e, IssueEvent::ProposalDecided(e) if e.number == 1);
    assert!(events.iter().any(lapsed));
    assert!(desk.issue.clocks.is_idle());
}

fn reopened() -> Desk {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    desk
}

#[test]
fn v2_the_county_concludes_after_the_policy_s_reopens_by_two_people() {
    let first = Desk::at(Stage::Accepted);
    let early = first.refuses(second(), IssueVerb::Propose(end(Outcome::Concluded)));
    assert_eq!(early, IssueError::TooFewReopens { needed: 1, seen: 0 });
    let mut desk = reopened();
    let low = desk.refuses(staff(4), IssueVerb::Propose(end(Outcome::Concluded)));
    assert_eq!(low, IssueError::RungTooLow { needed: Rung::County });
    desk.by_two(second(), end(Outcome::Concluded), staff(6)).unwrap();
    desk.ok(agent(), notify(0));
    assert_eq!(desk.outcome(), Some(Outcome::Concluded));
    assert_eq!(desk.refuses(resident(), rate(DOWN)), IssueError::Concluded);
}

/// A sample drawn later hears “not solved” and keeps it; new facts are a new issue.
#[test]
fn v2_a_conclusion_stays_concluded() {
    let mut desk = reopened();
    desk.by_two(second(), end(Outcome::Concluded), staff(6)).unwrap();
    desk.ok(agent(), notify(0));
    desk.ok(staff(7), IssueVerb::OrderFollowUp);
    desk.ok(agent(), follow_up(Some(DOWN), false));
    assert_eq!((desk.issue.stage, desk.issue.reopens), (Stage::Closed, 1));
}

/// Declining a reopened file does not silence the complaint.
#[test]
fn v1_a_complaint_s_follow_up_survives_a_decline() {
    let mut desk = reopened();
    desk.by_two(agent(), end(Outcome::Declined), second()).unwrap();
    desk.ok(agent(), notify(0));
    assert_eq!(desk.issue.stage, Stage::Closed);
    assert!(desk.due(ClockKind::FollowUp).is_some());
    desk.ok(agent(), follow_up(Some(DOWN), false));
    assert_eq!(desk.issue.stage, Stage::Registered);
}

#[test]
fn v3_an_anonymous_reporter_is_neither_called_nor_visited() {
    let mut desk = Desk::of(matter(Confidence::Anonymous));
    assert!(!desk.issue.must_visit, "whatever the policy says");
    desk.on_to(Stage::Dispatched);
    desk.ok(staff(2), crate::desk::complete());
    assert_eq!(desk.issue.stage, Stage::Notified, "the receipt is the notice");
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.issue.stage, Stage::Registered, "and reopens like everybody's");
    assert_eq!(desk.issue.follow_up.ordered, None);
    desk.on_to(Stage::Dispatched);
    desk.ok(staff(2), crate::desk::complete());
    desk.fire(ClockKind::Verdict);
    assert_eq!(desk.outcome(), Some(Outcome::Unconfirmed));
    assert_eq!(desk.refuses(second(), IssueVerb::OrderFollowUp), IssueError::NobodyToCall);
}

#[test]
fn v3_nobody_of_the_own_village_comes_to_a_confidential_reporter() {
    use domain::issue::command::{Notify, Summon};
    use domain::issue::event::NoticeChannel;
    let mut desk = Desk::of(matter(Confidence::Confidential));
    let village = IssueError::ConfidentialOwnVillage;
    assert_eq!(desk.refuses(agent(), crate::desk::dispatch(2)), village);
    assert_eq!(desk.refuses(staff(2), IssueVerb::TakeOver), village);
    desk.ok(agent(), crate::desk::dispatch(4));
    let summon = IssueVerb::Summon(Summon { to: crate::desk::seat(2), task: None });
    assert_eq!(desk.refuses(staff(4), summon), village);
    desk.on_to(Stage::Completed);
    let knock = IssueVerb::Notify(Notify { reporter: 0, channel: NoticeChannel::Visit });
    assert_eq!(desk.refuses(agent(), knock), IssueError::ChannelUnfit);
}

#[test]
fn v3_a_proactive_matter_is_checked_by_somebody_else_and_counted_apart() {
    let mut desk = Desk::of(proactive());
    desk.on_to(Stage::OnSite);
    desk.ok(staff(2), crate::desk::complete());
    assert_eq!(desk.issue.stage, Stage::Notified);
    assert_eq!(desk.refuses(staff(2), follow_up(Some(UP), false)), IssueError::HandlerFollowsUp);
    desk.ok(agent(), follow_up(Some(UP), false));
    assert_eq!(desk.outcome(), Some(Outcome::Checked));
}

/// A's withdrawal is not B's word: the work begins anew for whoever came.
#[test]
fn e2_a_file_that_ended_for_others_begins_anew_for_whoever_comes() {
    let mut desk = Desk::at(Stage::Registered);
    desk.by_two(staff(2), end(Outcome::Declined), staff(6)).unwrap();
    assert_eq!(desk.issue.stage, Stage::Completed);
    desk.ok(Actor::system(), attach(Reporter::default()));
    assert_eq!((desk.issue.stage, desk.issue.ending), (Stage::Registered, None));
    assert!(desk.due(ClockKind::Dispatch).is_some() && desk.due(ClockKind::Total).is_some());
}

/// Nobody visited or called whom nobody knew; whoever is known is owed both.
#[test]
fn v3_a_named_caller_in_an_anonymous_file_is_called_and_visited() {
    let mut desk = Desk::of(matter(Confidence::Anonymous));
    desk.on_to(Stage::Accepted);
    assert!(!desk.issue.must_visit);
    desk.ok(Actor::system(), attach(Reporter::default()));
    assert!(desk.issue.must_visit);
    assert!(desk.due(ClockKind::Arrive).is_some() && desk.due(ClockKind::FirstContact).is_some());
}

/// 个人信息保护法 art. 19: how long it is kept is promised when it ends, and anew when it ends again.
#[test]
fn e1_a_closed_file_is_kept_as_long_as_its_policy_says() {
    let mut desk = Desk::at(Stage::Closed);
    let kept = |desk: &Desk| desk.issue.retention.clone().unwrap();
    assert_eq!(kept(&desk).class, "ordinary");
    let first = kept(&desk).until;
    desk.now += 3 * DAY;
    desk.ok(resident(), rate(DOWN));
    desk.on_to(Stage::Notified);
    desk.ok(agent(), follow_up(Some(UP), false));
    desk.ok(resident(), rate(UP));
    assert_eq!(desk.issue.stage, Stage::Closed);
    assert!(kept(&desk).until > first);
}
