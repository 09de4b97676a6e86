//! Why a record of the organisation refuses a command.

use thiserror::Error;

use super::validation::Problem;
use crate::shared::ids::UnitId;
use crate::shared::ladder::Rung;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OrgError {
    #[error("no unit {0} in this county's tree")]
    UnknownUnit(UnitId),
    #[error("no such post")]
    UnknownPost,
    #[error("this id names a record of another kind")]
    WrongKind,
    #[error("the tree has a root; name a parent")]
    SecondRoot,
    #[error("the first unit is the county")]
    RootNotCounty,
    #[error("a unit stands on the rung of its parent or below it")]
    RungAboveParent,
    #[error("the code {0} names another unit")]
    CodeTaken(String),
    #[error("an appointment must end after it starts")]
    AppointmentEndsBeforeItStarts,
    #[error("this person does not sit in this post now")]
    NotAppointed,
    #[error("a stand-in must end after it starts, and after now")]
    StandInEndsBeforeItStarts,
    #[error("this person sits in the post already and cannot stand in for himself")]
    StandsInForSelf,
    #[error(
        "a dated roster needs an end after its start; leave both dates empty for the everyday roster"
    )]
    RosterWithoutEnd,
    #[error("'{kind}' is no type of unit in the profile; types are {known}")]
    KindUnknown { kind: String, known: String },
    #[error("the profile puts '{kind}' on the rung {rung}")]
    KindOnOtherRung { kind: String, rung: Rung },
    #[error("the profile puts '{kind}' below [{allowed}], not below [{parent}]")]
    ParentNotAllowed { kind: String, parent: String, allowed: String },
    #[error("the county stays the root, and no unit goes below itself")]
    BelowItself,
    #[error("only units of one rung are merged")]
    MergedAcrossRungs,
    #[error("'{rule}' is no rule of the profile in force; rules are {known}")]
    RuleUnknown { rule: String, known: String },
    #[error("a waiver must end after now")]
    WaiverEnded,
    #[error("the profile does not parse: {0}")]
    ProfileUnreadable(String),
    #[error("the profile contradicts itself: {}", .0.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("; "))]
    ProfileIncomplete(Vec<Problem>),
    #[error("profile {id} version {version} is published with other contents; raise the version")]
    ProfileVersionTaken { id: String, version: u32 },
    #[error("this id is registered with other contents")]
    RegisteredOtherwise,
}

impl OrgError {
    /// A constant for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::UnknownUnit(_) => "UNIT_UNKNOWN",
            Self::UnknownPost => "POST_UNKNOWN",
            Self::WrongKind => "RECORD_OF_ANOTHER_KIND",
            Self::SecondRoot => "SECOND_ROOT",
            Self::RootNotCounty => "ROOT_NOT_COUNTY",
            Self::RungAboveParent => "RUNG_ABOVE_PARENT",
            Self::CodeTaken(_) => "CODE_TAKEN",
            Self::AppointmentEndsBeforeItStarts => "APPOINTMENT_ENDS_BEFORE_IT_STARTS",
            Self::NotAppointed => "NOT_APPOINTED",
            Self::StandInEndsBeforeItStarts => "STAND_IN_ENDS_BEFORE_IT_STARTS",
            Self::StandsInForSelf => "STANDS_IN_FOR_SELF",
            Self::RosterWithoutEnd => "ROSTER_WITHOUT_END",
            Self::KindUnknown { .. } => "KIND_UNKNOWN",
            Self::KindOnOtherRung { .. } => "KIND_ON_OTHER_RUNG",
            Self::ParentNotAllowed { .. } => "PARENT_NOT_ALLOWED",
            Self::BelowItself => "BELOW_ITSELF",
            Self::MergedAcrossRungs => "MERGED_ACROSS_RUNGS",
            Self::RuleUnknown { .. } => "RULE_UNKNOWN",
            Self::WaiverEnded => "WAIVER_ENDED",
            Self::ProfileUnreadable(_) => "DOCUMENT_UNREADABLE",
            Self::ProfileIncomplete(_) => "PROFILE_INCOMPLETE",
            Self::ProfileVersionTaken { .. } => "VERSION_TAKEN",
            Self::RegisteredOtherwise => "REGISTERED_OTHERWISE",
        }
    }

    /// The refusal for the person at the console.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::UnknownUnit(unit) => format!("本县组织树中没有单位 {unit}"),
            Self::UnknownPost => "没有这个岗位".into(),
            Self::WrongKind => "该编号属于另一类记录".into(),
            Self::SecondRoot => "组织树已有根单位,请填写上级单位".into(),
            Self::RootNotCounty => "第一个单位应为县级".into(),
            Self::RungAboveParent => "下级单位的层级不能高于上级单位".into(),
            Self::CodeTaken(code) => format!("代码 {code} 已属于另一个单位"),
            Self::AppointmentEndsBeforeItStarts => "任职结束时间应晚于开始时间".into(),
            Self::NotAppointed => "此人目前不在该岗位任职".into(),
            Self::StandInEndsBeforeItStarts => "代班结束时间应晚于开始时间,也应晚于现在".into(),
            Self::StandsInForSelf => "此人就在该岗位任职,不能代自己的班".into(),
            Self::RosterWithoutEnd => {
                "限期值班表应有晚于开始的结束时间;日常值班表请不填起止时间".into()
            }
            Self::KindUnknown { kind, known } => {
                format!("方案中没有“{kind}”这一单位类型,可用类型:{known}")
            }
            Self::KindOnOtherRung { kind, rung } => {
                format!("按方案,“{kind}”属于{}级", rung.zh())
            }
            Self::ParentNotAllowed { kind, parent, allowed } if allowed.is_empty() => {
                format!("按方案,“{kind}”是最上级,不能设在“{parent}”之下")
            }
            Self::ParentNotAllowed { kind, parent, allowed } if parent.is_empty() => {
                format!("按方案,“{kind}”应设在“{allowed}”之下,不能作为最上级")
            }
            Self::ParentNotAllowed { kind, parent, allowed } => {
                format!("按方案,“{kind}”应设在“{allowed}”之下,不能设在“{parent}”之下")
            }
            Self::BelowItself => "县级单位不能移动,单位也不能移到自己之下".into(),
            Self::MergedAcrossRungs => "只有同一层级的单位才能合并".into(),
            Self::RuleUnknown { rule, known } => {
                format!("现行方案中没有规则“{rule}”,可用规则:{known}")
            }
            Self::WaiverEnded => "豁免截止时间应晚于现在".into(),
            Self::ProfileUnreadable(cause) => format!("方案无法解析:{cause}"),
            Self::ProfileIncomplete(problems) => {
                let list: Vec<_> = problems.iter().map(|problem| problem.zh.as_str()).collect();
                format!("方案有误:{}", list.join(";"))
            }
            Self::ProfileVersionTaken { id, version } => {
                format!("方案 {id} 第 {version} 版已发布且内容不同,请提高版本号")
            }
            Self::RegisteredOtherwise => "该编号已登记,且内容不同".into(),
        }
    }
}
