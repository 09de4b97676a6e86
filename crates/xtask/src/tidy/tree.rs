//! The files the rules look at: what git tracks or would track, or a plain walk where there is no git.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// What a walk must not enter: built, fetched or run-time files that git would ignore.
const NOT_OURS: [&str; 4] = [".git", "target", "node_modules", "bidao-data"];

/// Every file of the project by its path from the root; the text of those that are text.
#[derive(Default)]
pub struct Tree {
    paths: BTreeSet<String>,
    texts: BTreeMap<String, String>,
}

impl Tree {
    pub fn read(root: &Path) -> Result<Self> {
        let listed = match git_files(root) {
            Some(paths) => paths,
            None => walk(root)?,
        };
        let mut tree = Self::default();
        // A file deleted but not yet committed is still listed by git.
        for path in listed.into_iter().filter(|path| root.join(path).is_file()) {
            let bytes =
                fs::read(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
            tree.add(path, String::from_utf8(bytes).ok());
        }
        Ok(tree)
    }

    fn add(&mut self, path: String, text: Option<String>) {
        if let Some(text) = text {
            self.texts.insert(path.clone(), text);
        }
        self.paths.insert(path);
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Whether a file or a folder with files in it has this path.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        let folder = format!("{path}/");
        self.paths.contains(path) || self.paths().any(|file| file.starts_with(&folder))
    }

    /// Whether a file of this name exists in any folder.
    pub fn has_named(&self, name: &str) -> bool {
        self.paths().any(|path| path.rsplit('/').next() == Some(name))
    }

    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.add((*path).to_owned(), Some((*text).to_owned()));
        }
        tree
    }
}

fn git_files(root: &Path) -> Option<Vec<String>> {
    let args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(args).current_dir(root).output().ok()?;
    let listing = String::from_utf8(output.stdout).ok().filter(|_| output.status.success())?;
    Some(listing.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

fn walk(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder);
        for entry in entries.with_context(|| format!("cannot list {}", folder.display()))? {
            let entry = entry?;
            let path = entry.path();
            if NOT_OURS.iter().any(|name| entry.file_name() == *name) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if let Ok(inside) = path.strip_prefix(root) {
                found.push(inside.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_files_and_folders_but_not_half_names() {
        let tree = Tree::of(&[("crates/domain/src/lib.rs", "")]);
        assert!(tree.has("crates/domain/src/lib.rs"));
        assert!(tree.has("crates/domain/"));
        assert!(!tree.has("crates/dom"));
    }

    #[test]
    fn a_walk_sees_what_git_sees_of_this_package() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let walked: BTreeSet<String> = walk(package).unwrap().into_iter().collect();
        assert!(walked.contains("src/tidy/tree.rs"));
        let tracked = git_files(package).unwrap_or_default();
        for path in tracked.iter().filter(|path| package.join(path).is_file()) {
            assert!(walked.contains(path), "{path}");
        }
    }
}
