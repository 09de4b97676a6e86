//! Grants what another person asked for.

use contract::bidao::privacy::v1 as pb;
use domain::privacy::command::{Approve, FileState};
use domain::privacy::event::{Ask, Extent, File};
use domain::privacy::{Privacy, PrivacyVerb};

use super::state::Around;
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
    api.may_on_file(&caller, action, file).await?;
    let (number, record) = (body.number, record::stream(file));
    let asked = |known: &Privacy, _| known.requests.get(&number).map(|request| request.ask);
    let asked = api.commands.privacy.read(record, asked).await?.flatten();
    let frozen = |known: &Privacy, _| known.frozen_keys.iter().copied().collect();
    // A file that is reopened, or gains words, between the look and the decision is not erased unseen.
    let mut around = Around::new(&api);
    let mut calls = Vec::new();
    let (state, key_ids) = match asked {
        Some(Ask::Erase { extent, .. }) => {
            if let (Extent::WholeFile, File::Issue(id)) = (extent, file) {
                calls = api.calls_of(id).await?;
            }
            (around.state(&caller.viewer(), file).await?, api.keys_to_destroy(file, extent).await?)
        }
        Some(Ask::Unfreeze) => {
            let keys = api.commands.privacy.read(record, frozen).await?;
            (FileState::default(), keys.unwrap_or_default())
        }
        Some(Ask::Unmask | Ask::BreakGlass | Ask::LiftHold { .. }) | None => <_>::default(),
    };
    let verb = PrivacyVerb::Approve(Approve { file, number, key_ids, calls, state });
    let done = api.on_privacy_beside(&caller, action, record, (write, around.beside), verb).await?;
    api.keys_follow(done.receipt.position).await;
    Ok(pb::ApprovePrivacyRequestResponse { receipt: Some(receipt(&done)) })
}
