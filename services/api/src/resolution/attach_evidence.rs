//! Evidence for the file: a picture that was sent, or the digest of a file kept elsewhere. It moves nothing.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::event::Kept;

use crate::decide::Action;
use crate::pictures::sent_for;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::AttachEvidenceRequest,
) -> Result<pb::AttachEvidenceResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::AttachEvidence, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    wire::text("file_name", &body.file_name, 200)?;
    let (sha256, media_type, kept) = if body.upload.is_empty() {
        let media_type = wire::text("media_type", &body.media_type, 100)?.to_owned();
        (body.sha256.clone(), media_type, None)
    } else {
        let sent = sent_for(&api, target.id.0, &body.upload)?;
        // Before it stands in the file: one that was refused after all stays as bytes nobody can read.
        api.blobs.keep(&sent.address.parse()?).await?;
        let picture = api.sealed(&owner, "picture", "upload", &sent.key).await?;
        (sent.address, sent.media_type, Some(Kept { bytes: sent.bytes, picture }))
    };
    let file_name = api.sealed(&owner, "file_name", "file_name", &body.file_name).await?;
    let verb = IssueVerb::AttachEvidence { sha256, media_type, file_name, kept };
    let receipt = api.on_issue(&caller, Action::AttachEvidence, &target, write, verb).await?;
    Ok(pb::AttachEvidenceResponse { receipt: Some(receipt) })
}
