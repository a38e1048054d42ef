//! Levels and suppressions, from the command line and `connect-src.toml`.

use std::path::{Path, PathBuf};

use connect_src_lint::Level;
use connect_src_server::config::Lint;

use crate::error::Error;
use crate::output::sanitize::sanitize;

/// How much each rule matters, and which findings stay: the configuration, then the command line over it.
pub(super) fn read(config: Option<&Path>, levels: &[(String, Level)]) -> Result<Lint, Error> {
    let usual = PathBuf::from("connect-src.toml");
    let file = config
        .map(Path::to_path_buf)
        .or_else(|| usual.is_file().then_some(usual));
    let mut settings = match file {
        Some(file) => of_file(&file)?,
        None => Lint::default(),
    };
    for (name, level) in levels {
        settings
            .levels
            .set(name, *level)
            .map_err(|error| Error::new(error.to_string()))?;
    }
    Ok(settings)
}

fn of_file(file: &Path) -> Result<Lint, Error> {
    Lint::load(file).map_err(|errors| {
        let text = errors.to_string();
        let lines: Vec<_> = text.lines().map(sanitize).collect();
        Error::new(lines.join("\n"))
    })
}
