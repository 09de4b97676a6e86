//! The holder reports to its supervisor.

use contract::bidao::escalation::v1 as pb;
use domain::issue::IssueVerb;

use crate::decide::Action;
use crate::sealing::Owner;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::ReportSupervisionRequest,
) -> Result<pb::ReportSupervisionResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::ReportSupervision, &body.issue_id).await?;
    let owner = Owner::issue(target.id.0);
    let report = api.sealed(&owner, "report", "report", &body.report).await?;
    let supervision = wire::line("supervision", body.supervision)?;
    let verb = IssueVerb::ReportSupervision { supervision, report };
    let receipt = api.on_issue(&caller, Action::ReportSupervision, &target, write, verb).await?;
    Ok(pb::ReportSupervisionResponse { receipt: Some(receipt) })
}
