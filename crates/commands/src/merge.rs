//! The other file of a merge, looked up for the rules that ask about it (LOOP I5).

use domain::issue::IssueVerb;
use domain::issue::event::Proposal;
use domain::shared::given::MergeLead;
use domain::shared::ids::IssueId;
use eventlog::LogError;

use crate::Commands;

impl Commands {
    /// The file that `issue` would be merged into by `verb`, as it stands now; `None` for other verbs.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn merge_lead(
        &self,
        issue: IssueId,
        verb: &IssueVerb,
    ) -> Result<Option<MergeLead>, LogError> {
        let into = if let IssueVerb::Propose(proposal) = verb {
            lead_of(proposal)
        } else if let IssueVerb::Approve { number, .. } = verb {
            let proposed = self.issues.read(issue.0, |issue, _| {
                issue.proposals.get(number).and_then(|open| lead_of(&open.proposal))
            });
            proposed.await?.flatten()
        } else {
            None
        };
        if matches!(verb, IssueVerb::Unmerge { .. }) {
            return self.lead_now(issue).await;
        }
        match into {
            Some(into) => self.issues.read(into.0, |lead, _| lead.as_lead()).await,
            None => Ok(None),
        }
    }
}

impl Commands {
    /// Where the file's reporters are by now, for undoing its merge.
    async fn lead_now(&self, issue: IssueId) -> Result<Option<MergeLead>, LogError> {
        let mut file = issue;
        let mut lead = None;
        for _ in 0..MERGES_MAX {
            let next = self.issues.read(file.0, |found, _| found.merged_into).await?.flatten();
            let Some(into) = next else { break };
            lead = self.issues.read(into.0, |found, _| found.as_lead_of(issue)).await?;
            file = into;
        }
        Ok(lead)
    }
}

/// A file merged into a file that was merged itself: followed this far.
const MERGES_MAX: usize = 8;

const fn lead_of(proposal: &Proposal) -> Option<IssueId> {
    if let Proposal::Merge { into, .. } = proposal { Some(*into) } else { None }
}
