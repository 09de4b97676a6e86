//! When a year's calendar is published, then deadlines that were provisional (暂定) are counted again
//! (DESIGN §3).

use domain::policy::PolicyEvent;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(_recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let published = matches!(fact, Fact::Policy(PolicyEvent::CalendarPublished(_)));
    Vec::from_iter(published.then_some(Effect::RecountAll))
}
