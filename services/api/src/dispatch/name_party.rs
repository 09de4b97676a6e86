//! 回避: somebody who may not hold, see, count or be told of this issue from now on. A holder who is named loses the work in the same moment.

use contract::bidao::dispatch::v1 as pb;
use domain::issue::command::NameParty;
use domain::issue::event::PartyRole;
use domain::issue::{Issue, IssueVerb};
use domain::shared::ids::{PersonId, PostId};

use crate::decide::Action;
use crate::targets::IssueTarget;
use crate::write::Write;
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::NamePartyRequest,
) -> Result<pb::NamePartyResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, &body.etag)?;
    let target = api.issue_target(&caller, Action::NameParty, &body.issue_id).await?;
    let role = party_role(body.role)?;
    let post = wire::optional_id("post_id", &body.post_id)?;
    let person = wire::optional_id("person_id", &body.person_id)?;
    let unit = wire::optional_id("unit_id", &body.unit_id)?;
    if let Some(person) = person
        && !api.commands.has_person(person).await?
    {
        return Err(ApiError::NotFound);
    }
    if let Some(unit) = unit
        && !api.commands.has_unit(unit).await?
    {
        return Err(ApiError::NotFound);
    }
    // Who sits in the post stands aside in any other post too.
    let officer = match post {
        Some(post) if api.commands.holder(post).await?.is_none() => {
            return Err(ApiError::NotFound);
        }
        Some(post) => api.commands.officer(post).await?,
        None => None,
    };
    let person = person.or(officer);
    let post = match (post, person) {
        (None, Some(person)) => own_seat(&api, &target, person).await?,
        (post, _) => post,
    };
    let verb = IssueVerb::NameParty(NameParty { role, post, person, unit });
    let receipt = api.on_issue(&caller, Action::NameParty, &target, write, verb).await?;
    // Whoever sits in the unit and elsewhere stands aside in person by now.
    api.reactions_to(receipt.position).await;
    Ok(pb::NamePartyResponse { receipt: Some(receipt) })
}

/// The person's own post, when it holds the work while somebody stands in: the person comes back to it.
async fn own_seat(
    api: &Api,
    target: &IssueTarget,
    person: PersonId,
) -> Result<Option<PostId>, ApiError> {
    let posts = |issue: &Issue| -> Vec<_> {
        issue.assignments.iter().map(|assignment| assignment.holder.post).collect()
    };
    let held = api.commands.issues.read(target.id.0, |issue, _| posts(issue)).await?;
    for post in held.unwrap_or_default() {
        if api.commands.officer(post).await? == Some(person) {
            return Ok(Some(post));
        }
    }
    Ok(None)
}

fn party_role(value: i32) -> Result<PartyRole, ApiError> {
    match pb::PartyRole::try_from(value) {
        Ok(pb::PartyRole::Accused) => Ok(PartyRole::Accused),
        Ok(pb::PartyRole::Kin) => Ok(PartyRole::Kin),
        Ok(pb::PartyRole::Interested) => Ok(PartyRole::Interested),
        Ok(pb::PartyRole::Unspecified) | Err(_) => Err(ApiError::shape(
            "role",
            "must be ACCUSED, KIN or INTERESTED",
            "应为被反映人、亲属或有利害关系",
        )),
    }
}
