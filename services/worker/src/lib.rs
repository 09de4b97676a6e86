//! The roles that work by themselves: projector (log → views), escalator (timers → commands) and
//! reactions (event in → command out).

pub mod escalator;
pub mod firing;
mod lapse;
pub mod projector;
pub mod reactions;

pub use escalator::Escalator;
pub use projector::Projector;
pub use reactions::Reactions;
