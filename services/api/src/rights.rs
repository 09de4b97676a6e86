//! Who may do what at all: one line per RPC. An RPC without a line does not compile.

use crate::decide::Role;

macro_rules! rights {
    ($($action:ident: $($role:ident)*;)+) => {
        /// One per RPC.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Action { $($action,)+ }

        impl Action {
            /// Every action by its name, which is its RPC's.
            pub const ALL: &'static [(&'static str, Self)] = &[$((stringify!($action), Self::$action)),+];

            /// The roles that may; what else is asked, `decide` says.
            #[must_use]
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$action => &[$(Role::$role),*],)+ }
            }
        }
    };
}

rights! {
    // No role is asked: the secret that is sent decides.
    LogIn:;
    SetPassword:;
    // Whoever is somebody, for itself.
    LogOut:;
    WhoAmI:;
    RevokeTokens:;
    RegisterPrincipal: Security;
    RetirePrincipal: Security;
    GrantRole: Security;
    RevokeRole: Security;
    IssueKey: Security;
    RevokeKey: Security;
    Invite: Security;
    ListPrincipals: Security Auditor;
    ListAccessChanges: Security Auditor;
    Press: Device Resident Hotline;
    Ring: Hotline Dispatcher Handler;
    HangUp: Device Resident Hotline;
    Answer: Hotline Dispatcher Handler;
    Miss: Hotline Dispatcher Handler;
    ReturnCall: Hotline Dispatcher Handler;
    RecordDisposition: Hotline Dispatcher Handler;
    PressThumb: Device Resident Hotline;
    GetCall: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    ListCalls: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    Register: Resident Hotline Dispatcher Handler;
    BatchRegister: Hotline Dispatcher;
    RegisterAccusation: Resident Hotline Discipline;
    QueryReceipt: Resident Hotline;
    RateByReceipt: Resident Hotline;
    Reclassify: Hotline Dispatcher Handler;
    AlertEmergency: Hotline Dispatcher Handler;
    RecordCallFollowUp: FollowUp;
    SwitchMode: Leader Operator;
    Dispatch: Dispatcher Leader;
    Accept: Handler;
    Arrive: Handler;
    RecordProgress: Handler;
    Complete: Handler;
    Notify: Handler Hotline Dispatcher;
    Rate: Resident Device Hotline;
    RecordFollowUp: FollowUp;
    Reopen: Resident Hotline FollowUp;
    Escalate: Handler Dispatcher Leader;
    Admit: Hotline Dispatcher Handler;
    Decline: Dispatcher Handler Leader;
    Transfer: Dispatcher Handler Leader;
    Withdraw: Resident Hotline Dispatcher Handler;
    Merge: Hotline Dispatcher;
    Unmerge: Dispatcher Leader;
    Object: Handler;
    RuleOnObjection: Dispatcher Leader;
    Summon: Handler Dispatcher Leader;
    Join: Handler;
    FinishSupport: Handler;
    HandOver: Dispatcher Leader;
    NameParty: Hotline Dispatcher FollowUp Leader Discipline;
    Recuse: Handler Dispatcher FollowUp Leader;
    RecordContact: Handler;
    Depart: Handler;
    ConfirmArrival: Resident Device Hotline FollowUp;
    Pause: Handler;
    RecordResidentWish: Resident Hotline FollowUp;
    AskResident: Handler;
    Resume: Handler Hotline FollowUp Leader Resident;
    Extend: Handler;
    Defer: Handler Dispatcher Leader;
    ReviewDeferral: Leader;
    Inform: Handler Hotline Dispatcher;
    Comment: Hotline Dispatcher Handler FollowUp Leader;
    RequestUpload: Hotline Dispatcher Handler;
    AttachEvidence: Hotline Dispatcher Handler;
    Dispute: Handler;
    Conclude: Leader;
    OrderFollowUp: FollowUp Leader Dispatcher;
    ReferUp: Handler;
    SendDown: Handler Dispatcher Leader;
    TakeOver: Handler Dispatcher Leader;
    Urge: Hotline Dispatcher FollowUp Leader;
    Supervise: Dispatcher Leader;
    ReportSupervision: Handler;
    DecideSupervision: Dispatcher Leader;
    Exclude: Dispatcher Leader;
    Restore: Dispatcher Leader;
    ReplacePolicy: Leader;
    Approve: Resident Hotline Dispatcher FollowUp Leader;
    Reject: Resident Hotline Dispatcher FollowUp Leader;
    GetIssue: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    ListBoard: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    ListWork: Hotline Dispatcher Handler Leader Auditor;
    GetDashboard: Dispatcher Handler Leader Auditor;
    ListUnitFigures: Dispatcher Handler Leader Auditor;
    ListWorkload: Dispatcher Leader Auditor;
    CloseMonth: Leader;
    ListMonthReports: Dispatcher Handler Leader Auditor;
    WatchBoard: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    WatchIssue: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    WatchDashboard: Dispatcher Handler Leader Auditor;
    ListDueTimers: Dispatcher Leader Operator Auditor;
    AddUnit: Operator;
    SetRoster: Operator;
    CreatePost: Operator;
    RegisterPerson: Operator Security;
    Appoint: Operator;
    EndAppointment: Operator;
    RegisterHousehold: Operator;
    RegisterDevice: Operator;
    Delegate: Operator;
    RenameUnit: Operator;
    MoveUnit: Operator;
    MergeUnits: Operator;
    PublishProfile: Operator;
    GrantWaiver: Operator;
    BatchAddUnits: Operator;
    BatchRegisterPersons: Operator;
    BatchCreatePosts: Operator;
    BatchRegisterHouseholds: Operator;
    BatchRegisterDevices: Operator;
    GetTree: Hotline Dispatcher Handler FollowUp Leader Operator Security Auditor;
    GetProfile: Hotline Dispatcher Handler FollowUp Leader Operator Auditor;
    GetCoverageReport: Dispatcher Leader Operator Auditor;
    ListVacancies: Dispatcher Leader Operator Auditor;
    ListOverloads: Dispatcher Leader Operator Auditor;
    ViewIdentity: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    RequestUnmasking: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    BreakGlass: Hotline Dispatcher Handler Leader;
    FindByPhone: Hotline Dispatcher FollowUp Discipline;
    RequestErasure: Hotline Dispatcher Leader Discipline;
    ListRetentionDue: Hotline Dispatcher Leader Auditor Discipline;
    Freeze: Hotline Dispatcher Leader Discipline;
    RequestUnfreeze: Hotline Dispatcher Leader Discipline;
    PlaceHold: Leader Auditor Discipline;
    RequestLiftHold: Leader Auditor Discipline;
    ApprovePrivacyRequest: Leader Discipline;
    RejectPrivacyRequest: Hotline Dispatcher Handler FollowUp Leader Auditor Discipline;
    ListPrivacyRequests: Leader Auditor Discipline;
    ListLooks: Auditor Discipline;
    PublishPolicy: Operator;
    PublishCalendar: Operator;
    ListPolicies: Hotline Dispatcher Handler FollowUp Leader Operator Auditor;
    GetStatus: Operator Auditor;
    RebuildView: Operator;
    AdvanceTime: Operator;
}

