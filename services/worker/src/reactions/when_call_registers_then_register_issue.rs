//! When a call's disposition, emergency alert or follow-up registers matters, or nobody reached the
//! caller, then each becomes an issue whose total clock started at the press, under the policy frozen
//! there (LOOP C1, C3, C5).

use commands::register::{Filing, Press};
use domain::call::CallEvent;
use domain::call::event::Registration;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(_recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let registered: Vec<&Registration> = match fact {
        Fact::Call(CallEvent::DispositionRecorded(e)) => e.registrations.iter().collect(),
        Fact::Call(CallEvent::FollowedUp(e)) => e.registrations.iter().collect(),
        Fact::Call(CallEvent::EmergencyAlerted(e)) => e.registration.iter().collect(),
        Fact::Call(CallEvent::FollowUpEnded(e)) => e.visit.iter().collect(),
        Fact::Call(CallEvent::VisitOrdered(e)) => vec![&e.registration],
        Fact::Call(_) | Fact::Issue(_) | Fact::Org(_) | Fact::Policy(_) | Fact::Report(_) => {
            Vec::new()
        }
    };
    registered.into_iter().map(register).collect()
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
