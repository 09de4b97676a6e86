//! When a call's disposition, emergency alert or follow-up registers matters, or nobody reached the
//! caller, then each becomes an issue whose total clock started at the press, under the policy frozen
//! there (LOOP C1, C3, C5).

use commands::register::{Filing, Press};
use domain::call::event::Registration;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(_recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Call(event) = fact else {
        return Vec::new();
    };
    event.registrations().iter().map(register).collect()
}

fn register(registration: &Registration) -> Effect {
    let press = Press { started_at: registration.started_at, policy: registration.policy.clone() };
    Effect::RegisterIssue(Box::new(Filing {
        issue: registration.issue,
        matter: registration.matter.clone(),
        press: Some(press),
        ..Filing::default()
    }))
}