impl Action {
    /// What every caller does for itself, whatever its roles.
    #[must_use]
    pub const fn is_of_oneself(self) -> bool {
        matches!(self, Self::LogOut | Self::WhoAmI | Self::RevokeTokens)
    }

    /// What brings a call or a complaint in, or answers one: no limit holds it up.
    #[must_use]
    pub const fn files(self) -> bool {
        matches!(
            self,
            Self::Press
                | Self::Ring
                | Self::HangUp
                | Self::Answer
                | Self::Miss
                | Self::ReturnCall
                | Self::RecordDisposition
                | Self::PressThumb
                | Self::AlertEmergency
                | Self::Register
                | Self::BatchRegister
                | Self::RegisterAccusation
        )
    }

    /// Whether a principal may do this as one with this role. A portal's visitors are known to nobody: they
    /// file, and come back with a receipt code; whatever else residents do, they do through their device or
    /// the hotline.
    #[must_use]
    pub fn is_for(self, role: Role) -> bool {
        let visitors =
            [Self::Register, Self::RegisterAccusation, Self::QueryReceipt, Self::RateByReceipt];
        let may =
            self.roles().contains(&role) && (role != Role::Resident || visitors.contains(&self));
        may || self.is_of_oneself()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prost_reflect::DescriptorPool;

    use super::*;

    #[test]
    fn every_rpc_has_its_row_and_every_row_its_rpc() {
        let pool = DescriptorPool::decode(contract::DESCRIPTORS).unwrap();
        let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        let rpcs: BTreeSet<String> = methods.map(|method| method.name().to_owned()).collect();
        let rows: BTreeSet<String> = Action::ALL.iter().map(|(name, _)| (*name).into()).collect();
        assert_eq!(rpcs, rows);
    }

    /// The table as an auditor reads it; a change of rights is a change of this page.
    #[test]
    fn the_table_of_rights_is_the_one_that_was_reviewed() {
        let row = |(name, action): &(&str, Action)| {
            let roles = action.roles().iter().map(|role| role.name()).collect::<Vec<_>>();
            let roles = if roles.is_empty() { "everybody".into() } else { roles.join(", ") };
            format!("| `{name}` | {roles} |\n")
        };
        let table: String = Action::ALL.iter().map(row).collect();
        let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rights.md");
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.ends_with(&table), "docs/rights.md must end with:\n{table}");
    }

    #[test]
    fn nobody_is_asked_for_no_role_but_whoever_speaks_for_themselves() {
        let open = |(_, action): &&(&str, Action)| action.roles().is_empty();
        let open: Vec<_> = Action::ALL.iter().filter(open).map(|(name, _)| *name).collect();
        assert_eq!(open, ["LogIn", "SetPassword", "LogOut", "WhoAmI", "RevokeTokens"]);
    }

    #[test]
    fn who_lets_others_in_does_nothing_else() {
        let of =
            |role| Action::ALL.iter().filter(move |(_, action)| action.roles().contains(&role));
        let access: Vec<_> = of(Role::Security).map(|(name, _)| *name).collect();
        // The tree is office information: roles are given in its units, to people on record.
        let records: Vec<_> = of(Role::Operator).map(|(name, _)| *name).collect();
        let shared: Vec<_> = access.iter().filter(|name| records.contains(name)).collect();
        assert_eq!(shared, [&"RegisterPerson", &"GetTree"]);
        for reading in ["GetIssue", "ListBoard", "GetCall", "GetDashboard"] {
            assert!(!access.contains(&reading), "{reading}");
        }
    }
}
