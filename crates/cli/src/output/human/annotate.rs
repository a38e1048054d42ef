//! A policy's text with one place in it underlined, however long the policy is.

use std::ops::Range;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use crate::output::sanitize::{sanitize, shorten};
use crate::output::style::DIM;

/// The place to underline.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// Stands after the line.
    pub(super) label: String,
    /// `^` for what is there, `+` for what is new.
    pub(super) line: char,
    pub(super) style: Style,
}

/// Lays out a text in lines of at most `width` columns.
///
/// A text that does not fit is cut down to `focus`, the directive that matters; what does not fit even then
/// is broken between its sources, and lines without the mark are counted instead of shown.
pub(super) fn annotate(
    text: &str,
    focus: Option<Range<usize>>,
    mark: Option<&Mark>,
    width: usize,
) -> Vec<String> {
    let (text, place) = with_single_spaces(text);
    let focus = focus.map(|range| place(range.start)..place(range.end));
    let mark = mark.map(|mark| Mark {
        range: place(mark.range.start)..place(mark.range.end),
        ..mark.clone()
    });
    layout(&text, focus, mark.as_ref(), width.max(20))
}

/// The text with one space for each run of white space, and a function that tells where a byte went.
fn with_single_spaces(text: &str) -> (String, impl Fn(usize) -> usize) {
    let mut single = String::with_capacity(text.len());
    // For each run that became shorter: where it ended, and how many bytes are gone by then.
    let mut gone: Vec<(usize, usize)> = Vec::new();
    let is_space = |character: char| character.is_ascii_whitespace();
    for (index, character) in text.char_indices() {
        if is_space(character) && single.ends_with(' ') {
            gone.push((index + 1, index + 1 - single.len()));
        } else {
            single.push(if is_space(character) { ' ' } else { character });
        }
    }
    let place = move |offset: usize| {
        let before = gone.partition_point(|(end, _)| *end <= offset);
        offset - before.checked_sub(1).map_or(0, |index| gone[index].1)
    };
    (single, place)
}

fn layout(
    text: &str,
    focus: Option<Range<usize>>,
    mark: Option<&Mark>,
    width: usize,
) -> Vec<String> {
    let (range, is_cut) = match focus {
        Some(focus) if text.width() > width => {
            let is_cut = (has_text(&text[..focus.start]), has_text(&text[focus.end..]));
            (focus, is_cut)
        }
        _ => (0..text.len(), (false, false)),
    };
    let rows = rows(text, range, width - 4);
    let shown = shown(&rows, mark);
    let mut lines = Vec::new();
    let last = rows.len() - 1;
    for (index, row) in rows.iter().enumerate() {
        if !shown[index] {
            if shown[index - 1] {
                lines.push(format!(
                    "{DIM}{}{DIM:#}",
                    skipped(text, &rows, &shown, index)
                ));
            }
            continue;
        }
        let before = if index == 0 && is_cut.0 { "… " } else { "" };
        let after = if index == last && is_cut.1 {
            " …"
        } else {
            ""
        };
        draw(&mut lines, text, row, mark, (before, after), width);
    }
    lines
}

fn has_text(text: &str) -> bool {
    text.bytes()
        .any(|byte| !matches!(byte, b';' | b' ' | b'\t' | b'\n' | b'\r' | 0xc))
}

/// Breaks a range of the text at white space, so that each row fits.
fn rows(text: &str, range: Range<usize>, width: usize) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    for word in words(text, range.clone()) {
        match rows.last_mut() {
            Some(row) if text[row.start..word.end].width() <= width => row.end = word.end,
            _ => rows.push(word),
        }
    }
    if rows.is_empty() {
        rows.push(range.start..range.start);
    }
    rows
}

fn words(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let base = text.as_ptr() as usize;
    text[range].split_ascii_whitespace().map(move |word| {
        let start = word.as_ptr() as usize - base;
        start..start + word.len()
    })
}

/// The rows to show: all of a few; of many, the first, the last, and those with the mark.
fn shown(rows: &[Range<usize>], mark: Option<&Mark>) -> Vec<bool> {
    const A_FEW: usize = 6;
    let is_marked = |row: &Range<usize>| {
        mark.is_some_and(|mark| mark.range.start < row.end && row.start < mark.range.end)
    };
    let is_shown = |(index, row): (usize, &Range<usize>)| {
        rows.len() <= A_FEW || index == 0 || index + 1 == rows.len() || is_marked(row)
    };
    rows.iter().enumerate().map(is_shown).collect()
}

