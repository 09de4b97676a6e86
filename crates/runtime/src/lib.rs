//! Configuration, telemetry, clock, ids, progress and shutdown. No business words.

pub mod clock;
pub mod config;
pub mod ids;
pub mod progress;
pub mod shutdown;
pub mod sqlite_url;
pub mod telemetry;

pub use clock::Clock;
pub use ids::Ids;
