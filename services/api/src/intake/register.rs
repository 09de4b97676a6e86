//! A matter becomes an issue. The same external reference again answers with the issue it has.

use commands::register::Filing;
use contract::bidao::intake::v1 as pb;
use domain::shared::ladder::Rung;
use domain::shared::matter::Source;

use super::receipt_code;
use crate::decide::{Action, Role};
use crate::matter::Registering;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const EXTERNAL_CHARS_MAX: usize = 100;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RegisterRequest,
) -> Result<pb::RegisterResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?
        .occurred_at(body.occurred_at.as_ref(), api.now())?;
    let source = source(&body)?;
    let asked = wire::given("matter", body.matter.clone())?;
    // Found by staff, so nobody brought it: what a resident brought enters the rates (LOOP V3).
    let brought =
        [&asked.device_id, &asked.household_id, &asked.reporter_name, &asked.reporter_phone];
    if source == Source::Proactive && brought.iter().any(|field| !field.is_empty()) {
        return Err(ApiError::shape(
            "source",
            "must not be PROACTIVE when somebody reported the matter",
            "有反映人的事项不能登记为主动发现",
        ));
    }
    // The record of another system is that system's to file: whoever is first has its number for ever.
    if matches!(source, Source::External { .. }) {
        require_county_desk(&api, &caller).await?;
    }
    let confidence = wire::confidence("matter.confidence", asked.confidence)?;
    let registering =
        Registering::new(&api, &caller, Action::Register, &write, (source, confidence))?;
    let issue = registering.issue;
    let matter = api.matter(&caller, "matter", &asked, registering).await;
    let caller = caller.filing_for(confidence);
    let request = api.request(&caller, Action::Register, write);
    let matter = match matter {
        Ok(matter) => matter,
        Err(error) => {
            let (done, receipt_code) =
                receipt_code::again(&api, &request, confidence, error).await?;
            let issue_id = done.receipt.stream.id.to_string();
            return Ok(pb::RegisterResponse {
                receipt: Some(receipt(&done)),
                issue_id,
                receipt_code,
            });
        }
    };
    let filing = Filing { issue, matter, ..Filing::default() };
    let done = api.commands.register(&filing, caller.actor.clone(), &request).await?;
    let receipt_code = receipt_code::issue(&api, &filing, &done).await?;
    let issue_id = done.receipt.stream.id.to_string();
    // A record of that system may be registered already; who may not see it is told no more than that.
    if done.receipt.stream.id != issue.0
        && api.issue_target(&caller, Action::Register, &issue_id).await.is_err()
    {
        return Err(ApiError::Rule {
            reason: "EXTERNAL_RECORD_TAKEN",
            text: "this record of that system is registered already, outside the caller's area"
                .into(),
            zh: "该外部记录已登记,且不在您的辖区".into(),
        });
    }
    Ok(pb::RegisterResponse { receipt: Some(receipt(&done)), issue_id, receipt_code })
}

async fn require_county_desk(api: &Api, caller: &Caller) -> Result<(), ApiError> {
    let desks = [Role::Hotline, Role::Dispatcher];
    let rung = match caller.actor.unit {
        Some(unit) => api.commands.rung_of(unit).await?,
        None => caller.area_rung,
    };
    let desk = caller.roles.iter().any(|role| desks.contains(role));
    if desk && rung == Some(Rung::County) { Ok(()) } else { Err(ApiError::Denied) }
}

fn source(body: &pb::RegisterRequest) -> Result<Source, ApiError> {
    match pb::Source::try_from(body.source) {
        Ok(pb::Source::InPerson) => Ok(Source::InPerson),
        Ok(pb::Source::Proactive) => Ok(Source::Proactive),
        // 代办 without the resident's word is nobody's matter (LOOP I1).
        Ok(pb::Source::OnBehalf) if !body.consent => Err(ApiError::shape(
            "consent",
            "must be true: the resident agreed to be filed for",
            "代办登记应先征得群众同意(consent)",
        )),
        Ok(pb::Source::OnBehalf) => Ok(Source::OnBehalf { consent: body.consent }),
        Ok(pb::Source::External) => {
            let system = wire::text("external_system", &body.external_system, EXTERNAL_CHARS_MAX)?;
            let id = wire::text("external_id", &body.external_id, EXTERNAL_CHARS_MAX)?;
            Ok(Source::External { system: system.into(), id: id.into() })
        }
        Ok(pb::Source::Unspecified) | Err(_) => Err(ApiError::shape(
            "source",
            "must be IN_PERSON, PROACTIVE, EXTERNAL or ON_BEHALF",
            "应为当面、主动发现、外部系统或代办",
        )),
    }
}
