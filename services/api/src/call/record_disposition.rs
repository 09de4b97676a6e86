//! What became of an answered call; the issues that follow are registered by a reaction.

use contract::bidao::call::v1 as pb;
use contract::bidao::common::v1::Matter;
use domain::call::command::{Disposition, RecordDisposition};
use domain::call::{Call, CallVerb};
use domain::issue::Issue;
use domain::shared::ids::IssueId;
use domain::shared::matter::{Confidence, Reporter, Source, Track};
use eventlog::ExecuteError;
use pb::record_disposition_request::Disposition as Asked;

use crate::decide::Action;
use crate::matter::Registering;
use crate::sealing::Owner;
use crate::targets::CallTarget;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

const MATTERS_MAX: usize = 10;
/// One event holds a whole disposition and at most 64 KiB: one full narrative with its title, and a note.
const MATTERS_CHARS_MAX: usize = wire::TEXT_CHARS_MAX + 200;
const NOTE_CHARS_MAX: usize = 1_000;
const REFERENCE_CHARS_MAX: usize = 100;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RecordDispositionRequest,
) -> Result<pb::RecordDispositionResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.call_target(&caller, Action::RecordDisposition, &body.call_id).await?;
    wire::optional_text("note", &body.note, NOTE_CHARS_MAX)?;
    let note = api.seal(&Owner::call(target.id.0), "note", &body.note).await?;
    let asked = wire::given("disposition", body.disposition)?;
    let accusations = accusations(&asked)?;
    let disposition = read(&api, &caller, &target, asked).await?;
    let told_here = all_told_in(&api, &target, &accusations).await?;
    let verb = RecordDisposition { disposition, accusations, note };
    let verb = CallVerb::RecordDisposition(verb);
    if !told_here {
        // Refused for whatever refuses the known one, too: no answer tells which accusation belongs to a call.
        api.try_on_call(&caller, Action::RecordDisposition, &target, write, verb).await?;
        return Err(ApiError::NotFound);
    }
    let receipt = api.on_call(&caller, Action::RecordDisposition, &target, write, verb).await?;
    api.reactions_to(receipt.position).await;
    let issue_ids = super::issues_of(&api, &target, &receipt).await?;
    Ok(pb::RecordDispositionResponse { receipt: Some(receipt), issue_ids })
}

async fn read(
    api: &Api,
    caller: &Caller,
    target: &CallTarget,
    asked: Asked,
) -> Result<Disposition, ApiError> {
    let action = Action::RecordDisposition;
    Ok(match asked {
        Asked::AnsweredAtOnce(_) => Disposition::AnsweredAtOnce,
        Asked::MisPress(_) => Disposition::MisPress,
        Asked::Attached(attached) => attachable(api, caller, target, &attached.issue_id).await?,
        Asked::Registered(registered) => {
            Disposition::Registered(registered_matters(api, caller, target, &registered).await?)
        }
        Asked::Emergency(emergency) => {
            wire::text("emergency.reference", &emergency.reference, REFERENCE_CHARS_MAX)?;
            let asked = wire::given("emergency.matter", emergency.matter)?;
            let visit = matter(api, caller, target, action, "emergency.matter", &asked).await?;
            Disposition::Emergency {
                service: emergency.service,
                reference: emergency.reference,
                visit,
            }
        }
        Asked::Silent(_) => Disposition::Silent(IssueId(api.commands.ids.uuid7())),
    })
}

/// The open issue named, where the household that called may be one of its reporters.
async fn attachable(
    api: &Api,
    caller: &Caller,
    target: &CallTarget,
    issue: &str,
) -> Result<Disposition, ApiError> {
    let issue = api.issue_target(caller, Action::RecordDisposition, issue).await?;
    if !issue.is_open {
        return Err(ApiError::Rule {
            reason: "ISSUE_CLOSED",
            text: "a call is attached to an open issue; register a new one".into(),
            zh: "只能并入未结案的事项,请登记为新事项".into(),
        });
    }
    let home = |call: &Call, _| (call.household, call.device);
    let (household, device) =
        api.commands.calls.read(target.id.0, home).await?.ok_or(ApiError::NotFound)?;
    let may = |file: &Issue, _| file.require_attachable(household, device);
    let may = api.commands.issues.read(issue.id.0, may).await?.ok_or(ApiError::NotFound)?;
    may.map_err(ExecuteError::Refused)?;
    Ok(Disposition::Attached(issue.id))
}

