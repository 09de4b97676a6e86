//! The domain's words as the contract's.

use contract::bidao::common::v1 as pb;
use domain::shared::ladder::Rung;
use domain::shared::matter::{Nature, Size, Urgency};
use domain::shared::moment::Moment;
use domain::shared::verdict::{Effect, Satisfaction, Thumb, Verdict};
use prost_types::Timestamp;
use serde::Serialize;

/// The stored word of a value without content, as `not_solved`.
pub fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().into()
}

pub fn time(moment: Moment) -> Option<Timestamp> {
    let nanos = i32::try_from(moment.0.rem_euclid(1_000_000) * 1_000).ok()?;
    Some(Timestamp { seconds: moment.0.div_euclid(1_000_000), nanos })
}

pub fn rung(rung: Rung) -> i32 {
    (match rung {
        Rung::Grid => pb::Rung::Grid,
        Rung::Village => pb::Rung::Village,
        Rung::Township => pb::Rung::Township,
        Rung::County => pb::Rung::County,
    })
    .into()
}

pub fn nature(nature: Nature) -> i32 {
    (match nature {
        Nature::Consultation => pb::Nature::Consultation,
        Nature::Help => pb::Nature::Help,
        Nature::Complaint => pb::Nature::Complaint,
        Nature::Report => pb::Nature::Report,
        Nature::Suggestion => pb::Nature::Suggestion,
    })
    .into()
}

pub fn urgency(urgency: Urgency) -> i32 {
    (match urgency {
        Urgency::Normal => pb::Urgency::Normal,
        Urgency::Urgent => pb::Urgency::Urgent,
    })
    .into()
}

pub fn size(size: Size) -> i32 {
    (match size {
        Size::Small => pb::Size::Small,
        Size::Big => pb::Size::Big,
    })
    .into()
}

pub fn thumb(thumb: Thumb) -> i32 {
    (match thumb {
        Thumb::Up => pb::Thumb::Up,
        Thumb::Down => pb::Thumb::Down,
    })
    .into()
}

pub fn verdict(verdict: Verdict) -> pb::Verdict {
    let satisfaction = |said: Option<Satisfaction>| {
        let said = said.map_or(pb::Satisfaction::Unspecified, |said| match said {
            Satisfaction::Satisfied => pb::Satisfaction::Satisfied,
            Satisfaction::Dissatisfied => pb::Satisfaction::Dissatisfied,
        });
        i32::from(said)
    };
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
