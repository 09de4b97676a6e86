//! When somebody stands aside from a file, then also from the files that were merged into it: their rows
//! tell of the same matter (LOOP A1, I5).

use domain::issue::IssueEvent;
use domain::issue::command::NameParty;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(_recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Issue(IssueEvent::PartyNamed(e)) = fact else {
        return Vec::new();
    };
    let party = NameParty { role: e.role, post: e.post, person: e.person, unit: e.unit };
    let recuse = |issue| Effect::Recuse { issue, party: Box::new(party.clone()) };
    e.merged.iter().copied().map(recuse).collect()
}
