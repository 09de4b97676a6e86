//! One reporter was told the result.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Notify;
use domain::issue::event::NoticeChannel;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::NotifyRequest,
) -> Result<pb::NotifyResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Notify, &body.issue_id).await?;
    let channel = channel(body.channel)?;
    let verb = IssueVerb::Notify(Notify { reporter: body.reporter as usize, channel });
    let receipt = api.on_issue(&caller, Action::Notify, &target, write, verb).await?;
    Ok(pb::NotifyResponse { receipt: Some(receipt) })
}

pub(super) fn channel(value: i32) -> Result<NoticeChannel, ApiError> {
    match pb::NoticeChannel::try_from(value) {
        Ok(pb::NoticeChannel::Phone) => Ok(NoticeChannel::Phone),
        Ok(pb::NoticeChannel::Visit) => Ok(NoticeChannel::Visit),
        Ok(pb::NoticeChannel::Message) => Ok(NoticeChannel::Message),
        Ok(pb::NoticeChannel::Letter) => Ok(NoticeChannel::Letter),
        Ok(pb::NoticeChannel::Unspecified) | Err(_) => Err(ApiError::shape(
            "channel",
            "must be PHONE, VISIT, MESSAGE or LETTER",
            "应为电话、上门、短信或书信",
        )),
    }
}
