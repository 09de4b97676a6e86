//! The roles that work by themselves: relay (log → NATS), projector (log → views), keeper (log → vault),
//! escalator (timers → commands) and reactions (event in → command out).

pub mod escalator;
pub mod firing;
pub mod keeper;
mod lapse;
mod pictures;
pub mod projector;
pub mod public_events;
pub mod reactions;
pub mod relay;

pub use escalator::Escalator;
pub use keeper::Keeper;
pub use pictures::Pictures;
pub use projector::Projector;
pub use reactions::Reactions;
pub use relay::Relay;
