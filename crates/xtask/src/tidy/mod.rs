//! `cargo xtask tidy`: the house rules as code; one file per rule, each a pure function from its inputs to violations.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail};

mod contexts;
mod edges;
mod headers;
mod names;
mod proto;
mod readme;
mod rust;
mod sizes;
mod tree;
mod words;
mod workplace;
mod workspace;

use rust::RustFile;
use tree::Tree;
use workspace::Package;

const GLOSSARY: &str = "docs/glossary.toml";

/// One place that breaks one rule, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    path: String,
    line: usize,
    rule: &'static str,
    message: String,
}

impl Violation {
    fn new(path: &str, line: usize, rule: &'static str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, rule, message } = self;
        write!(out, "{path}:{line}: {rule}: {message}")
    }
}

pub fn run(root: &Path) -> Result<()> {
    let tree = Tree::read(root)?;
    let packages = workspace::packages(root)?;
    let violations = check(&tree, &packages)?;
    for violation in &violations {
        eprintln!("{violation}");
    }
    match violations.len() {
        0 => {
            eprintln!("tidy: {} files hold to the rules", tree.paths().count());
            Ok(())
        }
        1 => bail!("tidy: 1 violation"),
        count => bail!("tidy: {count} violations"),
    }
}

/// Every rule over everything it applies to; sorted, so that two runs read the same.
fn check(tree: &Tree, packages: &[Package]) -> Result<Vec<Violation>> {
    let mut found = edges::check(packages);
    let glossary = tree.text(GLOSSARY).with_context(|| format!("{GLOSSARY} is missing"))?;
    let glossary = words::Glossary::parse(glossary).with_context(|| GLOSSARY.to_owned())?;
    let contexts = contexts::names(tree.paths());
    for (path, text) in tree.texts() {
        found.extend(workplace::check(path, text));
        found.extend(headers::check(path, text));
        if path.ends_with(".proto") {
            found.extend(words::check(path, &proto::names(text), &glossary));
        }
        if path.ends_with(".rs") {
            match RustFile::parse(path, text) {
                Ok(file) => found.extend(check_rust(&file, &contexts, &glossary)),
                Err(violation) => found.push(violation),
            }
        }
    }
    found.extend(readme::check(tree, packages));
    found.sort();
    Ok(found)
}

fn check_rust(file: &RustFile, contexts: &[String], glossary: &words::Glossary) -> Vec<Violation> {
    let mut found = contexts::check(file, contexts);
    found.extend(sizes::check(file));
    found.extend(names::check(file));
    found.extend(words::check(&file.path, &rust::names(file), glossary));
    found
}
