//! The read side: one file per read model with its tables, its `apply` and its questions. Stores
//! ciphertext and opens nothing; time comes from events; every question takes a [`Viewer`].

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a read model keeps the few events it shows; a new one shows nothing until told to"
)]

pub mod area;
pub mod board;
pub mod call_log;
pub mod coverage;
pub mod dashboard;
pub mod database;
pub mod docs;
pub mod due;
pub mod fact;
pub mod figures;
pub mod issue_detail;
pub mod issue_row;
pub mod measure;
pub mod measure_calls;
pub mod model;
pub mod month_report;
pub mod org_tree;
pub mod principals;
pub mod privacy;
pub mod projection;
pub mod rebuild;
mod repeats;
pub mod retention;
pub mod seen;
pub mod services;
pub mod store;
pub mod tenure;
pub mod viewer;
pub mod worklist;

#[cfg(test)]
mod tests;

pub use model::{Model, Tables, ViewError};
pub use store::Views;
pub use viewer::Viewer;
