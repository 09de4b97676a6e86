//! Orders to the record of privacy of a file.

use uuid::Uuid;

use super::event::{Ask, Field, File, Purpose};
use crate::shared::given::Given;
use crate::shared::ids::CallId;
use crate::shared::moment::Moment;
use crate::shared::sealed::Sealed;

#[derive(Clone, Debug)]
pub struct PrivacyCommand {
    pub given: Given,
    pub verb: PrivacyVerb,
}

#[derive(Clone, Debug)]
pub enum PrivacyVerb {
    Look(Look),
    Search(Search),
    Ask(AskFor),
    Approve(Approve),
    Reject(Reject),
    Freeze(Freeze),
    Hold(Hold),
}

#[derive(Clone, Debug)]
pub struct Look {
    pub file: File,
    pub reporter: usize,
    pub fields: Vec<Field>,
    pub purpose: Purpose,
    /// Whoever does not work on the file, and whoever would learn of a confidential reporter, needs a pass.
    pub guarded: bool,
}

#[derive(Clone, Debug)]
pub struct Search {
    pub purpose: Purpose,
}

/// What the record of privacy must know of the file itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileState {
    /// Somebody works on the file still, or on one that it is a part of.
    pub is_open: bool,
    /// A file that it is a part of, or that is a part of it, is held.
    pub is_held: bool,
    /// Until when the policy that it ended under keeps it; nothing when none said.
    pub kept_until: Option<Moment>,
}

#[derive(Clone, Debug)]
pub struct AskFor {
    pub file: File,
    pub ask: Ask,
    pub reason: Sealed,
    pub state: FileState,
}

#[derive(Clone, Debug)]
pub struct Approve {
    pub file: File,
    pub number: u32,
    /// Every key the request is about, as the vault and the file's events name them.
    pub key_ids: Vec<Uuid>,
    /// Calls that are forgotten with the file.
    pub calls: Vec<CallId>,
    pub state: FileState,
}

#[derive(Clone, Debug)]
pub struct Reject {
    pub file: File,
    pub number: u32,
}

#[derive(Clone, Debug)]
pub struct Freeze {
    pub file: File,
    pub key_ids: Vec<Uuid>,
    pub reason: Sealed,
}

#[derive(Clone, Debug)]
pub struct Hold {
    pub file: File,
    pub reason: Sealed,
}
