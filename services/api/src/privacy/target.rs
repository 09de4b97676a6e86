//! Which file is meant, and whether it is in the caller's sight.

use domain::issue::Issue;
use domain::privacy::Privacy;
use domain::privacy::event::File;
use domain::shared::ids::{CallId, IssueId};
use domain::shared::matter::{Source, Track};

use super::record;
use crate::decide::{Action, Role};
use crate::{Api, ApiError, Caller};

/// A file merged into a file that was merged itself: followed this far.
const MERGES_MAX: usize = 8;

/// A file in the caller's sight.
#[derive(Clone, Debug)]
pub(super) struct FileTarget {
    pub file: File,
    /// Somebody works on it still, or will; or on a file that it is a part of.
    pub is_open: bool,
    /// A file that it is a part of, or that is a part of it, is held.
    pub is_held: bool,
}

/// `issue/<id>`, `call/<id>` or `household/<id>`.
pub(super) fn file(text: &str) -> Result<File, ApiError> {
    let bad = || {
        let expected = "must be issue/<id>, call/<id> or household/<id>";
        ApiError::shape("file", expected, "应为 issue/<id>、call/<id> 或 household/<id>")
    };
    let (kind, id) = text.split_once('/').ok_or_else(bad)?;
    match kind {
        "issue" => id.parse().map(File::Issue).map_err(|_| bad()),
        "call" => id.parse().map(File::Call).map_err(|_| bad()),
        "household" => id.parse().map(File::Household).map_err(|_| bad()),
        _ => Err(bad()),
    }
}

impl Api {
    /// The file, if it exists and the caller may do this to it.
    pub(super) async fn file_target(
        &self,
        caller: &Caller,
        action: Action,
        file: File,
    ) -> Result<FileTarget, ApiError> {
        self.may_on_file(caller, action, file).await?;
        let is_open = match file {
            File::Issue(id) => {
                let open = |issue: &Issue, _| is_open(issue);
                self.commands.issues.read(id.0, open).await? == Some(true)
                    || self.is_lead_open(id).await?
            }
            File::Call(id) => self.is_call_open(id).await?,
            File::Household(_) => false,
        };
        Ok(FileTarget { file, is_open, is_held: self.is_held_beside(file).await? })
    }

    /// Whether the file exists and the caller may do this to it; nothing else is looked up.
    pub(super) async fn may_on_file(
        &self,
        caller: &Caller,
        action: Action,
        file: File,
    ) -> Result<(), ApiError> {
        match file {
            File::Issue(id) => {
                self.issue_target(caller, action, &id.to_string()).await?;
            }
            File::Call(id) => {
                self.call_target(caller, action, &id.to_string()).await?;
            }
            File::Household(id) => {
                let unit = self.commands.unit_of(id).await?.ok_or(ApiError::NotFound)?;
                self.unit_target(caller, action, unit).await?;
            }
        }
        Ok(())
    }

    /// Whether a hold on a part of the file, or on what it is a part of, holds it too.
    async fn is_held_beside(&self, file: File) -> Result<bool, ApiError> {
        let beside: Vec<_> = match file {
            File::Issue(id) => {
                let calls = self.calls_of(id).await?.into_iter().map(File::Call);
                calls.chain(self.leads_of(id).await?.into_iter().map(File::Issue)).collect()
            }
            File::Call(id) => {
                let about = self.commands.calls.read(id.0, |call, _| call.about.clone()).await?;
                about.unwrap_or_default().into_iter().map(File::Issue).collect()
            }
            File::Household(_) => Vec::new(),
        };
        for file in beside {
            let held = |known: &Privacy, _| !known.holds.is_empty();
            let record = record::stream(file);
            if self.commands.privacy.read(record, held).await? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The files it was merged into, the nearest first: they may let go of it again.
    async fn leads_of(&self, id: IssueId) -> Result<Vec<IssueId>, ApiError> {
        let mut leads = Vec::new();
        let mut file = id;
        while leads.len() < MERGES_MAX {
            let into = self.commands.issues.read(file.0, |issue, _| issue.merged_into).await?;
            let Some(lead) = into.flatten() else { break };
            leads.push(lead);
            file = lead;
        }
        Ok(leads)
    }

    async fn is_lead_open(&self, id: IssueId) -> Result<bool, ApiError> {
        for lead in self.leads_of(id).await? {
            if self.commands.issues.read(lead.0, |issue, _| is_open(issue)).await? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// As [`Api::file_target`], wherever in the county the file is. Who stands aside stays aside, and an
    /// accusation stays with the body that received it (LOOP A1).
    pub(super) async fn file_anywhere(
        &self,
        caller: &Caller,
        action: Action,
        file: File,
    ) -> Result<FileTarget, ApiError> {
        let mut wide = caller.clone();
        // The eyes stay those of where the caller works.
        wide.eyes = caller.all_eyes();
        wide.area = Some(String::new());
        wide.roles.retain(|role| *role != Role::Discipline);
        self.file_target(&wide, action, file).await
    }

    /// A call is needed as long as a file that it led to is worked on.
    async fn is_call_open(&self, id: CallId) -> Result<bool, ApiError> {
        let seen = |call: &domain::call::Call, _| (call.stage.is_final(), call.about.clone());
        let (is_final, about) =
            self.commands.calls.read(id.0, seen).await?.ok_or(ApiError::NotFound)?;
        for issue in about {
            let needed = |issue: &Issue, _| needs_call(issue);
            if self.commands.issues.read(issue.0, needed).await? == Some(true) {
                return Ok(true);
            }
        }
        Ok(!is_final)
    }

    /// The calls by which this file's own reporters came, and which led to no other file.
    pub(super) async fn calls_of(&self, id: IssueId) -> Result<Vec<CallId>, ApiError> {
        let calls = |issue: &Issue| {
            let own = issue.reporters.iter().filter(|reporter| reporter.merged_from.is_none());
            let mut calls: Vec<_> = own.filter_map(|reporter| reporter.call).collect();
            if let Source::Call { call } = issue.matter.source {
                calls.push(call);
            }
            calls
        };
        let calls = self.commands.issues.read(id.0, |issue, _| calls(issue)).await?;
        let mut alone = Vec::new();
        for call in calls.unwrap_or_default() {
            let others = |call: &domain::call::Call, _| call.about.iter().any(|about| *about != id);
            if self.commands.calls.read(call.0, others).await? == Some(false) {
                alone.push(call);
            }
        }
        Ok(alone)
    }
}

/// An accusation is worked on in its own file: that it is tells nobody anything here (LOOP A1).
fn needs_call(issue: &Issue) -> bool {
    is_open(issue) && issue.track != Track::Supervision
}

fn is_open(issue: &Issue) -> bool {
    !issue.stage.is_final() && issue.ending.is_none()
}
