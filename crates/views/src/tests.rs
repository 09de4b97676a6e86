//! Who sees which area; the questions themselves are asked in `tests/`.

use domain::shared::matter::Track;

use crate::viewer::Viewer;

const TOWNSHIP: &str = "/c/t1";

fn viewer(area: &str) -> Viewer {
    Viewer { area: Some(area.into()), tracks: vec![Track::Service], ..Viewer::default() }
}

/// Whether a row with this path lies in the range that queries ask for.
fn in_bounds(viewer: &Viewer, path: &str) -> bool {
    let (low, high) = viewer.area_bounds();
    low.as_str() <= path && path < high.as_str()
}

#[test]
fn a_viewer_without_an_area_sees_nothing() {
    let nobody = Viewer { area: None, ..viewer("") };
    for path in ["", "/c", TOWNSHIP, "~", "~~"] {
        assert!(!nobody.sees(path, Track::Service), "{path}");
        assert!(!in_bounds(&nobody, path), "{path}");
    }
    assert_eq!(Viewer::default().area, None, "deny by default");
    assert!(!Viewer::default().sees("", Track::Service));
}

#[test]
fn an_area_is_its_own_path_and_all_below_it() {
    let township = viewer(TOWNSHIP);
    for (path, seen) in [
        (TOWNSHIP, true),
        ("/c/t1/v1", true),
        ("/c/t1/v9/g", true),
        ("/c", false),
        ("/c/t2", false),
        ("/c/t2/v1", false),
        ("", false),
    ] {
        assert_eq!(township.sees(path, Track::Service), seen, "{path}");
        assert_eq!(in_bounds(&township, path), seen, "{path}");
    }
    assert!(!township.sees("/c/t10", Track::Service), "another unit whose id begins alike");
}

#[test]
fn the_whole_county_is_the_empty_area() {
    let everything = Viewer::of_everything(&[Track::Service]);
    for path in ["", "/c", "/c/t1/v1"] {
        assert!(everything.sees(path, Track::Service) && in_bounds(&everything, path), "{path}");
    }
}

#[test]
fn a_track_is_seen_only_when_named() {
    let viewer = viewer(TOWNSHIP);
    assert!(!viewer.sees(TOWNSHIP, Track::Petition));
    assert!(!viewer.sees(TOWNSHIP, Track::Supervision));
    assert_eq!(Viewer::of_everything(&[]).track_list(), "");
    let both = Viewer::of_everything(&[Track::Service, Track::Petition]);
    assert_eq!(both.track_list(), "service,petition");
}

#[test]
fn nobody_looks_beyond_the_own_area_by_narrowing() {
    let township = viewer(TOWNSHIP);
    assert_eq!(township.narrowed_to("/c/t1/v1"), viewer("/c/t1/v1"));
    assert_eq!(township.narrowed_to(TOWNSHIP), township);
    for outside in ["", "/c", "/c/t10", "/c/t2/v1"] {
        assert_eq!(township.narrowed_to(outside).area, None, "{outside}");
    }
    let nobody = Viewer::default();
    assert_eq!(nobody.narrowed_to("").area, None);
}
