//! Keeps a file from being erased.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::PrivacyVerb;
use domain::privacy::command::Hold;

use super::{record, target};
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::PlaceHoldRequest,
) -> Result<pb::PlaceHoldResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    api.may_on_file(&caller, Action::PlaceHold, file).await?;
    let reason = api.privacy_reason(file, &body.reason).await?;
    let verb = PrivacyVerb::Hold(Hold { file, reason });
    let record = record::stream(file);
    let done = api.on_privacy(&caller, Action::PlaceHold, record, write, verb).await?;
    let number = api.number_of(file, &done).await?;
    Ok(pb::PlaceHoldResponse { receipt: Some(receipt(&done)), number })
}
