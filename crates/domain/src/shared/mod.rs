//! What every context may use: ids, time, periods, the calendar, terms, ladders, clocks, sealed text.

pub mod actor;
pub mod book;
pub mod calendar;
pub mod clock;
pub mod given;
pub mod ids;
pub mod ladder;
pub mod matter;
pub mod moment;
pub mod period;
pub mod retention;
pub mod role;
pub mod sealed;
pub mod stored;
pub mod terms;
pub mod verdict;

#[cfg(test)]
mod tests;
