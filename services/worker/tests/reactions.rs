//! Each reaction asks for exactly what its sentence says, and for nothing anywhere else.

#![expect(clippy::unwrap_used, reason = "what a test calls may stop it")]

use domain::call::command::{Answer, Disposition, Press, RecordDisposition};
use domain::call::{CallEvent, CallVerb};
use domain::issue::IssueVerb;
use domain::issue::command::{AttachReporter, NameParty};
use domain::issue::event::{HandOverReason, PartyRole, Proposal};

use domain::org::command::{AddUnit, Appoint, Delegate, EndAppointment, Lapse, MergeUnits};
use domain::org::{OrgEvent, OrgVerb};
use domain::policy::PolicyEvent;
use domain::shared::ids::{CallId, PersonId, PostId, UnitId};
use domain::shared::ladder::Rung;
use domain::shared::matter::Reporter;
use domain::shared::moment::Moment;
use domain::shared::sealed::Sealed;
use event::Recorded;

use testkit::{
    COUNTY, County, START, Story, TOWNSHIP, VILLAGES, device, holder, household, matter, staff,
};
use uuid::Uuid;
use views::fact::Fact;
use worker::reactions::{
    Effect, when_appointment_ends_then_hand_over as appointment_ends,
    when_calendar_published_then_recount as calendar_published,
    when_call_attached_then_attach_reporter as call_attached,
    when_call_registers_then_register_issue as call_registers,
    when_merged_then_attach_reporters as merged,
    when_party_named_then_recuse_from_merged as party_named,
    when_somebody_leaves_then_stand_aside as somebody_leaves,
    when_somebody_sits_then_stand_aside as somebody_sits,
    when_unit_named_then_its_people_stand_aside as unit_named,
    when_units_merge_then_hand_over as units_merge,
    when_unmerged_then_detach_reporters as unmerged,
};

const STEPS: usize = 3_000;
const PERSON: PersonId = PersonId(Uuid::from_u128(0x7001));
const POST: PostId = PostId(Uuid::from_u128(0x7002));
const UNIT: UnitId = UnitId(Uuid::from_u128(0x7003));

fn sealed() -> Sealed {
    Sealed { key_id: Uuid::from_u128(7), commitment: "YWJj".into(), text: "eHl6".into() }
}

async fn history() -> Vec<(Recorded, Fact)> {
    let county = County::new().await;
    Story::new(&county, 7).go_on(STEPS).await;
    facts(&county).await
}

async fn facts(county: &County) -> Vec<(Recorded, Fact)> {
    let recorded = county.since(0).await.into_iter();
    let fact = |recorded: Recorded| {
        let fact = Fact::of(&recorded).unwrap();
        (recorded, fact)
    };
    recorded.map(fact).collect()
}

#[tokio::test]
async fn every_matter_of_a_call_becomes_an_issue_whose_clock_started_at_the_press() {
    let mut pressed = std::collections::HashMap::new();
    let mut registered = 0;
    for (recorded, fact) in history().await {
        let call = recorded.envelope.stream.id;
        if let Fact::Call(CallEvent::Pressed(e)) = &fact {
            pressed.entry(call).or_insert(e.pressed_at);
        }
        if let Fact::Call(CallEvent::ThumbUnbound(e)) = &fact {
            pressed.entry(call).or_insert(e.at);
        }
        for effect in call_registers::react(&recorded, &fact) {
            let Effect::RegisterIssue(filing) = effect else { panic!("{effect:?}") };
            assert!(matches!(fact, Fact::Call(_)), "only a call registers");
            let press = filing.press.expect("a call was pressed");
            assert_eq!(Some(&press.started_at), pressed.get(&call), "not the press of {call}");
            registered += 1;
        }
        if let Fact::Call(CallEvent::DispositionRecorded(e)) = &fact {
            let asked = call_registers::react(&recorded, &fact);
            assert_eq!(asked.len(), e.registrations.len());
        }
    }
    assert!(registered > 10, "{registered}");
}

#[tokio::test]
async fn an_attached_call_brings_its_caller_to_the_issue() {
    let county = County::new().await;
    let issue = county.register(matter(0)).await;
    let call = CallId(county.ids.uuid7());
    let press = Press {
        call,
        device: Some(device(0)),
        household: Some(household(0)),
        unit: VILLAGES[0],
        caller: None,
    };
    let disposition = RecordDisposition {
        disposition: Disposition::Attached(issue),
        accusations: Vec::new(),
        note: Some(sealed()),
    };
    let answer = Answer { by: holder(VILLAGES[0], 0) };
    for verb in
        [CallVerb::Press(press), CallVerb::Answer(answer), CallVerb::RecordDisposition(disposition)]
    {
        county.call(call, VILLAGES[0], verb).await.unwrap();
    }
    let mut asked = Vec::new();
    for (recorded, fact) in facts(&county).await {
        asked.extend(call_attached::react(&recorded, &fact));
        assert_eq!(
            call_registers::react(&recorded, &fact),
            [],
            "an attached call registers nothing"
        );
    }
    let [Effect::AttachReporter { issue: to, reporter, started_at: None, merged: None }] =
        &asked[..]
    else {
        panic!("{asked:?}")
    };
    assert_eq!((*to, reporter.call), (issue, Some(call)));
}

