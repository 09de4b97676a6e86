//! LOOP rule by rule: each test is named by its rule, says what must happen, and what must be refused.

#![expect(clippy::unwrap_used, reason = "what a test calls may stop it")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks for the events it names")]

mod accusations;
mod beside;
mod calls;
mod carried;
mod clocks;
mod desk;
mod endings;
mod escalation;
mod households;
mod issues;
mod merges;
mod moved;
mod newcomers;
mod people;
mod policies;
mod upward;
mod verdicts;
