//! A thumb key: it rates the device's latest service, a visit or an answered call. Where none waits for
//! it, thumb-down makes somebody outside the village call back (LOOP C6).

use std::time::Duration;

use contract::bidao::call::v1 as pb;
use contract::bidao::common::v1::Receipt;
use domain::call::command::{PressThumb, PressUnboundThumb};
use domain::call::{CallCommand, CallVerb};
use domain::issue::command::{Rate, RawAnswer};
use domain::issue::{Issue, IssueVerb};
use domain::shared::ids::{CallId, DeviceId, HouseholdId, UnitId};
use domain::shared::verdict::Thumb;
use event::StreamId;
use eventlog::Done;
use uuid::Uuid;

use crate::decide::{Action, Resource, decide};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const ACTION: Action = Action::PressThumb;
/// A file merged into a file that was merged itself: followed this far.
const MERGES_MAX: usize = 8;
/// So many services of one household wait for a thumb at most; older ones are past their windows.
const SERVICES_MAX: u32 = 8;
const VIEWS_WAIT: Duration = Duration::from_millis(500);

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::PressThumbRequest,
) -> Result<pb::PressThumbResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let device: DeviceId = wire::id("device_id", &body.device_id)?;
    let thumb = wire::thumb("thumb", body.thumb)?;
    let (household, unit) = api.commands.home_of(device).await?.ok_or(ApiError::NotFound)?;
    let area_path = api.commands.area_path(unit).await?;
    let resource = Resource { devices: vec![device], ..Resource::at(area_path) };
    decide(&caller, ACTION, &resource, api.now())?;
    let key = Key { device, thumb, in_presence: body.in_presence };
    for service in services_of(&api, device).await? {
        match bound(&api, &caller, write.clone(), &service, key).await {
            Ok(Some(answer)) => return Ok(answer),
            // Nobody who connects a key is told of what they may not see; and no key is refused for it.
            Ok(None) | Err(ApiError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    unbound(&api, &caller, write, key, (household, unit)).await
}

/// What the key may mean: the latest service that nobody has rated, and those before it; where none waits,
/// the latest one again, as the last press counts.
async fn services_of(api: &Api, device: DeviceId) -> Result<Vec<StreamId>, ApiError> {
    let head = api.commands.appender.head().position();
    // A key is answered at once: views that lag only mean that the latest service of all is rated again.
    let caught_up = api.projected.wait_for(head);
    let fresh = tokio::time::timeout(VIEWS_WAIT, caught_up).await.is_ok();
    let mut services = Vec::new();
    if fresh {
        services = api.views.waiting_for_thumb(device, SERVICES_MAX).await?;
    }
    // The claim is the truth of what was served last.
    let latest = api.commands.log.holder("thumb", &device.to_string()).await?;
    services.extend(latest);
    Ok(services)
}

#[derive(Clone, Copy)]
struct Key {
    device: DeviceId,
    thumb: Thumb,
    in_presence: bool,
}

/// Rates the service; `None` when it does not take a verdict any more.
async fn bound(
    api: &Api,
    caller: &Caller,
    write: Write,
    service: &StreamId,
    key: Key,
) -> Result<Option<pb::PressThumbResponse>, ApiError> {
    let Key { device, thumb, in_presence } = key;
    let rated = if service.kind == "call" {
        let target = api.call_target(caller, ACTION, &service.id.to_string()).await?;
        let verb = CallVerb::PressThumb(PressThumb { thumb, in_presence });
        api.done_on_call(caller, ACTION, &target, write, verb).await
    } else {
        let lead = lead_of(api, service.id).await?;
        let target = api.issue_target(caller, ACTION, &lead.to_string()).await?;
        let reporter = api.commands.issues.read(lead, |issue, _| speaking(issue, device));
        let Some(reporter) = reporter.await?.flatten() else {
            return Ok(None);
        };
        let answer = RawAnswer::Thumb(thumb);
        let verb = IssueVerb::Rate(Rate { reporter, answer, in_presence });
        api.done_on_issue(caller, ACTION, &target, write, verb).await
    };
    match rated {
        Ok(done) => Ok(Some(answer(api, caller, &done).await)),
        Err(ApiError::Rule { reason, .. }) if TOO_LATE.contains(&reason) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What was rated: a repeated press is answered as the first one was, whatever was served since. No device leads
/// staff to a matter, as it may have been told in confidence (LOOP V3): nor do the events they caused.
async fn answer(api: &Api, caller: &Caller, done: &Done) -> pb::PressThumbResponse {
    let id = done.receipt.stream.id.to_string();
    let mut receipt = receipt(done);
    let (mut call_id, mut issue_id) = (String::new(), String::new());
    if done.receipt.stream.kind == "call" {
        call_id = id;
    } else if caller.actor.is_residents_side() {
        issue_id = id;
    } else {
        // Whoever looks next finds it counted, and no position says where.
        let known = api.projected.wait_for(receipt.position);
        if tokio::time::timeout(VIEWS_WAIT, known).await.is_err() {
            tracing::debug!("the views are behind a thumb");
        }
        receipt = Receipt { repeated: receipt.repeated, ..Receipt::default() };
    }
    pb::PressThumbResponse { receipt: Some(receipt), call_id, issue_id }
}

/// The file itself, or the one that its reporters went over to.
async fn lead_of(api: &Api, issue: Uuid) -> Result<Uuid, ApiError> {
    let mut lead = issue;
    for _ in 0..MERGES_MAX {
        let next = api.commands.issues.read(lead, |issue, _| issue.merged_into).await?;
        match next.flatten() {
            Some(into) => lead = into.0,
            None => break,
        }
    }
    Ok(lead)
}

/// Whose verdict the device gives: of its several files in one, the one that is still owed.
fn speaking(issue: &Issue, device: DeviceId) -> Option<usize> {
    let own = || issue.active_reporters().filter(|(_, known)| known.device == Some(device));
    let owed = own().find(|(_, known)| known.verdict.is_none());
    owed.or_else(|| own().next()).map(|(number, _)| number)
}

/// Refusals by which a service says that it takes no verdict any more.
const TOO_LATE: [&str; 6] = [
    "THUMB_WINDOW_PASSED",
    "REOPEN_WINDOW_PASSED",
    "CALL_STAGE_REFUSES",
    "ISSUE_STAGE_REFUSES",
    "CONCLUDED",
    "MERGED",
];

async fn unbound(
    api: &Api,
    caller: &Caller,
    write: Write,
    key: Key,
    (household, unit): (HouseholdId, UnitId),
) -> Result<pb::PressThumbResponse, ApiError> {
    let call = CallId(api.commands.ids.uuid7());
    let facts = api.commands.facts(caller.actor.clone(), Some(unit)).await?;
    let request = api.request(caller, ACTION, write);
    let Key { device, thumb, .. } = key;
    let verb = PressUnboundThumb { call, device, household: Some(household), unit, thumb };
    let command = |now| CallCommand {
        given: facts.at(now),
        verb: CallVerb::PressUnboundThumb(Box::new(verb.clone())),
    };
    let done = api.commands.calls.execute(call.0, &request, command).await?;
    Ok(answer(api, caller, &done).await)
}
