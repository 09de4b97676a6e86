//! Clocks with generations: what is promised, until when, and whether an expiry is still the current one.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::moment::Moment;
use super::period::{Counting, Derivation, Due, Period};

/// The promises of the loop (LOOP K1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    Answer,
    ReturnCall,
    Disposition,
    Dispatch,
    /// The dispatcher rules on an objection (派单异议).
    Ruling,
    Accept,
    FirstContact,
    Arrive,
    /// A summoned unit reports in (报到).
    Join,
    /// A summoned unit does its part.
    Support,
    Resolve,
    /// The upper level takes what was referred up, or sends it down.
    Referral,
    /// A second person decides; silence is no.
    Approval,
    /// A pause ends by itself.
    Pause,
    /// A question to the resident times out.
    Question,
    /// A deferred issue (挂账) is reviewed.
    Review,
    Notice,
    /// The resident is told of something other than a result.
    Inform,
    Verdict,
    FollowUp,
    /// A supervised unit (督办) owes its report.
    Supervision,
    Total,
}

impl ClockKind {
    pub const ALL: [Self; 22] = [
        Self::Answer,
        Self::ReturnCall,
        Self::Disposition,
        Self::Dispatch,
        Self::Ruling,
        Self::Accept,
        Self::FirstContact,
        Self::Arrive,
        Self::Join,
        Self::Support,
        Self::Resolve,
        Self::Referral,
        Self::Approval,
        Self::Pause,
        Self::Question,
        Self::Review,
        Self::Notice,
        Self::Inform,
        Self::Verdict,
        Self::FollowUp,
        Self::Supervision,
        Self::Total,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::ReturnCall => "return_call",
            Self::Disposition => "disposition",
            Self::Dispatch => "dispatch",
            Self::Ruling => "ruling",
            Self::Accept => "accept",
            Self::FirstContact => "first_contact",
            Self::Arrive => "arrive",
            Self::Join => "join",
            Self::Support => "support",
            Self::Resolve => "resolve",
            Self::Referral => "referral",
            Self::Approval => "approval",
            Self::Pause => "pause",
            Self::Question => "question",
            Self::Review => "review",
            Self::Notice => "notice",
            Self::Inform => "inform",
            Self::Verdict => "verdict",
            Self::FollowUp => "follow_up",
            Self::Supervision => "supervision",
            Self::Total => "total",
        }
    }

    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Answer => "接听",
            Self::ReturnCall => "回拨",
            Self::Disposition => "登记处置",
            Self::Dispatch => "派单",
            Self::Ruling => "异议裁定",
            Self::Accept => "接单",
            Self::FirstContact => "首次联系",
            Self::Arrive => "到场",
            Self::Join => "报到",
            Self::Support => "协办",
            Self::Resolve => "办理",
            Self::Referral => "上报答复",
            Self::Approval => "审批",
            Self::Pause => "暂停",
            Self::Question => "等待群众答复",
            Self::Review => "挂账复核",
            Self::Notice => "告知",
            Self::Inform => "专项告知",
            Self::Verdict => "评价",
            Self::FollowUp => "回访",
            Self::Supervision => "督办",
            Self::Total => "总时限",
        }
    }

    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for ClockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Fact: a promise was made. Each start of the same clock is a new generation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStarted {
    pub clock: ClockKind,
    /// Counts the starts of this kind of clock, whichever line it runs on.
    pub generation: u32,
    pub due_at: Moment,
    /// Which step of a ladder of percentages this is; 0 for clocks without one.
    pub step: u8,
    /// 0 for the issue and its lead; supports, proposals and supervisions run on lines of their own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub line: u16,
    pub derivation: Derivation,
}

fn is_zero(line: &u16) -> bool {
    *line == 0
}

/// Fact: a promise was kept, or fell away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockStopped {
    pub clock: ClockKind,
    pub generation: u32,
    pub reason: StopReason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// What was promised was done.
    Kept,
    /// Another clock took its place.
    Superseded,
    /// It rests while the issue is held, and goes on with what was left of it.
    Held,
    /// The file closed.
    Closed,
}

/// Fact: a promise was broken. Appended exactly once per generation, never early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockExpired {
    pub clock: ClockKind,
    pub generation: u32,
    pub due_at: Moment,
    pub fired_at: Moment,
    /// A step of the total clock before its end: it raises a rung, and no promise is broken yet (LOOP M3).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub warns: bool,
}

/// Fact: a provisional deadline (暂定) was counted again, now that its year's calendar is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRecounted {
    pub clock: ClockKind,
    pub generation: u32,
    pub due_at: Moment,
    pub derivation: Derivation,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    pub generation: u32,
    pub due_at: Moment,
    pub step: u8,
    pub line: u16,
    pub derivation: Derivation,
}

/// All clocks of one call or issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// In the order they were started.
    running: Vec<(ClockKind, Running)>,
    last_generation: BTreeMap<ClockKind, u32>,
}

