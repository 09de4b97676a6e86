//! Refuses whatever was issued to a principal until now.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::RevokeTokens;

use super::record;
use crate::decide::{Action, Role};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RevokeTokensRequest,
) -> Result<pb::RevokeTokensResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    // A device does not end its gateway.
    if caller.actor.is_residents_side() {
        return Err(ApiError::Denied);
    }
    let principal = match (body.name.as_str(), caller.principal) {
        ("", Some(own)) => own,
        ("", None) => return Err(ApiError::NotFound),
        (name, own) => {
            let named = api.principal_of(name)?;
            if own != Some(named) && !caller.roles.contains(&Role::Security) {
                return Err(ApiError::Denied);
            }
            named
        }
    };
    let verb = AccessVerb::RevokeTokens(RevokeTokens { reason: record::reason(&body.reason)? });
    let done = api.on_access(&caller, Action::RevokeTokens, principal, write, verb).await?;
    Ok(pb::RevokeTokensResponse { receipt: Some(receipt(&done)) })
}
