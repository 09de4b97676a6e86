//! Who asks: the part of the county and the tracks they may see. Compiled into every query.

use domain::shared::ids::{PersonId, PostId, UnitId};
use domain::shared::ladder::Recused;
use domain::shared::matter::Track;

/// Deny by default: a new viewer sees nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Area path below which rows are visible, as `/county/township`; `Some("")` is everything.
    pub area: Option<String>,
    pub tracks: Vec<Track>,
    /// The post the viewer acts from.
    pub post: Option<PostId>,
    pub person: Option<PersonId>,
    /// The unit the viewer works in; recused with it where the unit itself is accused.
    pub unit: Option<UnitId>,
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
    pub fn sight(&self) -> [String; 6] {
        let (low, high) = self.area_bounds();
        // No id is searched for as a sign that no id contains.
        let or_none = |id: Option<String>| id.unwrap_or_else(|| "~".into());
        [
            low,
            high,
            self.track_list(),
            or_none(self.post.map(|post| post.to_string())),
            or_none(self.person.map(|person| person.to_string())),
            or_none(self.unit.map(|unit| unit.to_string())),
        ]
    }

    /// Whether the viewer stands aside from something.
    #[must_use]
    pub fn is_recused(&self, recused: &Recused) -> bool {
        self.post.is_some_and(|post| recused.posts.contains(&post))
            || self.person.is_some_and(|person| recused.persons.contains(&person))
            || self.unit.is_some_and(|unit| recused.units.contains(&unit))
    }

    /// As [`Viewer::is_recused`], of those a view has written down by [`crate::seen::recused`].
    #[must_use]
    pub fn is_among(&self, recused: &str) -> bool {
        let [.., post, person, unit] = self.sight();
        [post, person, unit].iter().any(|id| recused.contains(id))
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
