//! Names the posts of a unit in ring order, the chief first.

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::SetRoster;
use domain::shared::ids::{PostId, UnitId};

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) const ROSTER_MAX: usize = 50;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::SetRosterRequest,
) -> Result<pb::SetRosterResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit: UnitId = wire::id("unit_id", &body.unit_id)?;
    let unit = api.unit_target(&caller, Action::SetRoster, unit).await?;
    if body.post_ids.len() > ROSTER_MAX {
        return Err(ApiError::shape("post_ids", "must hold at most 50 posts", "最多 50 个岗位"));
    }
    let mut posts = Vec::with_capacity(body.post_ids.len());
    for (number, id) in body.post_ids.iter().enumerate() {
        let field = format!("post_ids[{number}]");
        let post: PostId = wire::id(&field, id)?;
        let holder =
            api.commands.holder(post).await?.ok_or_else(|| {
                ApiError::shape(&field, "must be a post that exists", "没有这个岗位")
            })?;
        if posts.contains(&holder.post) {
            return Err(ApiError::shape(&field, "must not name a post twice", "岗位重复"));
        }
        posts.push(post);
    }
    let tree = streams::tree(&api.commands.county6);
    let verb = OrgVerb::SetRoster(SetRoster {
        unit,
        posts,
        from: wire::optional_time("from", body.from.as_ref())?,
        until: wire::optional_time("until", body.until.as_ref())?,
    });
    let done = api.on_org(&caller, Action::SetRoster, tree, write, verb).await?;
    Ok(pb::SetRosterResponse { receipt: Some(receipt(&done)) })
}
