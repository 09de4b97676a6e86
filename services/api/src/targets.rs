//! Commands to calls and issues: find it, may the caller, bring the facts, execute.

use std::collections::BTreeSet;
use std::sync::Arc;

use commands::facts::Facts;
use contract::bidao::common::v1 as pb;
use domain::call::{Call, CallCommand, CallVerb};
use domain::issue::command::Seat;
use domain::issue::event::Proposal;
use domain::issue::{Issue, IssueCommand, IssueEvent, IssueVerb};
use domain::shared::ids::{CallId, DeviceId, IssueId, PostId, UnitId};
use domain::shared::ladder::{Holder, Recused};
use domain::shared::matter::Track;
use domain::shared::moment::Moment;
use domain::shared::terms::PolicyRef;
use event::StreamId;
use eventlog::Done;

use crate::decide::{Action, Resource, Role, decide};
use crate::write::{Write, receipt, version_of};
use crate::{Api, ApiError, Caller, wire};

/// What a command on an issue must know of it beforehand.
#[derive(Clone, Debug)]
pub(crate) struct IssueTarget {
    pub id: IssueId,
    /// The unit whose ladder holds the work.
    pub home: UnitId,
    pub place: UnitId,
    pub is_open: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct CallTarget {
    pub id: CallId,
    pub unit: UnitId,
}

impl Api {
    pub(crate) fn now(&self) -> Moment {
        Moment(self.commands.clock.now_us())
    }

    /// The issue, if it exists and the caller may do this to it.
    pub(crate) async fn issue_target(
        &self,
        caller: &Caller,
        action: Action,
        id: &str,
    ) -> Result<IssueTarget, ApiError> {
        let id: IssueId = wire::id("issue_id", id)?;
        let seen = self.commands.issues.read(id.0, |issue, _| Seen::of(issue));
        let seen = seen.await?.ok_or(ApiError::NotFound)?;
        let mut area_paths = Vec::with_capacity(seen.units.len());
        for unit in seen.units {
            area_paths.push(self.commands.area_path(unit).await?);
        }
        let recused = self.now_recused(caller, seen.recused).await?;
        let resource = Resource { area_paths, track: seen.track, devices: seen.devices, recused };
        decide(caller, action, &resource, self.now())?;
        Ok(IssueTarget { id, home: seen.home, place: seen.place, is_open: seen.is_open })
    }

    /// Who stands aside, as the units are now.
    async fn now_recused(
        &self,
        caller: &Caller,
        mut recused: Recused,
    ) -> Result<Recused, ApiError> {
        for unit in recused.units.clone() {
            // A caller works in the unit that a merged one has become.
            recused.units.insert(self.commands.resolve(unit).await?);
        }
        if recused.units.is_empty() {
            return Ok(recused);
        }
        for own in caller.all_eyes().into_iter().map(UnitId) {
            // Nor does whoever works below the unit that stands aside; what is no unit has no path.
            let path = self.commands.area_path(own).await?;
            let above = path.split('/').filter_map(|unit| unit.parse().ok());
            if above.into_iter().any(|unit| recused.units.contains(&unit)) {
                recused.units.insert(own);
            }
        }
        Ok(recused)
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
        Ok(receipt(&self.done_on_issue(caller, action, target, write, verb).await?))
    }

    /// As [`Api::on_issue`], with the stream it was done on: a repeated request answers with the first one.
    pub(crate) async fn done_on_issue(
        &self,
        caller: &Caller,
        action: Action,
        target: &IssueTarget,
        write: Write,
        verb: IssueVerb,
    ) -> Result<Done, ApiError> {
        let mut facts = self.commands.facts(caller.actor.clone(), Some(target.home)).await?;
        facts.actor_rung = facts.actor_rung.or(caller.area_rung);
        facts.occurred_at = write.occurred_at;
        facts.on_behalf_of = write.on_behalf_of;
        facts.merge_lead = self.commands.merge_lead(target.id, &verb).await?;
        for unit in verb.named_units().into_iter().chain([target.place]) {
            let lineage = self.commands.lineage(unit).await?;
            Arc::make_mut(&mut facts.ladder).lineage.extend(lineage);
        }
        let request = self.request(caller, action, write);
        let command = |now| IssueCommand { given: facts.at(now), verb: verb.clone() };
        Ok(self.commands.issues.execute(target.id.0, &request, command).await?)
    }

    /// The open proposal of this number.
    pub(crate) async fn proposal(
        &self,
        target: &IssueTarget,
        number: u16,
    ) -> Result<Option<Proposal>, ApiError> {
        let find = |issue: &Issue| issue.proposals.get(&number).map(|open| open.proposal.clone());
        Ok(self.commands.issues.read(target.id.0, |issue, _| find(issue)).await?.flatten())
    }

    /// The number of the proposal this command made, if it still waits; 0 when it took effect at once.
    pub(crate) async fn proposal_of(
        &self,
        target: &IssueTarget,
        receipt: &pb::Receipt,
    ) -> Result<u32, ApiError> {
        let count = receipt.event_ids.len();
        let version = version_of(&receipt.etag)?.unwrap_or_default();
        let stream = StreamId::new("issue", target.id.0);
        let before = version.saturating_sub(u64::try_from(count).unwrap_or_default());
        let events = self.commands.log.read_stream(&stream, before, count).await?;
        let mut waits = 0;
        for recorded in &events {
            let fact = eventlog::stored::decode::<Issue>(recorded)?.event;
            if let IssueEvent::Proposed(e) = &fact {
                waits = e.number;
            } else if matches!(&fact, IssueEvent::ProposalDecided(e) if e.number == waits) {
                waits = 0;
            }
        }
        Ok(waits.into())
    }

