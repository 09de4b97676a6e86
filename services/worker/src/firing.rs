//! Whether timers may fire, and when a failing one is tried again. Pure: time comes in.

use uuid::Uuid;
use views::due::Timer;

/// Wall time may move against the monotonic clock by this much before firing stops: an operator
/// who sets the clock by hand moves it further, NTP moves it less.
const JUMP_US: i64 = 30_000_000;
/// A failing timer is tried again after 1 s, 2 s, 4 s … and at the latest after this.
const BACKOFF_MAX_US: i64 = 3_600_000_000;

/// Stops firing when the wall clock jumps while running: a deadline fired by a wrong clock would be
/// wrong history for ever. A gap at start-up is downtime and only alarms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fence {
    offset_us: Option<i64>,
    stopped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fire,
    /// First seen at this look; alarm once.
    StopNow,
    Stopped,
}

impl Fence {
    /// Looks at both clocks, µs.
    pub fn look(&mut self, wall_us: i64, monotonic_us: i64) -> Verdict {
        if self.stopped {
            return Verdict::Stopped;
        }
        let offset = wall_us - monotonic_us;
        let known = *self.offset_us.get_or_insert(offset);
        if (offset - known).abs() > JUMP_US {
            self.stopped = true;
            return Verdict::StopNow;
        }
        // Slow drift (NTP) is followed, so that it does not add up to a jump over months.
        self.offset_us = Some(offset);
        Verdict::Fire
    }
}

/// The command id of a timer: the same on every node and every day.
#[must_use]
pub fn command_id(timer: &Timer) -> Uuid {
    let generation = timer.generation.to_string();
    commands::streams::derived(&[
        "timer",
        &timer.stream.to_string(),
        timer.clock.name(),
        &generation,
    ])
}

/// When a timer that failed `attempts` times is tried again, µs after now.
#[must_use]
pub fn backoff_us(attempts: u32) -> i64 {
    let seconds = 1_i64.checked_shl(attempts.min(20)).unwrap_or(i64::MAX);
    seconds.saturating_mul(500_000).min(BACKOFF_MAX_US)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_jump_while_running_stops_firing_for_good() {
        let mut fence = Fence::default();
        assert_eq!(fence.look(1_000 * SECOND, 0), Verdict::Fire);
        assert_eq!(fence.look(1_060 * SECOND, 60 * SECOND), Verdict::Fire);
        assert_eq!(fence.look(1_060 * SECOND + 3 * 86_400 * SECOND, 61 * SECOND), Verdict::StopNow);
        assert_eq!(fence.look(1_062 * SECOND, 62 * SECOND), Verdict::Stopped);
    }

    #[test]
    fn drift_within_bounds_is_followed() {
        let mut fence = Fence::default();
        for hour in 0..1_000 {
            let (monotonic, drift) = (hour * 3_600 * SECOND, hour * SECOND);
            assert_eq!(fence.look(monotonic + drift, monotonic), Verdict::Fire);
        }
    }

    #[test]
    fn failing_timers_move_out_of_the_way() {
        assert_eq!(backoff_us(1), SECOND);
        assert_eq!(backoff_us(4), 8 * SECOND);
        assert_eq!(backoff_us(u32::MAX), BACKOFF_MAX_US);
    }
}
