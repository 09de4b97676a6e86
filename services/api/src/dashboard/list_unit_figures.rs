//! The figures of each unit directly below, by code; never ranked (LOOP M6).

use contract::bidao::dashboard::v1 as pb;
use domain::shared::ids::UnitId;

use super::get_dashboard::{dashboard, definitions, period};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListUnitFiguresRequest,
) -> Result<pb::ListUnitFiguresResponse, ApiError> {
    let period = period(&api, body.from.as_ref(), body.until.as_ref())?;
    api.fresh(body.min_position).await?;
    let viewer = api.counting(&caller, &body.unit_id).await?;
    let tree = api.views.tree(&viewer).await?;
    let above: Option<UnitId> = wire::optional_id("unit_id", &body.unit_id)?;
    let top = above.or_else(|| tree.first().map(|unit| unit.id));
    let mut below: Vec<_> =
        tree.iter().filter(|unit| top.is_some() && unit.parent == top).collect();
    below.sort_by(|a, b| (&a.code, a.id).cmp(&(&b.code, b.id)));
    let mut units = Vec::with_capacity(below.len());
    for unit in below {
        let narrowed = api.counting(&caller, &unit.id.to_string()).await?;
        let figures = api.views.figures(&narrowed, period).await?;
        units.push(pb::UnitFigures {
            unit_id: unit.id.to_string(),
            code: unit.code.clone(),
            name: unit.name.clone(),
            dashboard: Some(dashboard(&figures)),
        });
    }
    let as_of = Some(api.as_of().await);
    Ok(pb::ListUnitFiguresResponse { units, definitions: definitions(), as_of })
}
