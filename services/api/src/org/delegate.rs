//! Names a stand-in for a post between two dates.

use contract::bidao::org::v1 as pb;
use domain::org::OrgVerb;
use domain::org::command::Delegate;
use domain::org::event::Absence;
use domain::shared::ids::{PersonId, PostId};

use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::DelegateRequest,
) -> Result<pb::DelegateResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let post: PostId = wire::id("post_id", &body.post_id)?;
    let person: PersonId = wire::id("person_id", &body.person_id)?;
    let holder = api.commands.holder(post).await?.ok_or(ApiError::NotFound)?;
    api.unit_target(&caller, Action::Delegate, holder.unit).await?;
    api.require_person("person_id", person).await?;
    let until = wire::optional_time("until", body.until.as_ref())?;
    let verb = OrgVerb::Delegate(Delegate {
        person,
        from: wire::optional_time("from", body.from.as_ref())?,
        until: wire::given("until", until)?,
        reason: absence(body.reason)?,
    });
    let done = api.on_org(&caller, Action::Delegate, post.0, write, verb).await?;
    Ok(pb::DelegateResponse { receipt: Some(receipt(&done)) })
}

fn absence(value: i32) -> Result<Absence, ApiError> {
    let unknown = || {
        ApiError::shape("reason", "must be one of the enum's named values", "取值不在可选范围内")
    };
    match pb::Absence::try_from(value).map_err(|_| unknown())? {
        pb::Absence::Unspecified => wire::given("reason", None),
        pb::Absence::Meeting => Ok(Absence::Meeting),
        pb::Absence::Leave => Ok(Absence::Leave),
        pb::Absence::Illness => Ok(Absence::Illness),
        pb::Absence::Training => Ok(Absence::Training),
        pb::Absence::Other => Ok(Absence::Other),
    }
}
