//! Appoints a person to a post.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::Appoint;
use domain::shared::ids::{PersonId, PostId};

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AppointRequest,
) -> Result<pb::AppointResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let post: PostId = wire::id("post_id", &body.post_id)?;
    let person: PersonId = wire::id("person_id", &body.person_id)?;
    let holder = api.commands.holder(post).await?.ok_or(ApiError::NotFound)?;
    api.unit_target(&caller, Action::Appoint, holder.unit).await?;
    api.require_person("person_id", person).await?;
    let verb = OrgVerb::Appoint(Appoint {
        person,
        from: wire::optional_time("from", body.from.as_ref())?,
        until: wire::optional_time("until", body.until.as_ref())?,
    });
    let done = api.on_org(&caller, Action::Appoint, post.0, write, verb).await?;
    Ok(pb::AppointResponse { receipt: Some(receipt(&done)) })
}
