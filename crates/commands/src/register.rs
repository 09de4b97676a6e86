//! Registering an issue under a case number nobody else has.

use domain::issue::command::Register;
use domain::issue::{IssueCommand, IssueError, IssueVerb};
use domain::shared::ids::IssueId;
use domain::shared::matter::Matter;
use domain::shared::moment::Moment;
use domain::shared::terms::PolicyRef;
use eventlog::{Done, ExecuteError, LogError, Request};

use crate::facts::Facts;
use crate::{Commands, case_no};

/// New case numbers are tried this often when one is taken: six random letters rarely collide once.
const ATTEMPTS: usize = 4;

/// What a call hands on to the issue that follows from it: when it began, and under which policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Press {
    pub started_at: Moment,
    pub policy: Option<PolicyRef>,
}

impl Commands {
    /// Registers `matter` as `issue`. What came by a call goes on from its press.
    ///
    /// # Errors
    /// As [`eventlog::Executor::execute`].
    pub async fn register(
        &self,
        issue: IssueId,
        matter: &Matter,
        press: Option<&Press>,
        facts: &Facts,
        request: &Request,
    ) -> Result<Done, ExecuteError<IssueError>> {
        for _ in 0..ATTEMPTS {
            let today = Moment(self.clock.now_us());
            let case_no = case_no::make(&self.county6, today, self.ids.bytes());
            let command = |now| {
                let verb = Register {
                    issue,
                    case_no: case_no.clone(),
                    matter: matter.clone(),
                    started_at: press.map_or(Moment(now), |press| press.started_at),
                    policy: press.and_then(|press| press.policy.clone()),
                };
                IssueCommand { given: facts.at(now), verb: IssueVerb::Register(Box::new(verb)) }
            };
            match self.issues.execute(issue.0, request, command).await {
                Err(ExecuteError::ClaimTaken(claim)) if claim.scope == "case_no" => {}
                done => return done,
            }
        }
        Err(LogError::Unavailable("no free case number was found".into()).into())
    }
}