#[tokio::test]
async fn a_merge_carries_every_reporter_and_its_undoing_lets_them_go() {
    let county = County::new().await;
    let (lead, merged_file) = (county.register(matter(0)).await, county.register(matter(0)).await);
    let give = async |actor, verb| {
        county.issue(merged_file, VILLAGES[0], actor, verb).await.unwrap();
    };
    let (one, other) = (staff(&holder(COUNTY, 0)), staff(&holder(COUNTY, 1)));
    let merge = Proposal::Merge { into: lead, reason: sealed() };
    give(one, IssueVerb::Propose(merge)).await;
    let number = county.state(merged_file).await.last_line;
    give(other.clone(), IssueVerb::Approve { number, confirmed: None }).await;
    give(other, IssueVerb::Unmerge { reason: Some(sealed()) }).await;

    let (mut joins, mut leaves) = (Vec::new(), Vec::new());
    for (recorded, fact) in facts(&county).await {
        joins.extend(merged::react(&recorded, &fact));
        leaves.extend(unmerged::react(&recorded, &fact));
    }
    let [Effect::AttachReporter { issue, started_at: Some(started_at), .. }] = &joins[..] else {
        panic!("{joins:?}")
    };
    assert_eq!((*issue, *started_at), (lead, Moment(START)), "the earlier total clock governs");
    assert_eq!(leaves, [Effect::DetachReporters { issue: lead, from: merged_file }]);
}

/// A start without the period that goes with it would be measured by the lead's own (ADR 11).
#[tokio::test]
async fn a_merged_file_brings_its_start_with_its_period_and_once() {
    let county = County::new().await;
    let (lead, file) = (county.register(matter(0)).await, county.register(matter(0)).await);
    let give = async |actor, verb| {
        county.issue(file, VILLAGES[0], actor, verb).await.unwrap();
    };
    let (one, other) = (staff(&holder(COUNTY, 0)), staff(&holder(COUNTY, 1)));
    let reporter = AttachReporter {
        reporter: Reporter::default(),
        started_at: None,
        policy: None,
        brings: None,
    };
    give(one.clone(), IssueVerb::AttachReporter(reporter)).await;
    let merge = Proposal::Merge { into: lead, reason: sealed() };
    give(one, IssueVerb::Propose(merge)).await;
    let number = county.state(file).await.last_line;
    give(other, IssueVerb::Approve { number, confirmed: None }).await;
    let mut joins = Vec::new();
    for (recorded, fact) in facts(&county).await {
        joins.extend(merged::react(&recorded, &fact));
    }
    let brought = |effect: &Effect| {
        let Effect::AttachReporter { started_at, merged, .. } = effect else {
            panic!("{effect:?}")
        };
        let (from, brings) = merged.as_deref().unwrap();
        assert_eq!(*from, file);
        (started_at.is_some(), brings.is_some())
    };
    let brought: Vec<_> = joins.iter().map(brought).collect();
    assert_eq!(brought, [(true, true), (false, false)]);
}

