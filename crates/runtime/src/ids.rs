//! The one source of ids: random in service, seeded in simulations so that two runs are equal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use uuid::{Builder, Uuid};

use crate::clock::Clock;

#[derive(Clone, Debug)]
pub struct Ids {
    clock: Clock,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Random,
    Seeded { seed: u64, count: Arc<AtomicU64> },
}

impl Ids {
    #[must_use]
    pub fn random(clock: Clock) -> Self {
        Self { clock, source: Source::Random }
    }

    #[must_use]
    pub fn seeded(clock: Clock, seed: u64) -> Self {
        Self { clock, source: Source::Seeded { seed, count: Arc::new(AtomicU64::new(0)) } }
    }

    /// A uuid v7: sorts by time of creation.
    #[must_use]
    pub fn uuid7(&self) -> Uuid {
        let ms = u64::try_from(self.clock.now_us() / 1_000).unwrap_or(0);
        let mut tail = [0; 10];
        tail.copy_from_slice(&self.bytes::<16>()[..10]);
        Builder::from_unix_timestamp_millis(ms, &tail).into_uuid()
    }

    /// A uuid v4: says nothing of its time, for anonymous and confidential matters.
    #[must_use]
    pub fn uuid4(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// Fresh random bytes. A seeded source yields the same ones in the same order; it is for
    /// simulations alone and never makes a key.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.source {
            Source::Random => fill_random(&mut bytes),
            Source::Seeded { seed, count } => {
                let mut state = seed ^ count.fetch_add(1, Ordering::SeqCst).wrapping_mul(GOLDEN);
                for chunk in bytes.chunks_mut(8) {
                    state = split_mix(state);
                    chunk.copy_from_slice(&state.to_le_bytes()[..chunk.len()]);
                }
            }
        }
        bytes
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): its increment and its mixing.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn split_mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Between half of `longest` and the whole of it: those who failed together do not meet again.
#[must_use]
pub fn jittered(longest: Duration) -> Duration {
    let mut chance = [0];
    fill_random(&mut chance);
    longest.mul_f64(0.5 + f64::from(chance[0]) / 510.0)
}

/// Random bytes from the operating system. Without them nothing may go on.
pub fn fill_random(bytes: &mut [u8]) {
    if getrandom::fill(bytes).is_err() {
        tracing::error!("the operating system gives no random bytes; stopping");
        std::process::abort();
    }
}
