//! May this caller do this to that? One function for every RPC; deny by default.

use domain::shared::ids::DeviceId;
use domain::shared::ladder::Recused;
use domain::shared::matter::Track;
use domain::shared::moment::Moment;
pub use domain::shared::role::Role;

pub use crate::rights::Action;
use crate::{ApiError, Caller};

/// What is acted upon.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    /// Area paths it is seen under: where it is, who is competent, who holds work on it.
    pub area_paths: Vec<String>,
    pub track: Track,
    /// Devices of the residents it belongs to.
    pub devices: Vec<DeviceId>,
    /// Who stands aside from it: for them it does not exist.
    pub recused: Recused,
}

impl Resource {
    /// Something in one place that nobody stands aside from.
    #[must_use]
    pub fn at(area_path: String) -> Self {
        Self { area_paths: vec![area_path], ..Self::default() }
    }
}

/// Before anything is looked up: does any of the caller's roles allow it?
///
/// # Errors
/// Permission denied, naming the roles that may.
pub fn role(caller: &Caller, action: Action) -> Result<(), ApiError> {
    let allowed = action.roles();
    let may = caller.roles.iter().any(|role| allowed.contains(role));
    if may || action.is_of_oneself() { Ok(()) } else { Err(ApiError::Denied) }
}

/// May the caller do this to that, now? What is out of sight does not exist for the caller; appointments
/// are looked up at `now`, so an authority that has ended is none.
///
/// # Errors
/// Permission denied without the role; not found where the resource is hidden.
pub fn decide(
    caller: &Caller,
    action: Action,
    resource: &Resource,
    now: Moment,
) -> Result<(), ApiError> {
    role(caller, action)?;
    if caller.valid_until.is_some_and(|until| until <= now) {
        return Err(ApiError::Denied);
    }
    let viewer = caller.viewer();
    if viewer.is_recused(&resource.recused) {
        return Err(ApiError::NotFound);
    }
    let own = caller.actor.is_residents_side()
        && resource.devices.iter().any(|device| device.to_string() == caller.actor.id);
    if own || resource.area_paths.iter().any(|path| viewer.sees(path, resource.track)) {
        return Ok(());
    }
    Err(ApiError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(roles: &[Role], area: Option<&str>) -> Caller {
        Caller {
            actor: domain::shared::actor::Actor::system(),
            roles: roles.to_vec(),
            area: area.map(Into::into),
            ..Caller::default()
        }
    }

    #[test]
    fn without_a_role_or_an_area_nothing_is_allowed() {
        let resource = Resource::at("/county/village".into());
        let decide = |caller: &Caller, action, resource: &Resource| {
            decide(caller, action, resource, Moment(0))
        };
        let denied = decide(&caller(&[], Some("")), Action::Accept, &resource);
        assert!(matches!(denied, Err(ApiError::Denied)));
        let hidden = decide(&caller(&[Role::Handler], None), Action::Accept, &resource);
        assert!(matches!(hidden, Err(ApiError::NotFound)));
        let elsewhere =
            decide(&caller(&[Role::Handler], Some("/county/vill")), Action::Accept, &resource);
        assert!(matches!(elsewhere, Err(ApiError::NotFound)));
        assert!(
            decide(&caller(&[Role::Handler], Some("/county")), Action::Accept, &resource).is_ok()
        );
    }

    #[test]
    fn no_file_is_open_to_the_operator() {
        for action in [Action::GetIssue, Action::Complete, Action::Rate, Action::RecordFollowUp] {
            assert!(!action.roles().contains(&Role::Operator), "{action:?}");
        }
    }

    #[test]
    fn supervision_is_hidden_from_the_tree_above() {
        let resource = Resource { track: Track::Supervision, ..Resource::at("/county".into()) };
        let asked =
            |role| decide(&caller(&[role], Some("")), Action::GetIssue, &resource, Moment(0));
        assert!(matches!(asked(Role::Leader), Err(ApiError::NotFound)));
        assert!(asked(Role::Discipline).is_ok());
    }

    #[test]
    fn an_authority_that_has_ended_is_none() {
        let resource = Resource::at("/county".into());
        let ended = Caller { valid_until: Some(Moment(5)), ..caller(&[Role::Leader], Some("")) };
        assert!(decide(&ended, Action::GetIssue, &resource, Moment(4)).is_ok());
        let late = decide(&ended, Action::GetIssue, &resource, Moment(5));
        assert!(matches!(late, Err(ApiError::Denied)));
    }

    #[test]
    fn who_stands_aside_finds_nothing() {
        let person = domain::shared::ids::PersonId(uuid::Uuid::from_u128(7));
        let mut resource = Resource::at("/county".into());
        let mut asks = caller(&[Role::Leader], Some(""));
        asks.actor.person = Some(person);
        assert!(decide(&asks, Action::GetIssue, &resource, Moment(0)).is_ok());
        resource.recused.persons.insert(person);
        let hidden = decide(&asks, Action::GetIssue, &resource, Moment(0));
        assert!(matches!(hidden, Err(ApiError::NotFound)));
    }
}
