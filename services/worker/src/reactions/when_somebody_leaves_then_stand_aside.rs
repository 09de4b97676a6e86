//! When somebody leaves a post, then they go on standing aside from what their unit stands aside from: whoever
//! sat in an accused unit does not see the accusation from elsewhere (LOOP A1).

use domain::org::OrgEvent;
use domain::shared::ids::PostId;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let person = match fact {
        Fact::Org(OrgEvent::AppointmentEnded(e)) => e.person,
        Fact::Org(OrgEvent::AppointmentLapsed(e)) => e.person,
        Fact::Access(_)
        | Fact::Call(_)
        | Fact::Issue(_)
        | Fact::Org(_)
        | Fact::Policy(_)
        | Fact::Privacy(_)
        | Fact::Report(_) => return Vec::new(),
    };
    let post = PostId(recorded.envelope.stream.id);
    vec![Effect::StayAside { post, person }]
}