#[tokio::test]
async fn what_a_post_or_a_unit_held_moves_when_it_is_left() {
    let county = County::new().await;
    let at = |hours: i64| Moment(START + hours * 3_600_000_000);
    let grid = AddUnit {
        unit: UNIT,
        parent: Some(TOWNSHIP),
        name: "并出村".into(),
        kind: "村".into(),
        rung: Rung::Village,
        code: "999999".into(),
    };
    county.tree(OrgVerb::AddUnit(grid)).await;
    let post = domain::org::command::CreatePost { post: POST, unit: UNIT, title: "书记".into() };
    county.org(POST.0, OrgVerb::CreatePost(post)).await;
    let appoint = |until| OrgVerb::Appoint(Appoint { person: PERSON, from: None, until });
    county.org(POST.0, appoint(Some(at(1)))).await;
    county.clock.advance_to(at(1).0);
    county.org(POST.0, OrgVerb::Lapse(Lapse { person: PERSON, until: at(1) })).await;
    county.org(POST.0, appoint(None)).await;
    county.org(POST.0, OrgVerb::EndAppointment(EndAppointment { person: PERSON })).await;
    let merge = MergeUnits { unit: UNIT, into: VILLAGES[0] };
    county.tree(OrgVerb::MergeUnits(merge)).await;

    let why = HandOverReason::AppointmentEnded;
    let mut asked = Vec::new();
    for (recorded, fact) in facts(&county).await {
        asked.extend(appointment_ends::react(&recorded, &fact));
        asked.extend(units_merge::react(&recorded, &fact));
        asked.extend(somebody_leaves::react(&recorded, &fact));
        let recounts = calendar_published::react(&recorded, &fact);
        let published = matches!(fact, Fact::Policy(PolicyEvent::CalendarPublished(_)));
        assert_eq!(recounts, Vec::from_iter(published.then_some(Effect::RecountAll)));
        let merges = matches!(fact, Fact::Org(OrgEvent::UnitMerged(_)));
        assert_eq!(units_merge::react(&recorded, &fact).len(), usize::from(merges));
    }
    let left = Effect::HandOverAll { post: POST, why };
    let aside = Effect::StayAside { post: POST, person: PERSON };
    let gone = Effect::HandOverUnit { unit: UNIT, into: VILLAGES[0] };
    assert_eq!(asked, [left.clone(), aside.clone(), left, aside, gone]);
}

/// A1, P1: whoever comes to sit in a post, for good or for a while, is asked about.
#[tokio::test]
async fn whoever_comes_to_sit_somewhere_may_have_to_stand_aside() {
    let county = County::new().await;
    let post =
        domain::org::command::CreatePost {
            post: POST, unit: VILLAGES[0], title: "网格员".into()
        };
    county.org(POST.0, OrgVerb::CreatePost(post)).await;
    let appoint = Appoint { person: PERSON, from: None, until: None };
    county.org(POST.0, OrgVerb::Appoint(appoint)).await;
    let other = PersonId(Uuid::from_u128(0x7004));
    let until = Moment(START + 3_600_000_000);
    let reason = domain::org::event::Absence::Leave;
    let stand_in = Delegate { person: other, from: None, until, reason };
    county.org(POST.0, OrgVerb::Delegate(stand_in)).await;
    let mut asked = Vec::new();
    for (recorded, fact) in facts(&county).await {
        asked.extend(somebody_sits::react(&recorded, &fact));
    }
    let aside = |person| Effect::StandAside { post: POST, person };
    assert_eq!(asked[asked.len() - 2..], [aside(PERSON), aside(other)]);
}

/// A1: of a unit that is named, its people are asked about; of a post or a person nobody else is.
#[tokio::test]
async fn a_unit_that_is_named_takes_its_people_along() {
    let county = County::new().await;
    let issue = county.register(matter(0)).await;
    let office = || staff(&holder(COUNTY, 0));
    let nobody = NameParty { role: PartyRole::Accused, post: None, person: None, unit: None };
    let unit = VILLAGES[1];
    for party in [
        NameParty { person: Some(PERSON), ..nobody.clone() },
        NameParty { unit: Some(unit), ..nobody },
    ] {
        let verb = IssueVerb::NameParty(party);
        county.issue(issue, VILLAGES[0], office(), verb).await.unwrap();
    }
    let mut asked = Vec::new();
    for (recorded, fact) in facts(&county).await {
        asked.extend(unit_named::react(&recorded, &fact));
    }
    assert_eq!(asked, [Effect::RecusePeopleOf { issue, unit, role: PartyRole::Accused }]);
}

/// A1: whoever stands aside from a lead does so from every file that was merged into it.
#[tokio::test]
async fn who_is_named_in_a_lead_is_named_in_what_was_merged_into_it() {
    let county = County::new().await;
    let (lead, file) = (county.register(matter(0)).await, county.register(matter(0)).await);
    let office = || staff(&holder(COUNTY, 0));
    let reporter = Reporter { merged_from: Some(file), ..Reporter::default() };
    let attach = AttachReporter { reporter, started_at: None, policy: None, brings: None };
    county.issue(lead, VILLAGES[0], office(), IssueVerb::AttachReporter(attach)).await.unwrap();
    let post = Some(holder(VILLAGES[0], 0).post);
    let party = NameParty { role: PartyRole::Kin, post, person: None, unit: None };
    for named in [file, lead] {
        let verb = IssueVerb::NameParty(party.clone());
        county.issue(named, VILLAGES[0], office(), verb).await.unwrap();
    }
    let mut asked = Vec::new();
    for (recorded, fact) in facts(&county).await {
        asked.extend(party_named::react(&recorded, &fact));
    }
    assert_eq!(asked, [Effect::Recuse { issue: file, party: Box::new(party) }]);
}
