//! The workspace packages and their dependencies, as `cargo metadata` reports them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

/// One workspace package, cut down to what the rules ask about.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub name: String,
    /// The folder as seen from the root, such as `crates/domain`.
    pub folder: String,
    pub manifest: String,
    pub dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug)]
pub struct Dependency {
    pub name: String,
    pub kind: DependencyKind,
    /// Whether it is a folder of this workspace rather than a published crate.
    pub ours: bool,
}

impl Package {
    /// The line of the manifest that names a dependency, for the violation to point at.
    pub fn line_of(&self, dependency: &str) -> usize {
        let names = |line: &str| {
            let rest = line.trim_start().strip_prefix(dependency);
            rest.is_some_and(|rest| rest.starts_with([' ', '.', '=']))
        };
        self.manifest.lines().position(names).map_or(1, |index| index + 1)
    }
}

pub fn packages(root: &Path) -> Result<Vec<Package>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
    let mut packages = Vec::new();
    for package in metadata.workspace_packages() {
        let manifest = package.manifest_path.as_std_path();
        let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root).ok());
        let folder = folder.with_context(|| format!("{} lies outside the root", package.name))?;
        let dependencies = package.dependencies.iter().map(|dependency| Dependency {
            name: dependency.name.clone(),
            kind: dependency.kind,
            ours: dependency.path.is_some(),
        });
        packages.push(Package {
            name: package.name.to_string(),
            folder: folder.to_string_lossy().replace('\\', "/"),
            manifest: fs::read_to_string(manifest)?,
            dependencies: dependencies.collect(),
        });
    }
    Ok(packages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_the_line_that_names_the_dependency() {
        let manifest = "[dependencies]\nevent-kit = \"1\"\nevent.workspace = true\n".to_owned();
        let package = Package { manifest, ..Package::default() };
        assert_eq!(package.line_of("event"), 3);
        assert_eq!(package.line_of("absent"), 1);
    }

    #[test]
    fn finds_this_package_with_its_folder() {
        let packages = packages(&crate::process::root().unwrap()).unwrap();
        let own = packages.iter().find(|package| package.name == "xtask").unwrap();
        assert_eq!(own.folder, "crates/xtask");
        assert!(own.dependencies.iter().any(|dependency| dependency.name == "syn"));
    }
}
