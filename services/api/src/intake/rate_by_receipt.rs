//! An anonymous reporter judges the result, by the receipt code.

use contract::bidao::intake::v1 as pb;
use domain::issue::command::{Rate, RawAnswer};
use domain::issue::{Issue, IssueCommand, IssueError, IssueVerb};
use domain::shared::actor::{Actor, ActorKind};
use domain::shared::ids::IssueId;
use eventlog::ExecuteError;

use super::receipt_code;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RateByReceiptRequest,
) -> Result<pb::RateByReceiptResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let verdict = wire::verdict("verdict", &wire::given("verdict", body.verdict)?)?;
    let own = IssueId(receipt_code::find(&api, &body.receipt_code).await?);
    let (IssueId(id), reporter) = receipt_code::answering(&api, own).await?;
    let home = api.commands.issues.read(id, |issue, _| issue.home()).await?;
    let home = home.ok_or(ApiError::NotFound)?;
    let ladder = api.commands.ladder(home).await?;
    let handled = |issue: &Issue| issue.is_handled_by_unit_of(&caller.actor, &ladder);
    let handled = api.commands.issues.read(id, |issue, _| handled(issue)).await?.unwrap_or(true);
    // A handler who knows the code is no reporter (LOOP V4).
    if handled && !caller.actor.is_residents_side() {
        return Err(ExecuteError::Refused(IssueError::HandlerRates).into());
    }
    // Whoever has the code speaks as the reporter, whoever typed it in.
    let actor =
        Actor { kind: ActorKind::Resident, id: format!("receipt/{own}"), ..Actor::default() };
    let facts = api.commands.facts(actor.clone(), Some(home)).await?;
    // A resident's own principal would say who held the code.
    let caller = if caller.actor.is_residents_side() { Caller { actor, ..caller } } else { caller };
    let request = api.request(&caller, Action::RateByReceipt, write);
    let answer = RawAnswer::Axes(verdict);
    let verb = IssueVerb::Rate(Rate { reporter, answer, in_presence: false });
    let command = |now| IssueCommand { given: facts.at(now), verb: verb.clone() };
    let done = api.commands.issues.execute(id, &request, command).await?;
    Ok(pb::RateByReceiptResponse { receipt: Some(receipt(&done)) })
}
