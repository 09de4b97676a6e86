//! Effects as commands: sent until the log has taken or refused them, under ids derived from the event.

use commands::streams;
use domain::call::{Call, CallCommand, CallVerb};
use domain::issue::command::{AttachReporter, HandOver, Seat};
use domain::issue::event::HandOverReason;
use domain::issue::{Issue, IssueCommand, IssueError, IssueVerb};
use domain::shared::actor::Actor;
use domain::shared::ids::{CallId, IssueId, PostId, UnitId};
use domain::shared::moment::Moment;
use domain::shared::terms::PolicyRef;
use event::Recorded;
use eventlog::{ExecuteError, LogError, Origin, Request};
use runtime::shutdown::Shutdown;
use uuid::Uuid;

use super::{Effect, Reactions};

/// A file merged into a file that was merged itself: followed this far.
const MERGES_MAX: usize = 8;

/// Why an effect was not carried out.
pub(super) enum Failed {
    Log(LogError),
    Refused(String),
}

impl From<LogError> for Failed {
    fn from(error: LogError) -> Self {
        Self::Log(error)
    }
}

impl<E: std::error::Error> From<ExecuteError<E>> for Failed {
    fn from(error: ExecuteError<E>) -> Self {
        if let ExecuteError::Log(error) = error {
            return Self::Log(error);
        }
        Self::Refused(error.to_string())
    }
}

impl From<views::ViewError> for Failed {
    fn from(error: views::ViewError) -> Self {
        Self::Log(LogError::Unavailable(error.to_string()))
    }
}

impl Reactions {
    /// Sends the commands of an effect until the log has taken or refused them.
    pub(super) async fn carry_out(
        &self,
        name: &str,
        number: usize,
        cause: &Recorded,
        effect: Effect,
        shutdown: &Shutdown,
    ) {
        loop {
            match self.send(name, number, cause, &effect).await {
                Ok(()) => return,
                Err(Failed::Log(error)) => {
                    tracing::error!(%error, reaction = name, "a reaction waits for the log");
                    shutdown.pause(super::PAUSE).await;
                    if shutdown.is_requested() {
                        return;
                    }
                }
                Err(Failed::Refused(error)) => {
                    tracing::error!(%error, reaction = name, position = cause.position, "a reaction was refused");
                    return;
                }
            }
        }
    }

    async fn send(
        &self,
        name: &str,
        number: usize,
        cause: &Recorded,
        effect: &Effect,
    ) -> Result<(), Failed> {
        let request = |on: Uuid| request(name, number, on, cause);
        match effect {
            Effect::RegisterIssue(filing) => {
                let request = request(filing.issue.0);
                self.commands.register(filing, Actor::system(), &request).await?;
                Ok(())
            }
            Effect::AttachReporter { issue, reporter, started_at, merged } => {
                let (from, brings) = merged.as_deref().cloned().unzip();
                let brings = brings.flatten().map(Box::new);
                let reporter = (**reporter).clone();
                let press = self.press_of(reporter.call.filter(|_| merged.is_none())).await?;
                let (pressed_at, policy) = press.unzip();
                let started_at = started_at.or(pressed_at);
                let verb = AttachReporter { reporter, started_at, policy, brings };
                self.attach(*issue, from, verb, &request).await
            }
            Effect::DetachReporters { issue, from } => self.detach(*issue, *from, &request).await,
            Effect::Recuse { issue, party } => {
                let verb = IssueVerb::NameParty((**party).clone());
                self.on_issue(*issue, None, verb, &request(issue.0)).await.map_err(Failed::from)
            }
            Effect::RecusePeopleOf { issue, unit, role } => {
                self.projected.wait_for(cause.position).await;
                self.recuse_people_of(*issue, *unit, *role, &request).await
            }
            Effect::HandOverAll { post, why } => {
                self.hand_over_all(*post, *why, cause.position, &request).await
            }
            Effect::StandAside { post, person } => {
                self.projected.wait_for(cause.position).await;
                self.stand_aside(*post, *person, &request).await
            }
            Effect::StayAside { post, person } => {
                self.projected.wait_for(cause.position).await;
                self.stay_aside(*post, *person, &request).await
            }
            Effect::UnitStaysAside { unit } => {
                self.projected.wait_for(cause.position).await;
                self.unit_stays_aside(*unit, &request).await
            }
            Effect::HandOverUnit { unit, into } => {
                self.projected.wait_for(cause.position).await;
                self.hand_over_unit(*unit, *into, &request).await
            }
            Effect::RecountAll => self.recount_all(cause.position, &request).await,
        }
    }

