//! Rule `readme`: the walk names files that exist, and the map lists exactly the packages that exist.

use std::collections::BTreeSet;

use super::Violation;
use super::tree::Tree;
use super::workspace::Package;

const RULE: &str = "readme";
const PAGES: [(&str, bool); 2] = [("README.md", true), ("README.zh.md", false)];

pub fn check(tree: &Tree, packages: &[Package]) -> Vec<Violation> {
    let mut found = Vec::new();
    for (page, required) in PAGES {
        match tree.text(page) {
            Some(text) => {
                found.extend(check_walk(page, text, tree));
                found.extend(check_map(page, text, packages));
            }
            None if required => {
                let message = "write it, with a walk and a map between their markers";
                found.push(Violation::new(page, 1, RULE, message));
            }
            None => {}
        }
    }
    found
}

fn check_walk(page: &str, text: &str, tree: &Tree) -> Vec<Violation> {
    let lines = match section(page, text, "walk") {
        Ok(lines) => lines,
        Err(violation) => return vec![violation],
    };
    let mut found = Vec::new();
    let mut named = 0;
    for (number, line) in &lines {
        let quoted = quoted(line).into_iter().filter(|text| looks_like_path(text));
        for path in quoted.chain(link_targets(line)) {
            named += 1;
            let plain = path.split(['#', ':']).next().unwrap_or(path);
            let exists = if plain.contains('/') { tree.has(plain) } else { tree.has_named(plain) };
            if !exists {
                let message = format!("the walk names {path}, which does not exist; correct it");
                found.push(Violation::new(page, *number, RULE, message));
            }
        }
    }
    if named == 0 {
        let line = lines.first().map_or(1, |(number, _)| *number);
        found.push(Violation::new(page, line, RULE, "the walk names no path; list its files"));
    }
    found
}

fn check_map(page: &str, text: &str, packages: &[Package]) -> Vec<Violation> {
    let lines = match section(page, text, "map") {
        Ok(lines) => lines,
        Err(violation) => return vec![violation],
    };
    let mut missing: BTreeSet<&str> =
        packages.iter().map(|package| package.folder.as_str()).collect();
    let known = missing.clone();
    let mut found = Vec::new();
    for (number, line) in &lines {
        let Some(entry) = entry(line) else { continue };
        if !known.contains(entry) {
            let message = format!("the map lists {entry}, which is no workspace package; drop it");
            found.push(Violation::new(page, *number, RULE, message));
        } else if !missing.remove(entry) {
            let message = format!("the map lists {entry} twice; drop one");
            found.push(Violation::new(page, *number, RULE, message));
        }
    }
    let end = lines.first().map_or(1, |(number, _)| *number);
    found.extend(missing.into_iter().map(|folder| {
        Violation::new(page, end, RULE, format!("the map leaves out {folder}; add a line for it"))
    }));
    found
}

/// The numbered lines between `<!-- name -->` and `<!-- /name -->`.
fn section<'a>(page: &str, text: &'a str, name: &str) -> Result<Vec<(usize, &'a str)>, Violation> {
    let (open, close) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| line.trim() == open);
    let end = lines.iter().position(|line| line.trim() == close);
    match (start, end) {
        (Some(start), Some(end)) if start < end => {
            Ok((start + 1..end).map(|at| (at + 1, lines[at])).collect())
        }
        (_, _) => {
            let message = format!("put the {name} between lines `{open}` and `{close}`");
            Err(Violation::new(page, 1, RULE, message))
        }
    }
}

/// The package a table row or list item is about: its first back-quoted name.
fn entry(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let listed = ["|", "- ", "* "].iter().any(|mark| line.starts_with(mark));
    let first = quoted(line).into_iter().next().filter(|_| listed)?;
    Some(first.trim_end_matches('/'))
}

fn quoted(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).collect()
}

/// `a/b.rs`, `src/`, `README.md`; not `cargo xtask ci`, not `Press`, not `issue.escalated`.
fn looks_like_path(text: &str) -> bool {
    const ENDINGS: [&str; 6] = [".rs", ".proto", ".md", ".toml", ".sql", ".conf"];
    let one_word = !text.contains(char::is_whitespace) && !text.contains("://");
    one_word && (text.contains('/') || ENDINGS.iter().any(|ending| text.ends_with(ending)))
}

/// The targets of `[text](target)` that point into the tree.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# Made up\n<!-- walk -->\n1. `Press` in [`press.rs`](crates/domain/press.rs)\n\
        2. `crates/domain/press.rs:12` decides; see [more](https://example.org/a) and `cargo run a/b`\n\
        <!-- /walk -->\n\n<!-- map -->\n| package | what |\n|---|---|\n| `crates/domain` | pure `rules` |\n\
        | [`tests`](tests) | stories |\n<!-- /map -->\n";

    fn found(readme: &str) -> Vec<(usize, String)> {
        let tree = Tree::of(&[("README.md", readme), ("crates/domain/press.rs", "")]);
        let package = |folder: &str| Package { folder: folder.to_owned(), ..Package::default() };
        let violations = check(&tree, &[package("crates/domain"), package("tests")]);
        violations.into_iter().map(|violation| (violation.line, violation.message)).collect()
    }

    #[test]
    fn accepts_a_page_that_matches_the_tree() {
        assert_eq!(found(GOOD), []);
    }

    #[test]
    fn refuses_a_walk_over_missing_files() {
        let linked = found(&GOOD.replace("(crates/domain/press.rs)", "(crates/domain/gone.rs)"));
        assert_eq!(linked.len(), 1);
        assert!(linked[0].1.starts_with("the walk names crates/domain/gone.rs"));
        let quoted = found(&GOOD.replace("press.rs:12", "gone.rs:12"));
        assert_eq!((quoted.len(), quoted[0].0), (1, 4));
        assert_eq!(found(&GOOD.replace("`press.rs`", "`gone.rs`")).len(), 1);
    }

    #[test]
    fn refuses_an_empty_walk() {
        let empty = "<!-- walk -->\nsoon\n<!-- /walk -->\n<!-- map -->\n- `crates/domain`\n\
                     - `tests/`\n<!-- /map -->\n";
        assert_eq!(found(empty), [(2, "the walk names no path; list its files".to_owned())]);
    }

    #[test]
    fn refuses_a_map_that_differs_from_the_packages() {
        let extra = found(&GOOD.replace("| [`tests`](tests)", "| `crates/gone` | a |\n| `tests`"));
        assert!(extra[0].1.starts_with("the map lists crates/gone"), "{extra:?}");
        let missing = found(&GOOD.replace("| `crates/domain` | pure `rules` |\n", ""));
        assert_eq!(missing[0].1, "the map leaves out crates/domain; add a line for it");
        let twice = found(&GOOD.replace("| [`tests`](tests)", "| `crates/domain` |\n| `tests`"));
        assert_eq!(twice[0].1, "the map lists crates/domain twice; drop one");
    }

    #[test]
    fn refuses_missing_markers_and_a_missing_page() {
        assert_eq!(found("# Made up\n").len(), 2);
        assert_eq!(found(&GOOD.replace("<!-- /map -->", "")).len(), 1);
        assert_eq!(check(&Tree::of(&[]), &[]).len(), 1);
    }

    #[test]
    fn the_chinese_page_is_held_to_the_same_if_it_exists() {
        let tree = Tree::of(&[("README.zh.md", "# 必到\n")]);
        let pages: Vec<_> = check(&tree, &[]).into_iter().map(|violation| violation.path).collect();
        assert_eq!(pages, ["README.md", "README.zh.md", "README.zh.md"]);
    }
}
