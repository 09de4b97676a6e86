//! One issue with its timeline; the narrative is opened for viewers who may see the issue.

use contract::bidao::common::v1::TimelineEntry;
use contract::bidao::issue::v1 as pb;
use domain::issue::event::{HoldKind, Proposal, Proposed};
use domain::issue::lifecycle::Verb;
use domain::issue::{Assignment, Issue, ReporterState};
use domain::shared::ids::IssueId;
use domain::shared::matter::Source;
use views::issue_detail::{Entry, IssueFile};
use views::org_tree::Names;

use super::rows::issue_row;
use crate::sealing::{Hides, Owner};
use crate::write::etag;
use crate::{Api, ApiError, Caller, mask, show, wire};

/// Clients take answers of 4 MiB by default; the timeline gets half of one.
const TIMELINE_BYTES_MAX: usize = 2 << 20;
const TIMELINE_ENTRIES_MAX: u32 = 500;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetIssueRequest,
) -> Result<pb::GetIssueResponse, ApiError> {
    let id: IssueId = wire::id("issue_id", &body.issue_id)?;
    api.fresh(body.min_position).await?;
    let issue = file(&api, &caller, id, body.timeline_before).await?;
    let issue = mask::keep("bidao.issue.v1.Issue", body.read_mask.as_ref(), issue)?;
    Ok(pb::GetIssueResponse { issue: Some(issue), as_of: Some(api.as_of().await) })
}

/// The file as the caller may see it.
pub(super) async fn file(
    api: &Api,
    caller: &Caller,
    id: IssueId,
    timeline_before: u64,
) -> Result<pb::Issue, ApiError> {
    let (file, entries) = api
        .views
        .issue(&caller.viewer(), id, timeline_before, TIMELINE_ENTRIES_MAX)
        .await?
        .ok_or(ApiError::NotFound)?;
    let names = api.views.names(&caller.viewer()).await?;
    let owner = Owner::issue(id.0);
    let mut issue = shown(&file, &names);
    let reads = !file.row.issue.is_confidential() || api.stands_above_villages(caller).await?;
    if !caller.reads_words() {
        issue.title = "(审计可见办理过程,不见内容)".into();
        let hides = Hides { leads: file.leads_to_nobody(), words: true };
        add_timeline(&Words { api, owner: &owner, hides }, &entries, &mut issue).await;
    } else if reads {
        issue.title = api.open_masked(&owner, "title", file.title.as_ref()).await;
        issue.narrative = api.open_masked(&owner, "narrative", file.narrative.as_ref()).await;
        let hides = Hides { leads: file.leads_to_nobody(), words: false };
        let words = Words { api, owner: &owner, hides };
        add_timeline(&words, &entries, &mut issue).await;
    } else {
        issue.title = "(保密反映,乡镇以上可见)".into();
    }
    Ok(issue)
}

/// The latest entries that fit, oldest first; says where earlier ones continue.
async fn add_timeline(words: &Words<'_>, newest_first: &[Entry], issue: &mut pb::Issue) {
    let mut bytes = 0;
    for entry in newest_first {
        let shown = timeline(words, entry).await;
        bytes += shown.data_json.len();
        if bytes > TIMELINE_BYTES_MAX && !issue.timeline.is_empty() {
            break;
        }
        issue.timeline.push(shown);
    }
    issue.timeline.reverse();
    let all = issue.timeline.len() == newest_first.len()
        && newest_first.len() < TIMELINE_ENTRIES_MAX as usize;
    issue.timeline_continues =
        issue.timeline.first().filter(|_| !all).map_or(0, |entry| entry.position);
}

