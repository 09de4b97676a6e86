//! Orders to publish.

use crate::shared::given::Given;

#[derive(Clone, Debug)]
pub struct PolicyCommand {
    pub given: Given,
    pub verb: PolicyVerb,
}

#[derive(Clone, Debug)]
pub enum PolicyVerb {
    PublishPolicy(PublishPolicy),
    PublishCalendar(PublishCalendar),
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