    /// A post that exists, with its rung. Whoever may act on a file may call for a post outside the own area:
    /// a village summons a department, a township dispatches to one; where work may go, the rules say.
    pub(crate) async fn seat(&self, field: &str, post: &str) -> Result<Seat, ApiError> {
        let post: PostId = wire::id(field, post)?;
        let holder = self.commands.holder(post).await?.ok_or(ApiError::NotFound)?;
        let rung = self.commands.rung_of(holder.unit).await?.ok_or(ApiError::NotFound)?;
        Ok(Seat { holder, rung })
    }

    pub(crate) async fn seat_if_any(
        &self,
        field: &str,
        post: &str,
    ) -> Result<Option<Seat>, ApiError> {
        match post {
            "" => Ok(None),
            post => self.seat(field, post).await.map(Some),
        }
    }

    /// The published policy of this id and version.
    pub(crate) async fn published(&self, id: &str, version: u32) -> Result<PolicyRef, ApiError> {
        let book = self.commands.policy_book().await?;
        let mut known = book.documents.keys();
        let found = known.find(|policy| policy.id == id && policy.version == version);
        found.cloned().ok_or_else(|| {
            ApiError::shape(
                "policy_id",
                "must name a published policy, with its version",
                "应为已发布的规则及其版本",
            )
        })
    }

    /// The call, if it exists and the caller may do this to it.
    pub(crate) async fn call_target(
        &self,
        caller: &Caller,
        action: Action,
        id: &str,
    ) -> Result<CallTarget, ApiError> {
        let id: CallId = wire::id("call_id", id)?;
        let seen = |call: &Call, _| (call.unit, call.device, call.about.clone());
        let seen = self.commands.calls.read(id.0, seen).await?;
        let (unit, device, about) = seen.ok_or(ApiError::NotFound)?;
        let devices = device.into_iter().collect();
        // The call tells of the files it led to as they would themselves; of an accusation nothing (LOOP A1).
        let mut recused = Recused::default();
        for issue in about {
            let of_file = self.commands.issues.read(issue.0, |issue, _| issue.recused.clone());
            let of_file = of_file.await?.unwrap_or_default();
            recused.posts.extend(of_file.posts);
            recused.persons.extend(of_file.persons);
            recused.units.extend(of_file.units);
        }
        let recused = self.now_recused(caller, recused).await?;
        let at = Resource::at(self.commands.area_path(unit).await?);
        let resource = Resource { devices, recused, ..at };
        decide(caller, action, &resource, self.now())?;
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
        Ok(receipt(&self.done_on_call(caller, action, target, write, verb).await?))
    }

    /// As [`Api::on_call`], with the stream it was done on.
    pub(crate) async fn done_on_call(
        &self,
        caller: &Caller,
        action: Action,
        target: &CallTarget,
        write: Write,
        verb: CallVerb,
    ) -> Result<Done, ApiError> {
        let facts = self.facts_of_call(caller, target).await?;
        let request = self.request(caller, action, write);
        let command = |now| CallCommand { given: facts.at(now), verb: verb.clone() };
        Ok(self.commands.calls.execute(target.id.0, &request, command).await?)
    }

    /// How [`Api::on_call`] would refuse, with nothing written; `Ok` where it would not.
    pub(crate) async fn try_on_call(
        &self,
        caller: &Caller,
        action: Action,
        target: &CallTarget,
        write: Write,
        verb: CallVerb,
    ) -> Result<(), ApiError> {
        let facts = self.facts_of_call(caller, target).await?;
        let request = self.request(caller, action, write);
        let command = |now| CallCommand { given: facts.at(now), verb: verb.clone() };
        self.commands.calls.preview(target.id.0, &request, command).await?;
        Ok(())
    }

    async fn facts_of_call(&self, caller: &Caller, target: &CallTarget) -> Result<Facts, ApiError> {
        let mut facts = self.commands.facts(caller.actor.clone(), Some(target.unit)).await?;
        facts.actor_rung = facts.actor_rung.or(caller.area_rung);
        Ok(facts)
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
        decide(caller, action, &Resource::at(area_path), self.now())?;
        Ok(unit)
    }
}

/// What of an issue decides who may act on it.
struct Seen {
    home: UnitId,
    place: UnitId,
    units: BTreeSet<UnitId>,
    track: Track,
    devices: Vec<DeviceId>,
    recused: Recused,
    is_open: bool,
}

impl Seen {
    fn of(issue: &Issue) -> Self {
        Self {
            home: issue.home(),
            place: issue.place,
            units: issue.seen_by(),
            track: issue.track,
            devices: issue.active_reporters().filter_map(|(_, r)| r.device).collect(),
            recused: issue.recused.clone(),
            is_open: !issue.stage.is_final() && issue.ending.is_none(),
        }
    }
}
