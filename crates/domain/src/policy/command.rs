//! Orders to publish.

use crate::shared::given::Given;
use crate::shared::ids::UnitId;
use crate::shared::moment::Moment;

#[derive(Clone, Debug)]
pub struct PolicyCommand {
    pub given: Given,
    pub verb: PolicyVerb,
}

#[derive(Clone, Debug)]
pub enum PolicyVerb {
    PublishPolicy(PublishPolicy),
    PublishCalendar(PublishCalendar),
    SwitchMode(SwitchMode),
}

/// Wartime in a unit and below it until a time; without a time, back to peace.
#[derive(Clone, Debug)]
pub struct SwitchMode {
    pub unit: UnitId,
    pub until: Option<Moment>,
    /// Official business: which order, which event.
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct PublishPolicy {
    /// The document as written, TOML. Its hash is taken over these very bytes.
    pub text: String,
    /// Back-test documents are taken by the simulation alone.
    pub allow_backtest: bool,
}

#[derive(Clone, Debug)]
pub struct PublishCalendar {
    pub text: String,
}
