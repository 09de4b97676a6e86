//! The closed months of a unit, the latest first, each figure with its definition.

use contract::bidao::report::v1 as pb;
use domain::report::event::MonthClosed;
use views::figures::{CALL_FIGURES, ISSUE_FIGURES};
use views::org_tree::Names;

use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListMonthReportsRequest,
) -> Result<pb::ListMonthReportsResponse, ApiError> {
    api.fresh(body.min_position).await?;
    let unit = wire::given("unit_id", Some(&body.unit_id).filter(|unit| !unit.is_empty()))?;
    let viewer = api.narrowed(&caller, unit).await?;
    let closed = api.views.month_reports(&viewer, unit, &body.month).await?;
    let names = api.views.names(&caller.viewer()).await?;
    let reports = closed.iter().map(|month| report(month, &names)).collect();
    Ok(pb::ListMonthReportsResponse { reports, as_of: Some(api.as_of().await) })
}

fn report(month: &MonthClosed, names: &Names) -> pb::MonthReport {
    let figures = month.figures.iter().map(|(name, raw)| pb::Figure {
        name: name.clone(),
        raw: *raw,
        after_exclusions: month.adjusted.get(name).copied().unwrap_or(*raw),
        definition: definition(name).into(),
    });
    pb::MonthReport {
        unit_id: month.unit.to_string(),
        unit_name: names.of(month.unit.0),
        month: month.month.clone(),
        number: month.number,
        figures: figures.collect(),
        correction: month.correction.clone().unwrap_or_default(),
        closed_at: wire::timestamp(month.at),
    }
}

fn definition(name: &str) -> &'static str {
    let mut all = ISSUE_FIGURES.iter().chain(CALL_FIGURES);
    let known = all.find(|(figure, _, _)| *figure == name);
    known.map_or("本辖区登记的呼叫器", |(_, _, zh)| zh)
}
