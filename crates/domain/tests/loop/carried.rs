//! I5 and V4: what lies behind a file lies behind the one it is merged into, and whoever spoke for the
//! resident, judged or stands aside does so for good.

use std::sync::Arc;

use domain::issue::command::{Dispatch, FollowUp, HandOver, Summon};
use domain::issue::event::{
    Class, HandOverReason, HoldKind, NoticeChannel, Outcome, Proposal, ReferralReason,
};
use domain::issue::{Issue, IssueError, IssueEvent, IssueVerb, Stage};
use domain::shared::actor::{Actor, ActorKind};
use domain::shared::clock::ClockKind;
use domain::shared::given::Given;
use domain::shared::ids::{HouseholdId, IssueId};
use domain::shared::matter::{
    Confidence, Matter, Nature, Procedure, ProcedureKind, Reporter, Track, Urgency,
};

use crate::desk::{
    DAY, DOWN, Desk, HOUR, OTHER, START, UP, agent, arrive, attach, complete, dispatch, follow_up,
    given, hold, holder, join, matter, merge, notify, party, proactive, rate, rate_of, resident,
    sealed, seat, second, staff,
};

const THIRD: IssueId = IssueId(uuid::Uuid::from_u128(0x1552e));

fn confirm(came_at: Option<i64>) -> IssueVerb {
    let came_at = came_at.map(|seconds| START.plus_seconds(seconds));
    IssueVerb::ConfirmArrival { reporter: 0, came_at }
}

#[test]
fn i5_what_only_one_file_can_carry_through_is_not_merged_away() {
    let merge_of = |desk: &Desk| desk.clone().by_two(agent(), merge(), second()).unwrap_err();
    let mut aside = Desk::at(Stage::Accepted);
    aside.ok(agent(), party(None, None, Some(holder(2).unit)));
    assert_eq!(merge_of(&aside), IssueError::RecusalStaysAlone);
    assert_eq!(merge_of(&Desk::of(proactive())), IssueError::ProactiveLeads);
    let mut helped = Desk::at(Stage::Accepted);
    helped.ok(staff(2), IssueVerb::Summon(Summon { to: seat(4), task: None }));
    assert_eq!(merge_of(&helped), IssueError::SupportOpen);
    let mut objected = Desk::at(Stage::Dispatched);
    objected.ok(staff(2), IssueVerb::Object { reason: sealed() });
    assert_eq!(merge_of(&objected), IssueError::RulingOwed);
    let mut slower = Desk::at(Stage::Accepted);
    let class = Class { nature: Some(Nature::Suggestion), ..Class::default() };
    slower.ok(staff(2), IssueVerb::Reclassify { class, home: None, reason: sealed() });
    let number = slower.issue.last_line;
    slower.ok(staff(4), IssueVerb::Approve { number, confirmed: None });
    assert_eq!(merge_of(&slower), IssueError::InformOwed);
}

#[test]
fn i5_a_merge_frees_no_handler_and_gives_nothing_twice() {
    let mut from = Desk::of(matter(Confidence::Named));
    from.ok(agent(), dispatch(4));
    from.ok(staff(4), IssueVerb::Object { reason: sealed() });
    let ruled = domain::issue::command::RuleOnObjection { upheld: false, to: None, reason: None };
    from.ok(staff(6), IssueVerb::RuleOnObjection(ruled));
    from.ok(staff(4), arrive());
    for _ in 0..2 {
        from.ok(staff(4), hold(HoldKind::Pause, None));
        from.ok(staff(4), IssueVerb::Resume { answer: None });
    }
    let mut lead = Desk::at(Stage::Accepted);
    join(&mut from, &mut lead);
    let objected = lead.refuses(staff(2), IssueVerb::Object { reason: sealed() });
    assert_eq!(objected, IssueError::ObjectedBefore);
    let paused = lead.refuses(staff(2), hold(HoldKind::Pause, None));
    assert_eq!(paused, IssueError::PausesUsed { allowed: 2 });
    lead.ok(staff(2), arrive());
    lead.ok(staff(2), complete());
    lead.ok(agent(), notify(0));
    lead.ok(agent(), notify(1));
    let own = Actor { kind: ActorKind::Agent, ..staff(4) };
    assert_eq!(lead.refuses(own.clone(), rate_of(1, UP)), IssueError::HandlerRates);
    lead.ok(resident(), rate(DOWN));
    assert_eq!(lead.refuses(own, follow_up(Some(UP), false)), IssueError::HandlerFollowsUp);
    let ruler = Actor { kind: ActorKind::Agent, ..staff(6) };
    assert_eq!(lead.refuses(ruler, follow_up(Some(UP), false)), IssueError::HandlerFollowsUp);
}

