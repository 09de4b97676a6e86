//! A matter becomes an issue. The same external reference again answers with the issue it has.

use commands::case_no;
use contract::bidao::intake::v1 as pb;
use domain::issue::command::Register;
use domain::issue::{IssueCommand, IssueVerb};
use domain::shared::ids::IssueId;
use domain::shared::matter::{Reporter, Source};
use domain::shared::moment::Moment;
use eventlog::ExecuteError;

use crate::decide::Action;
use crate::matter::Registering;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const EXTERNAL_CHARS_MAX: usize = 100;
/// New case numbers are tried this often when one is taken.
const CASE_NUMBERS: usize = 4;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RegisterRequest,
) -> Result<pb::RegisterResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?.occurred_at(body.occurred_at.as_ref())?;
    let source = source(&body)?;
    let asked = wire::given("matter", body.matter.clone())?;
    let issue = IssueId(api.commands.ids.uuid7());
    let reporter = Reporter::default();
    let registering =
        Registering { action: Action::Register, issue, source, place: None, reporter };
    let matter = api.matter(&caller, "matter", &asked, registering).await?;
    let facts = api.commands.facts(caller.actor.clone(), Some(matter.place)).await?;
    let request = api.request(&caller, Action::Register, write);
    let mut done = Err(ApiError::TooLarge);
    for _ in 0..CASE_NUMBERS {
        let today = Moment(api.commands.clock.now_us());
        let case_no = case_no::make(&api.commands.county6, today, api.commands.ids.bytes());
        let command = |now| {
            let register = Register {
                issue,
                case_no: case_no.clone(),
                matter: matter.clone(),
                started_at: Moment(now),
            };
            IssueCommand { given: facts.at(now), verb: IssueVerb::Register(Box::new(register)) }
        };
        let outcome = api.commands.issues.execute(issue.0, &request, command).await;
        let taken =
            matches!(&outcome, Err(ExecuteError::ClaimTaken(claim)) if claim.scope == "case_no");
        done = outcome.map_err(ApiError::from);
        if !taken {
            break;
        }
    }
    let done = done?;
    let issue_id = done.receipt.stream.id.to_string();
    Ok(pb::RegisterResponse { receipt: Some(receipt(&done)), issue_id })
}

fn source(body: &pb::RegisterRequest) -> Result<Source, ApiError> {
    match pb::Source::try_from(body.source) {
        Ok(pb::Source::InPerson) => Ok(Source::InPerson),
        Ok(pb::Source::Proactive) => Ok(Source::Proactive),
        Ok(pb::Source::External) => {
            let system = wire::text("external_system", &body.external_system, EXTERNAL_CHARS_MAX)?;
            let id = wire::text("external_id", &body.external_id, EXTERNAL_CHARS_MAX)?;
            Ok(Source::External { system: system.into(), id: id.into() })
        }
        Ok(pb::Source::Unspecified) | Err(_) => Err(ApiError::shape(
            "source",
            "must be IN_PERSON, PROACTIVE or EXTERNAL",
            "应为当面、主动发现或外部系统",
        )),
    }
}
