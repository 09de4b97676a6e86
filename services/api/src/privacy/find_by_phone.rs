//! The files of a telephone number. The search stands in the log before anything is looked for.

use commands::streams;
use contract::bidao::privacy::v1 as pb;
use domain::privacy::PrivacyVerb;
use domain::privacy::command::Search;
use domain::privacy::event::File;
use tokio::time::Instant;

use super::{record, target};
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, mark, wire};

/// More than one number ever has; the rest is found when these are dealt with.
const FILES_MAX: usize = 200;
const PHONE_CHARS_MAX: usize = 50;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::FindByPhoneRequest,
) -> Result<pb::FindByPhoneResponse, ApiError> {
    let purpose = record::purpose("purpose", body.purpose)?;
    let phone = wire::text("phone", &body.phone, PHONE_CHARS_MAX)?;
    if vault::numbers::dialled(phone).len() != 1 {
        return Err(ApiError::shape("phone", "must hold one telephone number", "应为一个电话号码"));
    }
    let searches = streams::searches(&api.commands.county6, &caller.actor.id);
    let verb = PrivacyVerb::Search(Search { purpose });
    // Each search is one of its own: nothing of the request is kept, not even its digest.
    let action = Action::FindByPhone;
    let done = api.on_privacy(&caller, action, searches, Write::default(), verb).await?;
    // The file that was registered a moment ago is found too.
    api.keys_follow(done.receipt.position).await;
    let began = Instant::now();
    let mut files = Vec::new();
    for stream in api.vault.streams_of_phone(phone).await? {
        let file = target::file(&stream)?;
        if files.len() < FILES_MAX && is_found(&api, &caller, file).await? {
            files.push(stream);
        }
    }
    // How many files there are that are not shown is not told by the time it takes.
    mark::reached(began).await;
    Ok(pb::FindByPhoneResponse { files, receipt: Some(receipt(&done)) })
}

/// In the caller's sight, and nobody's confidence: to find it by number would say who it was (LOOP V3).
async fn is_found(api: &Api, caller: &Caller, file: File) -> Result<bool, ApiError> {
    match api.may_on_file(caller, Action::FindByPhone, file).await {
        Ok(()) => Ok(!api.is_confidential_to(caller, file).await?),
        Err(ApiError::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}
