//! When a file is merged into another, then its reporters become reporters of that one, each with an own
//! notice and an own verdict, and with every promise that was made to them (LOOP I5).

use domain::issue::IssueEvent;
use domain::shared::ids::IssueId;
use domain::shared::matter::Reporter;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Issue(IssueEvent::Ended(e)) = fact else {
        return Vec::new();
    };
    let Some(issue) = e.merged_into else {
        return Vec::new();
    };
    let from = IssueId(recorded.envelope.stream.id);
    let attach = |(number, reporter): (usize, &Reporter)| Effect::AttachReporter {
        issue,
        reporter: Box::new(reporter.clone()),
        // The file's start and its promises come once, with its first reporter: a start alone would be
        // measured by the lead's period (ADR 11).
        started_at: e.started_at.filter(|_| number == 0),
        merged: Some(Box::new((from, e.brings.clone().filter(|_| number == 0)))),
    };
    e.reporters.iter().enumerate().map(attach).collect()
}
