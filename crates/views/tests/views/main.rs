//! The views over histories that the product's own rules made: rebuilt equal, applied twice, parked,
//! fenced, scoped.

#![expect(clippy::unwrap_used, reason = "what a test calls may stop it")]

mod calls;
mod due;
mod fencing;
mod history;
mod honesty;
mod models;
mod org;
mod poison;
mod postgres;
mod recusal;
mod scope;
