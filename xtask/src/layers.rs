//! Which crate of the workspace may import which, held against what the manifests say.
//!
//! The table is the architecture: a crate that is not in it, or an import that it does not name, is
//! a decision that nobody took yet. `docs/architecture.md` shows it to readers. A row may stand here
//! before its crate does, so that the crate starts with its limits.
//!
//! `lint`, `scan`, `generate` and `report` do not know each other: the command and the server put them
//! together through the engine's types. Nobody but the command imports the server.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, Metadata, Package};

use crate::{failure::Failure, repository::Repository};

/// One row of the table.
#[derive(Debug)]
struct Layer {
    /// The folder, relative to the root of the repository.
    folder: &'static str,
    /// The name that users install.
    package: &'static str,
    may_import: MayImport,
}

#[derive(Debug)]
enum MayImport {
    Nothing,
    /// The folders of the crates.
    Only(&'static [&'static str]),
    Anything,
}

/// Every crate that the workspace has or may have, from the innermost outwards.
const LAYERS: &[Layer] = &[
    layer("crates/engine", "connect-src", MayImport::Nothing),
    layer(
        "crates/allowlist",
        "connection-allowlist",
        MayImport::Nothing,
    ),
    layer("crates/suffix", "connect-src-suffix", MayImport::Nothing),
    layer(
        "crates/lint",
        "connect-src-lint",
        MayImport::Only(&["crates/engine", "crates/allowlist", "crates/suffix"]),
    ),
    layer(
        "crates/scan",
        "connect-src-scan",
        MayImport::Only(&["crates/engine"]),
    ),
    layer(
        "crates/generate",
        "connect-src-generate",
        MayImport::Only(&["crates/engine", "crates/allowlist", "crates/suffix"]),
    ),
    layer(
        "crates/report",
        "connect-src-report",
        MayImport::Only(&["crates/engine"]),
    ),
    layer(
        "crates/tower",
        "connect-src-tower",
        MayImport::Only(&["crates/engine"]),
    ),
    layer(
        "crates/server",
        "connect-src-server",
        MayImport::Only(&[
            "crates/engine",
            "crates/report",
            "crates/generate",
            "crates/lint",
            "crates/tower",
        ]),
    ),
    layer("crates/cli", "connect-src-cli", MayImport::Anything),
    layer(
        "conformance",
        "connect-src-conformance",
        MayImport::Only(&["crates/engine", "crates/allowlist"]),
    ),
    layer("xtask", "xtask", MayImport::Anything),
];

/// Checks the workspace against the table.
pub(crate) fn run(repository: &Repository) -> Result<String, Failure> {
    let members = members(&repository.metadata);
    let summary = format!("{} crates keep to their layers", members.len());
    Failure::unless_empty(findings(&members), summary)
}

/// A crate of the workspace, as far as the table is concerned.
#[derive(Debug)]
struct Member {
    folder: String,
    package: String,
    /// Packages, in the workspace or not.
    dependencies: Vec<(String, DependencyKind)>,
}

/// The crates of the workspace, their folders relative to its root.
fn members(metadata: &Metadata) -> Vec<Member> {
    let member = |package: &&Package| Member {
        folder: folder(metadata, package),
        package: package.name.to_string(),
        dependencies: package
            .dependencies
            .iter()
            .map(|it| (it.name.clone(), it.kind))
            .collect(),
    };
    metadata.workspace_packages().iter().map(member).collect()
}

fn folder(metadata: &Metadata, package: &Package) -> String {
    let manifest = &package.manifest_path;
    let folder = manifest.parent().unwrap_or(manifest);
    folder
        .strip_prefix(&metadata.workspace_root)
        .unwrap_or(folder)
        .as_str()
        .replace('\\', "/")
}

