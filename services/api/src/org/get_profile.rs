//! The profile in force.

use contract::bidao::org::v1 as pb;
use domain::org::profile::Level;

use crate::{Api, ApiError, Caller, show};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GetProfileRequest,
) -> Result<pb::GetProfileResponse, ApiError> {
    api.fresh(body.min_position).await?;
    let found = api.views.profile_in_force(&caller.viewer()).await?.ok_or(ApiError::NotFound)?;
    let rules = found.document.rules().collect();
    Ok(pb::GetProfileResponse {
        id: found.profile.id,
        version: found.profile.version,
        hash: found.profile.hash,
        title: found.document.title,
        document: found.text,
        levels: found.document.levels.iter().map(level).collect(),
        rules,
        as_of: Some(api.as_of().await),
    })
}

fn level(level: &Level) -> pb::Level {
    let posts = level.posts.iter().map(|post| pb::PostRule {
        title: post.title.clone(),
        min: post.min,
        max: post.max,
    });
    pb::Level {
        kind: level.kind.clone(),
        rung: show::rung(level.rung),
        parents: level.parents.clone(),
        households: level.households,
        posts: posts.collect(),
    }
}
