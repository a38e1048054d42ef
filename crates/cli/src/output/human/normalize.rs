//! Shortened policies: they alone on standard output, so that a shell can take them, what was done on standard error.

use std::io::{self, Write as _};

use connect_src::{Disposition, Normalized};

use crate::output::sanitize::sanitize;
use crate::output::{Output, stderr};

/// Prints each policy in a line, and says what was left out.
pub(crate) fn normalize(normalized: &[Normalized], out: &mut Output) -> io::Result<()> {
    for one in normalized {
        if normalized.len() > 1 && one.policy.disposition() == Disposition::Report {
            write!(out, "Content-Security-Policy-Report-Only: ")?;
        } else if normalized.len() > 1 {
            write!(out, "Content-Security-Policy: ")?;
        }
        writeln!(out, "{}", sanitize(one.policy.text()))?;
    }
    out.flush()?;
    for shortening in normalized.iter().flat_map(|one| &one.shortenings) {
        stderr(&format!("{}\n", sanitize(&shortening.to_string())));
    }
    if normalized.iter().any(|one| !one.is_exhaustive) {
        stderr("left some sources as they are: too many others could cover them to try all\n");
    }
    Ok(())
}
