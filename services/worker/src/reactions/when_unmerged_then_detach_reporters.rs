//! When a merge is undone, then the lead file lets go of the reporters it had got by it (LOOP I5).

use domain::issue::IssueEvent;
use domain::shared::ids::IssueId;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Issue(IssueEvent::Unmerged(e)) = fact else {
        return Vec::new();
    };
    let from = IssueId(recorded.envelope.stream.id);
    vec![Effect::DetachReporters { issue: e.from, from }]
}
