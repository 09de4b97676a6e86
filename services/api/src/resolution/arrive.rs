//! Somebody came: met, absent or refused.

use contract::bidao::resolution::v1 as pb;
use domain::issue::IssueVerb;
use domain::issue::command::Arrive;
use domain::issue::event::ArrivalOutcome;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ArriveRequest,
) -> Result<pb::ArriveResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?
        .on_behalf_of(&body.on_behalf_of_post_id)?
        .occurred_at(body.occurred_at.as_ref(), api.now())?;
    let target = api.issue_target(&caller, Action::Arrive, &body.issue_id).await?;
    let outcome = match pb::ArrivalOutcome::try_from(body.outcome) {
        Ok(pb::ArrivalOutcome::Met) => ArrivalOutcome::Met,
        Ok(pb::ArrivalOutcome::Absent) => ArrivalOutcome::Absent,
        Ok(pb::ArrivalOutcome::Refused) => ArrivalOutcome::Refused,
        Ok(pb::ArrivalOutcome::Unspecified) | Err(_) => {
            return Err(ApiError::shape(
                "outcome",
                "must be MET, ABSENT or REFUSED",
                "应为见到、无人或拒绝",
            ));
        }
    };
    wire::optional_text("note", &body.note, wire::TEXT_CHARS_MAX)?;
    let note = api.seal(&Owner::issue(target.id.0), "note", &body.note).await?;
    let verb = IssueVerb::Arrive(Arrive { outcome, note });
    let receipt = api.on_issue(&caller, Action::Arrive, &target, write, verb).await?;
    Ok(pb::ArriveResponse { receipt: Some(receipt) })
}