/// What was registered on its own.
fn accusations(asked: &Asked) -> Result<Vec<IssueId>, ApiError> {
    let Asked::Registered(registered) = asked else {
        return Ok(Vec::new());
    };
    let named = &registered.accusation_issue_ids;
    if named.len() > MATTERS_MAX {
        return Err(ApiError::shape(
            "registered.accusation_issue_ids",
            "must name at most 10 accusations",
            "最多关联 10 件检举控告",
        ));
    }
    named.iter().map(|id| wire::id("registered.accusation_issue_ids", id)).collect()
}

/// Whether they are accusations told in this call. Whoever names one knows of it: they may not see it.
async fn all_told_in(
    api: &Api,
    target: &CallTarget,
    accusations: &[IssueId],
) -> Result<bool, ApiError> {
    let told_here = |file: &Issue, _| {
        let source = Source::Call { call: target.id };
        file.track == Track::Supervision && file.matter.source == source
    };
    for id in accusations {
        if api.commands.issues.read(id.0, told_here).await? != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn registered_matters(
    api: &Api,
    caller: &Caller,
    target: &CallTarget,
    registered: &pb::Registered,
) -> Result<Vec<(IssueId, domain::shared::matter::Matter)>, ApiError> {
    let count = registered.matters.len();
    let accuses = !registered.accusation_issue_ids.is_empty();
    if count > MATTERS_MAX || (count == 0 && !accuses) {
        return Err(ApiError::shape(
            "registered.matters",
            "must hold 1 to 10 matters",
            "应有 1 至 10 件事项",
        ));
    }
    let words =
        registered.matters.iter().map(|m| m.title.chars().count() + m.narrative.chars().count());
    if words.sum::<usize>() > MATTERS_CHARS_MAX {
        return Err(ApiError::shape(
            "registered.matters",
            "titles and narratives together must have at most 10,200 characters",
            "各事项的标题和内容合计最多 10200 个字,请分次登记",
        ));
    }
    let mut matters = Vec::with_capacity(count);
    for (number, asked) in registered.matters.iter().enumerate() {
        let field = format!("registered.matters[{number}]");
        matters.push(matter(api, caller, target, Action::RecordDisposition, &field, asked).await?);
    }
    Ok(matters)
}

pub(super) async fn matter(
    api: &Api,
    caller: &Caller,
    target: &CallTarget,
    action: Action,
    field: &str,
    matter: &Matter,
) -> Result<(IssueId, domain::shared::matter::Matter), ApiError> {
    // The call log knows who pressed, so nobody is promised otherwise; and whoever is anonymous must be
    // shown a receipt code (LOOP V3).
    if wire::confidence("confidence", matter.confidence)? == Confidence::Anonymous {
        return Err(ApiError::shape(
            &format!("{field}.confidence"),
            "must not be ANONYMOUS for a call; CONFIDENTIAL hides it from the village, and Register takes an anonymous matter with a receipt code",
            "来电事项不能登记为匿名:可选保密;匿名反映请另行登记并出具查询码",
        ));
    }
    let issue = IssueId(api.commands.ids.uuid7());
    let home =
        api.commands.calls.read(target.id.0, |call, _| (call.household, call.device)).await?;
    let (household, device) = home.unwrap_or_default();
    let registering = Registering {
        action,
        issue,
        source: Source::Call { call: target.id },
        place: Some(target.unit),
        reporter: Reporter { household, device, ..Reporter::default() },
    };
    Ok((issue, api.matter(caller, field, matter, registering).await?))
}
