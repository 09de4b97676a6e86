//! When somebody comes to sit in a post, appointed or standing in, then what the post holds and this somebody
//! stands aside from goes to a peer, else one level up (LOOP A1, P1).

use domain::org::OrgEvent;
use domain::shared::ids::PostId;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let post = PostId(recorded.envelope.stream.id);
    if let Fact::Org(OrgEvent::Appointed(e)) = fact {
        return vec![Effect::StandAside { post, person: e.person }];
    }
    if let Fact::Org(OrgEvent::StandInNamed(e)) = fact {
        return vec![Effect::StandAside { post, person: e.person }];
    }
    Vec::new()
}
