//! Takes a role back.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::RevokeRole;

use super::record;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RevokeRoleRequest,
) -> Result<pb::RevokeRoleResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let principal = api.principal_of(&body.name)?;
    let reason = record::reason(&body.reason)?;
    let verb = AccessVerb::Revoke(RevokeRole { number: body.number, reason });
    let done = api.on_access(&caller, Action::RevokeRole, principal, write, verb).await?;
    Ok(pb::RevokeRoleResponse { receipt: Some(receipt(&done)) })
}
