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
        match into {
            Some(into) => self.issues.read(into.0, |lead, _| lead.as_lead()).await,
            None => Ok(None),
        }
    }
}

const fn lead_of(proposal: &Proposal) -> Option<IssueId> {
    if let Proposal::Merge { into, .. } = proposal { Some(*into) } else { None }
}
