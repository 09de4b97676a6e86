//! What may happen in a story of one issue, and how often.

use domain::issue::IssueVerb;
use domain::issue::command::{
    Arrive, AttachReporter, Complete, Escalate, FollowUp, HandOver, Hold, NameParty, Notify,
    Progress, Rate, RawAnswer, Reopen, ReviewDeferral, RuleOnObjection, Summon,
};
use domain::issue::event::{
    ArrivalOutcome, Brings, Class, HandOverReason, HoldKind, NoticeChannel, Outcome, PartyRole,
    Past, Proposal, ReferralReason, TotalUnder,
};
use domain::issue::lifecycle::Verb;
use domain::shared::ids::IssueId;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Procedure, ProcedureKind, Reporter, Size, Urgency};
use domain::shared::period::{CalendarDays, Period};
use domain::shared::verdict::{Effect, Satisfaction, Thumb, Verdict};
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::issue_story::{OfLine, Step, What, Who};
use super::{Due, Generation, HOLDERS, RUNGS, START, book, holder, sealed, seat};

/// A file that is merged into this one, or this one into it.
const OTHER: IssueId = IssueId(Uuid::from_u128(0x1551e));

pub fn verb_of(verb: &IssueVerb) -> Verb {
    match verb {
        IssueVerb::Register(_) => Verb::Register,
        IssueVerb::AttachReporter(_) => Verb::AttachReporter,
        IssueVerb::DetachReporter { .. } => Verb::DetachReporter,
        IssueVerb::Admit => Verb::Admit,
        IssueVerb::Dispatch(_) => Verb::Dispatch,
        IssueVerb::Accept => Verb::Accept,
        IssueVerb::Object { .. } => Verb::Object,
        IssueVerb::RuleOnObjection(_) => Verb::RuleOnObjection,
        IssueVerb::Summon(_) => Verb::Summon,
        IssueVerb::Join { .. } => Verb::Join,
        IssueVerb::FinishSupport { .. } => Verb::FinishSupport,
        IssueVerb::HandOver(_) => Verb::HandOver,
        IssueVerb::NameParty(_) => Verb::NameParty,
        IssueVerb::ContactMade { .. } => Verb::ContactMade,
        IssueVerb::Depart => Verb::Depart,
        IssueVerb::Arrive(_) => Verb::Arrive,
        IssueVerb::ConfirmArrival { .. } => Verb::ConfirmArrival,
        IssueVerb::Progress(_) => Verb::Progress,
        IssueVerb::Hold(_) => Verb::Hold,
        IssueVerb::Resume { .. } => Verb::Resume,
        IssueVerb::ReviewDeferral(_) => Verb::ReviewDeferral,
        IssueVerb::Complete(_) => Verb::Complete,
        IssueVerb::Notify(_) => Verb::Notify,
        IssueVerb::Inform { .. } => Verb::Inform,
        IssueVerb::Propose(_) => Verb::Propose,
        IssueVerb::Approve { .. } => Verb::Approve,
        IssueVerb::Reject { .. } => Verb::Reject,
        IssueVerb::Unmerge { .. } => Verb::Unmerge,
        IssueVerb::Reclassify { .. } => Verb::Reclassify,
        IssueVerb::Restore { .. } => Verb::Restore,
        IssueVerb::Rate(_) => Verb::Rate,
        IssueVerb::FollowUp(_) => Verb::FollowUp,
        IssueVerb::OrderFollowUp => Verb::OrderFollowUp,
        IssueVerb::Dispute { .. } => Verb::Dispute,
        IssueVerb::Reopen(_) => Verb::Reopen,
        IssueVerb::Escalate(_) => Verb::Escalate,
        IssueVerb::ReferUp { .. } => Verb::ReferUp,
        IssueVerb::SendDown { .. } => Verb::SendDown,
        IssueVerb::TakeOver => Verb::TakeOver,
        IssueVerb::Urge { .. } => Verb::Urge,
        IssueVerb::Supervise { .. } => Verb::Supervise,
        IssueVerb::ReportSupervision { .. } => Verb::ReportSupervision,
        IssueVerb::DecideSupervision { .. } => Verb::DecideSupervision,
        IssueVerb::Comment { .. } => Verb::Comment,
        IssueVerb::AttachEvidence { .. } => Verb::AttachEvidence,
        IssueVerb::IssueReceipt { .. } => Verb::IssueReceipt,
        IssueVerb::Recount => Verb::Recount,
        IssueVerb::Expire(_) => Verb::Expire,
    }
}

