//! Why a principal's record is not changed.

use thiserror::Error;

use crate::shared::moment::Moment;
use crate::shared::role::Role;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AccessError {
    #[error("name: '{0}' must be 1 to 100 of a-z, 0-9, '.', '-', '@', and begin with a letter")]
    NoName(String),
    #[error("name: it is, or was, another principal's")]
    NameTaken,
    #[error("there is no such principal")]
    NoSuchPrincipal,
    #[error("the principal is retired")]
    Retired,
    #[error("person_id: a machine is nobody's person")]
    MachineWithPerson,
    #[error("nobody changes their own access")]
    OneselfNot,
    #[error("until: it must lie after now")]
    EndsBeforeItStarts,
    #[error("role: {} and {} are never one principal's", .role.name(), .other.name())]
    RolesExclude { role: Role, other: Role },
    #[error("role: {} is for people", .0.name())]
    NotForMachines(Role),
    #[error("role: {} is for machines: a gateway, a portal", .0.name())]
    ForMachines(Role),
    #[error("within: whoever acts from posts needs a person on record (person_id)")]
    NobodyOnRecord,
    #[error("within: {} is for the whole county", .0.name())]
    WholeCounty(Role),
    #[error("within: {} acts from the posts of the person, not from an area", .0.name())]
    OfAPost(Role),
    #[error("number: {0} was never given")]
    NoSuchNumber(u32),
    #[error("keys are for machines; people log in")]
    KeysAreForMachines,
    #[error("key_roles: a key without roles opens nothing")]
    KeyWithoutRoles,
    #[error("key_roles: {} is no role of this principal", .0.name())]
    RoleNotHeld(Role),
    #[error("expires_at: a key is good for at most {days} days, from now on")]
    KeyTooLong { days: i64 },
    #[error("it has {max} keys in force; revoke one first")]
    TooManyKeys { max: usize },
    #[error("passwords are for people; give a machine a key")]
    PasswordsAreForPeople,
    #[error("the invitation is over, or was used; ask for another")]
    InvitationOver,
    #[error("no password is set; ask for an invitation")]
    NoPassword,
    #[error("too many wrong passwords; locked until {until}")]
    Locked { until: Moment },
    #[error("expires_at: at most {hours} hours from now")]
    TooLong { hours: i64 },
    #[error("person_id: whoever does the county's business is somebody on record")]
    NotOnRecord,
}

impl AccessError {
    /// A constant for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::NoName(_) => "NO_NAME",
            Self::NameTaken => "NAME_TAKEN",
            Self::NoSuchPrincipal => "NO_SUCH_PRINCIPAL",
            Self::Retired => "PRINCIPAL_RETIRED",
            Self::MachineWithPerson => "MACHINE_WITH_PERSON",
            Self::OneselfNot => "ONESELF_NOT",
            Self::EndsBeforeItStarts => "ENDS_BEFORE_IT_STARTS",
            Self::RolesExclude { .. } => "ROLES_EXCLUDE",
            Self::NotForMachines(_) => "ROLE_NOT_FOR_MACHINES",
            Self::ForMachines(_) => "ROLE_FOR_MACHINES",
            Self::NobodyOnRecord => "NOBODY_ON_RECORD",
            Self::WholeCounty(_) => "ROLE_OF_WHOLE_COUNTY",
            Self::OfAPost(_) => "ROLE_OF_A_POST",
            Self::NoSuchNumber(_) => "NO_SUCH_NUMBER",
            Self::KeysAreForMachines => "KEYS_ARE_FOR_MACHINES",
            Self::KeyWithoutRoles => "KEY_WITHOUT_ROLES",
            Self::RoleNotHeld(_) => "ROLE_NOT_HELD",
            Self::KeyTooLong { .. } => "KEY_TOO_LONG",
            Self::TooManyKeys { .. } => "TOO_MANY_KEYS",
            Self::PasswordsAreForPeople => "PASSWORDS_ARE_FOR_PEOPLE",
            Self::InvitationOver => "INVITATION_OVER",
            Self::NoPassword => "NO_PASSWORD",
            Self::Locked { .. } => "ACCOUNT_LOCKED",
            Self::TooLong { .. } => "TOO_LONG",
            Self::NotOnRecord => "NOT_ON_RECORD",
        }
    }

    /// The refusal for the person at the console.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::NoName(text) => {
                format!("“{text}”不能作账号名:应为 1–100 个小写字母、数字或 . - @,以字母开头")
            }
            Self::NameTaken => "账号名已被使用(停用的账号名不再分配)".into(),
            Self::NoSuchPrincipal => "没有这个账号".into(),
            Self::Retired => "账号已停用".into(),
            Self::MachineWithPerson => "系统账号不对应个人".into(),
            Self::OneselfNot => "不得变更本人的权限".into(),
            Self::EndsBeforeItStarts => "截止时间应晚于现在".into(),
            Self::RolesExclude { role, other } => {
                format!("角色 {} 与 {} 不得由同一账号兼任", role.name(), other.name())
            }
            Self::NotForMachines(role) => format!("角色 {} 只能授予人员", role.name()),
            Self::ForMachines(role) => format!("角色 {} 只能授予系统账号", role.name()),
            Self::NobodyOnRecord => "按任职授权的账号应先关联人员".into(),
            Self::WholeCounty(role) => format!("角色 {} 的范围是全县", role.name()),
            Self::OfAPost(role) => format!("角色 {} 按任职岗位授权,不按区域", role.name()),
            Self::NoSuchNumber(number) => format!("没有第 {number} 号授权或密钥"),
            Self::KeysAreForMachines => "密钥只发给系统账号;人员请登录".into(),
            Self::KeyWithoutRoles => "密钥至少应有一个角色".into(),
            Self::RoleNotHeld(role) => format!("该账号没有角色 {}", role.name()),
            Self::KeyTooLong { days } => format!("密钥有效期最长 {days} 天"),
            Self::TooManyKeys { max } => format!("有效密钥已达 {max} 个,请先吊销"),
            Self::PasswordsAreForPeople => "系统账号不设密码,请发放密钥".into(),
            Self::InvitationOver => "邀请链接已失效或已使用,请重新获取".into(),
            Self::NoPassword => "尚未设置密码,请先获取邀请链接".into(),
            Self::Locked { until } => format!("密码错误次数过多,账号锁定至 {until}"),
            Self::TooLong { hours } => format!("有效期最长 {hours} 小时"),
            Self::NotOnRecord => "办理业务的账号应先关联人员(person_id)".into(),
        }
    }
}
