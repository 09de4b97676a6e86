//! Ends an appointment now.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::EndAppointment;
use domain::shared::ids::{PersonId, PostId};

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::EndAppointmentRequest,
) -> Result<pb::EndAppointmentResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let post: PostId = wire::id("post_id", &body.post_id)?;
    let person: PersonId = wire::id("person_id", &body.person_id)?;
    let holder = api.commands.holder(post).await?.ok_or(ApiError::NotFound)?;
    api.unit_target(&caller, Action::EndAppointment, holder.unit).await?;
    let verb = OrgVerb::EndAppointment(EndAppointment { person });
    let done = api.on_org(&caller, Action::EndAppointment, post.0, write, verb).await?;
    // Whoever left an accused unit has to be named in its files before the answer says that they left.
    api.reactions_to(done.receipt.position).await;
    Ok(pb::EndAppointmentResponse { receipt: Some(receipt(&done)) })
}
