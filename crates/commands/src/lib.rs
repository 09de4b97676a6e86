//! The command side that `api` and `worker` share: one executor per context, and the facts that a
//! command brings along (ADR 7).

pub mod case_no;
pub mod facts;
pub mod merge;
pub mod register;
pub mod streams;

use std::sync::Arc;

use domain::access::Principal;
use domain::call::Call;
use domain::issue::Issue;
use domain::org::Org;
use domain::policy::Policies;
use domain::privacy::Privacy;
use domain::report::Reports;
use eventlog::{Appender, EventLog, Executor, Shared};
use runtime::{Clock, Ids};

/// Everything a command needs. One per process.
pub struct Commands {
    pub log: Arc<dyn EventLog>,
    pub appender: Appender,
    pub clock: Clock,
    pub ids: Ids,
    /// Six digits; part of every envelope.
    pub county6: String,
    pub access: Executor<Principal>,
    pub calls: Executor<Call>,
    pub issues: Executor<Issue>,
    pub org: Executor<Org>,
    pub policies: Executor<Policies>,
    pub privacy: Executor<Privacy>,
    pub reports: Executor<Reports>,
}

impl Commands {
    #[must_use]
    pub fn new(shared: Shared, county6: String) -> Self {
        Self {
            access: Executor::new(shared.clone()),
            calls: Executor::new(shared.clone()),
            issues: Executor::new(shared.clone()),
            org: Executor::new(shared.clone()),
            policies: Executor::new(shared.clone()),
            privacy: Executor::new(shared.clone()),
            reports: Executor::new(shared.clone()),
            log: shared.log,
            appender: shared.appender,
            clock: shared.clock,
            ids: shared.ids,
            county6,
        }
    }
}
