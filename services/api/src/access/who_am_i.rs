//! Who the server takes the caller for.

use contract::bidao::access::v1 as pb;

use super::record;
use crate::{Api, ApiError, Caller};

pub(super) async fn run(
    api: Api,
    caller: Caller,
    _body: pb::WhoAmIRequest,
) -> Result<pb::WhoAmIResponse, ApiError> {
    let grants = match caller.principal {
        Some(principal) => {
            let known = api.access_record(principal).await?;
            let now = api.now();
            let in_force = known.grants.iter();
            let in_force =
                in_force.filter(|(_, grant)| grant.until.is_none_or(|until| now < until));
            in_force.map(record::grant).collect()
        }
        None => Vec::new(),
    };
    let names = api.views.names(&caller.viewer()).await?;
    let post = caller.actor.post;
    Ok(pb::WhoAmIResponse {
        name: caller.actor.id.clone(),
        person_id: caller.actor.person.map(|person| person.to_string()).unwrap_or_default(),
        post_id: post.map(|post| post.to_string()).unwrap_or_default(),
        post_title: post.map(|post| names.of(post.0)).unwrap_or_default(),
        roles: caller.roles.iter().map(|role| record::role_of(*role)).collect(),
        area: area(caller.area.as_deref()),
        grants,
    })
}

fn area(path: Option<&str>) -> String {
    match path {
        None => String::new(),
        Some("") => "*".into(),
        Some(path) => path.rsplit('/').next().unwrap_or_default().into(),
    }
}
