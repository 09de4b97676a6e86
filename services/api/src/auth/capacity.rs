//! As what a principal comes: which of its roles count for this action, where, and from which post. All of it
//! is looked up at the time of the call: a role that ended, a post that somebody else sits in now, and an area
//! that moved, count as they stand.

use std::collections::BTreeSet;

use domain::access::event::{Area, PrincipalKind};
use domain::shared::actor::{Actor, ActorKind};
use domain::shared::ids::{DeviceId, PersonId, PostId, UnitId};
use domain::shared::ladder::{Holder, Rung};
use domain::shared::moment::Moment;
use tonic::metadata::MetadataMap;
use uuid::Uuid;
use views::Viewer;
use views::viewer::is_within;

use super::bearer::Proven;
use super::{Caller, header, optional};
use crate::decide::{Action, Role};
use crate::{Api, ApiError};

/// A role that counts now, with the area it counts in and the post it is held from.
#[derive(Clone, Debug, PartialEq)]
struct Held {
    role: Role,
    path: String,
    post: Option<Holder>,
    until: Option<Moment>,
}

pub(super) async fn caller(
    api: &Api,
    action: Action,
    proven: Proven,
    metadata: &MetadataMap,
) -> Result<Caller, ApiError> {
    let wanted = Wanted::of(api, metadata).await?;
    let seats = match wanted.post {
        Some(post) => vec![seat(api, &proven, post).await?],
        None => seats(api, proven.principal.person).await?,
    };
    let held = held(api, &proven, &seats).await?;
    let may: Vec<&Held> = held.iter().filter(|held| action.is_for(held.role)).collect();
    let chosen = match choose(&may, wanted.area.as_deref()) {
        // Who somebody is, they may ask from everywhere.
        Err(_) if action.is_of_oneself() => None,
        chosen => chosen?,
    };
    let mut caller = Caller {
        actor: actor(&proven),
        channel: "grpc".into(),
        authority: Some(proven.authority()),
        principal: Some(proven.id),
        session: proven.session,
        valid_until: Some(proven.until),
        seats,
        eyes: eyes(api, proven.principal.person).await?,
        ..Caller::default()
    };
    let Some(path) = chosen else {
        // No role of it allows this: whatever asks for none of them goes on.
        return Ok(caller);
    };
    let here: Vec<&Held> = held.iter().filter(|held| is_within(&path, &held.path)).collect();
    caller.roles = here.iter().map(|held| held.role).collect();
    caller.roles.sort_unstable();
    caller.roles.dedup();
    caller.valid_until = here.iter().filter_map(|held| held.until).chain(caller.valid_until).min();
    // From the nearest post that a role is held from; a post held beside lends no rung (LOOP S1).
    let from = here.iter().filter(|held| held.post.is_some());
    let seat = from.max_by_key(|held| held.path.len()).and_then(|held| held.post.clone());
    caller.actor.post = seat.as_ref().map(|seat| seat.post);
    caller.actor.unit = seat.as_ref().map(|seat| seat.unit);
    caller.area_rung = rung(api, &path).await?;
    caller.area = Some(path);
    if caller.roles == [Role::Device] {
        return device(api, caller, metadata).await;
    }
    if caller.roles == [Role::Resident] {
        caller.actor.kind = ActorKind::Resident;
    }
    Ok(caller)
}

/// The post and the area a caller asks to act from, when it has several.
struct Wanted {
    post: Option<PostId>,
    area: Option<String>,
}

impl Wanted {
    async fn of(api: &Api, metadata: &MetadataMap) -> Result<Self, ApiError> {
        let area = match header(metadata, "x-bidao-area") {
            "" => None,
            "*" => Some(String::new()),
            text => {
                let unit = optional::<UnitId>(text)?.unwrap_or_default();
                let path = api.commands.area_path(unit).await?;
                Some(path).filter(|path| !path.is_empty()).ok_or(ApiError::Denied).map(Some)?
            }
        };
        Ok(Self { post: optional(header(metadata, "x-bidao-post"))?, area })
    }
}

/// The post that was asked for, where it is this person who sits there now.
async fn seat(api: &Api, proven: &Proven, post: PostId) -> Result<Holder, ApiError> {
    let Some(person) = proven.principal.person else { return Err(ApiError::Denied) };
    let holder = api.commands.holder(post).await?;
    holder.filter(|holder| holder.person == Some(person)).ok_or(ApiError::Denied)
}

/// The posts somebody sits in now. A view names them; who sits there, the post's own record says.
pub(super) async fn seats(api: &Api, person: Option<PersonId>) -> Result<Vec<Holder>, ApiError> {
    let Some(person) = person else { return Ok(Vec::new()) };
    let posts = api.views.names(&Viewer::of_everything(&[])).await?.posts_of(person);
    let mut seats = Vec::with_capacity(posts.len());
    for post in posts {
        let holder = api.commands.holder(post).await?;
        seats.extend(holder.filter(|holder| holder.person == Some(person)));
    }
    Ok(seats)
}

/// With whose eyes somebody looks: of every post they sit in, also while another stands in for them, or stand in
/// for, and of its unit (LOOP A1).
pub(super) async fn eyes(api: &Api, person: Option<PersonId>) -> Result<BTreeSet<Uuid>, ApiError> {
    let Some(person) = person else { return Ok(BTreeSet::new()) };
    let posts = api.views.names(&Viewer::of_everything(&[])).await?.all_posts_of(person);
    let mut eyes = BTreeSet::new();
    for post in posts {
        let holder = api.commands.holder(post).await?;
        if let Some(seat) = holder.filter(|seat| seat.person == Some(person) || seat.stand_in) {
            eyes.extend([seat.post.0, seat.unit.0]);
        }
    }
    Ok(eyes)
}

