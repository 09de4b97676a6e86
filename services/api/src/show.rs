//! Rows to answers: names beside ids, times as timestamps, deadlines with their derivation.

use std::time::Duration;

use contract::bidao::common::v1 as pb;
use domain::shared::clock::ClockStarted;
use domain::shared::ids::UnitId;
use domain::shared::ladder::{Holder, Rung};
use domain::shared::matter::{Confidence, Nature, Track, Urgency};
use domain::shared::moment::Moment;
use domain::shared::verdict::{Effect, Satisfaction, Thumb, Verdict};
use views::org_tree::Names;

use crate::{Api, ApiError, Caller, wire};

/// How long an answer waits for reactions: they are a moment away, or their process is down.
const REACTION_WAIT: Duration = Duration::from_secs(2);

impl Api {
    /// What a confidential reporter told would say in the own village who it was (LOOP V3).
    pub(crate) async fn stands_above_villages(&self, caller: &Caller) -> Result<bool, ApiError> {
        let rung = match caller.actor.unit {
            Some(unit) => self.commands.rung_of(unit).await?,
            None => caller.area_rung,
        };
        let mut lowest = rung;
        // Whoever sits in a village beside their desk is a neighbour, too.
        for seat in caller.all_eyes().into_iter().map(UnitId) {
            let sits = self.commands.rung_of(seat).await?;
            lowest = [lowest, sits].into_iter().flatten().min();
        }
        Ok(lowest.is_none_or(|rung| rung >= Rung::Township))
    }

    /// Waits until the views know `min_position` and what followed from it; the caller's deadline bounds
    /// the wait.
    pub(crate) async fn fresh(&self, min_position: u64) -> Result<(), ApiError> {
        let head = self.commands.appender.head();
        if min_position > head.position() && !self.commands.log.is_sole_writer() {
            // Another process answered with it, a moment ago.
            head.reached(self.commands.log.head().await?.position);
        }
        if min_position > head.position() {
            return Err(ApiError::shape(
                "min_position",
                "must be the position of an answer",
                "应为应答中的 position",
            ));
        }
        self.projected.wait_for(min_position).await;
        if min_position > 0 {
            self.reactions_to(min_position).await;
        }
        Ok(())
    }

    /// Waits until what follows from the event at `position` is in the views: an issue is registered by a
    /// reaction a moment after its call, and a merged file's lead takes on what it brings. Nothing depends
    /// on the wait: the reaction comes in any case.
    pub(crate) async fn reactions_to(&self, position: u64) {
        let reacted = async {
            self.reacted.wait_for(position).await;
            self.projected.wait_for(self.commands.appender.head().position()).await;
        };
        if tokio::time::timeout(REACTION_WAIT, reacted).await.is_err() {
            tracing::warn!("reactions lag; the answer says how fresh it is");
        }
    }

    pub(crate) async fn as_of(&self) -> pb::AsOf {
        let now = Moment(self.commands.clock.now_us());
        pb::AsOf { position: self.views.position().await, time: wire::timestamp(now) }
    }
}

pub(crate) fn rung(rung: Rung) -> i32 {
    (match rung {
        Rung::Grid => pb::Rung::Grid,
        Rung::Village => pb::Rung::Village,
        Rung::Township => pb::Rung::Township,
        Rung::County => pb::Rung::County,
    })
    .into()
}

pub(crate) fn nature(nature: Nature) -> i32 {
    (match nature {
        Nature::Consultation => pb::Nature::Consultation,
        Nature::Help => pb::Nature::Help,
        Nature::Complaint => pb::Nature::Complaint,
        Nature::Report => pb::Nature::Report,
        Nature::Suggestion => pb::Nature::Suggestion,
    })
    .into()
}

pub(crate) fn urgency(urgency: Urgency) -> i32 {
    (match urgency {
        Urgency::Normal => pb::Urgency::Normal,
        Urgency::Urgent => pb::Urgency::Urgent,
    })
    .into()
}

pub(crate) fn confidence(confidence: Confidence) -> i32 {
    (match confidence {
        Confidence::Named => pb::Confidence::Named,
        Confidence::Confidential => pb::Confidence::Confidential,
        Confidence::Anonymous => pb::Confidence::Anonymous,
    })
    .into()
}

pub(crate) fn thumb(thumb: Option<Thumb>) -> i32 {
    (match thumb {
        None => pb::Thumb::Unspecified,
        Some(Thumb::Up) => pb::Thumb::Up,
        Some(Thumb::Down) => pb::Thumb::Down,
    })
    .into()
}

pub(crate) fn verdict(verdict: Verdict) -> pb::Verdict {
    let effect = match verdict.effect {
        Effect::Solved => pb::Effect::Solved,
        Effect::NotSolved => pb::Effect::NotSolved,
    };
    pb::Verdict {
        effect: effect.into(),
        timeliness: satisfaction(verdict.timeliness),
        attitude: satisfaction(verdict.attitude),
    }
}

fn satisfaction(satisfaction: Option<Satisfaction>) -> i32 {
    (match satisfaction {
        None => pb::Satisfaction::Unspecified,
        Some(Satisfaction::Satisfied) => pb::Satisfaction::Satisfied,
        Some(Satisfaction::Dissatisfied) => pb::Satisfaction::Dissatisfied,
    })
    .into()
}

pub(crate) fn holder(holder: &Holder, names: &Names) -> pb::Holder {
    pb::Holder {
        unit_id: holder.unit.to_string(),
        post_id: holder.post.to_string(),
        person_id: holder.person.map(|person| person.to_string()).unwrap_or_default(),
        unit_name: names.of(holder.unit.0),
        post_title: names.of(holder.post.0),
        person_name: holder.person.map(|person| names.of(person.0)).unwrap_or_default(),
        stand_in: holder.stand_in,
    }
}

pub(crate) fn clock(started: &ClockStarted) -> pb::Clock {
    pb::Clock {
        kind: started.clock.name().into(),
        generation: started.generation,
        due_at: wire::timestamp(started.due_at),
        derivation: started.derivation.zh(),
        provisional: started.derivation.provisional,
    }
}

impl Api {
    /// As [`Api::narrowed`], for figures: none of any unit counts accusations, whoever asks (LOOP A1).
    pub(crate) async fn counting(
        &self,
        caller: &Caller,
        unit: &str,
    ) -> Result<views::Viewer, ApiError> {
        let mut viewer = self.narrowed(caller, unit).await?;
        viewer.tracks.retain(|track| *track != Track::Supervision);
        Ok(viewer)
    }

    /// What the caller may see of the unit named; of everything, when none is.
    pub(crate) async fn narrowed(
        &self,
        caller: &Caller,
        unit: &str,
    ) -> Result<views::Viewer, ApiError> {
        let viewer = caller.viewer();
        let Some(unit) = wire::optional_id("unit_id", unit)? else {
            return Ok(viewer);
        };
        let path = self.views.area_path(&viewer, unit).await?.ok_or(ApiError::NotFound)?;
        let narrowed = viewer.narrowed_to(&path);
        if narrowed.area.is_none() { Err(ApiError::NotFound) } else { Ok(narrowed) }
    }
}
