//! The rules of the loop: pure functions from state and command to events or a refusal; no I/O, no clock, no async runtime.
//!
//! Each context has the same files: `mod.rs` (state and `evolve`), `command.rs`, `event.rs`, one file
//! per verb group, `codec.rs` (stored type names), `error.rs`, `aggregate.rs` (the only file that
//! names `cqrs_es`), `tests.rs`, and `lifecycle.rs` where there is a lifecycle. A context imports
//! `shared` only; contexts meet in `worker/reactions`.

pub mod access;
pub mod call;
pub mod issue;
pub mod org;
pub mod policy;
pub mod privacy;
pub mod report;
pub mod shared;
