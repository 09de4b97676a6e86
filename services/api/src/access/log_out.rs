//! Ends the session that the call is made with.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::LogOut;

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::LogOutRequest,
) -> Result<pb::LogOutResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let (Some(principal), Some(number)) = (caller.principal, caller.session) else {
        return Err(ApiError::Rule {
            reason: "NO_SESSION",
            text: "the call was not made with a session".into(),
            zh: "当前不是登录会话".into(),
        });
    };
    let verb = AccessVerb::LogOut(LogOut { number });
    let done = api.on_access(&caller, Action::LogOut, principal, write, verb).await?;
    Ok(pb::LogOutResponse { receipt: Some(receipt(&done)) })
}
