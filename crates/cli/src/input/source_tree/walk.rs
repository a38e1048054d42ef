//! Which files there are.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use connect_src_scan::Language;
use ignore::{DirEntry, WalkBuilder};

use super::SourceTreeOptions;
use crate::error::Error;
use crate::input::Input;

/// A file to scan.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SourceFile {
    pub(super) path: PathBuf,
    /// How results call it.
    pub(super) name: String,
    pub(super) size: u64,
    /// Nanoseconds since 1970; 0 where the file system does not tell.
    pub(super) modified: u64,
}

/// What a walk came by.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// In the order of their names.
    pub(super) files: Vec<SourceFile>,
    /// Files that may have aliases.
    pub(super) configurations: Vec<PathBuf>,
    pub(super) passed_over: Vec<String>,
}

/// Walks the paths.
pub(super) fn walk(paths: &[PathBuf], options: &SourceTreeOptions) -> Result<Walked, Error> {
    let mut walked = Walked::default();
    for path in paths {
        if let Err(error) = fs::metadata(path) {
            return Err(Input::File(path.clone()).cannot_read(&error));
        }
        for entry in builder(path, options).build() {
            match entry {
                Ok(entry) => walked.take(entry, options),
                Err(error) => walked.passed_over.push(error.to_string()),
            }
        }
    }
    walked.files.sort_by(|one, other| one.name.cmp(&other.name));
    walked.files.dedup_by(|one, other| one.name == other.name);
    Ok(walked)
}

fn builder(path: &Path, options: &SourceTreeOptions) -> WalkBuilder {
    let mut builder = WalkBuilder::new(path);
    let excludes_tests = options.excludes_tests;
    builder
        .git_ignore(options.respects_ignore_files)
        .git_exclude(options.respects_ignore_files)
        .git_global(options.respects_ignore_files)
        .ignore(options.respects_ignore_files)
        .parents(options.respects_ignore_files)
        .require_git(false)
        .filter_entry(move |entry| is_entered(entry, excludes_tests));
    builder
}

/// Whether the walk takes a file, or goes into a folder. What was named is always taken.
fn is_entered(entry: &DirEntry, excludes_tests: bool) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0 || (name != "node_modules" && !(excludes_tests && is_test(&name)))
}

/// Whether a file or folder holds tests, by the names that test runners look for.
fn is_test(name: &str) -> bool {
    let mut parts = name.split('.').skip(1);
    matches!(
        name,
        "__mocks__" | "__tests__" | "cypress" | "e2e" | "spec" | "specs" | "test" | "tests"
    ) || parts.any(|part| matches!(part, "cy" | "spec" | "stories" | "test"))
}

impl Walked {
    fn take(&mut self, entry: DirEntry, options: &SourceTreeOptions) {
        let Some(kind) = entry.file_type() else {
            return;
        };
        // The path itself may be a link; links below it are not followed.
        let is_folder = kind.is_dir() || (entry.depth() == 0 && entry.path().is_dir());
        if is_folder {
            self.take_env_files(entry.path(), &options.mode);
        } else if kind.is_file() || entry.depth() == 0 {
            self.take_file(entry);
        }
    }

    /// The `.env` files that count in this mode, which a walk passes over because they are hidden.
    ///
    /// <https://vite.dev/guide/env-and-mode.html#env-files>
    fn take_env_files(&mut self, folder: &Path, mode: &str) {
        for name in [
            ".env".to_owned(),
            ".env.local".to_owned(),
            format!(".env.{mode}"),
            format!(".env.{mode}.local"),
        ] {
            let path = folder.join(name);
            if let Ok(metadata) = fs::metadata(&path)
                && metadata.is_file()
            {
                self.files.push(SourceFile::new(path, &metadata));
            }
        }
    }

