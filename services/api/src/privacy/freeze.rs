//! Keeps the words of a file and stops their use.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::PrivacyVerb;
use domain::privacy::command::Freeze;
use domain::privacy::event::Extent;

use super::{record, target};
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::FreezeRequest,
) -> Result<pb::FreezeResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    api.may_on_file(&caller, Action::Freeze, file).await?;
    let reason = api.privacy_reason(file, &body.reason).await?;
    api.make_keys(file).await?;
    let key_ids = api.keys_of(file, Extent::WholeFile).await?;
    let verb = PrivacyVerb::Freeze(Freeze { file, key_ids, reason });
    let record = record::stream(file);
    let done = api.on_privacy(&caller, Action::Freeze, record, write, verb).await?;
    api.keys_follow(done.receipt.position).await;
    Ok(pb::FreezeResponse { receipt: Some(receipt(&done)) })
}
