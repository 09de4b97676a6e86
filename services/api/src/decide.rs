//! May this caller do this to that? One function for every RPC; deny by default.

use domain::shared::ids::DeviceId;
use domain::shared::ladder::Recused;
use domain::shared::matter::Track;
use domain::shared::moment::Moment;

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
    /// 纪检: receives accusations; sees the supervision track of its own body.
    Discipline,
}

impl Role {
    pub const ALL: [(&'static str, Self); 10] = [
        ("resident", Self::Resident),
        ("device", Self::Device),
        ("hotline", Self::Hotline),
        ("dispatcher", Self::Dispatcher),
        ("handler", Self::Handler),
        ("follow-up", Self::FollowUp),
        ("leader", Self::Leader),
        ("operator", Self::Operator),
        ("auditor", Self::Auditor),
        ("discipline", Self::Discipline),
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
    BatchRegister,
    RegisterAccusation,
    QueryReceipt,
    RateByReceipt,
    Reclassify,
    AlertEmergency,
    RecordCallFollowUp,
    SwitchMode,
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
    Admit,
    Decline,
    Transfer,
    Withdraw,
    Merge,
    Unmerge,
    Object,
    RuleOnObjection,
    Summon,
    Join,
    FinishSupport,
    HandOver,
    NameParty,
    Recuse,
    RecordContact,
    Depart,
    ConfirmArrival,
    Pause,
    RecordResidentWish,
    AskResident,
    Resume,
    Extend,
    Defer,
    ReviewDeferral,
    Inform,
    Comment,
    AttachEvidence,
    Dispute,
    Conclude,
    OrderFollowUp,
    ReferUp,
    SendDown,
    TakeOver,
    Urge,
    Supervise,
    ReportSupervision,
    DecideSupervision,
    Exclude,
    Restore,
    ReplacePolicy,
    Approve,
    Reject,
    GetIssue,
    ListBoard,
    ListWork,
    GetDashboard,
    ListUnitFigures,
    ListWorkload,
    CloseMonth,
    ListMonthReports,
    WatchBoard,
    WatchIssue,
    WatchDashboard,
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
        Auditor, Device, Discipline, Dispatcher, FollowUp, Handler, Hotline, Leader, Operator,
        Resident,
    };
    match action {
        Action::Press | Action::HangUp | Action::PressThumb => &[Device, Resident, Hotline],
        Action::Ring
        | Action::Answer
        | Action::Miss
        | Action::ReturnCall
        | Action::RecordDisposition => &[Hotline, Dispatcher, Handler],
        Action::Register => &[Resident, Hotline, Dispatcher, Handler],
        Action::BatchRegister => &[Hotline, Dispatcher],
        Action::RegisterAccusation => &[Resident, Hotline, Discipline],
        // The code itself is the proof; who has it may ask and judge.
        Action::QueryReceipt | Action::RateByReceipt => &[Resident, Hotline],
        Action::Reclassify => &[Hotline, Dispatcher, Handler],
        Action::AlertEmergency => &[Hotline, Dispatcher, Handler],
        Action::RecordCallFollowUp => &[FollowUp],
        Action::SwitchMode => &[Leader, Operator],
        Action::Dispatch => &[Dispatcher, Leader],
        Action::Accept | Action::Arrive | Action::RecordProgress | Action::Complete => &[Handler],
        Action::Notify => &[Handler, Hotline, Dispatcher],
        Action::Rate => &[Resident, Device, Hotline],
        Action::RecordFollowUp => &[FollowUp],
        Action::Reopen => &[Resident, Hotline, FollowUp],
        Action::Escalate => &[Handler, Dispatcher, Leader],
        Action::Admit => &[Hotline, Dispatcher, Handler],
        Action::Decline => &[Dispatcher, Handler, Leader],
        Action::Transfer => &[Dispatcher, Handler, Leader],
        Action::Withdraw => &[Resident, Hotline, Dispatcher, Handler],
        Action::Merge => &[Hotline, Dispatcher],
        Action::Unmerge => &[Dispatcher, Leader],
        Action::Object => &[Handler],
        Action::RuleOnObjection => &[Dispatcher, Leader],
        Action::Summon => &[Handler, Dispatcher, Leader],
        Action::Join => &[Handler],
        Action::FinishSupport => &[Handler],
        Action::HandOver => &[Dispatcher, Leader],
        Action::NameParty => &[Hotline, Dispatcher, FollowUp, Leader, Discipline],
        Action::Recuse => &[Handler, Dispatcher, FollowUp, Leader],
        Action::RecordContact => &[Handler],
        Action::Depart => &[Handler],
        Action::ConfirmArrival => &[Resident, Device, Hotline, FollowUp],
        Action::Pause => &[Handler],
        Action::RecordResidentWish => &[Resident, Hotline, FollowUp],
        Action::AskResident => &[Handler],
        Action::Resume => &[Handler, Hotline, FollowUp, Leader, Resident],
        Action::Extend => &[Handler],
        Action::Defer => &[Handler, Dispatcher, Leader],
        Action::ReviewDeferral => &[Leader],
        Action::Inform => &[Handler, Hotline, Dispatcher],
        Action::Comment => &[Hotline, Dispatcher, Handler, FollowUp, Leader],
        Action::AttachEvidence => &[Hotline, Dispatcher, Handler],
        Action::Dispute => &[Handler],
        Action::Conclude => &[Leader],
        Action::OrderFollowUp => &[FollowUp, Leader, Dispatcher],
        Action::ReferUp => &[Handler],
        Action::SendDown => &[Handler, Dispatcher, Leader],
        Action::TakeOver => &[Handler, Dispatcher, Leader],
        Action::Urge => &[Hotline, Dispatcher, FollowUp, Leader],
        Action::Supervise => &[Dispatcher, Leader],
        Action::ReportSupervision => &[Handler],
        Action::DecideSupervision => &[Dispatcher, Leader],
        Action::Exclude => &[Dispatcher, Leader],
        Action::Restore => &[Dispatcher, Leader],
        Action::ReplacePolicy => &[Leader],
        Action::Approve => &[Resident, Hotline, Dispatcher, FollowUp, Leader],
        Action::Reject => &[Resident, Hotline, Dispatcher, FollowUp, Leader],
        Action::GetCall
        | Action::ListCalls
        | Action::GetIssue
        | Action::ListBoard
        | Action::WatchBoard
        | Action::WatchIssue => {
            &[Hotline, Dispatcher, Handler, FollowUp, Leader, Auditor, Discipline]
        }
        Action::ListWork => &[Hotline, Dispatcher, Handler, Leader, Auditor],
        Action::GetDashboard | Action::WatchDashboard | Action::ListUnitFigures => {
            &[Dispatcher, Handler, Leader, Auditor]
        }
        Action::CloseMonth => &[Leader],
        Action::ListMonthReports => &[Dispatcher, Handler, Leader, Auditor],
        Action::ListWorkload => &[Dispatcher, Leader, Auditor],
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
    let allowed = roles_for(action);
    if caller.roles.iter().any(|role| allowed.contains(role)) {
        Ok(())
    } else {
        Err(ApiError::Denied)
    }
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
            channel: String::new(),
            valid_until: None,
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
            assert!(!roles_for(action).contains(&Role::Operator), "{action:?}");
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
