//! Keys of the people in the files: one key per (scope, subject, class); seal, open, shred.
//!
//! Whatever identifies a resident is sealed here before it reaches the domain (DESIGN §4). Deleting a
//! key makes everything it sealed unreadable everywhere: in the log, its copies and its backups, while
//! every hash and proof over the ciphertext stays true.
//!
//! Keys are made ahead of need, in durable batches. Handing one out and remembering whose it is
//! happens in memory at once, so that no command waits for this file's disk; the binding is written
//! behind. A crash may lose a binding but never a key: what was sealed still opens by its key id, and
//! a key that may have been handed out is never handed out again.

mod error;
pub mod file;
mod following;
mod keeper;
mod kek;
mod memory;
pub mod numbers;
mod owner;
mod phone;
mod requests;
mod seal;
mod store;
mod vault;
mod voucher;

#[cfg(test)]
mod tests;

pub use error::VaultError;
pub use kek::Kek;
pub use owner::{Class, KEYS_OF_A_FILE, KeyFor, REPORTER, Scope, class_of, subject_of};
pub use phone::PhoneKey;
pub use seal::{Aad, Sealed};
pub use vault::Vault;
