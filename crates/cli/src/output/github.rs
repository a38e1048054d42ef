//! Findings as annotations of GitHub Actions.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>

use std::io::{self, Write as _};

use connect_src_lint::Severity;

use crate::commands::lint::{Found, Linted};
use crate::output::Output;

/// Prints a workflow command for each finding.
pub(crate) fn lint(all: &[Linted], out: &mut Output) -> io::Result<()> {
    for found in all.iter().flat_map(|linted| &linted.findings) {
        writeln!(out, "{}", annotation(found))?;
    }
    Ok(())
}

fn annotation(found: &Found) -> String {
    let diagnostic = &found.diagnostic;
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = vec![format!("title={}", property(diagnostic.rule))];
    if let Some(file) = &found.place.file {
        properties.push(format!("file={}", property(file)));
    }
    if let Some((line, column)) = found.place.start {
        properties.push(format!("line={line},col={column}"));
    }
    if let Some((line, column)) = found.place.end {
        properties.push(format!("endLine={line},endColumn={column}"));
    }
    let text = format!(
        "{}: {}. {}.",
        diagnostic.message, diagnostic.why, diagnostic.help
    );
    format!("::{command} {}::{}", properties.join(","), data(&text))
}

/// What a message must not have.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// What a property must not have.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_cannot_write_commands_of_its_own() {
        assert_eq!(data("a\n::error::b 100%"), "a%0A::error::b 100%25");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }
}
