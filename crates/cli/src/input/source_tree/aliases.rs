//! Names of modules that stand for files of the project, as builds are configured.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use connect_src_scan::without_steps;
use serde_json::{Map, Value};

use super::read_configuration;
use super::walk::name_of;

/// The aliases of all configurations: prefixes of module names, and what they stand for.
///
/// <https://www.typescriptlang.org/tsconfig/#paths>, <https://nodejs.org/api/packages.html#subpath-imports>
pub(super) fn of(configurations: &[PathBuf]) -> BTreeMap<String, String> {
    let mut aliases = BTreeMap::new();
    for path in configurations {
        let Some(configuration) = read(path) else {
            continue;
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        if path.file_name().is_some_and(|name| name == "package.json") {
            of_package(&configuration, folder, &mut aliases);
        } else {
            of_compiler(&configuration, folder, &mut aliases);
        }
    }
    aliases
}

/// JSON as compilers read it, with comments and commas too many.
fn read(path: &Path) -> Option<Map<String, Value>> {
    let mut text = read_configuration(path)?;
    json_strip_comments::strip(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

fn of_package(package: &Map<String, Value>, folder: &Path, aliases: &mut BTreeMap<String, String>) {
    // The folder that was named is no dependency of its own files.
    if let Some(name) = package.get("name").and_then(Value::as_str)
        && !name.is_empty()
    {
        aliases.insert(format!("{name}/"), target(folder, "./"));
        aliases.insert(name.to_owned(), entry_of(package, folder));
    }
    let imports = package.get("imports").and_then(Value::as_object);
    for (pattern, to) in imports.into_iter().flatten() {
        if let Some(to) = first_path(to) {
            insert(pattern, to, folder, aliases);
        }
    }
}

/// What an import of the whole package reads: the first of its entries that is there, or the usual folder of sources.
fn entry_of(package: &Map<String, Value>, folder: &Path) -> String {
    let entries = ["source", "module", "main"].iter();
    let entries = entries.filter_map(|name| package.get(*name)?.as_str());
    let entry = entries
        .chain(["src"])
        .find(|entry| folder.join(entry).exists());
    target(folder, entry.unwrap_or("."))
}

fn of_compiler(
    configuration: &Map<String, Value>,
    folder: &Path,
    aliases: &mut BTreeMap<String, String>,
) {
    let Some(options) = configuration.get("compilerOptions") else {
        return;
    };
    let base = options.get("baseUrl").and_then(Value::as_str);
    let base = base.map_or_else(|| folder.to_owned(), |base| folder.join(base));
    let paths = options.get("paths").and_then(Value::as_object);
    for (pattern, to) in paths.into_iter().flatten() {
        if let Some(to) = to.get(0).and_then(Value::as_str) {
            insert(pattern, to, &base, aliases);
        }
    }
}

/// What a condition or the first of several gives, for browsers.
fn first_path(to: &Value) -> Option<&str> {
    match to {
        Value::String(path) => Some(path),
        Value::Object(conditions) => ["browser", "import", "module", "default"]
            .iter()
            .find_map(|condition| conditions.get(*condition))
            .and_then(Value::as_str),
        _ => None,
    }
}

/// A pattern with a `*` at its end is a prefix; one without is a whole name.
fn insert(pattern: &str, to: &str, base: &Path, aliases: &mut BTreeMap<String, String>) {
    let (prefix, to) = match (pattern.strip_suffix('*'), to.split_once('*')) {
        (Some(prefix), Some((to, _))) => (prefix, to),
        (None, None) => (pattern, to),
        _ => return,
    };
    if !prefix.is_empty() {
        aliases.insert(prefix.to_owned(), target(base, to));
    }
}

fn target(base: &Path, to: &str) -> String {
    without_steps(&name_of(&base.join(to)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn aliases(name: &str, text: &str) -> Vec<(String, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let root = format!("{}/", name_of(folder.path()));
        let short = |(from, to): (String, String)| (from, to.replace(&root, ""));
        of(&[path]).into_iter().map(short).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = |(one, other): &(&str, &str)| ((*one).to_owned(), (*other).to_owned());
        pairs.iter().map(own).collect()
    }

    #[test]
    fn paths_of_the_compiler_are_relative_to_its_base() {
        let text = r#"{
            // comments and commas too many are usual here
            "compilerOptions": { "baseUrl": "./src", "paths": { "@/*": ["*"], "config": ["../config/index.ts"], }, },
        }"#;
        assert_eq!(
            aliases("tsconfig.json", text),
            pairs(&[("@/", "app/src/"), ("config", "app/config/index.ts")])
        );
    }

    #[test]
    fn a_package_has_its_name_and_its_imports() {
        let text = r##"{ "name": "@acme/app", "imports": { "#lib/*": "./lib/*", "#env": { "node": "./a.js", "default": "./b.js" } } }"##;
        assert_eq!(
            aliases("package.json", text),
            pairs(&[
                ("#env", "app/b.js"),
                ("#lib/", "app/lib/"),
                ("@acme/app", "app"),
                ("@acme/app/", "app/"),
            ])
        );
    }

    #[test]
    fn what_cannot_be_read_has_no_aliases() {
        for text in [
            "",
            "[]",
            "{\"compilerOptions\": 1}",
            "{\"compilerOptions\": {\"paths\": {\"*\": [\"*\"], \"a\": 2}}}",
        ] {
            assert_eq!(aliases("tsconfig.json", text), [], "{text}");
        }
    }
}
