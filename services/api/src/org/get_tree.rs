//! The units the caller may see, parents before children.

use contract::bidao::org::v1 as pb;
use domain::shared::ids::PostId;
use domain::shared::ladder::Holder;
use views::org_tree::{Names, UnitRow};

use crate::{Api, ApiError, Caller, show};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetTreeRequest,
) -> Result<pb::GetTreeResponse, ApiError> {
    api.fresh(body.min_position).await?;
    let viewer = api.narrowed(&caller, &body.unit_id).await?;
    let units = api.views.tree(&viewer).await?;
    let names = api.views.names(&caller.viewer()).await?;
    let units = units.iter().map(|row| unit(row, &names)).collect();
    Ok(pb::GetTreeResponse { units, as_of: Some(api.as_of().await) })
}

fn unit(row: &UnitRow, names: &Names) -> pb::Unit {
    let sits = |post: &PostId| Holder {
        unit: row.id,
        post: *post,
        person: names.person_in(*post),
        ..Holder::default()
    };
    pb::Unit {
        id: row.id.to_string(),
        parent_id: row.parent.map(|parent| parent.to_string()).unwrap_or_default(),
        name: row.name.clone(),
        kind: row.kind.clone(),
        rung: show::rung(row.rung),
        code: row.code.clone(),
        roster: row.roster.iter().map(|post| show::holder(&sits(post), names)).collect(),
        households: row.households,
        devices: row.devices,
    }
}
