//! When a unit is moved, then it goes on standing aside from what it stood aside from with those above it: nobody
//! comes to see an accusation by being moved out from under the accused (LOOP A1).

use domain::org::OrgEvent;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(_recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Org(OrgEvent::UnitMoved(e)) = fact else {
        return Vec::new();
    };
    vec![Effect::UnitStaysAside { unit: e.unit }]
}
