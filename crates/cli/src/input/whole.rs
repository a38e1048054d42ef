//! Files that are written whole or not at all.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::Input;
use crate::error::Error;

/// Puts bytes in the place of a file's: into a new file beside it, which then takes its name and its mode. Whoever reads the
/// file meanwhile sees the old bytes or the new ones.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error: std::io::Error| {
        Error::new(format!(
            "{}: cannot be written: {error}",
            Input::File(path.to_owned()).name()
        ))
    };
    // A link stays one: what it leads to is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    set_mode(file.as_file(), &target).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The mode of the file that is there; of a new one, what everybody may read.
fn set_mode(file: &fs::File, target: &Path) -> std::io::Result<()> {
    if let Ok(metadata) = fs::metadata(target) {
        return file.set_permissions(metadata.permissions());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}
