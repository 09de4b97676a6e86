//! When a call's disposition registers matters, or nobody reached the caller, then each becomes an
//! issue whose total clock started at the press, under the policy frozen there (LOOP C1, C3).

use commands::register::Press;
use domain::call::CallEvent;
use domain::call::event::Registration;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(_recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    match fact {
        Fact::Call(CallEvent::DispositionRecorded(e)) => {
            e.registrations.iter().map(register).collect()
        }
        Fact::Call(CallEvent::VisitOrdered(e)) => vec![register(&e.registration)],
        Fact::Call(_) | Fact::Issue(_) | Fact::Org(_) | Fact::Policy(_) => Vec::new(),
    }
}

fn register(registration: &Registration) -> Effect {
    Effect::RegisterIssue {
        issue: registration.issue,
        matter: Box::new(registration.matter.clone()),
        press: Press { started_at: registration.started_at, policy: registration.policy.clone() },
    }
}