    /// When a call was pressed, and the policy frozen then (LOOP C1).
    async fn press_of(
        &self,
        call: Option<CallId>,
    ) -> Result<Option<(Moment, PolicyRef)>, LogError> {
        let Some(call) = call else {
            return Ok(None);
        };
        let press = |call: &Call, _| (call.pressed_at, call.policy.clone());
        self.commands.calls.read(call.0, press).await
    }

    /// To the file named, or to the one it was merged into meanwhile. A merge whose lead cannot take the
    /// reporters any more is undone: nobody falls between two files (LOOP I5).
    async fn attach(
        &self,
        issue: IssueId,
        from: Option<IssueId>,
        attach: AttachReporter,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        let mut lead = issue;
        for _ in 0..MERGES_MAX {
            let verb = IssueVerb::AttachReporter(attach.clone());
            let home = self.commands.issues.read(lead.0, |found, _| found.home()).await?;
            match (self.on_issue(lead, home, verb, &request(lead.0)).await, from) {
                (Err(ExecuteError::Refused(IssueError::Merged { into })), _) => lead = into,
                (Err(ExecuteError::Refused(refused)), Some(from)) => {
                    tracing::warn!(%refused, %from, "a merge is undone: its lead cannot take it");
                    return self.undo_merge(from, request).await;
                }
                (done, _) => return done.map_err(Failed::from),
            }
        }
        match from {
            Some(from) => self.undo_merge(from, request).await,
            None => Err(Failed::Refused("files were merged in a circle".into())),
        }
    }

    async fn undo_merge(
        &self,
        from: IssueId,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        match self.on_issue(from, None, IssueVerb::Unmerge { reason: None }, &request(from.0)).await
        {
            // Another of its reporters undid it.
            Err(ExecuteError::Refused(IssueError::NotMerged)) => Ok(()),
            done => done.map_err(Failed::from),
        }
    }

    /// From the lead, and from every file the lead was merged into since.
    async fn detach(
        &self,
        issue: IssueId,
        from: IssueId,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        let mut lead = Some(issue);
        for _ in 0..MERGES_MAX {
            let Some(file) = lead else {
                return Ok(());
            };
            let verb = IssueVerb::DetachReporter { from };
            self.on_issue(file, None, verb, &request(file.0)).await?;
            let next = self.commands.issues.read(file.0, |found, _| found.merged_into).await?;
            lead = next.flatten();
        }
        Ok(())
    }

    /// Work is held by posts: what a vacant post holds goes to its unit's next post, else one level up
    /// (LOOP P1). A post where somebody sits, a stand-in too, keeps its work.
    async fn hand_over_all(
        &self,
        post: PostId,
        why: HandOverReason,
        position: u64,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        let Some(holder) = self.commands.holder(post).await? else {
            return Ok(());
        };
        // Whoever stands in goes on from the same post, by event (LOOP P1).
        let to = match (why, holder.person, self.commands.rung_of(holder.unit).await?) {
            (HandOverReason::AppointmentEnded, Some(_), Some(rung)) => {
                Some(Seat { holder: holder.clone(), rung })
            }
            _ => None,
        };
        self.projected.wait_for(position).await;
        for issue in self.views.held_by(post).await? {
            self.hand_over(issue, (post, holder.unit), to.clone(), why, request).await?;
        }
        Ok(())
    }

