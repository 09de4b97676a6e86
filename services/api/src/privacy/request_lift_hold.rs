//! Asks to let go of a hold.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::event::Ask;

use super::target;
use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RequestLiftHoldRequest,
) -> Result<pb::RequestLiftHoldResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    api.may_on_file(&caller, Action::RequestLiftHold, file).await?;
    let ask = (Ask::LiftHold { hold: body.hold }, &*body.reason);
    let (receipt, number) = api.ask_for(&caller, Action::RequestLiftHold, file, write, ask).await?;
    Ok(pb::RequestLiftHoldResponse { receipt: Some(receipt), number })
}