/// One line for each place where the workspace and the table disagree.
fn findings(members: &[Member]) -> Vec<String> {
    let folders: BTreeMap<&str, &str> = members
        .iter()
        .map(|it| (it.package.as_str(), it.folder.as_str()))
        .collect();
    let mut findings: Vec<String> = members
        .iter()
        .flat_map(|member| findings_of(member, &folders))
        .collect();
    findings.extend(cycle(members));
    findings
}

fn findings_of(member: &Member, folders: &BTreeMap<&str, &str>) -> Vec<String> {
    let folder = &member.folder;
    let Some(layer) = LAYERS.iter().find(|layer| layer.folder == folder) else {
        return vec![format!(
            "{folder}: not in the table of layers; decide what it may import, and add a row to \
             xtask/src/layers.rs and docs/architecture.md"
        )];
    };
    let mut findings = Vec::new();
    if layer.package != member.package {
        findings.push(format!(
            "{folder}/Cargo.toml: the package is named `{}`, expected `{}` as in \
             xtask/src/layers.rs",
            member.package, layer.package
        ));
    }
    let imports = member
        .dependencies
        .iter()
        .filter(|(_, kind)| *kind != DependencyKind::Development);
    let imported = imports.filter_map(|(package, _)| folders.get(package.as_str()));
    findings.extend(imported.filter(|it| !layer.may_import.contains(it)).map(|import| {
        format!(
            "{folder}/Cargo.toml: imports {import}, but may import {}; move the code, or change \
             xtask/src/layers.rs with the reason in the commit",
            layer.may_import.in_words()
        )
    }));
    findings
}

/// A way round through the workspace, if there is one. Development dependencies count here: cargo
/// accepts such a round, but a crate's tests then compile the crate twice, as two sets of types.
fn cycle(members: &[Member]) -> Option<String> {
    let mut finished = Vec::new();
    let round = members
        .iter()
        .find_map(|it| walk(it, members, &mut Vec::new(), &mut finished))?;
    Some(format!(
        "{}: a cycle; drop one of these dependencies",
        round.join(" -> ")
    ))
}

/// Follows the imports of `member` in depth; `way` is how we came, `finished` what leads nowhere.
fn walk<'a>(
    member: &'a Member,
    members: &'a [Member],
    way: &mut Vec<&'a str>,
    finished: &mut Vec<&'a str>,
) -> Option<Vec<&'a str>> {
    let package = member.package.as_str();
    if let Some(start) = way.iter().position(|it| *it == package) {
        return Some(way[start..].iter().copied().chain([package]).collect());
    }
    if finished.contains(&package) {
        return None;
    }
    way.push(package);
    let imports = |other: &&Member| {
        member
            .dependencies
            .iter()
            .any(|(it, _)| *it == other.package)
    };
    let round = members
        .iter()
        .filter(imports)
        .find_map(|it| walk(it, members, way, finished));
    way.pop();
    finished.push(package);
    round
}

impl MayImport {
    fn contains(&self, folder: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Only(folders) => folders.contains(&folder),
            Self::Anything => true,
        }
    }

    fn in_words(&self) -> String {
        match self {
            Self::Nothing => "nothing".to_owned(),
            Self::Only(folders) => format!("only {}", folders.join(", ")),
            Self::Anything => "anything".to_owned(),
        }
    }
}

