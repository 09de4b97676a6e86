//! Why an issue refuses a command. One variant per refusal, carrying the facts.

use thiserror::Error;

use super::lifecycle::{Stage, Verb};
use crate::shared::ids::IssueId;
use crate::shared::ladder::Rung;
use crate::shared::moment::Moment;

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IssueError {
    #[error("no such issue")]
    Unknown,
    #[error("an issue that is {} does not take {verb:?}", .stage.name())]
    IllegalInStage { stage: Stage, verb: Verb },
    #[error("the policy frozen into this issue is not published, or has no terms for it")]
    PolicyMissing,
    #[error("no post on the ladder of this unit can hold the issue")]
    NoCandidate,
    #[error("the post named is recused from this issue")]
    HolderRecused,
    #[error("a holder does not pass its issue on: it objects, or refers it up")]
    HolderReturns,
    #[error("whoever stands aside from this issue does nothing on it")]
    ActorRecused,
    #[error("a call-back is owed on a complaint; it is made before the file is merged")]
    FollowUpOwed,
    #[error("the post's unit is neither the competent unit, nor above it, nor a department")]
    HolderOffLadder,
    #[error(
        "only the post that holds the issue, or a clerk of its unit recording for it, may do this"
    )]
    NotTheHolder,
    #[error("a visit is owed: record an arrival that met the resident first")]
    VisitOwed,
    #[error("an arrival that found nobody leaves a note")]
    AbsentWithoutNote,
    #[error("this issue has {known} reporter(s), no number {asked}")]
    UnknownReporter { asked: usize, known: usize },
    #[error("this reporter was notified already")]
    AlreadyNotified,
    #[error("this reporter may not be told by this channel")]
    ChannelUnfit,
    #[error("nothing is owed to the resident but the result")]
    NothingToTell,
    #[error("a handler may not rate the issue it handled")]
    HandlerRates,
    #[error("a handler may not confirm its own arrival")]
    HandlerConfirms,
    #[error("a handler, or somebody of a handling unit, may not follow up")]
    HandlerFollowsUp,
    #[error("a handler, or somebody of a handling unit, may not rule on the objection")]
    HandlerRules,
    #[error("this needs somebody who handled nothing of it and gains nothing by it")]
    HandlerDecides,
    #[error("the resident's wish is recorded by somebody who does not handle the issue")]
    HandlerWishes,
    #[error("whoever ruled on the issue or called the resident back may not handle it")]
    JudgeHandles,
    #[error("a second person is needed: whoever proposed it may not decide it")]
    SamePerson,
    #[error("this needs somebody of the {needed} or above")]
    RungTooLow { needed: Rung },
    #[error("a follow-up is made by staff or a call-back agent")]
    NotAnAgent,
    #[error("no follow-up is owed on this issue")]
    NoFollowUpOwed,
    #[error("an anonymous reporter cannot be called")]
    NobodyToCall,
    #[error("there is no reopening that a mistaken key could have caused")]
    NothingToUndo,
    #[error("the window for reopening passed at {ended_at}")]
    ReopenWindowPassed { ended_at: Moment },
    #[error("the issue is concluded; new facts are a new issue")]
    Concluded,
    #[error("the issue already stands on that rung or above it")]
    NotUpwards,
    #[error("the county is the top: there is nobody above to refer to")]
    NothingAbove,
    #[error("a referral is waiting for the level above already")]
    ReferredBefore,
    #[error("nothing was referred up")]
    NotReferred,
    #[error("it was sent down once; the level above must take it over now")]
    SentDownBefore,
    #[error("this post holds the issue already")]
    HoldsAlready,
    #[error("the post holds no open work on this issue")]
    NotHeldThere,
    #[error("an objection is made once; a unit fixed by ruling may not return the issue")]
    ObjectedBefore,
    #[error("no objection waits for a ruling")]
    NoObjection,
    #[error("an objection waits for its ruling; rule on it instead of dispatching past it")]
    RulingOwed,
    #[error("an objection that is upheld goes to somebody else")]
    RuledToObjector,
    #[error("this post works on the issue already")]
    SummonedBefore,
    #[error("no unit was summoned under number {0}")]
    UnknownSupport(u16),
    #[error("this unit has joined already")]
    JoinedBefore,
    #[error("this unit has done its part already")]
    SupportDone,
    #[error(
        "a summoned unit has not done its part; say why it is done all the same (over_support)"
    )]
    SupportOpen,
    #[error("the issue is on hold already")]
    HeldAlready,
    #[error("the issue is not on hold")]
    NotHeld,
    #[error("this policy allows no such hold")]
    HoldNotAllowed,
    #[error("must end after now and by {latest}")]
    HoldTooLong { latest: Moment },
    #[error("the resident's wish names its date")]
    WishWithoutDate,
    #[error("the {allowed} pauses and questions of this round are used up")]
    PausesUsed { allowed: u8 },
    #[error("the issue is not deferred")]
    NotDeferred,
    #[error("this cannot be proposed here, or not by this caller")]
    ProposalUnfit,
    #[error("the same is waiting for a decision already")]
    ProposedBefore,
    #[error("no open proposal has number {0}")]
    NoSuchProposal(u16),
    #[error("name the body that is competent")]
    NoCompetentBody,
    #[error("an issue is concluded after {needed} reopens, this one had {seen}")]
    TooFewReopens { needed: u32, seen: u32 },
    #[error("others brought this matter too; it is not one person's to withdraw")]
    SharedMatter,
    #[error("an issue is not merged into itself")]
    MergeIntoItself,
    #[error("this file was merged into {into}")]
    Merged { into: IssueId },
    #[error("this file was not merged")]
    NotMerged,
    #[error("the issue is excluded already")]
    ExcludedBefore,
    #[error("the issue is not excluded")]
    NotExcluded,
    #[error("the verdict of this round was disputed already")]
    DisputedBefore,
    #[error("name a post, a person or a unit")]
    NobodyNamed,
    #[error("an accusation names whom it accuses")]
    NobodyAccused,
    #[error("the policy names no body that receives accusations of this rank")]
    NoDisciplineBody,
    #[error("nobody of the own village handles a confidential reporter's matter")]
    ConfidentialOwnVillage,
    #[error("only the unit that supervises may decide on the report")]
    NotTheSupervisor,
    #[error("no open supervision has number {0}")]
    NoSuchSupervision(u16),
    #[error("must be a SHA-256 in 64 hex digits")]
    NotADigest,
    #[error("this issue has too many supports, proposals and supervisions")]
    TooMany,
}

