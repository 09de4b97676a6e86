//! What is kept no longer than its time: files whose time is over, and households that somebody needs still.

use domain::issue::IssueEvent;
use domain::privacy::PrivacyEvent;
use domain::privacy::event::{Extent, File};
use domain::shared::ids::{CallId, HouseholdId};
use domain::shared::moment::Moment;
use domain::shared::retention::Retention;

use crate::call_log::{self, CallRow};
use crate::database::Within;
use crate::docs;
use crate::fact::Fact;
use crate::issue_detail::IssueFile;
use crate::model::ViewError;
use crate::seen;
use crate::store::Views;
use crate::viewer::Viewer;

/// A closed file whose time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    pub file: File,
    pub retention: Retention,
}

impl Over {
    /// Its place in the list: until when it is kept, and its id.
    #[must_use]
    pub fn place(&self) -> (i64, uuid::Uuid) {
        let id = match self.file {
            File::Issue(id) => id.0,
            File::Call(id) => id.0,
            File::Household(id) => id.0,
        };
        (self.retention.until.0, id)
    }
}

/// The file that this event forgets as a whole.
#[must_use]
pub fn erased(fact: &Fact) -> Option<File> {
    let Fact::Privacy(PrivacyEvent::KeysDestroyed(e)) = fact else {
        return None;
    };
    (e.extent == Extent::WholeFile).then_some(e.file)
}

/// The file whose reporter this event forgets, or more of it.
#[must_use]
pub fn reporter_forgotten(fact: &Fact) -> Option<File> {
    if let Fact::Privacy(PrivacyEvent::KeysDestroyed(e)) = fact { Some(e.file) } else { None }
}

/// The calls that this event forgets: by themselves, or with the file that they led to.
#[must_use]
pub fn erased_calls(fact: &Fact) -> Vec<CallId> {
    let Fact::Privacy(PrivacyEvent::KeysDestroyed(e)) = fact else {
        return Vec::new();
    };
    match erased(fact) {
        Some(File::Call(id)) => vec![id],
        Some(File::Issue(_)) => e.calls.clone(),
        Some(File::Household(_)) | None => Vec::new(),
    }
}

/// Until when a file is kept by this event; nothing of it is known, and it is kept, once it begins anew.
#[must_use]
pub fn kept(fact: &IssueEvent) -> Option<Option<Moment>> {
    match fact {
        IssueEvent::Closed(e) => Some(e.retention.as_ref().map(|kept| kept.until)),
        IssueEvent::Reopened(_) | IssueEvent::Unmerged(_) => Some(None),
        _ => None,
    }
}

impl Views {
    /// Closed files kept until `now` at the longest and not erased yet, after `(until, id)`, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention_over(
        &self,
        viewer: &Viewer,
        now: Moment,
        (until, id): (i64, String),
        max: u32,
    ) -> Result<Vec<Over>, ViewError> {
        let tables = self.tables("issue_detail").await?;
        let template = format!(
            "SELECT doc FROM {{t}} WHERE {} AND keep_until <= ? AND (keep_until, id) > (?, ?) \
             ORDER BY keep_until, id LIMIT ?",
            seen::SEES
        );
        let query = sqlx::query(tables.sql(&template));
        let query = viewer.sight().into_iter().fold(query, |query, text| query.bind(text));
        let query = query.bind(now.0).bind(until).bind(id.clone()).bind(i64::from(max));
        let rows = query.fetch_all(&self.readers).within().await?;
        let mut over = Vec::new();
        for row in &rows {
            let issue = docs::read::<IssueFile>(row)?.row.issue;
            let file = File::Issue(issue.id);
            over.extend(issue.retention.map(|retention| Over { file, retention }));
        }
        let tables = self.tables("call_log").await?;
        let [low, high, _, eyes] = viewer.sight();
        let query = sqlx::query(tables.sql(call_log::OVER)).bind(low).bind(high).bind(eyes);
        let query = query.bind(now.0).bind(until).bind(id).bind(i64::from(max));
        for row in &query.fetch_all(&self.readers).within().await? {
            let call: CallRow = docs::read(row)?;
            let (file, until) = (File::Call(call.id), call.keep_until());
            let kept = |retention| Retention { until, ..retention };
            over.extend(call.retention.map(kept).map(|retention| Over { file, retention }));
        }
        over.sort_by_key(Over::place);
        over.truncate(usize::try_from(max).unwrap_or(usize::MAX));
        Ok(over)
    }

    /// Whether a call of the household, or a matter that it brought, is open: somebody must find it. Of those
    /// that the viewer may know of: whom nobody is to know of is not told by a refusal either.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_home_needed(
        &self,
        viewer: &Viewer,
        household: HouseholdId,
    ) -> Result<bool, ViewError> {
        let home = household.to_string();
        let tables = self.tables("call_log").await?;
        let [low, high, tracks, eyes] = viewer.sight();
        let query = sqlx::query(tables.sql(call_log::CALLED)).bind(&low).bind(&high).bind(&eyes);
        if query.bind(&home).fetch_optional(&self.readers).within().await?.is_some() {
            return Ok(true);
        }
        let tables = self.tables("issue_detail").await?;
        let template = format!(
            "SELECT id FROM {{t}} WHERE {} AND id IN (SELECT home.id FROM {{t}}_home AS home WHERE household = ?) LIMIT 1",
            seen::SEES
        );
        let query = sqlx::query(tables.sql(&template)).bind(low).bind(high).bind(tracks);
        let query = query.bind(eyes).bind(home);
        Ok(query.fetch_optional(&self.readers).within().await?.is_some())
    }
}
