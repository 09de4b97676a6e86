//! Principals in the order of their registration.

use contract::bidao::access::v1 as pb;
use domain::access::event::PrincipalKind;
use views::principals::{KeyRow, PrincipalRow};

use super::record;
use crate::{Api, ApiError, Caller, paging, wire};

pub(super) async fn run(
    api: Api,
    _caller: Caller,
    body: pb::ListPrincipalsRequest,
) -> Result<pb::ListPrincipalsResponse, ApiError> {
    let size = paging::size(body.page_size)?;
    wire::optional_text("prefix", &body.prefix, 100)?;
    let filter = format!("principals/{}", body.prefix);
    let after = api.after_token(&filter, &body.page_token)?;
    api.fresh(body.min_position).await?;
    let mut rows = api.views.principals(&body.prefix, after, size + 1).await?;
    let more = rows.len() > size as usize;
    rows.truncate(size as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| api.page_token(&filter, (row.position, row.id)));
    Ok(pb::ListPrincipalsResponse {
        principals: rows.iter().map(principal).collect(),
        next_page_token: next.unwrap_or_default(),
        as_of: Some(api.as_of().await),
    })
}

fn principal(row: &PrincipalRow) -> pb::Principal {
    let kind = match row.kind {
        PrincipalKind::Person => pb::PrincipalKind::Person,
        PrincipalKind::Machine => pb::PrincipalKind::Machine,
    };
    pb::Principal {
        name: row.name.clone(),
        kind: kind.into(),
        person_id: row.person.map(|person| person.to_string()).unwrap_or_default(),
        grants: row.grants.iter().map(record::grant).collect(),
        keys: row.keys.iter().map(key).collect(),
        has_password: row.has_password,
        locked_until: row.locked_until.and_then(wire::timestamp),
        retired: row.retired,
        last_log_in_at: row.last_login.and_then(wire::timestamp),
    }
}

fn key((number, key): (&u32, &KeyRow)) -> pb::Key {
    pb::Key {
        number: *number,
        label: key.label.clone(),
        roles: key.roles.iter().map(|role| record::role_of(*role)).collect(),
        expires_at: wire::timestamp(key.until),
        within: key.within.map(|unit| unit.to_string()).unwrap_or_default(),
    }
}
