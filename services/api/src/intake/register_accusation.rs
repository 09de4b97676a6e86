//! 检举控告: always a new file, at once with the body competent for the rank, seen by nobody else.

use commands::register::{Filing, Press};
use contract::bidao::common::v1::Matter;
use contract::bidao::intake::v1 as pb;
use domain::call::Call;
use domain::issue::command::NameParty;
use domain::issue::event::PartyRole;
use domain::shared::ids::{PersonId, PostId, UnitId};
use domain::shared::ladder::Rung;
use domain::shared::matter::{Confidence, Reporter, Source, Track};

use super::receipt_code;
use eventlog::Done;

use crate::decide::Action;
use crate::matter::Registering;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const ACCUSED_MAX: usize = 10;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::RegisterAccusationRequest,
) -> Result<pb::RegisterAccusationResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    if body.accused.is_empty() || body.accused.len() > ACCUSED_MAX {
        return Err(ApiError::shape(
            "accused",
            "must name 1 to 10 officials",
            "应指明 1 至 10 名被反映人",
        ));
    }
    let mut asked = wire::given("matter", body.matter.clone())?;
    let told = told_in(&api, &caller, &body.call_id, &asked).await?;
    // The body sees no call; and a call is forgotten as one that led to nothing (LOOP A1).
    if let Some(told) = told.as_ref().filter(|_| asked.reporter_phone.is_empty()) {
        asked.reporter_phone.clone_from(&told.number);
    }
    let source = told.as_ref().map_or(Source::InPerson, |told| told.source.clone());
    let confidence = wire::confidence("matter.confidence", asked.confidence)?;
    let filed = (source, confidence);
    let registering = Registering::new(&api, &caller, Action::RegisterAccusation, &write, filed)?;
    let reporter = told.as_ref().map(|told| told.reporter.clone()).unwrap_or_default();
    let registering = Registering { reporter, ..registering };
    let issue = registering.issue;
    let sealed = api.matter(&caller, "matter", &asked, registering).await;
    let filed_by = caller.clone().filing_for(confidence);
    let mut matter = match sealed {
        Ok(matter) => matter,
        Err(error) => {
            let request = api.request(&filed_by, Action::RegisterAccusation, write);
            let (done, code) = receipt_code::again(&api, &request, confidence, error).await?;
            return Ok(answer(&done, code));
        }
    };
    matter.track = Track::Supervision;
    matter.must_visit = false;
    matter.split_from = match body.split_from_issue_id.as_str() {
        "" => None,
        // A portal's visitor knows no other file.
        _ if caller.is_visitor() => return Err(ApiError::NotFound),
        id => Some(api.issue_target(&caller, Action::RegisterAccusation, id).await?.id),
    };
    let mut parties = Vec::with_capacity(body.accused.len());
    let mut rank = Rung::Grid;
    for (number, accused) in body.accused.iter().enumerate() {
        let (party, rung) = party(&api, number, accused).await?;
        rank = rank.max(rung);
        parties.push(party);
    }
    let press = told.map(|told| told.press);
    let filing = Filing { issue, matter, press, parties, accused_rank: Some(rank) };
    let request = api.request(&filed_by, Action::RegisterAccusation, write);
    let done = api.commands.register(&filing, filed_by.actor.clone(), &request).await?;
    let receipt_code = receipt_code::issue(&api, &filing, &done).await?;
    Ok(answer(&done, receipt_code))
}

fn answer(done: &Done, receipt_code: String) -> pb::RegisterAccusationResponse {
    let issue_id = done.receipt.stream.id.to_string();
    pb::RegisterAccusationResponse { receipt: Some(receipt(done)), issue_id, receipt_code }
}

/// The call that an accusation was told in: it began when the key was pressed (LOOP C1).
struct Told {
    source: Source,
    reporter: Reporter,
    press: Press,
    /// The one it came from.
    number: String,
}

async fn told_in(
    api: &Api,
    caller: &Caller,
    call: &str,
    matter: &Matter,
) -> Result<Option<Told>, ApiError> {
    if call.is_empty() {
        return Ok(None);
    }
    // The call log knows who pressed (LOOP V3).
    if wire::confidence("matter.confidence", matter.confidence)? == Confidence::Anonymous {
        return Err(ApiError::shape(
            "call_id",
            "must be empty for an anonymous reporter: the call tells who pressed",
            "匿名检举不得关联呼叫",
        ));
    }
    let target = api.call_target(caller, Action::RegisterAccusation, call).await?;
    let number = api.number_of_call(target.id).await?;
    let seen = |call: &Call, _| Told {
        number,
        source: Source::Call { call: target.id },
        reporter: Reporter { household: call.household, device: call.device, ..<_>::default() },
        press: Press { started_at: call.pressed_at, policy: Some(call.policy.clone()) },
    };
    let told = api.commands.calls.read(target.id.0, seen).await?;
    told.map(Some).ok_or(ApiError::NotFound)
}

/// Whom it names, and the rank of the office; a person without a post here is judged by the county's body.
async fn party(
    api: &Api,
    number: usize,
    accused: &pb::Accused,
) -> Result<(NameParty, Rung), ApiError> {
    let at = |name: &str| format!("accused[{number}].{name}");
    let post: Option<PostId> = wire::optional_id(&at("post_id"), &accused.post_id)?;
    let person: Option<PersonId> = wire::optional_id(&at("person_id"), &accused.person_id)?;
    let unit: Option<UnitId> = wire::optional_id(&at("unit_id"), &accused.unit_id)?;
    if let Some(person) = person
        && !api.commands.has_person(person).await?
    {
        return Err(ApiError::NotFound);
    }
    let office = match post {
        Some(post) => Some(api.commands.holder(post).await?.ok_or(ApiError::NotFound)?),
        None => None,
    };
    let sits_in = unit.or(office.as_ref().map(|holder| holder.unit));
    let rung = match sits_in {
        Some(unit) => api.commands.rung_of(unit).await?.ok_or(ApiError::NotFound)?,
        None => Rung::County,
    };
    // Who sits in the accused post stands aside in any other post too.
    let officer = match post {
        Some(post) => api.commands.officer(post).await?,
        None => None,
    };
    let person = person.or(officer);
    if post.is_none() && person.is_none() && unit.is_none() {
        return Err(ApiError::shape(
            &format!("accused[{number}]"),
            "must name a post, a person or a unit",
            "应指明岗位、人员或单位",
        ));
    }
    Ok((NameParty { role: PartyRole::Accused, post, person, unit }, rung))
}
