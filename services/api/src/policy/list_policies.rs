//! Published documents.

use commands::streams;
use contract::bidao::policy::v1 as pb;
use domain::policy::Policies;

use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    _caller: Caller,
    _body: pb::ListPoliciesRequest,
) -> Result<pb::ListPoliciesResponse, ApiError> {
    let stream = streams::policies(&api.commands.county6);
    Ok(api
        .commands
        .policies
        .read(stream, |policies, _| listed(policies))
        .await?
        .unwrap_or_default())
}

fn listed(policies: &Policies) -> pb::ListPoliciesResponse {
    let documents = policies.documents.iter().map(|(reference, document)| pb::Policy {
        id: reference.id.clone(),
        version: reference.version,
        hash: reference.hash.clone(),
        title: document.title.clone(),
        in_force: policies.in_force.as_ref() == Some(reference),
    });
    let calendars = policies.calendars.values().map(|calendar| pb::Calendar {
        id: calendar.id.clone(),
        version: calendar.version,
        title: calendar.title.clone(),
        years: calendar.years.keys().cloned().collect(),
    });
    pb::ListPoliciesResponse { policies: documents.collect(), calendars: calendars.collect() }
}
