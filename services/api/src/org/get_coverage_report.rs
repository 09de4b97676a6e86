//! Households, devices and broken rules by unit, in the order of the units' codes.

use std::collections::HashMap;

use contract::bidao::org::v1 as pb;
use domain::shared::ids::UnitId;
use views::coverage::{Below, Standing};
use views::org_tree::UnitRow;

use super::coverage::violation;
use crate::{Api, ApiError, Caller, show};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetCoverageReportRequest,
) -> Result<pb::GetCoverageReportResponse, ApiError> {
    api.fresh(body.min_position).await?;
    let standing = api.standing(&caller, &body.unit_id, body.heard_days).await?;
    let below = standing.below();
    let mut broken: HashMap<UnitId, Vec<pb::RuleViolation>> = HashMap::new();
    for found in &standing.violations {
        broken.entry(found.unit).or_default().push(violation(found));
    }
    let rows = standing.units.iter().filter(|unit| {
        (body.kind.is_empty() || unit.kind == body.kind)
            && (!body.only_violations || broken.contains_key(&unit.id))
    });
    let shown: Vec<_> = rows.collect();
    let rows = shown.into_iter().map(|unit| row(&standing, unit, &below, &mut broken)).collect();
    let filter = format!("coverage\n{}\n{}\n{}", body.unit_id, body.kind, body.only_violations);
    let page = (body.page_size, body.page_token.as_str());
    let (units, next_page_token) = api.page(rows, &filter, page)?;
    let answer = totals(&standing);
    Ok(pb::GetCoverageReportResponse {
        units,
        next_page_token,
        as_of: Some(api.as_of().await),
        ..answer
    })
}

fn row(
    standing: &Standing,
    unit: &UnitRow,
    below: &HashMap<UnitId, Below>,
    broken: &mut HashMap<UnitId, Vec<pb::RuleViolation>>,
) -> pb::UnitCoverage {
    let sums = below.get(&unit.id).copied().unwrap_or_default();
    pb::UnitCoverage {
        unit_id: unit.id.to_string(),
        name: unit.name.clone(),
        kind: unit.kind.clone(),
        code: unit.code.clone(),
        rung: show::rung(unit.rung),
        households: sums.households,
        devices: sums.devices,
        reachable_devices: sums.reached,
        has_roster: has_roster(standing, unit),
        violations: broken.remove(&unit.id).unwrap_or_default(),
    }
}

fn has_roster(standing: &Standing, unit: &UnitRow) -> bool {
    standing.rosters.get(&unit.id).is_some_and(|roster| !roster.is_empty())
}

fn totals(standing: &Standing) -> pb::GetCoverageReportResponse {
    let units = &standing.units;
    let homeless = units.iter().filter(|unit| !standing.takes_households(unit));
    let reached = units.iter().filter_map(|unit| standing.reached.get(&unit.id));
    let waived = standing.violations.iter().filter(|found| found.waiver.is_some()).count() as u64;
    pb::GetCoverageReportResponse {
        households: units.iter().map(|unit| unit.households).sum(),
        households_without_grid: homeless.map(|unit| unit.households).sum(),
        devices: units.iter().map(|unit| unit.devices).sum(),
        reachable_devices: reached.sum(),
        units_without_roster: units.iter().filter(|unit| !has_roster(standing, unit)).count()
            as u64,
        violations: standing.violations.len() as u64,
        waived,
        ..pb::GetCoverageReportResponse::default()
    }
}
