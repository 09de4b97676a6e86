//! When a unit stands aside from a file, then so does whoever sits in it and elsewhere, too: from their other
//! post they would hold what they may not see (LOOP A1).

use domain::issue::IssueEvent;
use domain::shared::ids::IssueId;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Issue(IssueEvent::PartyNamed(e)) = fact else {
        return Vec::new();
    };
    let issue = IssueId(recorded.envelope.stream.id);
    e.unit.map(|unit| Effect::RecusePeopleOf { issue, unit, role: e.role }).into_iter().collect()
}
