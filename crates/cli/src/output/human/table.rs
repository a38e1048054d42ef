//! Columns as wide as what is in them.

use std::io::{self, Write as _};

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use crate::output::Output;
use crate::output::sanitize::{sanitize, shorten};
use crate::output::style::DIM;

/// A cell: what is in it, made harmless, and how it looks.
pub(super) struct Cell {
    text: String,
    style: Style,
    is_number: bool,
}

impl Cell {
    /// Text from anywhere.
    pub(super) fn text(text: &str) -> Self {
        Self {
            text: shorten(&sanitize(text), LONGEST).into_owned(),
            style: Style::new(),
            is_number: false,
        }
    }

    /// A number, on the right.
    pub(super) fn number(number: u64) -> Self {
        Self {
            text: number.to_string(),
            style: Style::new(),
            is_number: true,
        }
    }

    /// The same in this style.
    pub(super) fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// A moment of RFC 3339, without what is smaller than a minute: nobody reads that in a table.
pub(super) fn minute(moment: &str) -> &str {
    moment.get(..16).unwrap_or(moment)
}

/// Prints rows under their titles.
pub(super) fn table<const N: usize>(
    titles: [&str; N],
    rows: &[[Cell; N]],
    out: &mut Output,
) -> io::Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].text.width());
        cells.chain([titles[column].width()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let titles = std::array::from_fn(|column| Cell {
        text: titles[column].to_owned(),
        style: DIM,
        is_number: rows
            .first()
            .is_some_and(|row: &[Cell; N]| row[column].is_number),
    });
    for row in [&titles].into_iter().chain(rows) {
        line(row, &widths, out)?;
    }
    Ok(())
}

fn line<const N: usize>(row: &[Cell; N], widths: &[usize; N], out: &mut Output) -> io::Result<()> {
    for (index, (cell, width)) in row.iter().zip(widths).enumerate() {
        let Cell { text, style, .. } = cell;
        let padding = width.saturating_sub(text.width());
        let (before, after) = match (cell.is_number, index + 1 == N) {
            (true, _) => (padding, 0),
            (false, true) => (0, 0),
            (false, false) => (0, padding),
        };
        write!(
            out,
            "{:2}{:before$}{style}{text}{style:#}{:after$}",
            "", "", ""
        )?;
    }
    writeln!(out)
}

const LONGEST: usize = 70;
