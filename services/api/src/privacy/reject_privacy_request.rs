//! Refuses what somebody asked for.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::command::Reject;
use domain::privacy::event::File;
use domain::privacy::{Privacy, PrivacyVerb};

use super::{record, target};
use crate::decide::{self, Action};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RejectPrivacyRequestRequest,
) -> Result<pb::RejectPrivacyRequestResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    let action = Action::RejectPrivacyRequest;
    api.may_on_file(&caller, action, file).await?;
    require_asker(&api, &caller, file, body.number).await?;
    let verb = PrivacyVerb::Reject(Reject { file, number: body.number });
    let done = api.on_privacy(&caller, action, record::stream(file), write, verb).await?;
    Ok(pb::RejectPrivacyRequestResponse { receipt: Some(receipt(&done)) })
}

/// Whoever may grant may refuse; anybody else takes back what they asked for themselves.
async fn require_asker(
    api: &Api,
    caller: &Caller,
    file: File,
    number: u32,
) -> Result<(), ApiError> {
    if decide::role(caller, Action::ApprovePrivacyRequest).is_ok() {
        return Ok(());
    }
    let asked = |known: &Privacy, _| {
        known.requests.get(&number).is_some_and(|request| request.by.principal == caller.actor.id)
    };
    let asked = api.commands.privacy.read(record::stream(file), asked).await?;
    if asked == Some(true) { Ok(()) } else { Err(ApiError::Denied) }
}
