//! The units the caller may see, parents before children.

use std::collections::HashMap;

use contract::bidao::org::v1 as pb;
use domain::shared::ids::{PostId, UnitId};
use domain::shared::ladder::Holder;
use domain::shared::moment::Moment;
use views::coverage::{PostNow, Standing};
use views::org_tree::{Names, UnitRow};

use crate::{Api, ApiError, Caller, show};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetTreeRequest,
) -> Result<pb::GetTreeResponse, ApiError> {
    api.fresh(body.min_position).await?;
    let viewer = api.narrowed(&caller, &body.unit_id).await?;
    let now = Moment(api.commands.clock.now_us());
    let standing = api.views.standing(&viewer, now, now).await?;
    let names = api.views.names(&viewer).await?;
    let posts = standing.posts.values().flatten().map(|post| (post.id, post)).collect();
    // Parents before children: the tree's order, not the report's.
    let units = api.views.tree(&viewer).await?;
    let units = units.iter().map(|row| unit(row, &standing, &posts, &names)).collect();
    Ok(pb::GetTreeResponse { units, as_of: Some(api.as_of().await) })
}

/// The roster that holds now, and who answers for each post of it now.
fn unit(
    row: &UnitRow,
    standing: &Standing,
    posts: &HashMap<PostId, &PostNow>,
    names: &Names,
) -> pb::Unit {
    let sits = |post: &PostId| {
        let known = posts.get(post);
        Holder {
            unit: row.id,
            post: *post,
            // A post of a unit out of sight is named by who was appointed last.
            person: known.map_or_else(|| names.person_in(*post), |known| known.person),
            stand_in: known.is_some_and(|known| known.stand_in),
        }
    };
    let roster = roster(standing, row.id);
    pb::Unit {
        id: row.id.to_string(),
        parent_id: row.parent.map(|parent| parent.to_string()).unwrap_or_default(),
        name: row.name.clone(),
        kind: row.kind.clone(),
        rung: show::rung(row.rung),
        code: row.code.clone(),
        roster: roster.iter().map(|post| show::holder(&sits(post), names)).collect(),
        households: row.households,
        devices: row.devices,
    }
}

fn roster(standing: &Standing, unit: UnitId) -> &[PostId] {
    standing.rosters.get(&unit).map(Vec::as_slice).unwrap_or_default()
}
