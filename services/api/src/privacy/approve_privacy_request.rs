//! Grants what another person asked for.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::command::Approve;
use domain::privacy::event::Ask;
use domain::privacy::{Privacy, PrivacyVerb};

use super::target::FileTarget;
use super::{record, target};
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ApprovePrivacyRequestRequest,
) -> Result<pb::ApprovePrivacyRequestResponse, ApiError> {
    record::require_person(&caller)?;
    let write = Write::of(&body, &body.request_id, "")?;
    let file = target::file(&body.file)?;
    let action = Action::ApprovePrivacyRequest;
    let target = api.file_target(&caller, action, file).await?;
    let (number, record) = (body.number, record::stream(file));
    let asked = |known: &Privacy, _| known.requests.get(&number).map(|request| request.ask);
    let asked = api.commands.privacy.read(record, asked).await?.flatten();
    let frozen = |known: &Privacy, _| known.frozen_keys.iter().copied().collect();
    let key_ids = match asked {
        Some(Ask::Erase { extent, .. }) => api.keys_to_destroy(file, extent).await?,
        Some(Ask::Unfreeze) => api.commands.privacy.read(record, frozen).await?.unwrap_or_default(),
        Some(Ask::Unmask | Ask::BreakGlass | Ask::LiftHold { .. }) | None => Vec::new(),
    };
    let FileTarget { is_open, is_held, .. } = target;
    let verb = PrivacyVerb::Approve(Approve { file, number, key_ids, is_open, is_held });
    let done = api.on_privacy(&caller, action, record, write, verb).await?;
    api.keys_follow(done.receipt.position).await;
    Ok(pb::ApprovePrivacyRequestResponse { receipt: Some(receipt(&done)) })
}
