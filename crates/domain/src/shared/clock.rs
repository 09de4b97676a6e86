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
    Accept,
    Arrive,
    Resolve,
    Notice,
    Verdict,
    FollowUp,
    Total,
}

impl ClockKind {
    pub const ALL: [Self; 11] = [
        Self::Answer,
        Self::ReturnCall,
        Self::Disposition,
        Self::Dispatch,
        Self::Accept,
        Self::Arrive,
        Self::Resolve,
        Self::Notice,
        Self::Verdict,
        Self::FollowUp,
        Self::Total,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::ReturnCall => "return_call",
            Self::Disposition => "disposition",
            Self::Dispatch => "dispatch",
            Self::Accept => "accept",
            Self::Arrive => "arrive",
            Self::Resolve => "resolve",
            Self::Notice => "notice",
            Self::Verdict => "verdict",
            Self::FollowUp => "follow_up",
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
            Self::Accept => "接单",
            Self::Arrive => "到场",
            Self::Resolve => "办理",
            Self::Notice => "告知",
            Self::Verdict => "评价",
            Self::FollowUp => "回访",
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
    pub generation: u32,
    pub due_at: Moment,
    /// Which step of a ladder of percentages this is; 0 for clocks without one.
    pub step: u8,
    pub derivation: Derivation,
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    pub generation: u32,
    pub started_at: Moment,
    pub due_at: Moment,
    pub step: u8,
}

/// All clocks of one call or issue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    running: BTreeMap<ClockKind, Running>,
    last_generation: BTreeMap<ClockKind, u32>,
}

impl Clocks {
    pub fn started(&mut self, fact: &ClockStarted) {
        self.last_generation.insert(fact.clock, fact.generation);
        self.running.insert(
            fact.clock,
            Running {
                generation: fact.generation,
                started_at: fact.derivation.started_at,
                due_at: fact.due_at,
                step: fact.step,
            },
        );
    }

    pub fn ended(&mut self, clock: ClockKind) {
        self.running.remove(&clock);
    }

    #[must_use]
    pub fn running(&self, clock: ClockKind) -> Option<Running> {
        self.running.get(&clock).copied()
    }

    #[must_use]
    pub fn all_running(&self) -> Vec<ClockKind> {
        self.running.keys().copied().collect()
    }

    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// The clock that was due first, of those due at `now` among `kinds`.
    #[must_use]
    pub fn due_first(&self, now: Moment, kinds: &[ClockKind]) -> Option<(ClockKind, Running)> {
        let due = self
            .running
            .iter()
            .filter(|(kind, running)| kinds.contains(kind) && running.due_at <= now);
        due.min_by_key(|(_, running)| running.due_at).map(|(kind, running)| (*kind, *running))
    }

    /// The expiry, if this very generation is running and its time has come; `None` for a repeated,
    /// obsolete or early timer, which adds nothing.
    #[must_use]
    pub fn expiry(&self, clock: ClockKind, generation: u32, now: Moment) -> Option<ClockExpired> {
        let running = self.running.get(&clock)?;
        (running.generation == generation && running.due_at <= now).then_some(ClockExpired {
            clock,
            generation,
            due_at: running.due_at,
            fired_at: now,
        })
    }

    /// The fact that `clock` starts at `start` for `percent` of `period`.
    #[must_use]
    pub fn start(&self, clock: ClockKind, due: Due, step: u8) -> ClockStarted {
        let generation = self.last_generation.get(&clock).copied().unwrap_or(0) + 1;
        ClockStarted { clock, generation, due_at: due.at, step, derivation: due.derivation }
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
        let running = self.running.get(&clock)?;
        Some(ClockStopped { clock, generation: running.generation, reason })
    }
}
