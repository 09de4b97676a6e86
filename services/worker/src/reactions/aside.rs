//! Who stands aside from a file, as people come, sit and leave (LOOP A1).

use domain::issue::command::NameParty;
use domain::issue::event::{HandOverReason, PartyRole};
use domain::issue::{Issue, IssueVerb};
use domain::shared::ids::{IssueId, PersonId, PostId, UnitId};
use eventlog::{ExecuteError, Request};
use uuid::Uuid;
use views::Viewer;
use views::viewer::is_within;

use super::Reactions;
use super::carry_out::Failed;

impl Reactions {
    /// Whoever sits in the unit, or below it, and elsewhere.
    pub(super) async fn recuse_people_of(
        &self,
        issue: IssueId,
        unit: UnitId,
        role: PartyRole,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        let home = self.commands.issues.read(issue.0, |found, _| found.home()).await?;
        let path = self.commands.area_path(unit).await?;
        let names = self.views.names(&Viewer::of_everything(&[])).await?;
        for (person, posts) in names.in_several_posts() {
            let mut sits = (false, false);
            for post in posts {
                let Some(holder) = self.commands.holder(post).await? else { continue };
                let within = is_within(&self.commands.area_path(holder.unit).await?, &path);
                sits = (sits.0 || within, sits.1 || !within);
            }
            if sits != (true, true) || path.is_empty() {
                continue;
            }
            self.name_person(issue, home, (role, person), request(person.0)).await?;
        }
        Ok(())
    }

    pub(super) async fn stand_aside(
        &self,
        post: PostId,
        person: PersonId,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        let Some(holder) = self.commands.holder(post).await? else {
            return Ok(());
        };
        let why = HandOverReason::Recused;
        for issue in self.views.held_by(post).await? {
            let aside = |found: &Issue, _| found.recused.persons.contains(&person);
            if self.commands.issues.read(issue.0, aside).await? == Some(true) {
                self.hand_over(issue, (post, holder.unit), None, why, request).await?;
            }
        }
        Ok(())
    }

    /// Files of every stage: an accusation that is over tells as much.
    pub(super) async fn stay_aside(
        &self,
        post: PostId,
        person: PersonId,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        let Some(left) = self.commands.holder(post).await? else {
            return Ok(());
        };
        for issue in self.views.unit_stands_aside_from(left.unit).await? {
            let home = self.commands.issues.read(issue.0, |found, _| found.home()).await?;
            // Nobody says that they were accused.
            let role = PartyRole::Interested;
            self.name_person(issue, home, (role, person), request(issue.0)).await?;
        }
        Ok(())
    }

    pub(super) async fn unit_stays_aside(
        &self,
        unit: UnitId,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        for issue in self.views.unit_stands_aside_from(unit).await? {
            let home = self.commands.issues.read(issue.0, |found, _| found.home()).await?;
            let role = PartyRole::Interested;
            let party = NameParty { role, post: None, person: None, unit: Some(unit) };
            self.name(issue, home, party, request(issue.0)).await?;
        }
        Ok(())
    }

    async fn name_person(
        &self,
        issue: IssueId,
        home: Option<UnitId>,
        (role, person): (PartyRole, PersonId),
        request: Request,
    ) -> Result<(), Failed> {
        let party = NameParty { role, post: None, person: Some(person), unit: None };
        self.name(issue, home, party, request).await
    }

    async fn name(
        &self,
        issue: IssueId,
        home: Option<UnitId>,
        party: NameParty,
        request: Request,
    ) -> Result<(), Failed> {
        match self.on_issue(issue, home, IssueVerb::NameParty(party), &request).await {
            Err(ExecuteError::Log(error)) => Err(error.into()),
            // Named already, or nobody else is left to hold it: it climbs.
            Err(refused) => {
                tracing::warn!(%refused, %issue, "somebody who stands aside is not named");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }
}
