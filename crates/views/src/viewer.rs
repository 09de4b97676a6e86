//! Who asks: the part of the county and the tracks they may see. Compiled into every query.

use std::collections::BTreeSet;

use domain::shared::ids::{PersonId, PostId, UnitId};
use domain::shared::ladder::Recused;
use domain::shared::matter::Track;
use uuid::Uuid;

/// Deny by default: a new viewer sees nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Area path below which rows are visible, as `/county/township`; `Some("")` is everything.
    pub area: Option<String>,
    pub tracks: Vec<Track>,
    /// The post the viewer acts from.
    pub post: Option<PostId>,
    /// With whose eyes it looks: its person, every post it sits in, and the units of those, which stand
    /// aside as a whole where the unit itself is accused.
    pub eyes: BTreeSet<Uuid>,
}

impl Viewer {
    /// Sees every area on the given tracks.
    #[must_use]
    pub fn of_everything(tracks: &[Track]) -> Self {
        Self { area: Some(String::new()), tracks: tracks.to_vec(), ..Self::default() }
    }

    /// Looks after the whole county.
    #[must_use]
    pub fn sees_everywhere(&self) -> bool {
        self.area.as_deref() == Some("")
    }

    /// The same viewer, looking at `path` only; nothing when `path` is outside the own area.
    #[must_use]
    pub fn narrowed_to(&self, path: &str) -> Self {
        let inside = self.area.as_deref().is_some_and(|area| is_within(path, area));
        Self { area: inside.then(|| path.into()), ..self.clone() }
    }

    #[must_use]
    pub fn sees(&self, path: &str, track: Track) -> bool {
        self.tracks.contains(&track)
            && self.area.as_deref().is_some_and(|area| is_within(path, area))
    }

    /// Half-open range of area paths: the area's own path and everything below it. Unit ids have one
    /// length, so no other path falls between; `0` is the character after `/`.
    #[must_use]
    pub fn area_bounds(&self) -> (String, String) {
        match self.area.as_deref() {
            None => ("~".into(), "~".into()),
            Some("") => (String::new(), "~".into()),
            Some(area) => (area.into(), format!("{area}0")),
        }
    }

    /// What [`crate::seen::SEES`] binds, in its order.
    #[must_use]
    pub fn sight(&self) -> [String; 4] {
        let (low, high) = self.area_bounds();
        [low, high, self.track_list(), self.eyes_list()]
    }

    /// The ids it looks with, one text; nobody is a sign that no id contains.
    #[must_use]
    pub fn eyes_list(&self) -> String {
        let eyes: Vec<_> = self.eyes.iter().map(ToString::to_string).collect();
        if eyes.is_empty() { "~".into() } else { eyes.join(" ") }
    }

    /// Whether the viewer stands aside from something.
    #[must_use]
    pub fn is_recused(&self, recused: &Recused) -> bool {
        self.eyes.iter().any(|eye| {
            recused.posts.contains(&PostId(*eye))
                || recused.persons.contains(&PersonId(*eye))
                || recused.units.contains(&UnitId(*eye))
        })
    }

    /// As [`Viewer::is_recused`], of those a view has written down by [`crate::seen::recused`].
    #[must_use]
    pub fn is_among(&self, recused: &str) -> bool {
        !recused.is_empty() && self.eyes.iter().any(|eye| recused.contains(&eye.to_string()))
    }

    /// The tracks as a list for `instr(?, track)`.
    #[must_use]
    pub fn track_list(&self) -> String {
        self.tracks.iter().map(|track| track.name()).collect::<Vec<_>>().join(",")
    }
}

/// Whether a path is the area's own, or one below it.
#[must_use]
pub fn is_within(path: &str, area: &str) -> bool {
    path.strip_prefix(area).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
