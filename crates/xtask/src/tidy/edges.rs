//! Rule `edges`: a package depends on another of ours only where the layout allows it (docs/adr/0001).

use cargo_metadata::DependencyKind;

use super::Violation;
use super::workspace::{Dependency, Package};

const RULE: &str = "edges";

/// Who may use whom. CQRS is visible here: `eventlog` and `views` never see each other,
/// `api` never sees `bus` (no publish from a handler), and nobody but `bidao` sees a service.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("domain", &[]),
    ("contract", &[]),
    ("runtime", &[]),
    ("event", &[]),
    ("eventlog", &["event", "runtime"]),
    ("views", &["domain", "event", "runtime"]),
    ("commands", &["domain", "event", "eventlog", "runtime"]),
    ("bus", &["event", "contract", "runtime"]),
    ("vault", &["runtime"]),
    ("blob", &[]),
    ("evidence", &["event", "runtime"]),
    (
        "api",
        &[
            "domain", "event", "eventlog", "commands", "views", "vault", "evidence", "contract",
            "runtime", "blob",
        ],
    ),
    (
        "worker",
        &[
            "domain", "event", "eventlog", "commands", "views", "vault", "evidence", "contract",
            "runtime", "bus", "blob",
        ],
    ),
    (
        "bidao",
        &[
            "domain", "event", "eventlog", "commands", "views", "vault", "evidence", "contract",
            "runtime", "bus", "blob", "api", "worker",
        ],
    ),
    (
        "testkit",
        &[
            "domain", "event", "eventlog", "commands", "views", "vault", "evidence", "contract",
            "runtime", "bus",
        ],
    ),
    ("tests", &["contract"]),
    ("xtask", &[]),
    ("console", &[]),
];

/// The rules are synchronous and know no I/O, so nothing that does I/O may be a normal dependency.
const NOT_IN_DOMAIN: [&str; 4] = ["tokio", "sqlx", "tonic", "async-nats"];

pub fn check(packages: &[Package]) -> Vec<Violation> {
    packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Violation> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
        let message = format!(
            "package {} is not in the table of allowed edges; add it there with an ADR, \
             or move its code into a package that exists",
            package.name
        );
        return vec![violation(package, 1, message)];
    };
    let complaints = package.dependencies.iter().filter_map(|dependency| {
        let message = complaint(package, dependency, allowed)?;
        Some(violation(package, package.line_of(&dependency.name), message))
    });
    complaints.collect()
}

fn complaint(package: &Package, dependency: &Dependency, allowed: &[&str]) -> Option<String> {
    let (from, to) = (package.name.as_str(), dependency.name.as_str());
    if !dependency.ours {
        return outside_domain(from, dependency);
    }
    // A test of any package may use testkit; xtask alone stays free of all our code.
    if to == "testkit" && from != "xtask" {
        return (dependency.kind != DependencyKind::Development)
            .then(|| format!("{from} may use testkit only as a dev-dependency"));
    }
    (!allowed.contains(&to)).then(|| {
        let list = if allowed.is_empty() { "nothing of ours".into() } else { allowed.join(", ") };
        format!("{from} must not depend on {to}; it may use {list}")
    })
}

fn outside_domain(from: &str, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    // `tokio-stream` is as much I/O as `tokio`.
    let family = |banned: &&str| {
        name.strip_prefix(*banned).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let banned = NOT_IN_DOMAIN.iter().any(family);
    let applies = from == "domain" && dependency.kind == DependencyKind::Normal;
    (applies && banned)
        .then(|| format!("domain must not depend on {name}: rules do no I/O; move that outside"))
}

fn violation(package: &Package, line: usize, message: String) -> Violation {
    Violation::new(&format!("{}/Cargo.toml", package.folder), line, RULE, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, DependencyKind, bool)]) -> Package {
        let dependencies = dependencies.iter().map(|(name, kind, ours)| Dependency {
            name: (*name).to_owned(),
            kind: *kind,
            ours: *ours,
        });
        Package {
            name: name.to_owned(),
            folder: format!("crates/{name}"),
            manifest: String::new(),
            dependencies: dependencies.collect(),
        }
    }

    fn messages(package: Package) -> Vec<String> {
        check(&[package]).into_iter().map(|violation| violation.message).collect()
    }

    #[test]
    fn accepts_the_edges_of_the_table() {
        use DependencyKind::{Development, Normal};
        let good = [
            package("eventlog", &[("event", Normal, true), ("testkit", Development, true)]),
            package("worker", &[("bus", Normal, true), ("vault", Normal, true)]),
            package("bidao", &[("api", Normal, true), ("tokio", Normal, false)]),
            package("domain", &[("serde", Normal, false), ("tokio", Development, false)]),
            package("tests", &[("contract", Normal, true), ("testkit", Development, true)]),
        ];
        assert_eq!(check(&good), []);
    }

    #[test]
    fn refuses_an_edge_of_any_kind_outside_the_table() {
        use DependencyKind::{Build, Development, Normal};
        for kind in [Normal, Build, Development] {
            let found = messages(package("eventlog", &[("views", kind, true)]));
            assert_eq!(
                found,
                ["eventlog must not depend on views; it may use event, runtime"],
                "{kind:?}"
            );
        }
        let found = messages(package("api", &[("bus", Normal, true)]));
        assert!(found[0].starts_with("api must not depend on bus"));
    }

    #[test]
    fn refuses_testkit_outside_dev_dependencies() {
        let found = messages(package("bidao", &[("testkit", DependencyKind::Normal, true)]));
        assert_eq!(found, ["bidao may use testkit only as a dev-dependency"]);
    }

    #[test]
    fn refuses_anything_of_ours_in_xtask() {
        for name in ["domain", "testkit"] {
            let found = messages(package("xtask", &[(name, DependencyKind::Development, true)]));
            assert_eq!(found.len(), 1, "{name}");
        }
    }

    #[test]
    fn refuses_io_in_domain() {
        for name in ["tokio", "tokio-stream", "sqlx", "tonic", "async-nats"] {
            let found = messages(package("domain", &[(name, DependencyKind::Normal, false)]));
            assert_eq!(found.len(), 1, "{name}");
        }
    }

    #[test]
    fn refuses_an_unknown_package() {
        let found = messages(package("toolbox", &[]));
        assert!(found[0].starts_with("package toolbox is not in the table"));
    }

    #[test]
    fn the_table_names_only_packages_it_knows() {
        for (name, allowed) in ALLOWED {
            for other in allowed {
                assert!(ALLOWED.iter().any(|(known, _)| known == other), "{name} -> {other}");
            }
        }
    }
}
