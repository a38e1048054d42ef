//! What the demo writes, which goes when it ends.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A folder that only its owner can look into. It is removed when this is dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let name = |number: u32| format!("connect-src-demo-{}-{number}", std::process::id());
        let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
        // Somebody else's folder is not used, whatever is in it.
        for number in 0..100 {
            let path = std::env::temp_dir().join(name(number));
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.0.join("reports.db")
    }

    pub(super) fn token_file(&self) -> PathBuf {
        self.0.join("token")
    }

    pub(super) fn save_token(&self, token: &str) -> io::Result<()> {
        write_private(&self.token_file(), token)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The system tidies up its temporary folder if we cannot.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    writeln!(options.open(path)?, "{text}")
}
