//! `connect-src explain`.

use std::io::Write as _;

use crate::args::Format;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::output::{self, Output};
use crate::reference::{self, NotFound};

/// Prints the reference for a term, or the list of terms.
pub(crate) fn run(
    term: Option<&str>,
    format: Format,
    out: &mut Output,
) -> Result<ExitStatus, Error> {
    let width = out.width();
    let Some(term) = term.filter(|term| !term.trim().is_empty()) else {
        match format {
            Format::Human => reference::write_list(out, width)?,
            Format::Json => writeln!(out, "{:#}", reference::list_as_json())?,
        }
        return Ok(ExitStatus::Success);
    };
    if term.trim() == "rules" {
        return rules(format, out);
    }
    if let Some(rule) = connect_src_lint::find_rule(term.trim()) {
        match format {
            Format::Human => output::human::rule(rule, out)?,
            Format::Json => output::json::rule(rule, out)?,
        }
        return Ok(ExitStatus::Success);
    }
    let found = reference::find(term).map_err(|instead| no_entry(term, &instead))?;
    match format {
        Format::Human => reference::write_entry(out, found, term, width)?,
        Format::Json => writeln!(out, "{:#}", reference::entry_as_json(found.entry))?,
    }
    Ok(ExitStatus::Success)
}

/// The list of the linter's rules.
fn rules(format: Format, out: &mut Output) -> Result<ExitStatus, Error> {
    match format {
        Format::Human => output::human::rules(out)?,
        Format::Json => output::json::rules(out)?,
    }
    Ok(ExitStatus::Success)
}

fn no_entry(term: &str, instead: &NotFound) -> Error {
    let hint = match instead {
        NotFound::SpelledLike(terms) => format!("did you mean {}?", terms.join(", or ")),
        NotFound::MentionedIn(terms) if terms.is_empty() => {
            "`connect-src explain` lists all terms".into()
        }
        NotFound::MentionedIn(terms) => format!("it is mentioned in {}", terms.join(", ")),
    };
    Error::new(format!("the reference has no entry for {term}; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_term_is_answered_with_a_better_one() {
        let message = |term: &str| no_entry(term, &reference::find(term).unwrap_err()).to_string();
        assert_eq!(
            message("conect-src"),
            "the reference has no entry for conect-src; did you mean connect-src?"
        );
        assert!(message("zzzzqqq").ends_with("`connect-src explain` lists all terms"));
    }
}
