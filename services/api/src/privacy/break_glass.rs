//! Asks a second person to let the caller look beyond the own area.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::event::Ask;

use super::target;
use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::BreakGlassRequest,
) -> Result<pb::BreakGlassResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    api.may_anywhere(&caller, Action::BreakGlass, file).await?;
    let ask = (Ask::BreakGlass, &*body.reason);
    let (receipt, number) = api.ask_for(&caller, Action::BreakGlass, file, write, ask).await?;
    Ok(pb::BreakGlassResponse { receipt: Some(receipt), number })
}
