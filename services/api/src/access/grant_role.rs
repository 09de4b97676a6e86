//! Gives a role in an area.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::GrantRole;
use domain::access::event::Area;

use super::record;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::GrantRoleRequest,
) -> Result<pb::GrantRoleResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let principal = api.principal_of(&body.name)?;
    let area = record::area(wire::text("within", &body.within, 100)?)?;
    if let Area::Unit(unit) = area {
        // Whoever gives a role sees the whole county's tree.
        api.unit_target(&caller, Action::GrantRole, unit).await?;
    }
    let verb = AccessVerb::Grant(GrantRole {
        role: record::role("role", body.role)?,
        area,
        until: wire::optional_time("until", body.until.as_ref())?,
        reason: record::reason(&body.reason)?,
    });
    let done = api.on_access(&caller, Action::GrantRole, principal, write, verb).await?;
    Ok(pb::GrantRoleResponse { receipt: Some(receipt(&done)) })
}
