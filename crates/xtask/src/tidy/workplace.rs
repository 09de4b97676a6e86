//! Rule `workplace`: no file names a place that exists only on the machine it was written on.

use super::Violation;

const RULE: &str = "workplace";

/// Put together here, so that this file does not break its own rule.
const PLACES: [&str; 2] = [concat!("/wo", "rk/"), concat!(".lib", "rary")];

pub fn check(path: &str, text: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(place) = PLACES.iter().find(|place| names(line, place)) {
            let message = format!("{place} is a place on one machine; name it from the root");
            found.push(Violation::new(path, index + 1, RULE, message));
        }
    }
    found
}

/// Whether the place stands by itself: `a/work` inside a longer path or a field access is no place.
fn names(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + place.len()..].chars().next();
        let joins = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
        let ends = place.ends_with('/') || !after.is_some_and(|letter| letter.is_alphanumeric());
        !before.is_some_and(joins) && ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_places_of_one_machine() {
        let [folder, hidden] = PLACES;
        for line in [format!("see {folder}main"), format!("`{folder}`"), format!("a/{hidden}/b")] {
            let found = check("docs/a.md", &format!("first\n{line}\n"));
            assert_eq!(found.iter().map(|violation| violation.line).collect::<Vec<_>>(), [2]);
        }
    }

    #[test]
    fn accepts_longer_paths_and_fields() {
        let [folder, hidden] = PLACES;
        let text = format!("deploy{folder}a\nself{hidden}\n{hidden}_card\nwork/life\n");
        assert_eq!(check("docs/a.md", &text.replace("_card", "ies")), []);
    }
}
