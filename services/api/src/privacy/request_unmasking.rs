//! Asks a second person to let the caller look.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::event::Ask;

use super::target;
use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RequestUnmaskingRequest,
) -> Result<pb::RequestUnmaskingResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    api.may_on_file(&caller, Action::RequestUnmasking, file).await?;
    let ask = (Ask::Unmask, &*body.reason);
    let (receipt, number) =
        api.ask_for(&caller, Action::RequestUnmasking, file, write, ask).await?;
    Ok(pb::RequestUnmaskingResponse { receipt: Some(receipt), number })
}
