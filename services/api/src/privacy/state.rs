//! What must be known of a file before it is erased: whether somebody works on it, whether a part of it is held,
//! and until when it is kept. Everything that was looked at must still be so when the decision is written.
//!
//! An accusation is a file of its own with what it needs in it: what is asked about the call that it was told in,
//! or about the household, is answered as if there were none (LOOP A1). Nor does any answer tell which call led to
//! a confidential matter: no file says that either (LOOP V3).

use domain::call::Call;
use domain::issue::Issue;
use domain::privacy::Privacy;
use domain::privacy::command::FileState;
use domain::privacy::event::File;
use domain::shared::ids::{CallId, IssueId};
use domain::shared::moment::Moment;
use event::StreamId;
use views::Viewer;

use super::record;
use crate::{Api, ApiError};

/// As many merges as anybody follows; a file below more of them is left alone.
const MERGES_MAX: usize = 256;

/// Looks around a file, and remembers where every stream was that it looked at.
pub(super) struct Around<'a> {
    api: &'a Api,
    pub beside: Vec<(StreamId, u64)>,
}

impl<'a> Around<'a> {
    pub(super) const fn new(api: &'a Api) -> Self {
        Self { api, beside: Vec::new() }
    }

    /// As far as the viewer may know.
    pub(super) async fn state(
        &mut self,
        viewer: &Viewer,
        file: File,
    ) -> Result<FileState, ApiError> {
        match file {
            File::Issue(id) => self.of_issue(id).await,
            File::Call(id) => self.of_call(id).await,
            File::Household(id) => {
                let is_open = self.api.views.is_home_needed(viewer, id).await?;
                Ok(FileState { is_open, ..FileState::default() })
            }
        }
    }

    /// As the files that it was merged into; and held as the calls that are a part of it.
    async fn of_issue(&mut self, id: IssueId) -> Result<FileState, ApiError> {
        let mut state = self.merged(id, false).await?;
        for call in self.api.calls_of(id).await? {
            self.call(call, |_| ()).await?;
            state.is_held |= self.is_held(File::Call(call)).await?;
        }
        Ok(state)
    }

    /// A file that was merged is needed, held and kept as its lead is. Its own holds are asked for only where it
    /// is a part itself: its own record knows them.
    async fn merged(&mut self, id: IssueId, as_part: bool) -> Result<FileState, ApiError> {
        let mut state = FileState::default();
        let mut next = Some(id);
        for _ in 0..MERGES_MAX {
            let Some(file) = next.take() else { break };
            let seen = |issue: &Issue| (is_open(issue), kept_until(issue), issue.merged_into);
            let (open, kept_until, into) =
                self.issue(file, seen).await?.ok_or(ApiError::NotFound)?;
            state.is_open |= open;
            state.kept_until = state.kept_until.max(kept_until);
            if as_part || file != id {
                state.is_held |= self.is_held(File::Issue(file)).await?;
            }
            next = into;
        }
        state.is_open |= next.is_some();
        Ok(state)
    }

    /// A call is needed, held and kept as the files that it led to are, and kept as long as its policy said.
    async fn of_call(&mut self, id: CallId) -> Result<FileState, ApiError> {
        let seen = |call: &Call| {
            let kept = call.retention.as_ref().map(|kept| kept.until);
            (!call.stage.is_final(), kept, call.about.clone())
        };
        let (rings, own, about) = self.call(id, seen).await?.ok_or(ApiError::NotFound)?;
        let mut state = FileState { is_open: rings, is_held: false, kept_until: own };
        for issue in about {
            let traced = |issue: &Issue, _| issue.is_traced_to(id);
            if self.api.commands.issues.read(issue.0, traced).await? != Some(true) {
                continue;
            }
            let part = self.merged(issue, true).await?;
            state.is_open |= part.is_open;
            state.kept_until = state.kept_until.max(part.kept_until);
            state.is_held |= part.is_held;
        }
        Ok(state)
    }

    async fn is_held(&mut self, file: File) -> Result<bool, ApiError> {
        let record = record::stream(file);
        let seen = |known: &Privacy, version| (!known.holds.is_empty(), version);
        let (held, version) =
            self.api.commands.privacy.read(record, seen).await?.unwrap_or_default();
        self.beside.push((StreamId::new("privacy", record), version));
        Ok(held)
    }

    async fn issue<R: Send>(
        &mut self,
        id: IssueId,
        look: impl FnOnce(&Issue) -> R + Send,
    ) -> Result<Option<R>, ApiError> {
        let seen = |issue: &Issue, version| (look(issue), version);
        let seen = self.api.commands.issues.read(id.0, seen).await?;
        Ok(seen.map(|(seen, version)| {
            self.beside.push((StreamId::new("issue", id.0), version));
            seen
        }))
    }

    async fn call<R: Send>(
        &mut self,
        id: CallId,
        look: impl FnOnce(&Call) -> R + Send,
    ) -> Result<Option<R>, ApiError> {
        let seen = |call: &Call, version| (look(call), version);
        let seen = self.api.commands.calls.read(id.0, seen).await?;
        Ok(seen.map(|(seen, version)| {
            self.beside.push((StreamId::new("call", id.0), version));
            seen
        }))
    }
}

/// Whoever reported is still to be told, or may be.
fn is_open(issue: &Issue) -> bool {
    !issue.stage.is_final()
}

fn kept_until(issue: &Issue) -> Option<Moment> {
    issue.retention.as_ref().filter(|_| issue.stage.is_final()).map(|kept| kept.until)
}
