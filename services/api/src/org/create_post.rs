//! Creates a post in a unit.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::CreatePost;
use domain::shared::ids::{PostId, UnitId};

use super::record::NAME_CHARS_MAX;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::CreatePostRequest,
) -> Result<pb::CreatePostResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let unit: UnitId = wire::id("unit_id", &body.unit_id)?;
    let unit = api.unit_target(&caller, Action::CreatePost, unit).await?;
    let title = wire::text("title", &body.title, NAME_CHARS_MAX)?.trim().into();
    let id = PostId(api.commands.ids.uuid7());
    let verb = OrgVerb::CreatePost(CreatePost { post: id, unit, title });
    let done = api.on_org(&caller, Action::CreatePost, id.0, write, verb).await?;
    let post_id = done.receipt.stream.id.to_string();
    Ok(pb::CreatePostResponse { receipt: Some(receipt(&done)), post_id })
}
