//! The resident's side rates an issue.

use contract::bidao::rating::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::{Rate, RawAnswer};
use pb::rate_request::Answer;

use crate::decide::Action;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RateRequest,
) -> Result<pb::RateResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::Rate, &body.issue_id).await?;
    let answer = match wire::given("answer", body.answer)? {
        Answer::Thumb(thumb) => RawAnswer::Thumb(wire::thumb("thumb", thumb)?),
        Answer::Verdict(verdict) => RawAnswer::Axes(wire::verdict("verdict", &verdict)?),
    };
    let verb = IssueVerb::Rate(Rate {
        reporter: body.reporter as usize,
        answer,
        in_presence: body.in_presence,
    });
    let receipt = api.on_issue(&caller, Action::Rate, &target, write, verb).await?;
    Ok(pb::RateResponse { receipt: Some(receipt) })
}
