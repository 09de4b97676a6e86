//! When a file is merged into another, then its reporters become reporters of that one, each with an own
//! notice and an own verdict, and the earlier total clock governs (LOOP I5).

use domain::issue::IssueEvent;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(_recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Issue(IssueEvent::Ended(e)) = fact else {
        return Vec::new();
    };
    let Some(issue) = e.merged_into else {
        return Vec::new();
    };
    let attach = |reporter: &domain::shared::matter::Reporter| Effect::AttachReporter {
        issue,
        reporter: Box::new(reporter.clone()),
        started_at: e.started_at,
    };
    e.reporters.iter().map(attach).collect()
}
