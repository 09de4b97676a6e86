//! One call, and how calls are shown.

use contract::bidao::call::v1 as pb;
use domain::call::event::DispositionKind;
use domain::shared::ids::CallId;
use views::call_log::CallRow;
use views::org_tree::Names;

use crate::write::etag;
use crate::{Api, ApiError, Caller, show, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetCallRequest,
) -> Result<pb::GetCallResponse, ApiError> {
    let id: CallId = wire::id("call_id", &body.call_id)?;
    api.fresh(body.min_position).await?;
    let row = api.views.call(&caller.viewer(), id).await?.ok_or(ApiError::NotFound)?;
    let names = api.views.names(&caller.viewer()).await?;
    let above = api.stands_above_villages(&caller).await?;
    Ok(pb::GetCallResponse {
        call: Some(call(&row, &names, above)),
        as_of: Some(api.as_of().await),
    })
}

/// As `above` the villages, or in one.
pub(super) fn call(row: &CallRow, names: &Names, above: bool) -> pb::Call {
    // What was told in confidence is seen from above the villages: there the call has no household, nor one file that
    // leads to another. The village saw who pressed, and sees no such file: to it the call was answered (LOOP V3).
    // Whoever was forgotten is found by no device.
    let open = !(row.erased || row.confidential && above);
    let led_to = row.issues.iter().filter(|issue| open && row.kept_with.contains_key(issue));
    let in_silence = row.confidential && !above && row.kept_with.is_empty();
    let in_silence = in_silence && row.disposition.is_some();
    let known = row.disposition.filter(|_| !in_silence);
    let kind = known.or(in_silence.then_some(DispositionKind::AnsweredAtOnce));
    pb::Call {
        id: row.id.to_string(),
        stage: row.stage.name().into(),
        stage_zh: row.stage.zh().into(),
        device_id: row.device.filter(|_| open).map(|device| device.to_string()).unwrap_or_default(),
        household_id: row
            .household
            .filter(|_| open)
            .map(|household| household.to_string())
            .unwrap_or_default(),
        unit_id: row.unit.to_string(),
        unit_name: names.of(row.unit.0),
        pressed_at: wire::timestamp(row.pressed_at),
        presses: row.presses,
        answered_at: row.answered_at.and_then(wire::timestamp),
        holder: row.holder.as_ref().map(|holder| show::holder(holder, names)),
        answered_by_return_call: row.by_return_call,
        disposition: kind.map(disposition).unwrap_or_default().into(),
        issue_ids: led_to.map(ToString::to_string).collect(),
        thumb: show::thumb(row.thumb),
        rung: show::rung(row.rung),
        clocks: row.clocks.values().map(show::clock).collect(),
        etag: etag(row.version),
    }
}

const fn disposition(kind: DispositionKind) -> &'static str {
    match kind {
        DispositionKind::AnsweredAtOnce => "answered_at_once",
        DispositionKind::Registered => "registered",
        DispositionKind::Attached => "attached",
        DispositionKind::Emergency => "emergency",
        DispositionKind::MisPress => "mis_press",
        DispositionKind::Silent => "silent",
    }
}