#[test]
fn i5_nobody_is_named_or_disputes_in_a_file_that_was_merged() {
    let mut desk = Desk::at(Stage::Accepted);
    desk.by_two(agent(), merge(), second()).unwrap();
    let merged = IssueError::Merged { into: OTHER };
    let named = || party(Some(holder(2).post), None, None);
    assert_eq!(desk.refuses(agent(), named()), merged);
    assert_eq!(desk.refuses(staff(2), IssueVerb::Dispute { reason: sealed() }), merged);
    // What is decided in the lead holds in all that was merged into it, by whatever way.
    let mut lead = Desk::at(Stage::Accepted);
    let through = vec![THIRD];
    let came = |from, merged_through| {
        attach(Reporter { merged_from: Some(from), merged_through, ..Reporter::default() })
    };
    lead.ok(Actor::system(), came(OTHER, through));
    lead.ok(Actor::system(), came(THIRD, Vec::new()));
    let events = lead.ok(agent(), named());
    let files: Vec<_> = events.iter().filter_map(of_files).flatten().collect();
    assert_eq!(files, [OTHER, THIRD]);
    desk.ok(Actor::system(), named());
    assert!(desk.issue.recused.posts.contains(&holder(2).post));
}

fn of_files(event: &IssueEvent) -> Option<Vec<IssueId>> {
    if let IssueEvent::PartyNamed(e) = event { Some(e.merged.clone()) } else { None }
}

/// I6: whoever brings a matter that the county has deferred is told so, as those before were.
#[test]
fn i6_whoever_comes_to_a_deferred_matter_is_told() {
    let mut desk = Desk::at(Stage::Accepted);
    let review_on = jiff::civil::date(2026, 3, 20);
    let defer = Proposal::Defer { review_on, reason: sealed() };
    desk.by_two(staff(2), defer, second()).unwrap();
    let inform = || IssueVerb::Inform { channel: NoticeChannel::Phone, note: None };
    desk.ok(staff(2), inform());
    assert_eq!(desk.due(ClockKind::Inform), None);
    desk.ok(Actor::system(), attach(Reporter::default()));
    assert!(desk.due(ClockKind::Inform).is_some());
    desk.ok(staff(2), inform());
}

/// C1, K2: no caller's own promise is lengthened by another's file.
#[test]
fn c1_a_call_is_attached_only_where_as_much_is_promised() {
    let (own, other) =
        (HouseholdId(uuid::Uuid::from_u128(1)), HouseholdId(uuid::Uuid::from_u128(2)));
    let of = |confidence, track| {
        let mut matter = Matter { track, ..matter(confidence) };
        matter.reporter.household = Some(own);
        Desk::of(matter).issue
    };
    let asked = |issue: &Issue, household| issue.require_attachable(Some(household), None);
    let named = of(Confidence::Named, Track::Service);
    let petition = of(Confidence::Named, Track::Petition);
    let confidential = of(Confidence::Confidential, Track::Service);
    for file in [&named, &petition] {
        assert_eq!(asked(file, own), Ok(()));
    }
    assert_eq!(asked(&named, other), Ok(()));
    assert_eq!(asked(&petition, other), Err(IssueError::OtherTrack));
    // Whether it takes a call would tell whose call it was.
    for household in [own, other] {
        assert_eq!(asked(&confidential, household), Err(IssueError::ConfidentialStaysAlone));
    }
    assert_eq!(petition.require_attachable(None, None), Err(IssueError::OtherTrack));
}

#[test]
fn i5_whoever_leaves_leaves_no_visit_to_nobody_and_no_silence() {
    let came = Reporter { merged_from: Some(OTHER), ..Reporter::default() };
    let leave = || IssueVerb::DetachReporter { from: OTHER };
    let mut nobody = Desk::of(matter(Confidence::Anonymous));
    nobody.on_to(Stage::Accepted);
    nobody.ok(agent(), attach(came.clone()));
    assert!(nobody.due(ClockKind::Arrive).is_some());
    nobody.ok(Actor::system(), leave());
    assert_eq!((nobody.due(ClockKind::Arrive), nobody.due(ClockKind::FirstContact)), (None, None));
    nobody.ok(nobody.lead(), complete());

    let mut spoken = Desk::at(Stage::OnSite);
    spoken.ok(agent(), attach(came));
    spoken.ok(staff(2), complete());
    spoken.ok(agent(), notify(0));
    spoken.ok(agent(), notify(1));
    spoken.ok(resident(), rate(UP));
    spoken.ok(Actor::system(), leave());
    assert_eq!(spoken.outcome(), Some(Outcome::ConfirmedSolved));
}