/// An urgent file that stood at the township, with a visit still owed.
fn brings() -> Brings {
    let (policy, terms) = (book().in_force.clone().unwrap_or_default(), "紧急".into());
    Brings {
        total: TotalUnder { policy, terms, held_us: 0 },
        urgency: Urgency::Urgent,
        rung: Rung::Township,
        contact_owed: false,
        visit_owed: true,
        promises: Vec::new(),
        past: Past { pauses: 1, ..Past::default() },
    }
}

/// How a reporter comes to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comes {
    ByCall,
    /// With everything the own file was promised.
    Merged,
    /// After the first reporter of that file.
    MergedNext,
}

fn attach(comes: Comes) -> IssueVerb {
    let merged = comes != Comes::ByCall;
    let merged_from = merged.then_some(OTHER);
    IssueVerb::AttachReporter(AttachReporter {
        reporter: Reporter { merged_from, ..Reporter::default() },
        // The other file is older than this one.
        started_at: merged.then(|| START.plus_seconds(-7_200)),
        policy: None,
        brings: (comes == Comes::Merged).then(|| Box::new(brings())),
    })
}

fn arrive(outcome: ArrivalOutcome) -> IssueVerb {
    IssueVerb::Arrive(Arrive { outcome, note: Some(sealed()) })
}

fn end(outcome: Outcome) -> IssueVerb {
    let competent_body = Some("县公安局".into());
    let (reason, remedy) = (sealed(), sealed());
    IssueVerb::Propose(Proposal::End { outcome, reason, remedy, competent_body })
}

fn hold(kind: HoldKind, seconds: i64) -> IssueVerb {
    let until = (kind == HoldKind::ResidentWish).then(|| START.plus_seconds(seconds));
    IssueVerb::Hold(Hold { kind, reason: sealed(), until })
}

fn class(urgency: Option<Urgency>, petition: bool) -> IssueVerb {
    let kind = ProcedureKind::Petition;
    let procedure = petition.then(|| Procedure { kind, ..Procedure::default() });
    let class = Class { urgency, procedure, size: Some(Size::Big), ..Class::default() };
    IssueVerb::Reclassify { class, home: None, reason: sealed() }
}

/// Into a category for which another unit is competent; as a petition, once it is approved.
fn department(petition: bool) -> IssueVerb {
    let kind = ProcedureKind::Petition;
    let procedure = petition.then(|| Procedure { kind, ..Procedure::default() });
    let class = Class { category: Some("水利".into()), procedure, ..Class::default() };
    IssueVerb::Reclassify { class, home: Some(holder(6).unit), reason: sealed() }
}

fn party(number: usize, how: usize) -> IssueVerb {
    let named = holder(number);
    IssueVerb::NameParty(NameParty {
        role: if how == 2 { PartyRole::Accused } else { PartyRole::Interested },
        post: (how == 0).then_some(named.post),
        person: named.person.filter(|_| how == 1),
        unit: (how == 2).then_some(named.unit),
    })
}

fn mistake() -> IssueVerb {
    let verdict = Some(Verdict::of_thumb(Thumb::Up));
    IssueVerb::FollowUp(FollowUp { reporter: 0, verdict, note: None, by_mistake: true })
}

fn rule(upheld: bool, to: Option<usize>) -> IssueVerb {
    let to = to.map(seat);
    IssueVerb::RuleOnObjection(RuleOnObjection { upheld, to, reason: Some(sealed()) })
}

fn replace_policy() -> IssueVerb {
    let policy = book().in_force.clone().unwrap_or_default();
    let terms = "一般".into();
    IssueVerb::Propose(Proposal::ReplacePolicy { policy, terms, reason: sealed() })
}

/// Verbs of the work that need no state to be said.
fn of_the_work() -> Vec<IssueVerb> {
    vec![
        IssueVerb::Admit,
        IssueVerb::Accept,
        IssueVerb::Object { reason: sealed() },
        rule(true, None),
        IssueVerb::ContactMade { reporter: 0, reached: true, note: None },
        IssueVerb::Depart,
        IssueVerb::ConfirmArrival { reporter: 0, came_at: None },
        IssueVerb::Progress(Progress { note: sealed() }),
        hold(HoldKind::Pause, 0),
        IssueVerb::Resume { answer: None },
        IssueVerb::ReviewDeferral(ReviewDeferral { next_review: None, reason: sealed() }),
        IssueVerb::Inform { channel: NoticeChannel::Phone, note: None },
        class(Some(Urgency::Urgent), false),
        IssueVerb::ReferUp { why: ReferralReason::NeedsFunds, note: sealed() },
        IssueVerb::SendDown { reason: sealed() },
        IssueVerb::TakeOver,
        IssueVerb::Summon(Summon { to: seat(5), task: None }),
        IssueVerb::HandOver(HandOver {
            from: holder(0).post,
            to: None,
            why: HandOverReason::AppointmentEnded,
        }),
    ]
}

