//! What each post carries now: posts, never persons, and no rates (LOOP M6).

use contract::bidao::dashboard::v1 as pb;

use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ListWorkloadRequest,
) -> Result<pb::ListWorkloadResponse, ApiError> {
    api.fresh(body.min_position).await?;
    let viewer = api.counting(&caller, &body.unit_id).await?;
    let names = api.views.names(&caller.viewer()).await?;
    let loads = api.views.workload(&viewer).await?;
    let posts = loads.into_iter().map(|load| pb::Workload {
        post_id: load.post.to_string(),
        post_title: names.of(load.post.0),
        held: load.held,
        owed: load.owed,
    });
    Ok(pb::ListWorkloadResponse { posts: posts.collect(), as_of: Some(api.as_of().await) })
}
