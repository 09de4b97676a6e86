//! Publishes a profile: the levels, posts and ratio rules of this county.

use commands::streams;
use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::PublishProfile;

use crate::decide::{Action, Resource, decide};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

/// The event holds the text and what was read from it, and has 64 KiB (DESIGN §3).
const DOCUMENT_BYTES_MAX: usize = 30_000;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::PublishProfileRequest,
) -> Result<pb::PublishProfileResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    decide(&caller, Action::PublishProfile, &Resource::at(String::new()), api.now())?;
    wire::text("document", &body.document, DOCUMENT_BYTES_MAX)?;
    if body.document.len() > DOCUMENT_BYTES_MAX {
        return Err(ApiError::shape(
            "document",
            "must have at most 30,000 bytes",
            "方案不能超过 30000 字节",
        ));
    }
    let verb = OrgVerb::PublishProfile(PublishProfile { text: body.document });
    let tree = streams::tree(&api.commands.county6);
    let done = api.on_org(&caller, Action::PublishProfile, tree, write, verb).await?;
    Ok(pb::PublishProfileResponse { receipt: Some(receipt(&done)) })
}