const fn layer(folder: &'static str, package: &'static str, may_import: MayImport) -> Layer {
    Layer {
        folder,
        package,
        may_import,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(folder: &str, package: &str, dependencies: &[(&str, DependencyKind)]) -> Member {
        let owned = |(name, kind): &(&str, DependencyKind)| ((*name).to_owned(), *kind);
        Member {
            folder: folder.to_owned(),
            package: package.to_owned(),
            dependencies: dependencies.iter().map(owned).collect(),
        }
    }

    fn engine() -> Member {
        member(
            "crates/engine",
            "connect-src",
            &[("url", DependencyKind::Normal)],
        )
    }

    #[test]
    fn the_table_names_only_its_own_folders() {
        for layer in LAYERS {
            if let MayImport::Only(folders) = &layer.may_import {
                let known = |folder: &&str| LAYERS.iter().any(|it| it.folder == *folder);
                assert!(folders.iter().all(known), "{layer:?}");
            }
        }
    }

    #[test]
    fn imports_named_by_the_table_and_foreign_crates_pass() {
        let report = [
            ("connect-src", DependencyKind::Normal),
            ("serde_json", DependencyKind::Normal),
        ];
        let members = [
            engine(),
            member("crates/report", "connect-src-report", &report),
        ];
        assert_eq!(findings(&members), [""; 0]);
    }

    #[test]
    fn an_import_that_the_table_does_not_name_is_found() {
        for kind in [DependencyKind::Normal, DependencyKind::Build] {
            let scan = member(
                "crates/scan",
                "connect-src-scan",
                &[("connect-src-report", kind)],
            );
            let report = member("crates/report", "connect-src-report", &[]);
            let findings = findings(&[scan, report]);
            assert_eq!(findings.len(), 1);
            assert!(
                findings[0].starts_with(
                    "crates/scan/Cargo.toml: imports crates/report, but may import only \
                     crates/engine;"
                ),
                "{findings:?}"
            );
        }
    }

    #[test]
    fn an_unknown_folder_is_told_where_to_register() {
        let findings = findings(&[member("crates/extra", "connect-src-extra", &[])]);
        assert_eq!(findings.len(), 1);
        assert!(
            findings[0].starts_with("crates/extra: not in the table"),
            "{findings:?}"
        );
        assert!(findings[0].contains("xtask/src/layers.rs"), "{findings:?}");
    }

    #[test]
    fn a_folder_keeps_its_package_name() {
        let findings = findings(&[member("crates/engine", "csp-engine", &[])]);
        assert_eq!(
            findings,
            [
                "crates/engine/Cargo.toml: the package is named `csp-engine`, expected \
              `connect-src` as in xtask/src/layers.rs"
            ]
        );
    }

    #[test]
    fn a_development_dependency_is_free() {
        let dev = [("connect-src-report", DependencyKind::Development)];
        let scan = member("crates/scan", "connect-src-scan", &dev);
        let report = member("crates/report", "connect-src-report", &[]);
        assert_eq!(findings(&[scan, report]), [""; 0]);
    }

    #[test]
    fn a_development_dependency_closes_no_cycle() {
        let dev = [("connect-src-report", DependencyKind::Development)];
        let engine = member("crates/engine", "connect-src", &dev);
        let normal = [("connect-src", DependencyKind::Normal)];
        let report = member("crates/report", "connect-src-report", &normal);
        assert_eq!(
            findings(&[engine, report]),
            [
                "connect-src -> connect-src-report -> connect-src: a cycle; drop one of these \
              dependencies"
            ]
        );
    }

    #[test]
    fn members_come_from_cargo_metadata() {
        let metadata: Metadata = cargo_metadata::MetadataCommand::parse(METADATA).unwrap();
        let members = members(&metadata);
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].folder, "crates/engine");
        assert_eq!(members[0].package, "connect-src");
        assert_eq!(
            members[0].dependencies,
            [("url".to_owned(), DependencyKind::Normal)]
        );
    }

    const METADATA: &str = r#"{
        "version": 1,
        "workspace_root": "/src",
        "target_directory": "/src/target",
        "workspace_members": ["path+file:///src/crates/engine#connect-src@0.1.0"],
        "resolve": null,
        "packages": [{
            "name": "connect-src",
            "version": "0.1.0",
            "id": "path+file:///src/crates/engine#connect-src@0.1.0",
            "manifest_path": "/src/crates/engine/Cargo.toml",
            "targets": [],
            "features": {},
            "dependencies": [{
                "name": "url",
                "req": "^2",
                "kind": null,
                "optional": false,
                "uses_default_features": false,
                "features": [],
                "target": null
            }]
        }]
    }"#;
}