fn skipped(text: &str, rows: &[Range<usize>], shown: &[bool], from: usize) -> String {
    let hidden = rows[from..]
        .iter()
        .zip(&shown[from..])
        .take_while(|(_, shown)| !**shown);
    let count: usize = hidden
        .map(|(row, _)| text[row.clone()].split_ascii_whitespace().count())
        .sum();
    format!("… {count} more …")
}

/// One row, and the line under it where the mark is.
fn draw(
    lines: &mut Vec<String>,
    text: &str,
    row: &Range<usize>,
    mark: Option<&Mark>,
    (before, after): (&str, &str),
    width: usize,
) {
    let marked = mark.and_then(|mark| {
        let start = mark.range.start.clamp(row.start, row.end);
        let end = mark.range.end.clamp(row.start, row.end);
        (start < end).then_some((mark, start, end))
    });
    let Some((mark, start, end)) = marked else {
        lines.push(format!("{before}{}{after}", shown_text(&text[row.clone()])));
        return;
    };
    let style = mark.style;
    let head = shown_text(&text[row.start..start]);
    let middle = shown_text(&text[start..end]);
    let tail = shown_text(&text[end..row.end]);
    lines.push(format!(
        "{before}{head}{style}{middle}{style:#}{tail}{after}"
    ));
    let indent = before.width() + head.width();
    let underline = mark.line.to_string().repeat(middle.width().max(1));
    let is_last = mark.range.end <= row.end;
    let label = if is_last { mark.label.as_str() } else { "" };
    let underlined = indent + underline.width();
    let indent = " ".repeat(indent);
    if label.is_empty() || underlined + 1 + label.width() <= width {
        let line = format!("{indent}{style}{underline} {label}");
        lines.push(format!("{}{style:#}", line.trim_end()));
    } else {
        lines.push(format!("{indent}{style}{underline}{style:#}"));
        let indent = " ".repeat(indent.width().min(width.saturating_sub(label.width())));
        lines.push(format!("{indent}{style}{label}{style:#}"));
    }
}

/// The text as it is shown: harmless, and not endless.
fn shown_text(text: &str) -> String {
    const LONGEST: usize = 600;
    shorten(&sanitize(text), LONGEST).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, marked: &str, label: &str, width: usize) -> Vec<String> {
        let start = text.find(marked).unwrap();
        let mark = Mark {
            range: start..start + marked.len(),
            label: label.to_owned(),
            line: '^',
            style: Style::new(),
        };
        let lines = annotate(text, Some(0..text.len()), Some(&mark), width);
        let strip = |line: &String| anstream::adapter::strip_str(line).to_string();
        lines.iter().map(strip).collect()
    }

    #[test]
    fn the_mark_stands_under_its_text() {
        assert_eq!(
            lines("connect-src 'self' a.test", "'self'", "here", 80),
            ["connect-src 'self' a.test", "            ^^^^^^ here"]
        );
    }

    #[test]
    fn a_label_without_room_gets_a_line_of_its_own() {
        assert_eq!(
            lines("connect-src a.test", "a.test", "a long label", 24),
            [
                "connect-src a.test",
                "            ^^^^^^",
                "            a long label"
            ]
        );
    }

    #[test]
    fn long_lists_show_the_marked_row() {
        let sources: Vec<_> = (10..99)
            .map(|number| format!("host{number}.test"))
            .collect();
        let text = format!("connect-src {}", sources.join(" "));
        let lines = lines(&text, "host55.test", "here", 44);
        assert_eq!(
            lines,
            [
                "connect-src host10.test host11.test",
                "… 42 more …",
                "host54.test host55.test host56.test",
                "            ^^^^^^^^^^^ here",
                "… 39 more …",
                "host96.test host97.test host98.test",
            ]
        );
    }

    #[test]
    fn white_space_is_shown_as_one_space() {
        assert_eq!(
            lines(
                "default-src\t'none';\n  connect-src\n\n a.test",
                "a.test",
                "here",
                80
            ),
            [
                "default-src 'none'; connect-src a.test",
                "                                ^^^^^^ here"
            ]
        );
    }

    #[test]
    fn columns_are_counted_as_a_terminal_shows_them() {
        assert_eq!(
            lines("connect-src 日本 \u{1b}x a.test", "a.test", "", 80),
            ["connect-src 日本 ␛x a.test", "                    ^^^^^^"]
        );
    }
}