#[test]
fn v4_whoever_spoke_for_the_resident_handles_nothing_afterwards() {
    let wish = || hold(HoldKind::ResidentWish, Some(30 * DAY));
    for said in [confirm(None), wish()] {
        let mut desk = Desk::at(Stage::Registered);
        desk.ok(staff(2), said);
        assert_eq!(desk.refuses(agent(), dispatch(2)), IssueError::JudgeHandles);
        desk.ok(agent(), dispatch(3));
    }
}

/// V3: what is said for somebody whom nobody knows is proven by the receipt code.
#[test]
fn v3_staff_have_no_word_of_an_anonymous_reporter() {
    let mut desk = Desk::of(matter(Confidence::Anonymous));
    let wish = hold(HoldKind::ResidentWish, Some(30 * DAY));
    assert_eq!(desk.refuses(agent(), wish), IssueError::WordByReceipt);
    assert_eq!(desk.refuses(agent(), confirm(None)), IssueError::WordByReceipt);
    desk.ok(agent(), IssueVerb::Propose(crate::desk::end(Outcome::Withdrawn)));
    let number = desk.issue.last_line;
    let confirmed = IssueVerb::Approve { number, confirmed: Some(sealed()) };
    assert_eq!(desk.refuses(second(), confirmed), IssueError::WordByReceipt);
    desk.on_to(Stage::OnSite);
    desk.ok(staff(2), complete());
    assert_eq!(desk.refuses(agent(), rate(UP)), IssueError::WordByReceipt);
    desk.ok(resident(), rate(UP));
}

#[test]
fn i3_who_came_for_an_earlier_round_did_not_come_for_this_one() {
    let mut desk = Desk::at(Stage::Accepted);
    let early = desk.refuses(resident(), confirm(Some(-DAY)));
    assert_eq!(early, IssueError::CameBefore { began_at: START });
    desk.on_to(Stage::Notified);
    desk.now = 5 * DAY;
    desk.ok(resident(), rate(DOWN));
    let earlier = desk.refuses(resident(), confirm(Some(HOUR)));
    assert_eq!(earlier, IssueError::CameBefore { began_at: START.plus_seconds(5 * DAY) });
    desk.ok(resident(), confirm(Some(5 * DAY)));
}

#[test]
fn i4_no_colleague_returns_what_the_holder_may_not() {
    let mut desk = Desk::at(Stage::Dispatched);
    let up = || IssueVerb::Dispatch(Dispatch { to: Some(seat(4)), lowest: None });
    let over = |to| {
        let (from, why) = (holder(2).post, HandOverReason::Reassigned);
        IssueVerb::HandOver(HandOver { from, to: Some(seat(to)), why })
    };
    assert_eq!(desk.refuses(staff(3), up()), IssueError::HolderReturns);
    assert_eq!(desk.refuses(staff(3), over(4)), IssueError::HolderReturns);
    desk.ok(staff(3), over(3));
    desk.ok(agent(), up());
}

#[test]
fn v4_the_work_is_handed_to_nobody_who_judged_it() {
    let mut desk = Desk::at(Stage::Dispatched);
    desk.ok(staff(2), IssueVerb::Object { reason: sealed() });
    let ruled = domain::issue::command::RuleOnObjection { upheld: false, to: None, reason: None };
    desk.ok(staff(4), IssueVerb::RuleOnObjection(ruled));
    // The village's posts are gone: the first above would be who ruled.
    let mut gone = given(desk.now, Actor::system());
    let ladder = Arc::make_mut(&mut gone.ladder);
    ladder.rungs.remove(&domain::shared::ladder::Rung::Grid);
    ladder.rungs.remove(&domain::shared::ladder::Rung::Village);
    let (from, why) = (holder(2).post, HandOverReason::AppointmentEnded);
    desk.give_with(gone, IssueVerb::HandOver(HandOver { from, to: None, why })).unwrap();
    assert_eq!(desk.issue.lead(), Some(&holder(5)));
}

