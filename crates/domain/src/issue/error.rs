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
    #[error("a file from which somebody stands aside is neither merged nor merged into")]
    RecusalStaysAlone,
    #[error("another unit is competent for the other file; it goes there by re-classification")]
    OtherCompetence,
    #[error("a file found by staff is merged into no other; merge the resident's file into it")]
    ProactiveLeads,
    #[error("the resident is told of the change first; then the file may be merged")]
    InformOwed,
    #[error(
        "nobody can say whom an anonymous reporter's word came from; it is given by receipt code"
    )]
    WordByReceipt,
    #[error("nobody came before this round of the work began at {began_at}")]
    CameBefore { began_at: Moment },
    #[error("a supervision is decided on a report, and there is none since it was last refused")]
    NoReport,
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
    #[error("a reporter speaks for nobody else")]
    OthersWord,
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
    #[error(
        "a file is merged into one that is still worked on, is not merged itself and does not rest"
    )]
    LeadNotOpen,
    #[error("the work is reported done; register what this call is about as an issue of its own")]
    ReportedDone,
    #[error("files of different tracks are not merged, and take no call of others")]
    OtherTrack,
    #[error("the file of a confidential reporter is merged with no other, and takes no call")]
    ConfidentialStaysAlone,
    #[error("say how the resident's side confirmed the withdrawal (confirmation)")]
    NotConfirmed,
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
    #[error("a whole unit is named only where it is accused, by somebody of another unit")]
    UnitNotAccused,
    #[error("an accusation names whom it accuses")]
    NobodyAccused,
    #[error("an accusation of an official is registered as one (RegisterAccusation)")]
    AccusationTrack,
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