/// Verbs about the file that any stage, or any open stage, takes.
fn of_the_file() -> Vec<IssueVerb> {
    vec![
        IssueVerb::DetachReporter { from: OTHER },
        party(0, 1),
        end(Outcome::Declined),
        IssueVerb::Unmerge { reason: Some(sealed()) },
        IssueVerb::Restore { reason: sealed() },
        IssueVerb::OrderFollowUp,
        IssueVerb::Dispute { reason: sealed() },
        IssueVerb::Urge { note: None },
        IssueVerb::Supervise { demand: sealed() },
        IssueVerb::Comment { note: sealed() },
        IssueVerb::AttachEvidence {
            sha256: "0f".repeat(32),
            media_type: "image/jpeg".into(),
            file_name: sealed(),
            kept: None,
        },
        IssueVerb::IssueReceipt { digest: "0f".into() },
        IssueVerb::Recount,
    ]
}

/// One command for each verb, none of which is refused for anything before its stage.
pub fn one_of_each() -> Vec<What> {
    let solved = Verdict::of_thumb(Thumb::Up);
    let mut all = vec![
        What::Register { urgent: true, who: Who::Named },
        What::Give(attach(Comes::ByCall)),
        What::Dispatch { to: None, lowest: None },
        What::Give(arrive(ArrivalOutcome::Met)),
        What::Give(IssueVerb::Complete(Complete { summary: None, over_support: None })),
        What::Give(IssueVerb::Notify(Notify { reporter: 0, channel: NoticeChannel::Phone })),
        What::Rate(0, RawAnswer::Axes(solved)),
        What::FollowUp(0, Some(solved)),
        What::Give(IssueVerb::Reopen(Reopen { reporter: 0, reason: Some(sealed()) })),
        What::Give(IssueVerb::Escalate(Escalate { to: Some(RUNGS[3]), reason: sealed() })),
        What::Fire(0, Due::At, Generation::Running),
    ];
    all.extend(of_the_work().into_iter().chain(of_the_file()).map(What::Give));
    let of_lines = [
        OfLine::Approve,
        OfLine::Reject,
        OfLine::Join,
        OfLine::Finish,
        OfLine::Report,
        OfLine::Accept,
    ];
    all.extend(of_lines.map(|of| What::OfLine(of, 0)));
    all
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let feeling = || {
        prop_oneof![
            Just(None),
            Just(Some(Satisfaction::Satisfied)),
            Just(Some(Satisfaction::Dissatisfied))
        ]
    };
    let effect = prop_oneof![2 => Just(Effect::Solved), 1 => Just(Effect::NotSolved)];
    (effect, feeling(), feeling()).prop_map(|(effect, timeliness, attitude)| Verdict {
        effect,
        timeliness,
        attitude,
    })
}

fn answer() -> impl Strategy<Value = RawAnswer> {
    prop_oneof![
        Just(RawAnswer::Thumb(Thumb::Up)),
        Just(RawAnswer::Thumb(Thumb::Down)),
        verdict().prop_map(RawAnswer::Axes),
    ]
}

/// Mostly the first reporter, who is always there; sometimes one that is not.
fn reporter() -> impl Strategy<Value = usize> {
    prop_oneof![6 => Just(0_usize), 2 => Just(1), 1 => Just(2)]
}

fn proposal() -> impl Strategy<Value = IssueVerb> {
    use Outcome::{Concluded, ConfirmedSolved, Declined, Transferred, Withdrawn};
    let outcome = prop_oneof![
        2 => Just(Declined), 1 => Just(Transferred), 3 => Just(Withdrawn), 3 => Just(Concluded),
        1 => Just(ConfirmedSolved),
    ];
    let by = Period::Calendar(CalendarDays(5));
    prop_oneof![
        4 => outcome.prop_map(end),
        2 => Just(IssueVerb::Propose(Proposal::Merge { into: OTHER, reason: sealed() })),
        1 => Just(IssueVerb::Propose(Proposal::Extend { by, reason: sealed() })),
        1 => (3_i8..20).prop_map(|day| {
            let review_on = date(2026, 3, day);
            IssueVerb::Propose(Proposal::Defer { review_on, reason: sealed() })
        }),
        1 => Just(IssueVerb::Propose(Proposal::Exclude { reason: sealed() })),
        1 => Just(replace_policy()),
    ]
}

