//! Makes a machine's key; its secret is in this answer and nowhere else.

use contract::bidao::access::v1 as pb;
use domain::access::AccessVerb;
use domain::access::command::IssueKey;
use domain::shared::ids::UnitId;

use super::record;
use crate::auth::secret::Kind;
use crate::decide::Action;
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

const LABEL_CHARS_MAX: usize = 100;

pub(super) async fn run(
    api: Api,
    caller: Caller,
    body: pb::IssueKeyRequest,
) -> Result<pb::IssueKeyResponse, ApiError> {
    let write = Write::of(&body, &body.request_id, "")?;
    let principal = api.principal_of(&body.name)?;
    let label = wire::text("label", &body.label, LABEL_CHARS_MAX)?.trim().to_owned();
    let roles = body.key_roles.iter().map(|role| record::role("key_roles", *role));
    let roles = roles.collect::<Result<Vec<_>, _>>()?;
    let until = wire::optional_time("expires_at", body.expires_at.as_ref())?;
    let until = wire::given("expires_at", until)?;
    let within: Option<UnitId> = wire::optional_id("key_within", &body.key_within)?;
    if let Some(unit) = within {
        api.unit_target(&caller, Action::IssueKey, unit).await?;
    }
    // The number is part of the key: made for the next one, and refused by the version when another came
    // between.
    let known = api.commands.access.read(principal, |known, version| (known.numbered, version));
    let (numbered, version) = known.await?.ok_or(ApiError::NotFound)?;
    let number = numbered + 1;
    let (key, secret) = api.new_secret(Kind::Key, principal, number, until);
    let mut request = api.request(&caller, Action::IssueKey, write);
    request.expected_version = Some(version);
    let verb = AccessVerb::IssueKey(IssueKey { label, secret, roles, within });
    let done = api.access_as(&caller, principal, &request, verb).await?;
    let shown = if done.repeated { (0, String::new()) } else { (number, key) };
    Ok(pb::IssueKeyResponse { receipt: Some(receipt(&done)), number: shown.0, key: shown.1 })
}
