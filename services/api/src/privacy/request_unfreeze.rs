//! Asks to use a frozen file again.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::event::Ask;

use super::target;
use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RequestUnfreezeRequest,
) -> Result<pb::RequestUnfreezeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    api.may_on_file(&caller, Action::RequestUnfreeze, file).await?;
    let ask = (Ask::Unfreeze, &*body.reason);
    let (receipt, number) = api.ask_for(&caller, Action::RequestUnfreeze, file, write, ask).await?;
    Ok(pb::RequestUnfreezeResponse { receipt: Some(receipt), number })
}
