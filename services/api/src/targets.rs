//! Commands to calls and issues: find it, may the caller, bring the facts, execute.

use contract::bidao::common::v1 as pb;
use domain::call::{CallCommand, CallVerb};
use domain::issue::{IssueCommand, IssueVerb};
use domain::shared::ids::{CallId, IssueId, PostId, UnitId};
use domain::shared::ladder::Holder;
use domain::shared::matter::Track;

use crate::decide::{Action, Resource, Role, decide};
use crate::write::{Write, receipt};
use crate::{Api, ApiError, Caller, wire};

/// What a command on an issue must know of it beforehand.
#[derive(Clone, Debug)]
pub(crate) struct IssueTarget {
    pub id: IssueId,
    pub place: UnitId,
    pub is_open: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct CallTarget {
    pub id: CallId,
    pub unit: UnitId,
}

impl Api {
    /// The issue, if it exists and the caller may do this to it.
    pub(crate) async fn issue_target(
        &self,
        caller: &Caller,
        action: Action,
        id: &str,
    ) -> Result<IssueTarget, ApiError> {
        let id: IssueId = wire::id("issue_id", id)?;
        let seen = self.commands.issues.read(id.0, |issue, _| {
            let devices: Vec<_> =
                issue.reporters.iter().filter_map(|reporter| reporter.device).collect();
            (issue.place, issue.track, devices, !issue.stage.is_final())
        });
        let (place, track, devices, is_open) = seen.await?.ok_or(ApiError::NotFound)?;
        let area_path = self.commands.area_path(place).await?;
        decide(caller, action, &Resource { area_path, track, devices })?;
        Ok(IssueTarget { id, place, is_open })
    }

    /// Executes one verb on an issue.
    pub(crate) async fn on_issue(
        &self,
        caller: &Caller,
        action: Action,
        target: &IssueTarget,
        write: Write,
        verb: IssueVerb,
    ) -> Result<pb::Receipt, ApiError> {
        let facts = self.commands.facts(caller.actor.clone(), Some(target.place)).await?;
        let request = self.request(caller, action, write);
        let command = |now| IssueCommand { given: facts.at(now), verb: verb.clone() };
        let done = self.commands.issues.execute(target.id.0, &request, command).await?;
        Ok(receipt(&done))
    }

    /// The call, if it exists and the caller may do this to it.
    pub(crate) async fn call_target(
        &self,
        caller: &Caller,
        action: Action,
        id: &str,
    ) -> Result<CallTarget, ApiError> {
        let id: CallId = wire::id("call_id", id)?;
        let seen = self.commands.calls.read(id.0, |call, _| (call.unit, call.device));
        let (unit, device) = seen.await?.ok_or(ApiError::NotFound)?;
        let area_path = self.commands.area_path(unit).await?;
        let devices = device.into_iter().collect();
        decide(caller, action, &Resource { area_path, track: Track::Service, devices })?;
        Ok(CallTarget { id, unit })
    }

    /// Executes one verb on a call.
    pub(crate) async fn on_call(
        &self,
        caller: &Caller,
        action: Action,
        target: &CallTarget,
        write: Write,
        verb: CallVerb,
    ) -> Result<pb::Receipt, ApiError> {
        let facts = self.commands.facts(caller.actor.clone(), Some(target.unit)).await?;
        let request = self.request(caller, action, write);
        let command = |now| CallCommand { given: facts.at(now), verb: verb.clone() };
        let done = self.commands.calls.execute(target.id.0, &request, command).await?;
        Ok(receipt(&done))
    }

    /// The post named, or the caller's own, with the person who sits in it.
    pub(crate) async fn acting_post(
        &self,
        caller: &Caller,
        field: &str,
        post: &str,
    ) -> Result<Holder, ApiError> {
        let named = wire::optional_id::<PostId>(field, post)?;
        let post = named.or(caller.actor.post).ok_or_else(|| {
            ApiError::shape(
                field,
                "must name a post, as the caller has none",
                "请填写岗位:您没有岗位",
            )
        })?;
        let own = Some(post) == caller.actor.post;
        // Desks speak for the posts they connect; a post speaks for itself alone.
        let desk = [Role::Hotline, Role::Dispatcher, Role::Leader, Role::Auditor];
        if !own && !caller.roles.iter().any(|role| desk.contains(role)) {
            return Err(ApiError::Denied);
        }
        let holder = self.commands.holder(post).await?.ok_or(ApiError::NotFound)?;
        let person = if own { caller.actor.person.or(holder.person) } else { holder.person };
        // The person may be back before the stand-in's last day.
        let stand_in = holder.stand_in && person == holder.person;
        Ok(Holder { person, stand_in, ..holder })
    }

    /// A unit that exists and the caller may act in; the open one that a merged unit went into.
    pub(crate) async fn unit_target(
        &self,
        caller: &Caller,
        action: Action,
        unit: UnitId,
    ) -> Result<UnitId, ApiError> {
        let seen = self.commands.tree(|tree| (tree.area_path(unit), tree.resolve(unit)));
        let (area_path, unit) = seen.await?.unwrap_or_default();
        if area_path.is_empty() {
            return Err(ApiError::NotFound);
        }
        decide(caller, action, &Resource { area_path, ..Resource::default() })?;
        Ok(unit)
    }
}