macro_rules! refusals {
    (reason { $($why:pat => $reason:literal,)+ } zh { $($what:pat => $zh:expr,)+ }) => {
        impl IssueError {
            /// A constant for programs.
            #[must_use]
            pub const fn reason(&self) -> &'static str {
                match self { $($why => $reason,)+ }
            }

            /// The refusal for the person at the console.
            #[must_use]
            pub fn zh(&self) -> String {
                match self { $($what => $zh,)+ }
            }
        }
    };
}
refusals! {
reason {
    IssueError::Unknown => "ISSUE_UNKNOWN",
    IssueError::IllegalInStage { .. } => "ISSUE_STAGE_REFUSES",
    IssueError::PolicyMissing => "POLICY_MISSING",
    IssueError::NoCandidate => "NO_CANDIDATE",
    IssueError::HolderRecused => "HOLDER_RECUSED",
    IssueError::HolderReturns => "HOLDER_MAY_NOT_RETURN",
    IssueError::ActorRecused => "ACTOR_RECUSED",
    IssueError::FollowUpOwed => "FOLLOW_UP_OWED",
    IssueError::RecusalStaysAlone => "RECUSAL_STAYS_ALONE",
    IssueError::OtherCompetence => "OTHER_COMPETENCE",
    IssueError::ProactiveLeads => "PROACTIVE_LEADS",
    IssueError::InformOwed => "INFORM_OWED",
    IssueError::WordByReceipt => "WORD_BY_RECEIPT",
    IssueError::CameBefore { .. } => "CAME_BEFORE",
    IssueError::NoReport => "NO_REPORT",
    IssueError::HolderOffLadder => "HOLDER_OFF_LADDER",
    IssueError::NotTheHolder => "NOT_THE_HOLDER",
    IssueError::VisitOwed => "VISIT_OWED",
    IssueError::AbsentWithoutNote => "ABSENT_WITHOUT_NOTE",
    IssueError::UnknownReporter { .. } => "UNKNOWN_REPORTER",
    IssueError::AlreadyNotified => "ALREADY_NOTIFIED",
    IssueError::ChannelUnfit => "CHANNEL_UNFIT",
    IssueError::NothingToTell => "NOTHING_TO_TELL",
    IssueError::HandlerRates => "HANDLER_MAY_NOT_RATE",
    IssueError::OthersWord => "OTHERS_WORD",
    IssueError::HandlerConfirms => "HANDLER_MAY_NOT_CONFIRM",
    IssueError::HandlerFollowsUp => "HANDLER_MAY_NOT_FOLLOW_UP",
    IssueError::HandlerRules => "HANDLER_MAY_NOT_RULE",
    IssueError::HandlerDecides => "HANDLER_MAY_NOT_DECIDE",
    IssueError::HandlerWishes => "HANDLER_MAY_NOT_WISH",
    IssueError::JudgeHandles => "JUDGE_MAY_NOT_HANDLE",
    IssueError::SamePerson => "SAME_PERSON",
    IssueError::RungTooLow { .. } => "RUNG_TOO_LOW",
    IssueError::NotAnAgent => "NOT_AN_AGENT",
    IssueError::NoFollowUpOwed => "NO_FOLLOW_UP_OWED",
    IssueError::NobodyToCall => "NOBODY_TO_CALL",
    IssueError::NothingToUndo => "NOTHING_TO_UNDO",
    IssueError::ReopenWindowPassed { .. } => "REOPEN_WINDOW_PASSED",
    IssueError::Concluded => "CONCLUDED",
    IssueError::NotUpwards => "NOT_UPWARDS",
    IssueError::NothingAbove => "NOTHING_ABOVE",
    IssueError::ReferredBefore => "REFERRED_BEFORE",
    IssueError::NotReferred => "NOT_REFERRED",
    IssueError::SentDownBefore => "SENT_DOWN_BEFORE",
    IssueError::HoldsAlready => "HOLDS_ALREADY",
    IssueError::NotHeldThere => "NOT_HELD_THERE",
    IssueError::ObjectedBefore => "OBJECTED_BEFORE",
    IssueError::NoObjection => "NO_OBJECTION",
    IssueError::RulingOwed => "RULING_OWED",
    IssueError::RuledToObjector => "RULED_TO_OBJECTOR",
    IssueError::SummonedBefore => "SUMMONED_BEFORE",
    IssueError::UnknownSupport(..) => "UNKNOWN_SUPPORT",
    IssueError::JoinedBefore => "JOINED_BEFORE",
    IssueError::SupportDone => "SUPPORT_DONE",
    IssueError::SupportOpen => "SUPPORT_OPEN",
    IssueError::HeldAlready => "HELD_ALREADY",
    IssueError::NotHeld => "NOT_HELD",
    IssueError::HoldNotAllowed => "HOLD_NOT_ALLOWED",
    IssueError::HoldTooLong { .. } => "HOLD_TOO_LONG",
    IssueError::WishWithoutDate => "WISH_WITHOUT_DATE",
    IssueError::PausesUsed { .. } => "PAUSES_USED",
    IssueError::NotDeferred => "NOT_DEFERRED",
    IssueError::ProposalUnfit => "PROPOSAL_UNFIT",
    IssueError::ProposedBefore => "PROPOSED_BEFORE",
    IssueError::NoSuchProposal(..) => "NO_SUCH_PROPOSAL",
    IssueError::NoCompetentBody => "NO_COMPETENT_BODY",
    IssueError::TooFewReopens { .. } => "TOO_FEW_REOPENS",
    IssueError::SharedMatter => "SHARED_MATTER",
    IssueError::MergeIntoItself => "MERGE_INTO_ITSELF",
    IssueError::LeadNotOpen => "LEAD_NOT_OPEN",
    IssueError::ReportedDone => "REPORTED_DONE",
    IssueError::OtherTrack => "OTHER_TRACK",
    IssueError::ConfidentialStaysAlone => "CONFIDENTIAL_STAYS_ALONE",
    IssueError::NotConfirmed => "WITHDRAWAL_NOT_CONFIRMED",
    IssueError::Merged { .. } => "MERGED",
    IssueError::NotMerged => "NOT_MERGED",
    IssueError::ExcludedBefore => "EXCLUDED_BEFORE",
    IssueError::NotExcluded => "NOT_EXCLUDED",
    IssueError::DisputedBefore => "DISPUTED_BEFORE",
    IssueError::NobodyNamed => "NOBODY_NAMED",
    IssueError::UnitNotAccused => "UNIT_NOT_ACCUSED",
    IssueError::NobodyAccused => "NOBODY_ACCUSED",
    IssueError::AccusationTrack => "ACCUSATION_TRACK",
    IssueError::NoDisciplineBody => "NO_DISCIPLINE_BODY",
    IssueError::ConfidentialOwnVillage => "CONFIDENTIAL_OWN_VILLAGE",
    IssueError::NotTheSupervisor => "NOT_THE_SUPERVISOR",
    IssueError::NoSuchSupervision(..) => "NO_SUCH_SUPERVISION",
    IssueError::NotADigest => "NOT_A_DIGEST",
    IssueError::TooMany => "TOO_MANY",
}
zh {
    IssueError::Unknown => "没有这件事项".into(),
    IssueError::IllegalInStage { stage, verb } => format!("事项处于“{}”,不能“{}”", stage.zh(), verb.zh()),
    IssueError::PolicyMissing => "该事项所适用的规则未发布,或没有适用的条款".into(),
    IssueError::NoCandidate => "该单位及上级都没有可以承办的岗位,请先设置值班表".into(),
    IssueError::HolderRecused => "所指定的岗位应当回避".into(),
    IssueError::HolderReturns => "承办岗位不得自行转派:应提出派单异议或上报".into(),
    IssueError::ActorRecused => "应当回避的人员不得处理该事项".into(),
    IssueError::FollowUpOwed => "有投诉待回访,回访后方可合并或撤销合并".into(),
    IssueError::OtherCompetence => "两件事项的主管单位不同,不能并入;类别有误的请先改类".into(),
    IssueError::RecusalStaysAlone => "有人员或单位应当回避的事项不得并入,也不得被并入".into(),
    IssueError::ProactiveLeads => "主动发现的事项不并入其他事项,请把群众反映的事项并入本事项".into(),
    IssueError::InformOwed => "应先把变更告知群众,再合并".into(),
    IssueError::WordByReceipt => "匿名反映人的意见只能凭受理回执码提出,工作人员不能代录".into(),
    IssueError::CameBefore { began_at } => format!("到场时间不能早于本轮办理开始的 {began_at}"),
    IssueError::NoReport => "还没有督办报告(或退回后未再报告),不能办结督办".into(),
    IssueError::HolderOffLadder => "该岗位所在单位不是主管单位,也不是其上级或部门;部门事项不得下压到村".into(),
    IssueError::NotTheHolder => "只有承办岗位(或本单位代录人员)可以这样做".into(),
    IssueError::VisitOwed => "该事项必须上门:请先登记已到场并见到群众".into(),
    IssueError::AbsentWithoutNote => "上门无人时应留下说明(note)".into(),
    IssueError::UnknownReporter { asked, known } => format!("该事项有 {known} 位反映人,没有第 {asked} 位(从 0 起)"),
    IssueError::AlreadyNotified => "已告知过该反映人".into(),
    IssueError::ChannelUnfit => "不能用这种方式告知该反映人".into(),
    IssueError::NothingToTell => "目前没有需要专项告知的事由".into(),
    IssueError::HandlerRates => "承办人不能评价自己办理的事项".into(),
    IssueError::OthersWord => "只能代表本人评价和确认".into(),
    IssueError::HandlerConfirms => "承办人不能确认自己的到场,应由群众一方确认".into(),
    IssueError::HandlerFollowsUp => "承办人及承办单位不能回访".into(),
    IssueError::HandlerRules => "承办人及承办单位不能裁定异议".into(),
    IssueError::HandlerDecides => "应由未参与办理、也不因此获益的人员决定".into(),
    IssueError::HandlerWishes => "群众的意愿不能由承办人代录".into(),
    IssueError::JudgeHandles => "裁定过或回访过该事项的人员不能再承办".into(),
    IssueError::SamePerson => "需要第二人决定:提请人不能自己批准".into(),
    IssueError::RungTooLow { needed } => format!("应由{}级或以上人员进行", needed.zh()),
    IssueError::NotAnAgent => "回访应由工作人员或回访员进行".into(),
    IssueError::NoFollowUpOwed => "该事项目前不需要回访".into(),
    IssueError::NobodyToCall => "匿名反映人无法回访".into(),
    IssueError::NothingToUndo => "没有因误按而重办的记录,或群众并未表示满意".into(),
    IssueError::ReopenWindowPassed { ended_at } => format!("重办期限已于 {ended_at} 届满,请作为新事项登记"),
    IssueError::Concluded => "该事项已终结;有新的事实请作为新事项登记".into(),
    IssueError::NotUpwards => "事项已在该级或更高一级".into(),
    IssueError::NothingAbove => "县级以上没有可上报的层级".into(),
    IssueError::ReferredBefore => "已上报,正等待上级答复".into(),
    IssueError::NotReferred => "没有待处理的上报".into(),
    IssueError::SentDownBefore => "已退回过一次,上级应当提级办理".into(),
    IssueError::HoldsAlready => "该岗位已在承办".into(),
    IssueError::NotHeldThere => "该岗位没有承办这件事项".into(),
    IssueError::ObjectedBefore => "派单异议只能提出一次;经裁定的单位不得再退单".into(),
    IssueError::NoObjection => "没有待裁定的异议".into(),
    IssueError::RulingOwed => "有异议待裁定,请先裁定".into(),
    IssueError::RuledToObjector => "异议成立时应改派其他岗位".into(),
    IssueError::SummonedBefore => "该岗位已在参与办理".into(),
    IssueError::UnknownSupport(number) => format!("没有编号为 {number} 的协办"),
    IssueError::JoinedBefore => "该单位已报到".into(),
    IssueError::SupportDone => "该协办已完成".into(),
    IssueError::SupportOpen => "协办尚未完成;如需办结请说明理由(over_support)".into(),
    IssueError::HeldAlready => "事项已在暂停、待答复或挂账中".into(),
    IssueError::NotHeld => "事项没有暂停".into(),
    IssueError::HoldNotAllowed => "适用的规则不允许这样做".into(),
    IssueError::HoldTooLong { latest } => format!("应在现在之后、{latest} 之前结束"),
    IssueError::WishWithoutDate => "群众的意愿应写明日期".into(),
    IssueError::PausesUsed { allowed } => format!("本轮可用的 {allowed} 次暂停和询问已用完"),
    IssueError::NotDeferred => "该事项没有挂账".into(),
    IssueError::ProposalUnfit => "此处不能这样提请,或不应由您提请".into(),
    IssueError::ProposedBefore => "同类提请正等待审批".into(),
    IssueError::NoSuchProposal(number) => format!("没有编号为 {number} 的待审批事项"),
    IssueError::NoCompetentBody => "应写明有权处理的单位(competent_body)".into(),
    IssueError::TooFewReopens { needed, seen } => format!("重办 {needed} 次后方可终结,目前 {seen} 次"),
    IssueError::SharedMatter => "还有其他人反映同一事项,不能由一人撤回".into(),
    IssueError::MergeIntoItself => "不能并入自身".into(),
    IssueError::LeadNotOpen => "只能并入仍在办理、未被合并、未暂停的事项".into(),
    IssueError::ReportedDone => "该事项已报办结，来电所反映的请登记为新事项".into(),
    IssueError::OtherTrack => "不同办理渠道的事项不能合并,他人来电也不能并入,请登记为新事项".into(),
    IssueError::ConfidentialStaysAlone => "保密反映的事项不得合并,也不得并入,他人来电请登记为新事项".into(),
    IssueError::NotConfirmed => "请写明群众一方如何确认撤回(confirmation)".into(),
    IssueError::Merged { into } => format!("该事项已并入 {into}"),
    IssueError::NotMerged => "该事项没有被合并".into(),
    IssueError::ExcludedBefore => "该事项已剔除".into(),
    IssueError::NotExcluded => "该事项没有被剔除".into(),
    IssueError::DisputedBefore => "本轮评价已提出过异议".into(),
    IssueError::NobodyNamed => "应指明岗位、人员或单位".into(),
    IssueError::UnitNotAccused => "整个单位只有在被反映时、由其他单位的人员指明回避".into(),
    IssueError::NobodyAccused => "检举控告应指明被反映人".into(),
    IssueError::AccusationTrack => "检举控告干部应按检举控告登记(register-accusation),直送有权机关".into(),
    IssueError::NoDisciplineBody => "规则没有指定受理该级别检举控告的机构".into(),
    IssueError::ConfidentialOwnVillage => "保密反映人的事项不得由本村承办".into(),
    IssueError::NotTheSupervisor => "只有督办单位可以审定".into(),
    IssueError::NoSuchSupervision(number) => format!("没有编号为 {number} 的督办"),
    IssueError::NotADigest => "应为 64 位十六进制的 SHA-256".into(),
    IssueError::TooMany => "该事项的协办、审批和督办过多".into(),
}
}
