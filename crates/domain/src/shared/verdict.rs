//! The resident's verdict: a thumb, or three axes (效果, 时长, 态度).

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thumb {
    Up,
    Down,
}

/// Was the matter solved? Only this axis reopens (LOOP V1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Solved,
    NotSolved,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Satisfaction {
    Satisfied,
    Dissatisfied,
}

/// How raw answers become a verdict; stored with each rating, so that a later mapping never
/// rewrites what a resident said.
pub const MAPPING_VERSION: u16 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub effect: Effect,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeliness: Option<Satisfaction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attitude: Option<Satisfaction>,
}

impl Verdict {
    /// A thumb says one thing; mapping version 1 reads it as the effect.
    #[must_use]
    pub const fn of_thumb(thumb: Thumb) -> Self {
        let effect = match thumb {
            Thumb::Up => Effect::Solved,
            Thumb::Down => Effect::NotSolved,
        };
        Self { effect, timeliness: None, attitude: None }
    }

    #[must_use]
    pub fn is_solved(&self) -> bool {
        self.effect == Effect::Solved
    }

    /// Solved, but slow or rude: no reopening, a follow-up all the same (LOOP V1).
    #[must_use]
    pub fn wants_follow_up(&self) -> bool {
        self.is_solved()
            && [self.timeliness, self.attitude].contains(&Some(Satisfaction::Dissatisfied))
    }
}
