//! Who calls. `trusted-header`: a proxy in front states it. `credentials`: a token proves who comes, and the
//! principal's record says what that one may do, here and now.

pub(crate) mod bearer;
mod capacity;
pub(crate) mod jwt;
pub(crate) mod password;
pub(crate) mod secret;
mod trusted_header;

use std::collections::BTreeSet;

use domain::shared::actor::{Actor, ActorKind};
use domain::shared::ids::UnitId;
use domain::shared::ladder::{Holder, Rung};
use domain::shared::matter::{Confidence, Track};
use domain::shared::moment::Moment;
use runtime::config::Auth;
use tonic::metadata::MetadataMap;
use uuid::Uuid;
use views::Viewer;

use crate::decide::{Action, Role};
use crate::{Api, ApiError};

/// An authenticated caller, with what it may look at.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    pub actor: Actor,
    pub roles: Vec<Role>,
    /// Area path of the unit the caller works for; `Some("")` is the whole county.
    pub area: Option<String>,
    pub channel: String,
    /// Rung of the area: the authority of somebody who comes without a post.
    pub area_rung: Option<Rung>,
    /// When the role, the key or the session this caller acts under ends.
    pub valid_until: Option<Moment>,
    /// What every command of this caller checks: the authority it was allowed under.
    pub authority: Option<(String, String)>,
    /// The posts the caller sits in now and acts from, or may.
    pub seats: Vec<Holder>,
    /// With whose eyes it looks beside its own: every other post it sits in, and the units of those (LOOP A1).
    pub eyes: BTreeSet<Uuid>,
    /// The principal's record, and the session in it.
    pub principal: Option<Uuid>,
    pub session: Option<u32>,
}

impl Caller {
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        let discipline = self.roles.contains(&Role::Discipline);
        let mut tracks = Vec::from_iter(discipline.then_some(Track::Supervision));
        if !discipline || self.roles.len() > 1 {
            tracks.extend([Track::Service, Track::Petition]);
        }
        let seat = self.seats.first();
        Viewer {
            area: self.area.clone(),
            tracks,
            post: self.actor.post.or(seat.map(|seat| seat.post)),
            eyes: self.all_eyes(),
        }
    }

    /// Whoever acts by an area looks with the eyes of where they sit, too; who sits nowhere, with those of
    /// the unit it acts for (LOOP A1).
    pub(crate) fn all_eyes(&self) -> BTreeSet<Uuid> {
        let actor = &self.actor;
        let own = [actor.person.map(|id| id.0), actor.post.map(|id| id.0)].into_iter().flatten();
        let seats = self.seats.iter().flat_map(|seat| [seat.post.0, seat.unit.0]);
        let unit = actor.unit.or(self.seats.first().map(|seat| seat.unit));
        let unit = unit.or_else(|| self.unit_of_area()).map(|unit| unit.0);
        own.chain(seats).chain(unit).chain(self.eyes.iter().copied()).collect()
    }

    /// Whether one of its roles works with what residents said.
    pub(crate) fn reads_words(&self) -> bool {
        self.roles.iter().any(|role| role.reads_words())
    }

    /// Somebody at a portal: whoever they say they are.
    #[must_use]
    pub fn is_visitor(&self) -> bool {
        self.authority.is_some() && self.roles.contains(&Role::Resident)
    }

    /// As what is kept of whoever files this: nothing that leads to an anonymous reporter (LOOP V3).
    #[must_use]
    pub fn filing_for(self, confidence: Confidence) -> Self {
        if confidence != Confidence::Anonymous || !self.actor.is_residents_side() {
            return self;
        }
        let actor = Actor { kind: ActorKind::Resident, id: "anonymous".into(), ..Actor::default() };
        Self { actor, ..self }
    }

    /// Who comes without a post looks with the eyes of the unit of its area, which may stand aside.
    fn unit_of_area(&self) -> Option<UnitId> {
        self.area.as_deref()?.rsplit('/').next()?.parse().ok()
    }
}

/// Who sends these headers, as what it may be for this action.
pub(crate) async fn caller(
    api: &Api,
    action: Action,
    metadata: &MetadataMap,
) -> Result<Caller, ApiError> {
    match api.auth {
        Auth::Closed => Err(ApiError::Unauthenticated(
            "auth is closed; configure auth = 'credentials', or 'trusted-header' behind a proxy",
        )),
        Auth::TrustedHeader => trusted_header::caller(api, metadata).await,
        Auth::Credentials => {
            let proven = bearer::proven(api, metadata).await?;
            capacity::caller(api, action, proven, metadata).await
        }
    }
}

impl Api {
    /// What was allowed to begin may go on: the authority stands, its time is not over, and the caller sits where it
    /// sat, as it may have to stand aside elsewhere (LOOP A1).
    pub(crate) async fn still(&self, caller: &Caller) -> Result<(), ApiError> {
        if capacity::eyes(self, caller.actor.person).await? != caller.eyes {
            return Err(ENDED);
        }
        let Some((scope, key)) = &caller.authority else { return Ok(()) };
        let stands = self.commands.log.holder(scope, key).await?.is_some();
        let over = caller.valid_until.is_some_and(|until| until <= self.now());
        let mut sits = true;
        for seat in &caller.seats {
            let holder = self.commands.holder(seat.post).await?;
            sits &= holder.is_some_and(|holder| holder.person == caller.actor.person);
        }
        if stands && !over && sits { Ok(()) } else { Err(ENDED) }
    }
}

const ENDED: ApiError =
    ApiError::Unauthenticated("what the caller might do has changed or ended; authenticate again");

/// A header's text; nothing where it is absent, or no text.
fn header<'a>(metadata: &'a MetadataMap, name: &str) -> &'a str {
    metadata.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}

fn optional<T: std::str::FromStr>(text: &str) -> Result<Option<T>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| ApiError::Unauthenticated("a header x-bidao-… holds no UUID where one is due"))
}
