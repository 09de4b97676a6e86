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
    Ok(pb::GetCallResponse { call: Some(call(&row, &names)), as_of: Some(api.as_of().await) })
}

pub(super) fn call(row: &CallRow, names: &Names) -> pb::Call {
    // What was told in confidence has no household for anybody, nor one file that leads to another (LOOP V3).
    let open = !row.confidential;
    let led_to = row.issues.iter().filter(|_| open);
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
        disposition: row.disposition.map(disposition).unwrap_or_default().into(),
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
