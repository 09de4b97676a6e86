//! When an appointment ends, by hand or by its date, and nobody sits in the post any more, then its open
//! work goes to the chief of the unit, else one level up (LOOP P1).

use domain::issue::event::HandOverReason;
use domain::org::OrgEvent;
use domain::shared::ids::PostId;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Org(OrgEvent::AppointmentEnded(_) | OrgEvent::AppointmentLapsed(_)) = fact else {
        return Vec::new();
    };
    let post = PostId(recorded.envelope.stream.id);
    vec![Effect::HandOverAll { post, why: HandOverReason::AppointmentEnded }]
}
