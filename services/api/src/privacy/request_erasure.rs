//! Asks to forget who reported, or the whole file.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::event::Ask;

use super::{record, target};
use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RequestErasureRequest,
) -> Result<pb::RequestErasureResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    let extent = record::extent("extent", body.extent)?;
    let basis = record::basis("basis", body.basis)?;
    api.may_on_file(&caller, Action::RequestErasure, file).await?;
    let ask = (Ask::Erase { extent, basis }, &*body.reason);
    let (receipt, number) = api.ask_for(&caller, Action::RequestErasure, file, write, ask).await?;
    Ok(pb::RequestErasureResponse { receipt: Some(receipt), number })
}
