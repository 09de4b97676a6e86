//! Ends a principal.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::Retire;

use super::record;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RetirePrincipalRequest,
) -> Result<pb::RetirePrincipalResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let principal = api.principal_of(&body.name)?;
    let verb = AccessVerb::Retire(Retire { reason: record::reason(&body.reason)? });
    let done = api.on_access(&caller, Action::RetirePrincipal, principal, write, verb).await?;
    Ok(pb::RetirePrincipalResponse { receipt: Some(receipt(&done)) })
}
