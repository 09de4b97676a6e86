//! The closed months of a unit, the latest first, each figure with its definition.

use contract::bidao::report::v1 as pb;
use domain::report::close;
use domain::report::event::MonthClosed;
use views::Viewer;
use views::figures::{CALL_FIGURES, DEVICE_FIGURES, Figures, ISSUE_FIGURES, Period};
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
    let viewer = Viewer { tracks: super::TRACKS.to_vec(), ..viewer };
    let mut reports = Vec::with_capacity(closed.len());
    for month in &closed {
        reports.push(report(month, seen_instead(&api, &viewer, month).await?.as_ref(), &names));
    }
    Ok(pb::ListMonthReportsResponse { reports, as_of: Some(api.as_of().await) })
}

/// The month was closed for everybody. Whoever stands aside from a file of it sees the sums of all the others
/// instead: to take the file out of figures that were frozen once would tell what became of it since (LOOP
/// A1).
async fn seen_instead(
    api: &Api,
    viewer: &Viewer,
    month: &MonthClosed,
) -> Result<Option<Figures>, ApiError> {
    let Some((from, until)) = close::bounds(&month.month) else {
        return Ok(None);
    };
    let period = Period { from_us: from.0, until_us: until.0, now_us: month.at.0 };
    if !api.views.withholds(viewer, period).await? {
        return Ok(None);
    }
    Ok(Some(api.views.figures(viewer, period).await?))
}

fn report(month: &MonthClosed, instead: Option<&Figures>, names: &Names) -> pb::MonthReport {
    let instead = instead.map(|figures| {
        let mut raw = figures.issues.named();
        raw.extend(figures.calls.named());
        (raw, figures.adjusted.named())
    });
    let (raw, adjusted) = instead.unwrap_or_default();
    let figures = month.figures.iter().map(|(name, frozen)| {
        let count = raw.get(name).copied().unwrap_or(*frozen);
        let of_adjusted = adjusted.get(name).or_else(|| month.adjusted.get(name));
        pb::Figure {
            name: name.clone(),
            raw: count,
            after_exclusions: of_adjusted.copied().unwrap_or(count),
            definition: definition(name).into(),
        }
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
    let devices = || DEVICE_FIGURES.iter().find(|(figure, _)| *figure == name);
    known.map(|(_, _, zh)| *zh).or_else(|| devices().map(|(_, zh)| *zh)).unwrap_or_default()
}
