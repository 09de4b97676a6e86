//! `trusted-header`: a proxy in front has authenticated the caller and states who it is.

use domain::shared::actor::{Actor, ActorKind};
use domain::shared::ids::{PersonId, PostId, UnitId};
use domain::shared::ladder::Rung;
use tonic::metadata::MetadataMap;

use super::{Caller, capacity, optional};
use crate::decide::Role;
use crate::{Api, ApiError};

const PRINCIPAL_CHARS_MAX: usize = 100;

/// Reads the caller from the headers `x-bidao-principal`, `-kind`, `-roles`, `-area`, `-post`,
/// `-person`; the post's unit comes from the org records, never from a header.
pub(super) async fn caller(api: &Api, metadata: &MetadataMap) -> Result<Caller, ApiError> {
    // The header's bytes may be no text to HTTP: a name in Chinese is one.
    if metadata.get("x-bidao-principal").is_some_and(|value| value.to_str().is_err()) {
        return Err(ApiError::Unauthenticated(
            "header x-bidao-principal must be an id of letters, digits and signs (ASCII), not a name",
        ));
    }
    let header = |name: &str| super::header(metadata, name);
    let principal = header("x-bidao-principal");
    if principal.is_empty() || principal.chars().count() > PRINCIPAL_CHARS_MAX {
        return Err(ApiError::Unauthenticated("header x-bidao-principal must name the caller"));
    }
    let post = optional::<PostId>(header("x-bidao-post"))?;
    let holder = match post {
        Some(post) => api.commands.holder(post).await?,
        None => None,
    };
    if post.is_some() && holder.is_none() {
        return Err(ApiError::Unauthenticated("header x-bidao-post names no post of this county"));
    }
    let unit = holder.as_ref().map(|holder| holder.unit);
    let person =
        optional::<PersonId>(header("x-bidao-person"))?.or(holder.and_then(|holder| holder.person));
    let area_rung = match header("x-bidao-area") {
        "*" => Some(Rung::County),
        text => match optional::<UnitId>(text)? {
            Some(unit) => api.commands.rung_of(unit).await?,
            None => None,
        },
    };
    Ok(Caller {
        area_rung,
        eyes: capacity::eyes(api, person).await?,
        actor: Actor {
            kind: kind(header("x-bidao-kind"))?,
            id: principal.into(),
            person,
            post,
            unit,
        },
        roles: roles(header("x-bidao-roles"))?,
        area: area(api, header("x-bidao-area"), unit).await?,
        channel: "grpc".into(),
        ..Caller::default()
    })
}

fn kind(text: &str) -> Result<ActorKind, ApiError> {
    match text {
        "" | "staff" => Ok(ActorKind::Staff),
        "resident" => Ok(ActorKind::Resident),
        "device" => Ok(ActorKind::Device),
        "agent" => Ok(ActorKind::Agent),
        _ => Err(ApiError::Unauthenticated(
            "header x-bidao-kind must be staff, resident, device or agent",
        )),
    }
}

fn roles(text: &str) -> Result<Vec<Role>, ApiError> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            Role::of_name(name)
                .ok_or(ApiError::Unauthenticated("header x-bidao-roles names an unknown role"))
        })
        .collect()
}

/// `*` is the county; a unit id is that unit and below; nothing is the own post's unit, or nothing.
async fn area(api: &Api, text: &str, own: Option<UnitId>) -> Result<Option<String>, ApiError> {
    if text == "*" {
        return Ok(Some(String::new()));
    }
    let Some(unit) = optional::<UnitId>(text)?.or(own) else {
        return Ok(None);
    };
    let path = api.commands.area_path(unit).await?;
    Ok((!path.is_empty()).then_some(path))
}