impl Clocks {
    pub fn started(&mut self, fact: &ClockStarted) {
        self.last_generation.insert(fact.clock, fact.generation);
        // A clock has one generation running on each line.
        self.running.retain(|(kind, known)| *kind != fact.clock || known.line != fact.line);
        self.running.push((
            fact.clock,
            Running {
                generation: fact.generation,
                due_at: fact.due_at,
                step: fact.step,
                line: fact.line,
                derivation: fact.derivation.clone(),
            },
        ));
    }

    pub fn ended(&mut self, clock: ClockKind, generation: u32) {
        self.running.retain(|(kind, known)| *kind != clock || known.generation != generation);
    }

    pub fn recounted(&mut self, fact: &ClockRecounted) {
        for (kind, running) in &mut self.running {
            if *kind == fact.clock && running.generation == fact.generation {
                running.due_at = fact.due_at;
                running.derivation = fact.derivation.clone();
            }
        }
    }

    /// The clock of this kind on the issue's own line.
    #[must_use]
    pub fn running(&self, clock: ClockKind) -> Option<&Running> {
        self.running_on(clock, 0)
    }

    #[must_use]
    pub fn running_on(&self, clock: ClockKind, line: u16) -> Option<&Running> {
        let mut all = self.running.iter();
        all.find(|(kind, known)| *kind == clock && known.line == line).map(|(_, known)| known)
    }

    #[must_use]
    pub fn all_running(&self) -> Vec<(ClockKind, Running)> {
        self.running.clone()
    }

    /// Which clocks run, in the order they were started.
    #[must_use]
    pub fn kinds(&self) -> Vec<ClockKind> {
        self.running.iter().map(|(kind, _)| *kind).collect()
    }

    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// The clock that was due first, of those due at `now` among `kinds`, and its generation.
    #[must_use]
    pub fn due_first(&self, now: Moment, kinds: &[ClockKind]) -> Option<(ClockKind, u32)> {
        let due = self
            .running
            .iter()
            .filter(|(kind, running)| kinds.contains(kind) && running.due_at <= now);
        let first = due.min_by_key(|(kind, running)| (running.due_at, *kind, running.generation));
        first.map(|(kind, running)| (*kind, running.generation))
    }

    /// The expiry, if this very generation is running and its time has come; `None` for a repeated,
    /// obsolete or early timer, which adds nothing.
    #[must_use]
    pub fn expiry(&self, clock: ClockKind, generation: u32, now: Moment) -> Option<ClockExpired> {
        let due_at = self.generation(clock, generation)?.due_at;
        let fired_at = now;
        (due_at <= now).then_some(ClockExpired {
            clock,
            generation,
            due_at,
            fired_at,
            warns: false,
        })
    }

    /// This very generation, when it runs.
    #[must_use]
    pub fn generation(&self, clock: ClockKind, generation: u32) -> Option<&Running> {
        let mut all = self.running.iter();
        all.find(|(kind, known)| *kind == clock && known.generation == generation)
            .map(|(_, known)| known)
    }

    /// The fact that `clock` starts on `line` until `due`.
    #[must_use]
    pub fn start_on(&self, clock: ClockKind, line: u16, due: Due, step: u8) -> ClockStarted {
        let generation = self.last_generation.get(&clock).copied().unwrap_or(0) + 1;
        ClockStarted { clock, generation, due_at: due.at, step, line, derivation: due.derivation }
    }

    /// As [`Clocks::start_on`], on the issue's own line.
    #[must_use]
    pub fn start(&self, clock: ClockKind, due: Due, step: u8) -> ClockStarted {
        self.start_on(clock, 0, due, step)
    }

    /// As [`Clocks::start`], for a clock that runs once for its whole period from `now`.
    #[must_use]
    pub fn start_whole(
        &self,
        clock: ClockKind,
        counting: &Counting<'_>,
        now: Moment,
        period: Period,
    ) -> ClockStarted {
        self.start(clock, counting.due(now, period, 100), 0)
    }

    #[must_use]
    pub fn stop(&self, clock: ClockKind, reason: StopReason) -> Option<ClockStopped> {
        self.stop_on(clock, 0, reason)
    }

    #[must_use]
    pub fn stop_on(&self, clock: ClockKind, line: u16, reason: StopReason) -> Option<ClockStopped> {
        let running = self.running_on(clock, line)?;
        Some(ClockStopped { clock, generation: running.generation, reason })
    }

    /// Provisional deadlines counted again by a calendar that covers them now.
    #[must_use]
    pub fn recount(&self, counting: &Counting<'_>) -> Vec<ClockRecounted> {
        recount(&self.running, counting)
    }
}

/// As [`Clocks::recount`], of clocks that rest.
#[must_use]
pub fn recount(clocks: &[(ClockKind, Running)], counting: &Counting<'_>) -> Vec<ClockRecounted> {
    let provisional = clocks.iter().filter(|(_, known)| known.derivation.provisional);
    let again = provisional.filter_map(|(clock, known)| {
        let old = &known.derivation;
        let due = counting.due_exactly(old.started_at, old.period, old.percent).ok()?;
        let due = due.held_for(old.held_us);
        Some(ClockRecounted {
            clock: *clock,
            generation: known.generation,
            due_at: due.at,
            derivation: due.derivation,
        })
    });
    again.collect()
}
