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
use eventlog::{Appender, EventLog, Executor};
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
    pub fn new(
        log: Arc<dyn EventLog>,
        appender: Appender,
        clock: Clock,
        ids: Ids,
        county6: String,
    ) -> Self {
        let parts = || (Arc::clone(&log), appender.clone(), clock.clone(), ids.clone());
        let (a, b, c, d, e, f, g) = (parts(), parts(), parts(), parts(), parts(), parts(), parts());
        Self {
            access: Executor::new(f.0, f.1, f.2, f.3),
            calls: Executor::new(a.0, a.1, a.2, a.3),
            issues: Executor::new(b.0, b.1, b.2, b.3),
            org: Executor::new(c.0, c.1, c.2, c.3),
            policies: Executor::new(d.0, d.1, d.2, d.3),
            privacy: Executor::new(g.0, g.1, g.2, g.3),
            reports: Executor::new(e.0, e.1, e.2, e.3),
            log,
            appender,
            clock,
            ids,
            county6,
        }
    }
}
