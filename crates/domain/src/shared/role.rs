//! What a principal is here for. What each role may do is one table: `api/src/rights.rs`.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A resident, through a portal that vouches for nobody: files, and looks with a receipt code.
    Resident,
    /// A call device, through the gateway that it is known to.
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
    /// 安全管理员: who may act, and with what; no files, no records.
    Security,
    /// 审计员 (审计管理员): reads, and acts on nothing.
    Auditor,
    /// 纪检: receives accusations; sees the supervision track of its own body.
    Discipline,
}

impl Role {
    pub const ALL: [(&'static str, Self); 11] = [
        ("resident", Self::Resident),
        ("device", Self::Device),
        ("hotline", Self::Hotline),
        ("dispatcher", Self::Dispatcher),
        ("handler", Self::Handler),
        ("follow-up", Self::FollowUp),
        ("leader", Self::Leader),
        ("operator", Self::Operator),
        ("security", Self::Security),
        ("auditor", Self::Auditor),
        ("discipline", Self::Discipline),
    ];

    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, role)| role)
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, role)| *role == self).map_or("", |(name, _)| name)
    }

    /// 三员: of system, security and audit administrator nobody is two, and none of them does the
    /// county's business beside it (GB/T 22239-2019 8.1.5, separation of administrators).
    #[must_use]
    pub const fn is_administrator(self) -> bool {
        matches!(self, Self::Operator | Self::Security | Self::Auditor)
    }

    /// Whether it works with what residents said. Whoever administers or audits sees what happened to a file, and
    /// not what it is about: that is a look, and written down (PIPL art. 6, the least that the purpose needs).
    #[must_use]
    pub const fn reads_words(self) -> bool {
        !self.is_administrator() && !self.is_residents_side()
    }

    /// What a machine alone speaks for: a gateway for its devices, a portal for its visitors.
    #[must_use]
    pub const fn is_residents_side(self) -> bool {
        matches!(self, Self::Resident | Self::Device)
    }

    /// Whether one principal may have both.
    #[must_use]
    pub fn goes_with(self, other: Self) -> bool {
        self == other
            || !(self.is_administrator()
                || other.is_administrator()
                || self.is_residents_side()
                || other.is_residents_side())
    }
}