impl IssueError {
    /// A constant for programs.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Unknown => "ISSUE_UNKNOWN",
            Self::IllegalInStage { .. } => "ISSUE_STAGE_REFUSES",
            Self::PolicyMissing => "POLICY_MISSING",
            Self::NoCandidate => "NO_CANDIDATE",
            Self::HolderRecused => "HOLDER_RECUSED",
            Self::HolderReturns => "HOLDER_MAY_NOT_RETURN",
            Self::ActorRecused => "ACTOR_RECUSED",
            Self::FollowUpOwed => "FOLLOW_UP_OWED",
            Self::HolderOffLadder => "HOLDER_OFF_LADDER",
            Self::NotTheHolder => "NOT_THE_HOLDER",
            Self::VisitOwed => "VISIT_OWED",
            Self::AbsentWithoutNote => "ABSENT_WITHOUT_NOTE",
            Self::UnknownReporter { .. } => "UNKNOWN_REPORTER",
            Self::AlreadyNotified => "ALREADY_NOTIFIED",
            Self::ChannelUnfit => "CHANNEL_UNFIT",
            Self::NothingToTell => "NOTHING_TO_TELL",
            Self::HandlerRates => "HANDLER_MAY_NOT_RATE",
            Self::HandlerConfirms => "HANDLER_MAY_NOT_CONFIRM",
            Self::HandlerFollowsUp => "HANDLER_MAY_NOT_FOLLOW_UP",
            Self::HandlerRules => "HANDLER_MAY_NOT_RULE",
            Self::HandlerDecides => "HANDLER_MAY_NOT_DECIDE",
            Self::HandlerWishes => "HANDLER_MAY_NOT_WISH",
            Self::JudgeHandles => "JUDGE_MAY_NOT_HANDLE",
            Self::SamePerson => "SAME_PERSON",
            Self::RungTooLow { .. } => "RUNG_TOO_LOW",
            Self::NotAnAgent => "NOT_AN_AGENT",
            Self::NoFollowUpOwed => "NO_FOLLOW_UP_OWED",
            Self::NobodyToCall => "NOBODY_TO_CALL",
            Self::NothingToUndo => "NOTHING_TO_UNDO",
            Self::ReopenWindowPassed { .. } => "REOPEN_WINDOW_PASSED",
            Self::Concluded => "CONCLUDED",
            Self::NotUpwards => "NOT_UPWARDS",
            Self::NothingAbove => "NOTHING_ABOVE",
            Self::ReferredBefore => "REFERRED_BEFORE",
            Self::NotReferred => "NOT_REFERRED",
            Self::SentDownBefore => "SENT_DOWN_BEFORE",
            Self::HoldsAlready => "HOLDS_ALREADY",
            Self::NotHeldThere => "NOT_HELD_THERE",
            Self::ObjectedBefore => "OBJECTED_BEFORE",
            Self::NoObjection => "NO_OBJECTION",
            Self::RulingOwed => "RULING_OWED",
            Self::RuledToObjector => "RULED_TO_OBJECTOR",
            Self::SummonedBefore => "SUMMONED_BEFORE",
            Self::UnknownSupport(..) => "UNKNOWN_SUPPORT",
            Self::JoinedBefore => "JOINED_BEFORE",
            Self::SupportDone => "SUPPORT_DONE",
            Self::SupportOpen => "SUPPORT_OPEN",
            Self::HeldAlready => "HELD_ALREADY",
            Self::NotHeld => "NOT_HELD",
            Self::HoldNotAllowed => "HOLD_NOT_ALLOWED",
            Self::HoldTooLong { .. } => "HOLD_TOO_LONG",
            Self::WishWithoutDate => "WISH_WITHOUT_DATE",
            Self::PausesUsed { .. } => "PAUSES_USED",
            Self::NotDeferred => "NOT_DEFERRED",
            Self::ProposalUnfit => "PROPOSAL_UNFIT",
            Self::ProposedBefore => "PROPOSED_BEFORE",
            Self::NoSuchProposal(..) => "NO_SUCH_PROPOSAL",
            Self::NoCompetentBody => "NO_COMPETENT_BODY",
            Self::TooFewReopens { .. } => "TOO_FEW_REOPENS",
            Self::SharedMatter => "SHARED_MATTER",
            Self::MergeIntoItself => "MERGE_INTO_ITSELF",
            Self::Merged { .. } => "MERGED",
            Self::NotMerged => "NOT_MERGED",
            Self::ExcludedBefore => "EXCLUDED_BEFORE",
            Self::NotExcluded => "NOT_EXCLUDED",
            Self::DisputedBefore => "DISPUTED_BEFORE",
            Self::NobodyNamed => "NOBODY_NAMED",
            Self::NobodyAccused => "NOBODY_ACCUSED",
            Self::NoDisciplineBody => "NO_DISCIPLINE_BODY",
            Self::ConfidentialOwnVillage => "CONFIDENTIAL_OWN_VILLAGE",
            Self::NotTheSupervisor => "NOT_THE_SUPERVISOR",
            Self::NoSuchSupervision(..) => "NO_SUCH_SUPERVISION",
            Self::NotADigest => "NOT_A_DIGEST",
            Self::TooMany => "TOO_MANY",
        }
    }

    /// The refusal for the person at the console.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::Unknown => "没有这件事项".into(),
            Self::IllegalInStage { stage, verb } => {
                format!("事项处于“{}”,不能“{}”", stage.zh(), verb.zh())
            }
            Self::PolicyMissing => "该事项所适用的规则未发布,或没有适用的条款".into(),
            Self::NoCandidate => "该单位及上级都没有可以承办的岗位,请先设置值班表".into(),
            Self::HolderRecused => "所指定的岗位应当回避".into(),
            Self::HolderReturns => "承办岗位不得自行转派:应提出派单异议或上报".into(),
            Self::ActorRecused => "应当回避的人员不得处理该事项".into(),
            Self::FollowUpOwed => "有投诉待回访,回访后方可合并".into(),
            Self::HolderOffLadder => {
                "该岗位所在单位不是主管单位,也不是其上级或部门;部门事项不得下压到村".into()
            }
            Self::NotTheHolder => "只有承办岗位(或本单位代录人员)可以这样做".into(),
            Self::VisitOwed => "该事项必须上门:请先登记已到场并见到群众".into(),
            Self::AbsentWithoutNote => "上门无人时应留下说明(note)".into(),
            Self::UnknownReporter { asked, known } => {
                format!("该事项有 {known} 位反映人,没有第 {asked} 位(从 0 起)")
            }
            Self::AlreadyNotified => "已告知过该反映人".into(),
            Self::ChannelUnfit => "不能用这种方式告知该反映人".into(),
            Self::NothingToTell => "目前没有需要专项告知的事由".into(),
            Self::HandlerRates => "承办人不能评价自己办理的事项".into(),
            Self::HandlerConfirms => "承办人不能确认自己的到场,应由群众一方确认".into(),
            Self::HandlerFollowsUp => "承办人及承办单位不能回访".into(),
            Self::HandlerRules => "承办人及承办单位不能裁定异议".into(),
            Self::HandlerDecides => "应由未参与办理、也不因此获益的人员决定".into(),
            Self::HandlerWishes => "群众的意愿不能由承办人代录".into(),
            Self::JudgeHandles => "裁定过或回访过该事项的人员不能再承办".into(),
            Self::SamePerson => "需要第二人决定:提请人不能自己批准".into(),
            Self::RungTooLow { needed } => format!("应由{}级或以上人员进行", needed.zh()),
            Self::NotAnAgent => "回访应由工作人员或回访员进行".into(),
            Self::NoFollowUpOwed => "该事项目前不需要回访".into(),
            Self::NobodyToCall => "匿名反映人无法回访".into(),
            Self::NothingToUndo => "没有因误按而重办的记录,或群众并未表示满意".into(),
            Self::ReopenWindowPassed { ended_at } => {
                format!("重办期限已于 {ended_at} 届满,请作为新事项登记")
            }
            Self::Concluded => "该事项已终结;有新的事实请作为新事项登记".into(),
            Self::NotUpwards => "事项已在该级或更高一级".into(),
            Self::NothingAbove => "县级以上没有可上报的层级".into(),
            Self::ReferredBefore => "已上报,正等待上级答复".into(),
            Self::NotReferred => "没有待处理的上报".into(),
            Self::SentDownBefore => "已退回过一次,上级应当提级办理".into(),
            Self::HoldsAlready => "该岗位已在承办".into(),
            Self::NotHeldThere => "该岗位没有承办这件事项".into(),
            Self::ObjectedBefore => "派单异议只能提出一次;经裁定的单位不得再退单".into(),
            Self::NoObjection => "没有待裁定的异议".into(),
            Self::RulingOwed => "有异议待裁定,请先裁定".into(),
            Self::RuledToObjector => "异议成立时应改派其他岗位".into(),
            Self::SummonedBefore => "该岗位已在参与办理".into(),
            Self::UnknownSupport(number) => format!("没有编号为 {number} 的协办"),
            Self::JoinedBefore => "该单位已报到".into(),
            Self::SupportDone => "该协办已完成".into(),
            Self::SupportOpen => "协办尚未完成;如需办结请说明理由(over_support)".into(),
            Self::HeldAlready => "事项已在暂停、待答复或挂账中".into(),
            Self::NotHeld => "事项没有暂停".into(),
            Self::HoldNotAllowed => "适用的规则不允许这样做".into(),
            Self::HoldTooLong { latest } => format!("应在现在之后、{latest} 之前结束"),
            Self::WishWithoutDate => "群众的意愿应写明日期".into(),
            Self::PausesUsed { allowed } => format!("本轮可用的 {allowed} 次暂停和询问已用完"),
            Self::NotDeferred => "该事项没有挂账".into(),
            Self::ProposalUnfit => "此处不能这样提请,或不应由您提请".into(),
            Self::ProposedBefore => "同类提请正等待审批".into(),
            Self::NoSuchProposal(number) => format!("没有编号为 {number} 的待审批事项"),
            Self::NoCompetentBody => "应写明有权处理的单位(competent_body)".into(),
            Self::TooFewReopens { needed, seen } => {
                format!("重办 {needed} 次后方可终结,目前 {seen} 次")
            }
            Self::SharedMatter => "还有其他人反映同一事项,不能由一人撤回".into(),
            Self::MergeIntoItself => "不能并入自身".into(),
            Self::Merged { into } => format!("该事项已并入 {into}"),
            Self::NotMerged => "该事项没有被合并".into(),
            Self::ExcludedBefore => "该事项已剔除".into(),
            Self::NotExcluded => "该事项没有被剔除".into(),
            Self::DisputedBefore => "本轮评价已提出过异议".into(),
            Self::NobodyNamed => "应指明岗位、人员或单位".into(),
            Self::NobodyAccused => "检举控告应指明被反映人".into(),
            Self::NoDisciplineBody => "规则没有指定受理该级别检举控告的机构".into(),
            Self::ConfidentialOwnVillage => "保密反映人的事项不得由本村承办".into(),
            Self::NotTheSupervisor => "只有督办单位可以审定".into(),
            Self::NoSuchSupervision(number) => format!("没有编号为 {number} 的督办"),
            Self::NotADigest => "应为 64 位十六进制的 SHA-256".into(),
            Self::TooMany => "该事项的协办、审批和督办过多".into(),
        }
    }
}
