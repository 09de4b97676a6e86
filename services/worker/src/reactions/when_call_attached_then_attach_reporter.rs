//! When a call is attached to an open issue, then its caller becomes one of the issue's reporters,
//! with an own notice and an own verdict (LOOP I5).

use domain::call::CallEvent;
use domain::shared::ids::CallId;
use domain::shared::matter::Reporter;
use event::Recorded;
use views::fact::Fact;

use super::Effect;

pub fn react(recorded: &Recorded, fact: &Fact) -> Vec<Effect> {
    let Fact::Call(CallEvent::DispositionRecorded(e)) = fact else {
        return Vec::new();
    };
    let call = CallId(recorded.envelope.stream.id);
    let reporter = Reporter { call: Some(call), ..e.reporter.clone() };
    let effect = |issue| Effect::AttachReporter {
        issue,
        reporter: Box::new(reporter.clone()),
        started_at: None,
        merged: None,
    };
    e.attached_to.into_iter().map(effect).collect()
}
