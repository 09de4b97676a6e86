//! Closes a month of a unit with its figures as they stand now (LOOP M1).

use commands::streams;
use contract::bidao::report::v1 as pb;
use domain::report::close;
use domain::report::command::CloseMonth;
use domain::report::{ReportCommand, ReportVerb};
use domain::shared::ids::UnitId;
use views::Viewer;
use views::figures::Period;

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const CORRECTION_CHARS_MAX: usize = 1_000;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::CloseMonthRequest,
) -> Result<pb::CloseMonthResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit: UnitId = wire::id("unit_id", &body.unit_id)?;
    api.unit_target(&caller, Action::CloseMonth, unit).await?;
    let (from, until) = close::bounds(&body.month).ok_or_else(|| {
        ApiError::shape("month", "must be a month such as 2026-11", "应为月份,如 2026-11")
    })?;
    wire::optional_text("correction", &body.correction, CORRECTION_CHARS_MAX)?;
    // Everything the log knows by now is in the figures.
    api.fresh(api.commands.appender.head().position()).await?;
    // The month is the unit's, whoever closes it: nobody's recusal takes a row out of it (LOOP M1).
    let area = api.narrowed(&caller, &body.unit_id).await?.area;
    let viewer = Viewer { area, ..Viewer::of_everything(&super::TRACKS) };
    let period = Period { from_us: from.0, until_us: until.0, now_us: api.now().0 };
    let figures = api.views.figures(&viewer, period).await?;
    let mut raw = figures.issues.named();
    raw.extend(figures.calls.named());
    raw.insert("devices".into(), figures.devices);
    raw.insert("reachable_devices".into(), figures.reachable_devices);
    let correction = body.correction.trim();
    let verb = CloseMonth {
        unit,
        month: body.month.clone(),
        figures: raw,
        adjusted: figures.adjusted.named(),
        correction: (!correction.is_empty()).then(|| correction.into()),
    };
    let facts = api.commands.facts(caller.actor.clone(), None).await?;
    let request = api.request(&caller, Action::CloseMonth, write);
    let command = |now| ReportCommand {
        given: facts.at(now),
        verb: ReportVerb::CloseMonth(Box::new(verb.clone())),
    };
    let stream = streams::reports(&unit.to_string());
    let done = api.commands.reports.execute(stream, &request, command).await?;
    Ok(pb::CloseMonthResponse { receipt: Some(receipt(&done)) })
}