fn shown(file: &IssueFile, names: &Names) -> pb::Issue {
    let (row, issue) = (&file.row, &file.row.issue);
    let source = &issue.matter.source;
    let call = match source {
        Source::Call { call } if !file.leads_to_nobody() => call.to_string(),
        Source::Call { .. }
        | Source::External { .. }
        | Source::InPerson
        | Source::Proactive
        | Source::OnBehalf { .. } => String::new(),
    };
    pb::Issue {
        row: Some(issue_row(row, names)),
        title: String::new(),
        narrative: String::new(),
        clocks: file.clocks.values().map(show::clock).collect(),
        reporters: (0..).zip(&issue.reporters).map(reporter).collect(),
        outcome: row.outcome.map(|outcome| outcome.name().into()).unwrap_or_default(),
        follow_up_owed: issue.follow_up.ordered.is_some(),
        call_id: call,
        policy_id: issue.policy.id.clone(),
        policy_version: issue.policy.version,
        timeline: Vec::new(),
        timeline_continues: 0,
        etag: etag(row.version),
        started_at: wire::timestamp(issue.started_at),
        assignments: issue.assignments.iter().map(|work| assignment(work, names)).collect(),
        proposals: issue.proposals.values().map(proposal).collect(),
        hold: issue.hold.as_ref().map(|hold| hold_name(hold.kind).into()).unwrap_or_default(),
        supervisions: issue.supervisions.keys().map(|number| u32::from(*number)).collect(),
        objection_pending: issue.objection.pending.is_some(),
        referral_pending: issue.referral.pending,
        excluded: issue.excluded,
        merged_into: issue.merged_into.map(|into| into.to_string()).unwrap_or_default(),
        total_due_at: row.total_due_at.and_then(wire::timestamp),
        verbs: verbs(issue),
        track: issue.track.name().into(),
    }
}

fn reporter((number, reporter): (u32, &ReporterState)) -> pb::Reporter {
    pb::Reporter {
        number,
        notified: reporter.notified,
        verdict: reporter.verdict.map(show::verdict),
        confidence: show::confidence(reporter.confidence),
        detached: reporter.detached,
        merged_from_issue_id: reporter.merged_from.map(|id| id.to_string()).unwrap_or_default(),
    }
}

fn assignment(work: &Assignment, names: &Names) -> pb::Assignment {
    pb::Assignment {
        lead: work.lead,
        holder: Some(show::holder(&work.holder, names)),
        rung: show::rung(work.rung),
        support: work.line.into(),
        done: work.done,
    }
}

fn proposal(proposed: &Proposed) -> pb::Proposal {
    let (kind, outcome) = match &proposed.proposal {
        Proposal::End { outcome, .. } => ("end", outcome.name()),
        Proposal::Merge { .. } => ("merge", ""),
        Proposal::Extend { .. } => ("extend", ""),
        Proposal::Defer { .. } => ("defer", ""),
        Proposal::Reclassify { .. } => ("reclassify", ""),
        Proposal::Exclude { .. } => ("exclude", ""),
        Proposal::ReplacePolicy { .. } => ("replace_policy", ""),
    };
    pb::Proposal {
        number: proposed.number.into(),
        kind: kind.into(),
        outcome: outcome.into(),
        proposed_at: wire::timestamp(proposed.at),
    }
}

const fn hold_name(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Pause => "pause",
        HoldKind::ResidentWish => "resident_wish",
        HoldKind::Question => "question",
        HoldKind::Deferral => "deferral",
    }
}

/// What people may do next, by the issue's stage.
fn verbs(issue: &Issue) -> Vec<String> {
    let by_machines =
        [Verb::Register, Verb::DetachReporter, Verb::IssueReceipt, Verb::Recount, Verb::Expire];
    let open = Verb::ALL.iter().filter(|verb| !by_machines.contains(verb));
    open.filter(|verb| issue.stage.allows(**verb)).map(|verb| format!("{verb:?}")).collect()
}

/// Whose words, and how far they may lead.
struct Words<'a> {
    api: &'a Api,
    owner: &'a Owner,
    hides: Hides,
}

async fn timeline(words: &Words<'_>, entry: &Entry) -> TimelineEntry {
    let Words { api, owner, hides } = *words;
    // Whose key was pressed tells where it hangs.
    let resident = ["resident", "device"].contains(&&*entry.actor_kind);
    let actor_id = if hides.leads && resident { "***" } else { &entry.actor_id };
    TimelineEntry {
        position: entry.position,
        r#type: entry.r#type.clone(),
        decided_at: wire::timestamp(entry.decided_at),
        actor_kind: entry.actor_kind.clone(),
        actor_id: actor_id.into(),
        channel: entry.channel.clone(),
        data_json: api.open_data(owner, &entry.data, hides).await,
        event_id: entry.event_id.to_string(),
    }
}
