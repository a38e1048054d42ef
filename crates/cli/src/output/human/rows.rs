//! Rows with a label on the left, so that the eye finds what it looks for.

use std::fmt::Display;
use std::io::{self, Write as _};

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use crate::output::style::STRONG;
use crate::output::{Output, Prose, prose::InLines as _};

/// Labels end in this column.
const LABEL_WIDTH: usize = 8;
/// What is said begins in this column.
const INDENT: usize = LABEL_WIDTH + 2;

/// How many columns there are for what is said. Long lines are hard to read, also where there is room.
pub(super) fn width(out: &Output) -> usize {
    const MOST: usize = 110;
    out.width().min(MOST).saturating_sub(INDENT).max(30)
}

/// What a finding is about, behind the word for it, with an empty line below.
pub(super) fn headline(
    out: &mut Output,
    (word, style): (&str, Style),
    what: &Prose,
) -> io::Result<()> {
    for (index, line) in what.lines(width(out), STRONG).iter().enumerate() {
        let lead = if index == 0 {
            format!("{style}{word}{style:#}: ")
        } else {
            String::new()
        };
        writeln!(out, "{lead}{line}")?;
    }
    writeln!(out)
}

/// A sentence beside its label.
pub(super) fn sentence(
    out: &mut Output,
    label: (&str, Style),
    prose: &Prose,
    style: Style,
) -> io::Result<()> {
    let lines = prose.lines(width(out), style);
    self::lines(out, label, &lines)
}

/// Lines beside a label; the first line is the label's.
pub(super) fn lines(
    out: &mut Output,
    (label, style): (&str, Style),
    lines: &[String],
) -> io::Result<()> {
    for (index, line) in lines.iter().enumerate() {
        if index > 0 || label.is_empty() {
            writeln!(out, "{:INDENT$}{line}", "")?;
            continue;
        }
        let padding = LABEL_WIDTH.saturating_sub(label.width());
        writeln!(out, "{:padding$}{style}{label}{style:#}  {line}", "")?;
    }
    Ok(())
}

/// The number, and the word, which has a plural unless it is "info".
pub(super) fn counted<N: Copy + Display + PartialEq + From<u8>>(count: N, word: &str) -> String {
    let end = if count == N::from(1) || word == "info" {
        ""
    } else {
        "s"
    };
    format!("{count} {word}{end}")
}