fn given_verb() -> impl Strategy<Value = IssueVerb> {
    let outcome = prop_oneof![
        Just(ArrivalOutcome::Met),
        Just(ArrivalOutcome::Absent),
        Just(ArrivalOutcome::Refused)
    ];
    let kind = prop_oneof![
        Just(HoldKind::Pause),
        Just(HoldKind::Question),
        Just(HoldKind::ResidentWish),
        Just(HoldKind::Deferral)
    ];
    let urgency = prop_oneof![Just(None), Just(Some(Urgency::Urgent)), Just(Some(Urgency::Normal))];
    prop_oneof![
        2 => Just(attach(Comes::ByCall)),
        2 => Just(attach(Comes::Merged)),
        3 => Just(attach(Comes::MergedNext)),
        4 => outcome.prop_map(arrive),
        4 => Just(IssueVerb::Complete(Complete { summary: None, over_support: Some(sealed()) })),
        3 => reporter().prop_map(|reporter| IssueVerb::Notify(Notify { reporter, channel: NoticeChannel::Phone })),
        2 => reporter().prop_map(|reporter| IssueVerb::Reopen(Reopen { reporter, reason: None })),
        2 => proptest::option::of(0_usize..4).prop_map(|to| IssueVerb::Escalate(Escalate {
            to: to.map(|place| RUNGS[place]), reason: sealed(),
        })),
        3 => (kind, 0_i64..900_000).prop_map(|(kind, seconds)| hold(kind, seconds)),
        2 => (urgency, any::<bool>()).prop_map(|(urgency, petition)| class(urgency, petition)),
        4 => any::<bool>().prop_map(department),
        2 => (0..HOLDERS, 0_usize..3).prop_map(|(number, how)| party(number, how)),
        6 => (any::<bool>(), proptest::option::of(0..HOLDERS)).prop_map(|(upheld, to)| rule(upheld, to)),
        3 => Just(mistake()),
        2 => (reporter(), answer()).prop_map(|(reporter, answer)| IssueVerb::Rate(Rate { reporter, answer, in_presence: true })),
        2 => (0..HOLDERS).prop_map(|number| IssueVerb::Summon(Summon { to: seat(number), task: None })),
        1 => (0..HOLDERS, proptest::option::of(0..HOLDERS)).prop_map(|(from, to)| IssueVerb::HandOver(HandOver {
            from: holder(from).post, to: to.map(seat), why: HandOverReason::Reassigned,
        })),
        4 => Just(IssueVerb::Object { reason: sealed() }),
        6 => Just(IssueVerb::DetachReporter { from: OTHER }),
        4 => Just(IssueVerb::Unmerge { reason: None }),
        8 => proposal(),
        14 => proptest::sample::select(of_the_work()),
        8 => proptest::sample::select(of_the_file()),
    ]
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        4 => Just(Who::Named), 2 => Just(Who::Anonymous), 1 => Just(Who::Confidential), 1 => Just(Who::Nobody),
    ]
}

fn what() -> impl Strategy<Value = What> {
    let rung = || proptest::option::of(0_usize..4);
    let of = prop_oneof![
        8 => Just(OfLine::Approve), 1 => Just(OfLine::Reject), 1 => Just(OfLine::Join), 1 => Just(OfLine::Finish),
        1 => Just(OfLine::Report), 1 => Just(OfLine::Accept), 1 => Just(OfLine::Refuse),
    ];
    prop_oneof![
        24 => (any::<bool>(), any::<bool>()).prop_map(|(urgent, solved)| What::Next { urgent, solved }),
        4 => (any::<bool>(), who()).prop_map(|(urgent, who)| What::Register { urgent, who }),
        3 => (proptest::option::of(0..HOLDERS), rung()).prop_map(|(to, lowest)| What::Dispatch { to, lowest }),
        4 => (reporter(), answer()).prop_map(|(reporter, answer)| What::Rate(reporter, answer)),
        6 => (reporter(), proptest::option::weighted(0.3, verdict())).prop_map(|(r, v)| What::FollowUp(r, v)),
        22 => given_verb().prop_map(What::Give),
        7 => (of, 0_usize..3).prop_map(|(of, place)| What::OfLine(of, place)),
        8 => (0_usize..6, super::due(), super::generation()).prop_map(|(place, due, g)| What::Fire(place, due, g)),
    ]
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let brought = proptest::option::weighted(0.8, (any::<bool>(), who()));
    let who = proptest::option::weighted(0.15, 0..8 * HOLDERS);
    let step = (super::pause(), who, what(), proptest::bool::weighted(0.1));
    let step = step.prop_map(|(after, who, what, twice)| Step { after, who, what, twice });

    (brought, proptest::collection::vec(step, 1..80)).prop_map(|(brought, mut steps)| {
        let first = brought.map(|(urgent, who)| What::Register { urgent, who });
        let first = first.map(|what| Step { after: 0, who: None, what, twice: false });
        steps.splice(0..0, first);
        steps
    })
}
