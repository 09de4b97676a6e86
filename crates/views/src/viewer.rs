//! Who asks: the part of the county and the tracks they may see. Compiled into every query.

use domain::shared::ids::PostId;
use domain::shared::matter::Track;

/// Deny by default: a new viewer sees nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// Area path below which rows are visible, as `/county/township`; `Some("")` is everything.
    pub area: Option<String>,
    pub tracks: Vec<Track>,
    pub posts: Vec<PostId>,
}

impl Viewer {
    /// Sees every area on the given tracks.
    #[must_use]
    pub fn of_everything(tracks: &[Track]) -> Self {
        Self { area: Some(String::new()), tracks: tracks.to_vec(), posts: Vec::new() }
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

    /// The tracks as a list for `instr(?, track)`.
    #[must_use]
    pub fn track_list(&self) -> String {
        self.tracks.iter().map(|track| track.name()).collect::<Vec<_>>().join(",")
    }
}

fn is_within(path: &str, area: &str) -> bool {
    path.strip_prefix(area).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
