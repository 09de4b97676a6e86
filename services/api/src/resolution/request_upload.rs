//! Leave to send a picture of the matter by HTTP; AttachEvidence puts it into the file.

use contract::bidao::resolution::v1 as pb;

use crate::decide::Action;
use crate::pictures::voucher::Voucher;
use crate::pictures::{BYTES_MAX, MEDIA_TYPES, path};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RequestUploadRequest,
) -> Result<pb::RequestUploadResponse, ApiError> {
    let target = api.issue_target(&caller, Action::RequestUpload, &body.issue_id).await?;
    if !MEDIA_TYPES.contains(&body.media_type.as_str()) {
        return Err(ApiError::shape(
            "media_type",
            "must be image/jpeg, image/png or image/webp",
            "应为 image/jpeg、image/png 或 image/webp",
        ));
    }
    let until = api.voucher_until();
    let voucher = Voucher::Send { issue: target.id.0, media_type: body.media_type, until };
    Ok(pb::RequestUploadResponse {
        path: path(&api.voucher(&voucher)?),
        expires_at: wire::timestamp(until),
        bytes_max: BYTES_MAX as u64,
    })
}