/// E1: the grid of the village that handled it is no outsider.
#[test]
fn e1_nobody_below_the_handlers_calls_back() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    assert_eq!(desk.refuses(staff(0), follow_up(Some(UP), false)), IssueError::HandlerFollowsUp);
    desk.ok(staff(4), follow_up(Some(UP), false));
}

#[test]
fn a1_a_unit_stands_aside_in_the_one_it_went_into() {
    let mut desk = Desk::at(Stage::Registered);
    desk.ok(agent(), party(None, None, Some(holder(12).unit)));
    let merged = |actor| {
        let mut merged = given(0, actor);
        let heirs = &mut Arc::make_mut(&mut merged.ladder).heirs;
        heirs.insert(holder(12).unit, holder(2).unit);
        merged
    };
    let refused = desk.clone().give_with(merged(agent()), dispatch(2)).unwrap_err();
    assert_eq!(refused, IssueError::HolderRecused);
    let first = IssueVerb::Dispatch(Dispatch { to: None, lowest: None });
    let from_village = Given { ..merged(agent()) };
    desk.give_with(from_village, first).unwrap();
    assert_ne!(desk.issue.lead().map(|lead| lead.unit), Some(holder(2).unit));
}

/// V3: what a checker found wrong is the resident's to judge, once a resident has brought it.
#[test]
fn v3_a_complaint_of_the_checker_goes_with_nobody() {
    let mut desk = Desk::of(proactive());
    desk.on_to(Stage::OnSite);
    desk.ok(staff(2), complete());
    desk.ok(second(), follow_up(Some(DOWN), false));
    desk.ok(agent(), attach(Reporter::default()));
    desk.on_to(Stage::OnSite);
    desk.ok(desk.lead(), complete());
    desk.ok(agent(), notify(1));
    desk.ok(resident(), rate_of(1, UP));
    assert_eq!(desk.issue.stage, Stage::Notified, "the call-back is owed still");
    let call = FollowUp { reporter: 1, verdict: Some(UP), note: None, by_mistake: false };
    desk.ok(agent(), IssueVerb::FollowUp(call));
    assert_eq!(desk.outcome(), Some(Outcome::ConfirmedSolved));
}

/// V1: one reporter's mistake takes back nothing that another had said.
#[test]
fn v1_a_mistake_leaves_the_others_words() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(agent(), attach(Reporter::default()));
    desk.ok(staff(2), complete());
    desk.ok(agent(), notify(0));
    desk.ok(agent(), notify(1));
    desk.ok(resident(), rate_of(1, UP));
    desk.ok(resident(), rate(DOWN));
    desk.ok(agent(), follow_up(Some(UP), true));
    assert_eq!(desk.outcome(), Some(Outcome::ConfirmedSolved));
}

/// A1: what a village is accused of, its grids neither handle nor decide.
#[test]
fn a1_who_stands_below_the_accused_stands_aside_too() {
    let mut desk = Desk::at(Stage::Registered);
    desk.ok(agent(), party(None, None, Some(holder(2).unit)));
    assert_eq!(desk.refuses(agent(), dispatch(0)), IssueError::HolderRecused);
    assert_eq!(desk.refuses(staff(0), IssueVerb::Urge { note: None }), IssueError::ActorRecused);
    desk.ok(agent(), dispatch(4));
}

/// V1, I5: the mistake takes back that reporter's own reopening, and ends nothing for whoever came since.
#[test]
fn v1_a_mistake_ends_no_work_of_those_who_came_since() {
    let mut desk = Desk::at(Stage::Notified);
    desk.ok(resident(), rate(DOWN));
    let raised = desk.issue.rung;
    let household = Some(HouseholdId(uuid::Uuid::from_u128(2)));
    desk.ok(Actor::system(), attach(Reporter { household, ..Reporter::default() }));
    desk.ok(agent(), follow_up(Some(UP), true));
    assert_eq!(desk.issue.stage, Stage::Registered);
    assert!(desk.issue.rung < raised && desk.issue.reopens == 0);
    assert!(desk.due(ClockKind::Total).is_some() && desk.due(ClockKind::Dispatch).is_some());
}

