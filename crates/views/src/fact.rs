//! Stored envelopes as the domain's events, upcast where they are old.

use domain::access::AccessEvent;
use domain::call::CallEvent;
use domain::issue::IssueEvent;
use domain::org::OrgEvent;
use domain::policy::PolicyEvent;
use domain::privacy::PrivacyEvent;
use domain::report::ReportEvent;
use domain::shared::stored::{StoredError, StoredEvent};
use event::Recorded;

/// An event of any context.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Access(AccessEvent),
    Call(CallEvent),
    Issue(IssueEvent),
    Org(OrgEvent),
    Policy(PolicyEvent),
    Privacy(PrivacyEvent),
    Report(ReportEvent),
}

impl Fact {
    /// # Errors
    /// When the type or version is unknown, or the payload does not decode.
    pub fn of(recorded: &Recorded) -> Result<Self, StoredError> {
        let envelope = &recorded.envelope;
        let (name, schema, data) =
            (&*envelope.r#type, envelope.schema_ver, envelope.payload.text());
        match name.split_once('.').map(|(context, _)| context) {
            Some("access") => AccessEvent::decode(name, schema, data).map(Self::Access),
            Some("call") => CallEvent::decode(name, schema, data).map(Self::Call),
            Some("issue") => IssueEvent::decode(name, schema, data).map(Self::Issue),
            Some("org") => OrgEvent::decode(name, schema, data).map(Self::Org),
            Some("policy") => PolicyEvent::decode(name, schema, data).map(Self::Policy),
            Some("privacy") => PrivacyEvent::decode(name, schema, data).map(Self::Privacy),
            Some("report") => ReportEvent::decode(name, schema, data).map(Self::Report),
            Some(_) | None => Err(StoredError::UnknownType(name.into())),
        }
    }
}
