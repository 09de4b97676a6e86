//! What must be known of a file before it is erased: whether somebody works on it, whether a part of it is held,
//! and until when it is kept. Everything that was looked at must still be so when the decision is written.

use domain::call::Call;
use domain::issue::Issue;
use domain::privacy::Privacy;
use domain::privacy::command::FileState;
use domain::privacy::event::File;
use domain::shared::ids::{CallId, IssueId};
use domain::shared::matter::Track;
use event::StreamId;

use super::record;
use crate::{Api, ApiError};

/// A file merged into a file that was merged itself: followed this far.
const MERGES_MAX: usize = 8;

/// Looks around a file, and remembers where every stream was that it looked at.
pub(super) struct Around<'a> {
    api: &'a Api,
    pub beside: Vec<(StreamId, u64)>,
}

impl<'a> Around<'a> {
    pub(super) const fn new(api: &'a Api) -> Self {
        Self { api, beside: Vec::new() }
    }

    pub(super) async fn state(&mut self, file: File) -> Result<FileState, ApiError> {
        match file {
            File::Issue(id) => self.of_issue(id).await,
            File::Call(id) => self.of_call(id).await,
            File::Household(id) => {
                let is_open = self.api.views.is_home_needed(id).await?;
                Ok(FileState { is_open, ..FileState::default() })
            }
        }
    }

    /// A file that was merged is needed, and held, as its lead is; and held as the calls that are a part of it.
    async fn of_issue(&mut self, id: IssueId) -> Result<FileState, ApiError> {
        let seen = |issue: &Issue| (is_open(issue), kept_until(issue), issue.merged_into);
        let (mut is_open, kept_until, mut into) =
            self.issue(id, seen).await?.ok_or(ApiError::NotFound)?;
        let mut is_held = false;
        for _ in 0..MERGES_MAX {
            let Some(lead) = into else { break };
            let (open, _, next) = self.issue(lead, seen).await?.unwrap_or_default();
            is_open |= open;
            is_held |= self.is_held(File::Issue(lead)).await?;
            into = next;
        }
        for call in self.api.calls_of(id).await? {
            self.call(call, |_| ()).await?;
            is_held |= self.is_held(File::Call(call)).await?;
        }
        Ok(FileState { is_open, is_held, kept_until })
    }

    /// A call is needed as long as a file that it led to is worked on, and held as such a file is.
    async fn of_call(&mut self, id: CallId) -> Result<FileState, ApiError> {
        let seen = |call: &Call| {
            let kept = call.retention.as_ref().filter(|_| call.about.is_empty());
            (!call.stage.is_final(), kept.map(|kept| kept.until), call.about.clone())
        };
        let (mut is_open, kept_until, about) =
            self.call(id, seen).await?.ok_or(ApiError::NotFound)?;
        let mut is_held = false;
        for issue in about {
            is_open |= self.issue(issue, needs_call).await? == Some(true);
            is_held |= self.is_held(File::Issue(issue)).await?;
        }
        Ok(FileState { is_open, is_held, kept_until })
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

fn kept_until(issue: &Issue) -> Option<domain::shared::moment::Moment> {
    issue.retention.as_ref().filter(|_| issue.stage.is_final()).map(|kept| kept.until)
}

/// An accusation is worked on in its own file: that it is tells nobody anything here (LOOP A1).
fn needs_call(issue: &Issue) -> bool {
    is_open(issue) && issue.track != Track::Supervision
}
