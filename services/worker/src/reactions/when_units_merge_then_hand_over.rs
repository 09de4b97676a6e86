//! When a unit is merged into another, then its open work goes to the chief of that one, else one level
//! up (LOOP P1).

use domain::org::OrgEvent;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(_recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Org(OrgEvent::UnitMerged(e)) = fact else {
        return Vec::new();
    };
    vec![Effect::HandOverUnit { unit: e.unit, into: e.into }]
}
