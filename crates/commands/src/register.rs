//! Registering an issue under a case number nobody else has.

use std::sync::Arc;

use domain::issue::command::{NameParty, Register};
use domain::issue::event::Class;
use domain::issue::{IssueCommand, IssueError, IssueVerb};
use domain::shared::actor::Actor;
use domain::shared::ids::{IssueId, UnitId};
use domain::shared::ladder::Rung;
use domain::shared::matter::Matter;
use domain::shared::moment::Moment;
use domain::shared::terms::PolicyRef;
use eventlog::{Done, ExecuteError, LogError, Request};

use crate::{Commands, case_no};

/// New case numbers are tried this often when one is taken: six random letters rarely collide once.
const ATTEMPTS: usize = 4;

/// What a call hands on to the issue that follows from it: when it began, and under which policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Press {
    pub started_at: Moment,
    pub policy: Option<PolicyRef>,
}

/// A matter to be registered, with what the domain must know beside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filing {
    pub issue: IssueId,
    pub matter: Matter,
    /// Absent: filed now.
    pub press: Option<Press>,
    /// Officials an accusation names, and the highest rank among them.
    pub parties: Vec<NameParty>,
    pub accused_rank: Option<Rung>,
}

impl Commands {
    /// Registers a matter. What came by a call goes on from its press; the unit that the catalogue
    /// names as competent holds it, wherever it is.
    ///
    /// # Errors
    /// As [`eventlog::Executor::execute`].
    pub async fn register(
        &self,
        filing: &Filing,
        actor: Actor,
        request: &Request,
    ) -> Result<Done, ExecuteError<IssueError>> {
        let competent = self.competent_for(filing).await?;
        let home = competent.unwrap_or(filing.matter.place);
        let mut facts = self.facts(actor, Some(home)).await?;
        let place = self.lineage(filing.matter.place).await?;
        Arc::make_mut(&mut facts.ladder).lineage.extend(place);
        for _ in 0..ATTEMPTS {
            let today = Moment(self.clock.now_us());
            let case_no = case_no::make(&self.county6, today, self.ids.bytes());
            let command = |now| {
                let press = filing.press.as_ref();
                let verb = Register {
                    issue: filing.issue,
                    case_no: case_no.clone(),
                    matter: filing.matter.clone(),
                    started_at: press.map_or(Moment(now), |press| press.started_at),
                    policy: press.and_then(|press| press.policy.clone()),
                    competent,
                    parties: filing.parties.clone(),
                };
                IssueCommand { given: facts.at(now), verb: IssueVerb::Register(Box::new(verb)) }
            };
            match self.issues.execute(filing.issue.0, request, command).await {
                Err(ExecuteError::ClaimTaken(claim)) if claim.scope == "case_no" => {}
                done => return done,
            }
        }
        Err(LogError::Unavailable("no free case number was found".into()).into())
    }

    /// The unit the policy of this matter names as competent, where it names one that exists.
    async fn competent_for(&self, filing: &Filing) -> Result<Option<UnitId>, LogError> {
        let frozen = filing.press.as_ref().and_then(|press| press.policy.as_ref());
        self.competent(frozen, &filing.matter, filing.accused_rank).await
    }

    /// Whose ladder would hold an issue of this class: the unit that its policy names as competent, else
    /// its place; `None` when there is no such issue.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn home_under(
        &self,
        issue: IssueId,
        class: &Class,
    ) -> Result<Option<UnitId>, LogError> {
        let found = self.issues.read(issue.0, |issue, _| {
            let mut matter = issue.matter.clone();
            class.apply(&mut matter);
            (issue.policy.clone(), matter, issue.place)
        });
        let Some((policy, matter, place)) = found.await? else {
            return Ok(None);
        };
        Ok(Some(self.competent(Some(&policy), &matter, None).await?.unwrap_or(place)))
    }

    async fn competent(
        &self,
        frozen: Option<&PolicyRef>,
        matter: &Matter,
        accused_rank: Option<Rung>,
    ) -> Result<Option<UnitId>, LogError> {
        let book = self.policy_book().await?;
        let document = frozen.or(book.in_force.as_ref()).and_then(|policy| book.document(policy));
        let code = document.and_then(|doc| doc.competent_for(matter, accused_rank));
        match code {
            // A policy may leave the county's own six digits out of its codes.
            Some(code) => match self.unit_by_code(code).await? {
                Some(unit) => Ok(Some(unit)),
                None => self.unit_by_code(&format!("{}{code}", self.county6)).await,
            },
            None => Ok(None),
        }
    }
}
