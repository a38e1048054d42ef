//! A piece of code with a place in it underlined.

use std::ops::Range;

use anstyle::Style;

use super::annotate::{Mark, annotate};

/// The line of a place, with the place underlined; of a long line, what is around it. Nothing where the text is another than
/// the one that was scanned.
pub(super) fn frame(text: &str, span: Range<usize>, style: Style, width: usize) -> Vec<String> {
    let Some((excerpt, range)) = excerpt(text, span) else {
        return Vec::new();
    };
    let mark = Mark {
        range,
        label: String::new(),
        line: '^',
        style,
    };
    annotate(excerpt, None, Some(&mark), width)
}

/// The line around a place, and where in it the place is.
fn excerpt(text: &str, span: Range<usize>) -> Option<(&str, Range<usize>)> {
    let marked = text.get(span.clone()).filter(|marked| !marked.is_empty())?;
    let marked = marked.lines().next()?;
    let end = span.start + marked.len().min(MOST);
    let line = text[..span.start]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let line_end = text[span.start..]
        .find('\n')
        .map_or(text.len(), |newline| span.start + newline);
    let start = floor(text, line.max(span.start.saturating_sub(AROUND)));
    let until = floor(text, line_end.min(end + AROUND));
    let excerpt = &text[start..until];
    let trimmed = excerpt.trim_start();
    let offset = start + excerpt.len() - trimmed.len();
    let range = span.start.checked_sub(offset)?..floor(text, end).saturating_sub(offset);
    Some((trimmed.trim_end(), range))
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// Bytes of a long line that are shown before and behind a place, and of the place itself.
const AROUND: usize = 60;
const MOST: usize = 120;

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::*;

    fn shown(text: &str, marked: &str) -> Vec<String> {
        let start = text.find(marked).unwrap();
        let lines = frame(text, start..start + marked.len(), Style::new(), 200);
        let strip = |line: &String| anstream::adapter::strip_str(line).to_string();
        lines.iter().map(strip).collect()
    }

    #[test]
    fn the_place_is_underlined_in_its_line() {
        assert_eq!(
            shown("a\n    fetch('/b');\nc", "'/b'"),
            ["fetch('/b');", "      ^^^^"]
        );
        assert_eq!(
            shown("fetch('/b',\n  c)", "fetch('/b',\n  c)"),
            ["fetch('/b',", "^^^^^^^^^^^"]
        );
    }

    #[test]
    fn of_a_long_line_the_surroundings_are_shown() {
        let text = format!("{}fetch('/b'){}", "é".repeat(10_000), "ü".repeat(10_000));
        let lines = shown(&text, "'/b'");
        assert!(
            lines[0].width() < 120 && lines[0].contains("fetch('/b')"),
            "{lines:?}"
        );
    }

    #[test]
    fn a_place_that_the_text_does_not_have_is_not_shown() {
        for span in [3..9, 5..6, 2..2] {
            assert_eq!(frame("aé", span, Style::new(), 80), Vec::<String>::new());
        }
    }
}