/// K2: the way to a statute and back lengthens nothing.
#[test]
fn k2_no_total_clock_is_lengthened_by_way_of_a_petition() {
    let mut desk = Desk::of(crate::desk::urgent());
    desk.on_to(Stage::Accepted);
    let promised = desk.due(ClockKind::Total).unwrap();
    let petition = Procedure { kind: ProcedureKind::Petition, ..Procedure::default() };
    let urgency = Some(Urgency::Normal);
    let class = Class { procedure: Some(petition), urgency, ..Class::default() };
    let approve = |desk: &mut Desk| {
        let number = desk.issue.last_line;
        desk.ok(staff(4), IssueVerb::Approve { number, confirmed: None });
    };
    desk.ok(staff(2), IssueVerb::Reclassify { class, home: None, reason: sealed() });
    approve(&mut desk);
    assert!(desk.due(ClockKind::Total).unwrap() > promised, "the statute's own");
    let back = Class { procedure: Some(Procedure::default()), ..Class::default() };
    let slower =
        desk.ok(staff(2), IssueVerb::Reclassify { class: back, home: None, reason: sealed() });
    assert!(slower.iter().any(|event| matches!(event, IssueEvent::Proposed(_))), "{slower:?}");
    approve(&mut desk);
    assert_eq!(desk.due(ClockKind::Total), Some(promised));
}

/// I1: a visit to one household is none to the next.
#[test]
fn i1_whoever_is_attached_after_the_visit_is_visited_too() {
    let of = |number| Some(HouseholdId(uuid::Uuid::from_u128(number)));
    let comes = |household| attach(Reporter { household, ..Reporter::default() });
    let mut matter = Matter { must_visit: true, ..matter(Confidence::Named) };
    matter.reporter.household = of(1);
    let mut desk = Desk::of(matter);
    desk.on_to(Stage::OnSite);
    desk.ok(Actor::system(), comes(of(1)));
    assert_eq!(desk.due(ClockKind::Arrive), None, "the same household again");
    desk.ok(Actor::system(), comes(of(2)));
    assert!(desk.due(ClockKind::Arrive).is_some());
    assert!(desk.give(staff(2), complete()).is_err(), "nobody was there yet");
    desk.ok(staff(2), arrive());
    desk.ok(staff(2), complete());
}

/// V4: whoever acted for the post that held the work has worked on it, whatever they did there.
#[test]
fn v4_a_stand_in_who_did_anything_judges_nothing_of_it() {
    let stand_in = |number: u128| Actor { post: Some(holder(2).post), ..staff(number) };
    let mut desk = Desk::at(Stage::Accepted);
    let contact = IssueVerb::ContactMade { reporter: 0, reached: true, note: None };
    let events = desk.ok(stand_in(4), contact);
    assert!(matches!(events.first(), Some(IssueEvent::TookPart(e)) if e.by.post == holder(2).post));
    // Once, and not of whoever held it from the beginning.
    let progress = || IssueVerb::Progress(domain::issue::command::Progress { note: sealed() });
    let again = [desk.ok(stand_in(4), progress()), desk.ok(staff(2), progress())];
    let took = |event: &IssueEvent| matches!(event, IssueEvent::TookPart(_));
    assert!(!again.iter().flatten().any(took));
    desk.ok(staff(2), IssueVerb::Object { reason: sealed() });
    let ruling = domain::issue::command::RuleOnObjection { upheld: false, to: None, reason: None };
    let ruling = IssueVerb::RuleOnObjection(ruling);
    assert_eq!(desk.refuses(staff(4), ruling.clone()), IssueError::HandlerRules);
    desk.ok(staff(6), ruling);
}

/// V1: “not solved” raises a rung whoever hears it first, and once.
#[test]
fn v1_not_solved_told_to_the_agent_raises_a_rung() {
    let mut desk = Desk::at(Stage::OnSite);
    desk.ok(resident(), rate(crate::desk::RUDE));
    let before = desk.issue.rung;
    desk.ok(agent(), follow_up(Some(DOWN), false));
    assert_eq!(desk.issue.rung, before.up());
    desk.ok(agent(), follow_up(Some(DOWN), false));
    assert_eq!(desk.issue.rung, before.up(), "the same complaint");
}

/// S1: sent down once, under whatever name.
#[test]
fn s1_a_dispatch_sends_down_no_second_time() {
    let mut desk = Desk::at(Stage::Dispatched);
    let refer = || IssueVerb::ReferUp { why: ReferralReason::NeedsFunds, note: sealed() };
    desk.ok(staff(2), refer());
    desk.ok(staff(4), IssueVerb::SendDown { reason: sealed() });
    desk.ok(staff(2), refer());
    assert_eq!(desk.refuses(agent(), dispatch(3)), IssueError::SentDownBefore);
    desk.ok(agent(), dispatch(4));
}
