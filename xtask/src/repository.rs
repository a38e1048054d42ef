//! The repository that the tasks work on: its workspace, and its files as git lists them.

#![expect(
    clippy::disallowed_methods,
    reason = "the repository's own files are no input from outside"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::{Metadata, MetadataCommand};

use crate::failure::Failure;

/// The workspace that `cargo xtask` was started in.
#[derive(Debug)]
pub(crate) struct Repository {
    /// The members of the workspace and what their manifests say.
    pub(crate) metadata: Metadata,
}

impl Repository {
    /// Asks cargo for the workspace members, without their dependencies' own manifests.
    pub(crate) fn open() -> Result<Self, Failure> {
        let metadata = MetadataCommand::new()
            .no_deps()
            .exec()
            .map_err(Failure::while_doing("cargo metadata"))?;
        Ok(Self { metadata })
    }

    /// The absolute path of a path given relative to the root.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.metadata
            .workspace_root
            .join(relative)
            .into_std_path_buf()
    }

    /// Reads a text file.
    pub(crate) fn read(&self, relative: &str) -> Result<String, Failure> {
        fs::read_to_string(self.path(relative)).map_err(Failure::while_doing(relative))
    }

    /// Writes a file, and the folders that it lies in.
    pub(crate) fn write(&self, relative: &str, text: &str) -> Result<(), Failure> {
        let path = self.path(relative);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, text))
            .map_err(Failure::while_doing(relative))
    }

    /// The files that are in git or would enter it with `git add .`, relative to the root.
    pub(crate) fn files(&self) -> Result<BTreeSet<String>, Failure> {
        let listing = self.stdout(Command::new("git").args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let present = |file: &&str| !file.is_empty() && self.path(file).exists();
        Ok(listing
            .split('\0')
            .filter(present)
            .map(str::to_owned)
            .collect())
    }

    /// Runs a command in the root and returns what it prints.
    pub(crate) fn stdout(&self, command: &mut Command) -> Result<String, Failure> {
        let program = command.get_program().to_string_lossy().into_owned();
        let output = command
            .current_dir(&self.metadata.workspace_root)
            .output()
            .map_err(Failure::while_doing(&program))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::new(format!(
                "{program}: {}: {}",
                output.status,
                said.trim()
            )));
        }
        String::from_utf8(output.stdout).map_err(Failure::while_doing(program))
    }
}

/// Reads a Rust source file of any tree.
pub(crate) fn read_source(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(Failure::while_doing(path.display()))
}

/// All `.rs` files below a folder, sorted; none when there is no such folder.
pub(crate) fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    if folder.is_dir() {
        collect_rust_files(folder, &mut files).map_err(Failure::while_doing(folder.display()))?;
    }
    files.sort();
    Ok(files)
}

fn collect_rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_rust_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}