    fn take_file(&mut self, entry: DirEntry) {
        let name = entry.file_name().to_string_lossy();
        if is_configuration(&name) {
            self.configurations.push(entry.path().to_owned());
        }
        if Language::of_path(&name).is_none() {
            return;
        }
        let metadata = if entry.depth() == 0 {
            fs::metadata(entry.path()).map_err(ignore::Error::from)
        } else {
            entry.metadata()
        };
        match metadata {
            Ok(metadata) => self
                .files
                .push(SourceFile::new(entry.into_path(), &metadata)),
            Err(error) => self.passed_over.push(error.to_string()),
        }
    }
}

fn is_configuration(name: &str) -> bool {
    let is_compiler = name.starts_with("tsconfig") || name.starts_with("jsconfig");
    let is_json = Path::new(name).extension().is_some_and(|one| one == "json");
    name == "package.json" || (is_compiler && is_json)
}

impl SourceFile {
    fn new(path: PathBuf, metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok();
        let since = modified.and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
        Self {
            name: name_of(&path),
            size: metadata.len(),
            modified: since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(0)),
            path,
        }
    }
}

/// How results call a path: as it was reached, with `/`, and without `./` before it.
pub(super) fn name_of(path: &Path) -> String {
    let name = path.to_string_lossy();
    let name = if std::path::MAIN_SEPARATOR == '\\' {
        name.replace('\\', "/")
    } else {
        name.into_owned()
    };
    name.strip_prefix("./").map(str::to_owned).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path, options: &SourceTreeOptions) -> Vec<String> {
        let walked = walk(&[folder.to_owned()], options).unwrap();
        let prefix = format!("{}/", name_of(folder));
        let names = walked
            .files
            .iter()
            .map(|file| file.name.strip_prefix(&prefix).unwrap());
        names.map(str::to_owned).collect()
    }

    fn folder_with(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn a_walk_passes_over_what_is_hidden_ignored_or_a_dependency() {
        let folder = folder_with(&[
            "a.ts",
            "a.d.ts",
            "b.css",
            ".hidden/c.js",
            "dist/d.js",
            "node_modules/e/e.js",
            "f/g.vue",
        ]);
        fs::write(folder.path().join(".gitignore"), "dist\n").unwrap();
        let options = SourceTreeOptions::default();
        assert_eq!(names(folder.path(), &options), ["a.ts", "f/g.vue"]);
        let all = SourceTreeOptions {
            respects_ignore_files: false,
            ..SourceTreeOptions::default()
        };
        assert_eq!(names(folder.path(), &all), ["a.ts", "dist/d.js", "f/g.vue"]);
        let named = folder.path().join("node_modules");
        assert_eq!(names(&named, &options), ["e/e.js"]);
    }

    #[test]
    fn env_files_of_the_mode_count_though_they_are_ignored() {
        let folder = folder_with(&[
            ".env",
            ".env.local",
            ".env.production",
            ".env.development",
            "a/.env",
        ]);
        fs::write(folder.path().join(".gitignore"), ".env*\n").unwrap();
        assert_eq!(
            names(folder.path(), &SourceTreeOptions::default()),
            [".env", ".env.local", ".env.production", "a/.env"]
        );
    }

    #[test]
    fn tests_are_known_by_their_names() {
        for (name, expected) in [
            ("api.test.ts", true),
            ("api.spec.js", true),
            ("__tests__", true),
            ("test", true),
            ("testing.ts", false),
            ("latest.js", false),
        ] {
            assert_eq!(is_test(name), expected, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_is_walked_once() {
        let folder = folder_with(&["a.js", "b/c.js"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("b/again")).unwrap();
        assert_eq!(
            names(folder.path(), &SourceTreeOptions::default()),
            ["a.js", "b/c.js"]
        );
    }

    #[test]
    fn a_path_that_does_not_exist_is_an_error() {
        let error = walk(&["no/such/folder".into()], &SourceTreeOptions::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no/such/folder: cannot be read: there is no such file"
        );
    }
}