    /// The work of a merged unit; and where that unit stands aside, the one it went into does so from now
    /// on, with whatever it held itself (LOOP A1).
    async fn hand_over_unit(
        &self,
        unit: UnitId,
        into: UnitId,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        let why = HandOverReason::UnitMerged;
        for (post, issue) in self.views.held_in(unit).await? {
            self.hand_over(issue, (post, into), None, why, request).await?;
        }
        for (post, issue) in self.views.held_in(into).await? {
            let aside = |found: &Issue, _| found.recused.units.contains(&unit);
            if self.commands.issues.read(issue.0, aside).await? == Some(true) {
                self.hand_over(issue, (post, into), None, why, request).await?;
            }
        }
        Ok(())
    }

    /// One issue, to whoever is next from `unit` upwards.
    pub(super) async fn hand_over(
        &self,
        issue: IssueId,
        (from, unit): (PostId, UnitId),
        to: Option<Seat>,
        why: HandOverReason,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        let verb = IssueVerb::HandOver(HandOver { from, to, why });
        match self.on_issue(issue, Some(unit), verb, &request(issue.0)).await {
            Ok(()) => Ok(()),
            Err(ExecuteError::Log(error)) => Err(error.into()),
            // It was given to somebody else meanwhile, or nobody is left to take it: it climbs.
            Err(refused) => {
                tracing::warn!(%refused, %issue, "open work stays where it is");
                Ok(())
            }
        }
    }

    async fn recount_all(
        &self,
        position: u64,
        request: &(dyn Fn(Uuid) -> Request + Sync),
    ) -> Result<(), Failed> {
        self.projected.wait_for(position).await;
        for (stream, unit) in self.views.provisional_streams().await? {
            let request = request(stream.id);
            let unit = Some(UnitId(unit));
            let facts = self.commands.facts(Actor::system(), unit).await?;
            let done = if stream.kind == "call" {
                let command = |now| CallCommand { given: facts.at(now), verb: CallVerb::Recount };
                let done = self.commands.calls.execute(stream.id, &request, command).await;
                done.map(|_| ()).map_err(Failed::from)
            } else {
                let command = |now| IssueCommand { given: facts.at(now), verb: IssueVerb::Recount };
                let done = self.commands.issues.execute(stream.id, &request, command).await;
                done.map(|_| ()).map_err(Failed::from)
            };
            match done {
                Err(Failed::Refused(refused)) => {
                    tracing::warn!(refused, %stream, "a deadline stays provisional");
                }
                done => done?,
            }
        }
        Ok(())
    }

    pub(super) async fn on_issue(
        &self,
        issue: IssueId,
        unit: Option<UnitId>,
        verb: IssueVerb,
        request: &Request,
    ) -> Result<(), ExecuteError<IssueError>> {
        let facts = self.commands.facts(Actor::system(), unit).await?;
        let command = |now| IssueCommand { given: facts.at(now), verb: verb.clone() };
        self.commands.issues.execute(issue.0, request, command).await.map(|_| ())
    }
}

/// The same event asks for the same command, on any node, on any day.
fn request(name: &str, number: usize, on: Uuid, cause: &Recorded) -> Request {
    let envelope = &cause.envelope;
    let (event, number, on) = (envelope.event_id.to_string(), number.to_string(), on.to_string());
    let id = streams::derived(&["reaction", name, &event, &number, &on]);
    Request {
        origin: Origin {
            county6: envelope.county6.clone(),
            actor: event::Actor { kind: "system".into(), id: name.into(), post: None, unit: None },
            channel: "reaction".into(),
            correlation_id: envelope.correlation_id,
            causation_id: Some(envelope.event_id),
            ..Origin::default()
        },
        request_id: id.to_string(),
        principal: "reactions".into(),
        ..Request::default()
    }
}
