//! What a policy document says: clocks, ladders, follow-ups, and which matters they apply to.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

pub use super::book::{PolicyBook, Wartime};
use super::clock::ClockKind;
use super::ladder::Rung;
use super::matter::{Matter, Nature, ProcedureKind, Track, Urgency};
use super::moment::Moment;
use super::period::Period;
use super::retention::{KeepFor, Retention, RetentionClass};

/// Names one immutable document; frozen into a call or issue at its first press or filing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PolicyRef {
    pub id: String,
    pub version: u32,
    /// SHA-256 of the document's text, hex.
    pub hash: String,
}

/// `Backtest` documents may leave clocks out; they are refused for live use (LOOP K1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Usage {
    #[default]
    Live,
    Backtest,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    pub id: String,
    pub version: u32,
    pub title: String,
    #[serde(default, rename = "use")]
    pub usage: Usage,
    /// Id of the working-day calendar.
    pub calendar: String,
    /// Where business has hours: when a period's last day ends. Absent: at 24:00.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing_time: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallTerms>,
    /// 派单目录: which unit is competent for a category; first match wins. Absent: the ladder of the
    /// place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub catalogue: Vec<Competence>,
    /// Which body receives accusations of officials of a rank (LOOP A1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discipline: Vec<DisciplineBody>,
    /// Category prefixes of accusations (检举控告): a live policy takes them on the supervision track only,
    /// never as an ordinary matter of the accused's own village (LOOP A1).
    #[serde(default = "accusations", skip_serializing_if = "are_accusations")]
    pub accusations: Vec<String>,
    /// First match wins; the last one should match everything.
    pub matters: Vec<MatterTerms>,
    /// 保存期限: first match wins, and the last one matches everything. Absent: nothing is over by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retention: Vec<RetentionClass>,
}

fn accusations() -> Vec<String> {
    vec!["检举控告".into(), "纪检监察".into()]
}

fn are_accusations(named: &Vec<String>) -> bool {
    *named == accusations()
}

