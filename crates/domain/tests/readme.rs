//! The lifecycle diagrams that the README shows are the tables the code runs on.

use domain::{call, issue};

const README: &str = include_str!("../../../README.md");

/// What stands in the Mermaid block between the marks of `name`, exactly.
fn shown(name: &str) -> Option<&'static str> {
    let (_, rest) = README.split_once(&format!("<!-- lifecycle:{name} -->\n"))?;
    let (section, _) = rest.split_once(&format!("<!-- /lifecycle:{name} -->"))?;
    section.trim().strip_prefix("```mermaid\n")?.strip_suffix("```")
}

#[test]
fn the_readme_shows_the_life_of_a_call() {
    assert_eq!(shown("call"), Some(call::lifecycle::diagram().as_str()));
}

#[test]
fn the_readme_shows_the_life_of_an_issue() {
    assert_eq!(shown("issue"), Some(issue::lifecycle::diagram().as_str()));
}
