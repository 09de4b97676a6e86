//! May this caller do this to that? One function for every RPC; deny by default.

use domain::shared::ids::DeviceId;
use domain::shared::matter::Track;

use crate::{ApiError, Caller};

/// What a caller is here for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Resident,
    Device,
    /// 热线坐席: takes calls, registers, acts on a resident's behalf.
    Hotline,
    /// 派单员.
    Dispatcher,
    /// 承办: village secretaries, grid members, department staff.
    Handler,
    /// 回访员: calls residents back; never handled the issue.
    FollowUp,
    /// 领导.
    Leader,
    /// 系统管理员: records and policies; no files.
    Operator,
    /// 审计员: reads.
    Auditor,
}

impl Role {
    pub const ALL: [(&'static str, Self); 9] = [
        ("resident", Self::Resident),
        ("device", Self::Device),
        ("hotline", Self::Hotline),
        ("dispatcher", Self::Dispatcher),
        ("handler", Self::Handler),
        ("follow-up", Self::FollowUp),
        ("leader", Self::Leader),
        ("operator", Self::Operator),
        ("auditor", Self::Auditor),
    ];

    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, role)| role)
    }
}

/// One per RPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Press,
    Ring,
    HangUp,
    Answer,
    Miss,
    ReturnCall,
    RecordDisposition,
    PressThumb,
    GetCall,
    ListCalls,
    Register,
    Dispatch,
    Accept,
    Arrive,
    RecordProgress,
    Complete,
    Notify,
    Rate,
    RecordFollowUp,
    Reopen,
    Escalate,
    GetIssue,
    ListBoard,
    ListWork,
    GetDashboard,
    ListDueTimers,
    AddUnit,
    SetRoster,
    CreatePost,
    RegisterPerson,
    Appoint,
    EndAppointment,
    RegisterHousehold,
    RegisterDevice,
    Delegate,
    RenameUnit,
    MoveUnit,
    MergeUnits,
    PublishProfile,
    GrantWaiver,
    BatchAddUnits,
    BatchRegisterPersons,
    BatchCreatePosts,
    BatchRegisterHouseholds,
    BatchRegisterDevices,
    GetTree,
    GetProfile,
    GetCoverageReport,
    ListVacancies,
    ListOverloads,
    PublishPolicy,
    PublishCalendar,
    ListPolicies,
    GetStatus,
    RebuildView,
    AdvanceTime,
}

/// Who may do what at all. Exhaustive: an RPC without a row does not compile.
const fn roles_for(action: Action) -> &'static [Role] {
    use Role::{
        Auditor, Device, Dispatcher, FollowUp, Handler, Hotline, Leader, Operator, Resident,
    };
    match action {
        Action::Press | Action::HangUp | Action::PressThumb => &[Device, Resident, Hotline],
        Action::Ring
        | Action::Answer
        | Action::Miss
        | Action::ReturnCall
        | Action::RecordDisposition => &[Hotline, Dispatcher, Handler],
        Action::Register => &[Resident, Hotline, Dispatcher, Handler],
        Action::Dispatch => &[Dispatcher, Leader],
        Action::Accept | Action::Arrive | Action::RecordProgress | Action::Complete => &[Handler],
        Action::Notify => &[Handler, Hotline, Dispatcher],
        Action::Rate => &[Resident, Device, Hotline],
        Action::RecordFollowUp => &[FollowUp],
        Action::Reopen => &[Resident, Hotline, FollowUp],
        Action::Escalate => &[Handler, Dispatcher, Leader],
        Action::GetCall | Action::ListCalls | Action::GetIssue | Action::ListBoard => {
            &[Hotline, Dispatcher, Handler, FollowUp, Leader, Auditor]
        }
        Action::ListWork => &[Hotline, Dispatcher, Handler, Leader, Auditor],
        Action::GetDashboard => &[Dispatcher, Handler, Leader, Auditor],
        Action::ListDueTimers => &[Dispatcher, Leader, Operator, Auditor],
        Action::AddUnit
        | Action::SetRoster
        | Action::CreatePost
        | Action::RegisterPerson
        | Action::Appoint
        | Action::EndAppointment
        | Action::RegisterHousehold
        | Action::RegisterDevice
        | Action::Delegate
        | Action::RenameUnit
        | Action::MoveUnit
        | Action::MergeUnits
        | Action::PublishProfile
        | Action::GrantWaiver
        | Action::BatchAddUnits
        | Action::BatchRegisterPersons
        | Action::BatchCreatePosts
        | Action::BatchRegisterHouseholds
        | Action::BatchRegisterDevices
        | Action::PublishPolicy
        | Action::PublishCalendar
        | Action::RebuildView
        | Action::AdvanceTime => &[Operator],
        Action::GetCoverageReport | Action::ListVacancies | Action::ListOverloads => {
            &[Dispatcher, Leader, Operator, Auditor]
        }
        Action::GetTree | Action::GetProfile | Action::ListPolicies => {
            &[Hotline, Dispatcher, Handler, FollowUp, Leader, Operator, Auditor]
        }
        Action::GetStatus => &[Operator, Auditor],
    }
}

/// What is acted upon.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    /// Area path of where it is.
    pub area_path: String,
    pub track: Track,
    /// Devices of the residents it belongs to.
    pub devices: Vec<DeviceId>,
}

/// Before anything is looked up: does any of the caller's roles allow it?
///
/// # Errors
/// Permission denied, naming the roles that may.
pub fn role(caller: &Caller, action: Action) -> Result<(), ApiError> {
    let allowed = roles_for(action);
    if caller.roles.iter().any(|role| allowed.contains(role)) {
        Ok(())
    } else {
        Err(ApiError::Denied)
    }
}

/// May the caller do this to that? What is out of sight does not exist for the caller.
///
/// # Errors
/// Permission denied without the role; not found where the resource is hidden.
pub fn decide(caller: &Caller, action: Action, resource: &Resource) -> Result<(), ApiError> {
    role(caller, action)?;
    let own = caller.actor.is_residents_side()
        && resource.devices.iter().any(|device| device.to_string() == caller.actor.id);
    if own || caller.viewer().sees(&resource.area_path, resource.track) {
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
            channel: String::new(),
        }
    }

    #[test]
    fn without_a_role_or_an_area_nothing_is_allowed() {
        let resource = Resource { area_path: "/county/village".into(), ..Resource::default() };
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
            assert!(!roles_for(action).contains(&Role::Operator), "{action:?}");
        }
    }

    #[test]
    fn supervision_is_hidden_from_the_tree_above() {
        let resource = Resource { track: Track::Supervision, ..Resource::default() };
        let asked = decide(&caller(&[Role::Leader], Some("")), Action::GetIssue, &resource);
        assert!(matches!(asked, Err(ApiError::NotFound)));
    }
}