/// A line of the catalogue. Department matters are never pushed down to a village (国办函〔2025〕66号).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Competence {
    /// Category prefix.
    pub category: String,
    /// Code of the competent unit.
    pub unit: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisciplineBody {
    /// Rank of the accused.
    pub rank: Rung,
    /// Code of the receiving unit.
    pub unit: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallTerms {
    /// How long one post is rung before the next on the roster.
    pub ring: Period,
    /// A missed call is called back within this, or becomes an issue that must be visited.
    pub return_call: Period,
    /// After the answer, until a disposition is recorded.
    pub disposition: Period,
    /// How often a disposition still missing climbs again.
    pub repeat: Period,
    /// How long after a call a thumb may still be pressed for it.
    pub thumb_window: Period,
    /// Of calls answered at once and of mis-presses, how many the level above asks about (LOOP C2).
    #[serde(default)]
    pub sample_percent: u8,
    /// Of thumb-ups pressed in the answerer's presence, how many somebody independent asks about (LOOP C6).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub in_presence_percent: u8,
    /// Until somebody outside called back, and until a missing call-back climbs; absent: `repeat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<Period>,
    /// Call-backs in vain before a call's follow-up ends as unreached (LOOP E1).
    #[serde(default = "three")]
    pub follow_up_attempts: u8,
    /// How long a call that led to nothing is kept. Absent: it is over by no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<KeepFor>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
const fn is_zero(percent: &u8) -> bool {
    *percent == 0
}

const fn three() -> u8 {
    3
}

/// Peacetime, or wartime (平战结合).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    Peace,
    Wartime,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub track: Vec<Track>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nature: Vec<Nature>,
    /// Category prefixes, as `城乡建设`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urgency: Vec<Urgency>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedure: Vec<ProcedureKind>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mode: Vec<Mode>,
}

impl Match {
    fn fits(&self, matter: &Matter, mode: Mode) -> bool {
        fn any<T: PartialEq>(wanted: &[T], value: &T) -> bool {
            wanted.is_empty() || wanted.contains(value)
        }
        any(&self.track, &matter.track)
            && any(&self.nature, &matter.nature)
            && any(&self.urgency, &matter.urgency)
            && any(&self.procedure, &matter.procedure.kind)
            && any(&self.mode, &mode)
            && (self.category.is_empty()
                || self.category.iter().any(|prefix| matter.category.starts_with(prefix.as_str())))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatterTerms {
    pub name: String,
    #[serde(default, rename = "match")]
    pub applies_to: Match,
    #[serde(default)]
    pub must_visit: bool,
    /// Dispatch at registration to the first candidate on this rung or above; absent: by a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch_to: Option<Rung>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrive: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<FollowUpTerms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_contact: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inform: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Period>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervision: Option<Period>,
    /// The longest pause a holder may take; absent: `repeat`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause_max: Option<Period>,
    /// Pauses and questions a holder may use before the next needs a new round.
    #[serde(default = "three")]
    pub pauses: u8,
    /// The latest review of a deferral; absent: ten times `repeat` is not assumed, none is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_max: Option<Period>,
    /// Arrivals that are not urgent are due inside these hours: what falls due at night moves to the
    /// next duty window (LOOP C5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty_hours: Option<DutyHours>,
    /// Reopens before the county may conclude (LOOP V2).
    #[serde(default = "three")]
    pub conclude_after: u8,
    /// Of verdicts given with the handler present, how many somebody independent asks about (LOOP C6).
    #[serde(default)]
    pub in_presence_percent: u8,
    /// The total clock is laid down by law and replaces a running one (LOOP K2).
    #[serde(default)]
    pub statutory: bool,
    /// How often any clock but the total one climbs again after it expired; also the period of any
    /// clock this policy does not name, so that none is ever missing (LOOP K1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Period>,
    /// How long after closing the resident may reopen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopen_window: Option<Period>,
    pub total: TotalTerms,
    #[serde(default)]
    pub closing: Closing,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpTerms {
    /// Between two attempts, and until a missing attempt climbs.
    pub every: Period,
    /// LOOP E1: default ≥ 3 attempts …
    pub attempts: u8,
    /// … over at least this many different days.
    pub days: u8,
}

/// When non-urgent visits are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyHours {
    pub from: Time,
    pub to: Time,
}

/// Whether a file closes by notice and verdict, or (back-tests only) on the reply itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    #[default]
    Verdict,
    OnCompletion,
}

/// The clock of the whole matter, from the press to the closed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalTerms {
    pub period: Period,
    /// In rising order of percent.
    pub ladder: Vec<LadderStep>,
    /// The top rung is reminded at this interval until the file closes (LOOP K1).
    pub repeat: Period,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LadderStep {
    pub at_percent: u16,
    pub to: Rung,
}

impl PolicyDocument {
    /// The terms for this matter and their name.
    #[must_use]
    pub fn terms_for(&self, matter: &Matter, mode: Mode) -> Option<&MatterTerms> {
        self.matters.iter().find(|terms| terms.applies_to.fits(matter, mode))
    }

    /// Whether an ordinary matter of this category is an accusation in truth. What came by an emergency
    /// alert is never refused.
    #[must_use]
    pub fn takes_for_accusation(&self, matter: &Matter) -> bool {
        let ordinary = matter.track != Track::Supervision && !matter.emergency;
        let accuses = || self.accusations.iter().any(|prefix| matter.category.starts_with(prefix));
        self.usage == Usage::Live && ordinary && accuses()
    }

    /// Code of the unit that is competent for this matter; `None`: the ladder of its place, as for every
    /// emergency: the village's duty to come runs beside whoever else is called (LOOP C5).
    #[must_use]
    pub fn competent_for(&self, matter: &Matter, accused: Option<Rung>) -> Option<&str> {
        if matter.emergency && matter.track != Track::Supervision {
            return None;
        }
        if matter.track == Track::Supervision {
            // A body for the rank, or for the next rank above it that has one.
            let rank = accused.unwrap_or(Rung::County);
            let mut bodies = self.discipline.iter().filter(|body| body.rank >= rank);
            return bodies.next().map(|body| body.unit.as_str());
        }
        let mut lines = self.catalogue.iter();
        lines
            .find(|line| matter.category.starts_with(&line.category))
            .map(|line| line.unit.as_str())
    }

    /// How long a matter that ended at `at` is kept.
    #[must_use]
    pub fn retained(&self, matter: &Matter, at: Moment) -> Option<Retention> {
        let fits = |class: &&RetentionClass| class.applies_to.fits(matter, Mode::Peace);
        let class = self.retention.iter().find(fits)?;
        Some(Retention { class: class.name.clone(), until: class.keep.ends(at) })
    }

    #[must_use]
    pub fn terms_named(&self, name: &str) -> Option<&MatterTerms> {
        self.matters.iter().find(|terms| terms.name == name)
    }
}

impl MatterTerms {
    /// The period of a clock of the work itself; `None` for the total clock and for call clocks.
    #[must_use]
    pub fn period(&self, clock: ClockKind) -> Option<Period> {
        match clock {
            ClockKind::Dispatch => self.dispatch,
            ClockKind::Accept => self.accept,
            ClockKind::FirstContact => self.first_contact,
            ClockKind::Arrive => self.arrive,
            ClockKind::Resolve => self.resolve,
            ClockKind::Notice => self.notice,
            ClockKind::Verdict => self.verdict,
            ClockKind::FollowUp => self.follow_up.as_ref().map(|terms| terms.every),
            ClockKind::Ruling => self.ruling.or(self.repeat),
            ClockKind::Join => self.join.or(self.repeat),
            ClockKind::Support => self.support.or(self.resolve).or(self.repeat),
            ClockKind::Referral => self.referral.or(self.repeat),
            ClockKind::Approval => self.approval.or(self.repeat),
            ClockKind::Inform => self.inform.or(self.notice).or(self.repeat),
            ClockKind::Question => self.question.or(self.repeat),
            ClockKind::Supervision => self.supervision.or(self.repeat),
            ClockKind::Pause => self.pause_max.or(self.repeat),
            ClockKind::Review => self.review_max,
            ClockKind::Answer
            | ClockKind::ReturnCall
            | ClockKind::Disposition
            | ClockKind::Total => None,
        }
    }
}
