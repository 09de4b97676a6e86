//! The closed months of a unit, the latest first, each figure with its definition.

use std::collections::BTreeMap;

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
        reports.push(report(month, &withheld(&api, &viewer, month).await?, &names));
    }
    Ok(pb::ListMonthReportsResponse { reports, as_of: Some(api.as_of().await) })
}

/// The month was closed for everybody; whoever stands aside from a file does not count it (LOOP A1).
async fn withheld(api: &Api, viewer: &Viewer, month: &MonthClosed) -> Result<Figures, ApiError> {
    let Some((from, until)) = close::bounds(&month.month) else {
        return Ok(Figures::default());
    };
    let period = Period { from_us: from.0, until_us: until.0, now_us: month.at.0 };
    Ok(api.views.withheld(viewer, period).await?)
}

fn report(month: &MonthClosed, withheld: &Figures, names: &Names) -> pb::MonthReport {
    let adjusted_away = withheld.adjusted.named();
    let mut away = withheld.issues.named();
    away.extend(withheld.calls.named());
    let less = |figure: u64, name: &str, away: &BTreeMap<String, u64>| {
        figure.saturating_sub(away.get(name).copied().unwrap_or(0))
    };
    let figures = month.figures.iter().map(|(name, raw)| {
        let raw = less(*raw, name, &away);
        let adjusted = month.adjusted.get(name);
        pb::Figure {
            name: name.clone(),
            raw,
            after_exclusions: adjusted.map_or(raw, |count| less(*count, name, &adjusted_away)),
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
