//! Why a record of the organisation refuses a command.

use thiserror::Error;

use crate::shared::ids::UnitId;

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
        }
    }
}
