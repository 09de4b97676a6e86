//! Which file is meant, and whether it is in the caller's sight.

use std::collections::BTreeSet;

use domain::issue::Issue;
use domain::privacy::event::File;
use domain::shared::ids::{CallId, IssueId};
use domain::shared::matter::{Source, Track};

use crate::decide::{Action, Role};
use crate::{Api, ApiError, Caller};

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
    /// Whether the file exists and the caller may do this to it.
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

    /// As [`Api::may_on_file`], wherever in the county the file is. Who stands aside stays aside, and an
    /// accusation stays with the body that received it (LOOP A1).
    pub(super) async fn may_anywhere(
        &self,
        caller: &Caller,
        action: Action,
        file: File,
    ) -> Result<(), ApiError> {
        let mut wide = caller.clone();
        // The eyes stay those of where the caller works.
        wide.eyes = caller.all_eyes();
        wide.area = Some(String::new());
        wide.roles.retain(|role| *role != Role::Discipline);
        self.may_on_file(&wide, action, file).await?;
        // What was told in confidence is found by no village (LOOP V3).
        let in_village = !self.stands_above_villages(caller).await?;
        let hidden = matches!(file, File::Issue(_)) && self.is_confidential(file).await?;
        if in_village && hidden { Err(ApiError::NotFound) } else { Ok(()) }
    }

    /// Whether one of them is an ordinary matter. An accusation has what it needs in its own file, and nothing
    /// about the call that it was told in says that there is one (LOOP A1).
    async fn are_matters(&self, files: BTreeSet<IssueId>) -> Result<bool, ApiError> {
        for file in files {
            let ordinary = |issue: &Issue, _| issue.track != Track::Supervision;
            if self.commands.issues.read(file.0, ordinary).await? == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The calls by which this file's own reporters came, and which led to no other matter: those that anybody
    /// may trace it to.
    pub(super) async fn calls_of(&self, id: IssueId) -> Result<Vec<CallId>, ApiError> {
        let calls = |issue: &Issue| {
            let own = issue.reporters.iter().filter(|reporter| reporter.merged_from.is_none());
            let mut calls: BTreeSet<_> = own.filter_map(|reporter| reporter.call).collect();
            if let Source::Call { call } = issue.matter.source {
                calls.insert(call);
            }
            calls.retain(|call| issue.is_traced_to(*call));
            calls
        };
        let calls = self.commands.issues.read(id.0, |issue, _| calls(issue)).await?;
        let mut alone = Vec::new();
        for call in calls.unwrap_or_default() {
            let about = |call: &domain::call::Call, _| call.about.clone();
            let mut about = self.commands.calls.read(call.0, about).await?.unwrap_or_default();
            about.remove(&id);
            if !self.are_matters(about).await? {
                alone.push(call);
            }
        }
        Ok(alone)
    }
}