async fn held(api: &Api, proven: &Proven, seats: &[Holder]) -> Result<Vec<Held>, ApiError> {
    let mut held = Vec::new();
    let within = match proven.key_within() {
        Some(unit) => Some(api.commands.area_path(unit).await?),
        None => None,
    };
    for grant in proven.principal.grants_at(api.now(), proven.key) {
        let places: Vec<(Option<Holder>, Option<UnitId>)> = match grant.area {
            Area::County => vec![(None, None)],
            Area::Unit(unit) => vec![(None, Some(unit))],
            Area::Posts => seats.iter().map(|seat| (Some(seat.clone()), Some(seat.unit))).collect(),
        };
        for (post, unit) in places {
            let path = match unit {
                None => String::new(),
                Some(unit) => {
                    let path = api.commands.area_path(unit).await?;
                    // A unit that is no more is no area.
                    if path.is_empty() {
                        continue;
                    }
                    path
                }
            };
            let Some(path) = narrowed(path, within.as_deref()) else {
                continue;
            };
            held.push(Held { role: grant.role, path, post, until: grant.until });
        }
    }
    Ok(held)
}

/// What of an area a key is good for, whose own area is `within`; a unit that is no more is none.
fn narrowed(path: String, within: Option<&str>) -> Option<String> {
    match within {
        None => Some(path),
        Some("") => None,
        Some(within) if is_within(&path, within) => Some(path),
        Some(within) => is_within(within, &path).then(|| within.to_owned()),
    }
}

/// The area to act in: the one asked for, where a role reaches it; else the widest. Several side by side
/// are a question to the caller.
fn choose(may: &[&Held], wanted: Option<&str>) -> Result<Option<String>, ApiError> {
    if let Some(wanted) = wanted {
        let reached = may.iter().any(|held| is_within(wanted, &held.path));
        return if reached || may.is_empty() {
            Ok(reached.then(|| wanted.to_owned()))
        } else {
            Err(ApiError::Denied)
        };
    }
    let widest = may.iter().map(|held| held.path.as_str()).min_by_key(|path| path.len());
    let Some(widest) = widest else { return Ok(None) };
    if may.iter().all(|held| is_within(&held.path, widest)) {
        return Ok(Some(widest.into()));
    }
    Err(ApiError::shape(
        "x-bidao-area",
        "must name the unit to act in, or x-bidao-post the post: the caller has several",
        "您在多处任职或授权,请指明以哪个单位(x-bidao-area)或岗位(x-bidao-post)办理",
    ))
}

fn actor(proven: &Proven) -> Actor {
    let kind = match proven.principal.kind {
        PrincipalKind::Person => ActorKind::Staff,
        PrincipalKind::Machine => ActorKind::Agent,
    };
    Actor {
        kind,
        id: proven.principal.name.clone(),
        person: proven.principal.person,
        ..Actor::default()
    }
}

async fn rung(api: &Api, path: &str) -> Result<Option<Rung>, ApiError> {
    match path.rsplit('/').next().and_then(|unit| unit.parse::<UnitId>().ok()) {
        Some(unit) => Ok(api.commands.rung_of(unit).await?),
        None => Ok(Some(Rung::County)),
    }
}

/// The device its gateway names, in the gateway's area: it speaks for itself and sees nothing but its own.
async fn device(api: &Api, caller: Caller, metadata: &MetadataMap) -> Result<Caller, ApiError> {
    let none = ApiError::Unauthenticated("header x-bidao-device must name the call device");
    let device = optional::<DeviceId>(header(metadata, "x-bidao-device"))?.ok_or(none)?;
    let home = api.commands.home_of(device).await?;
    let (_, unit) = home.ok_or(ApiError::NotFound)?;
    let path = api.commands.area_path(unit).await?;
    let area = caller.area.as_deref().unwrap_or("~");
    if path.is_empty() || !is_within(&path, area) {
        return Err(ApiError::NotFound);
    }
    let actor = Actor { kind: ActorKind::Device, id: device.to_string(), ..Actor::default() };
    Ok(Caller { actor, area: None, area_rung: None, ..caller })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(role: Role, path: &str) -> Held {
        Held { role, path: path.into(), post: None, until: None }
    }

    fn chosen(held: &[Held], wanted: Option<&str>) -> Result<Option<String>, ApiError> {
        choose(&held.iter().collect::<Vec<_>>(), wanted)
    }

    #[test]
    fn the_widest_area_holds_the_others() {
        let of = [held(Role::Handler, "/c/t/v"), held(Role::Leader, "/c/t")];
        assert_eq!(chosen(&of, None).unwrap().as_deref(), Some("/c/t"));
        assert_eq!(chosen(&of, Some("/c/t/v/g")).unwrap().as_deref(), Some("/c/t/v/g"));
        assert!(matches!(chosen(&of, Some("/c")), Err(ApiError::Denied)));
        assert!(matches!(chosen(&of, Some("/c/tt")), Err(ApiError::Denied)));
    }

    #[test]
    fn areas_side_by_side_are_a_question() {
        let of = [held(Role::Handler, "/c/t/v"), held(Role::Handler, "/c/t/w")];
        assert!(matches!(chosen(&of, None), Err(ApiError::Shape { .. })));
        assert_eq!(chosen(&of, Some("/c/t/w")).unwrap().as_deref(), Some("/c/t/w"));
    }

    #[test]
    fn nothing_held_is_nowhere() {
        assert_eq!(chosen(&[], None).unwrap(), None);
        assert_eq!(chosen(&[], Some("")).unwrap(), None);
    }
}
