//! Makes somebody, or a machine, known.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::Register;
use domain::access::event::{PrincipalKind, Subject};
use domain::shared::ids::PersonId;

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const SUBJECT_CHARS_MAX: usize = 300;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RegisterPrincipalRequest,
) -> Result<pb::RegisterPrincipalResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let person = wire::optional_id::<PersonId>("person_id", &body.person_id)?;
    if let Some(person) = person {
        api.require_person("person_id", person).await?;
    }
    let principal = api.principal_of(&body.name)?;
    let verb = AccessVerb::Register(Register {
        name: body.name.clone(),
        kind: kind(body.kind)?,
        person,
        subject: subject(&body)?,
    });
    let done = api.on_access(&caller, Action::RegisterPrincipal, principal, write, verb).await?;
    Ok(pb::RegisterPrincipalResponse { receipt: Some(receipt(&done)) })
}

fn kind(value: i32) -> Result<PrincipalKind, ApiError> {
    let unknown =
        || ApiError::shape("kind", "must be one of the enum's named values", "取值不在可选范围内");
    match pb::PrincipalKind::try_from(value).map_err(|_| unknown())? {
        pb::PrincipalKind::Unspecified => wire::given("kind", None),
        pb::PrincipalKind::Person => Ok(PrincipalKind::Person),
        pb::PrincipalKind::Machine => Ok(PrincipalKind::Machine),
    }
}

/// Both, or neither.
fn subject(body: &pb::RegisterPrincipalRequest) -> Result<Option<Subject>, ApiError> {
    if body.issuer.is_empty() && body.subject.is_empty() {
        return Ok(None);
    }
    let issuer = wire::text("issuer", &body.issuer, SUBJECT_CHARS_MAX)?.into();
    let subject = wire::text("subject", &body.subject, SUBJECT_CHARS_MAX)?.into();
    Ok(Some(Subject { issuer, subject }))
}
