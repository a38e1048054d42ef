//! Sentences with code in them, broken into lines.

use std::fmt::Write as _;

use anstyle::Style;
pub(crate) use connect_src_server::prose;
pub(crate) use connect_src_server::words::{Piece, Prose, code};
use unicode_width::UnicodeWidthStr as _;

use super::style::CODE;

/// Prose as a terminal shows it.
pub(crate) trait InLines {
    /// The sentence in lines of at most `width` columns (longer where one word is), in this style. Code has
    /// a colour of its own where the style is plain.
    fn lines(&self, width: usize, style: Style) -> Vec<String>;
}

impl InLines for Prose {
    fn lines(&self, width: usize, style: Style) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut column = 0;
        for word in words(self) {
            let word_width: usize = word.iter().map(fragment_width).sum();
            if column > 0 && column + 1 + word_width > width {
                lines.push(String::new());
                column = 0;
            }
            let line = lines.last_mut().expect("there is a first line");
            if column > 0 {
                line.push(' ');
                column += 1;
            }
            column += word_width;
            let code = if style == Style::new() {
                CODE
            } else {
                Style::new()
            };
            write_word(line, &word, code);
        }
        let styled = |line: String| format!("{style}{line}{style:#}");
        lines.into_iter().map(styled).collect()
    }
}

/// The words: what has no space in it. Each is a run of fragments, which are code or not.
fn words(prose: &Prose) -> Vec<Vec<(&str, bool)>> {
    let mut words: Vec<Vec<(&str, bool)>> = Vec::new();
    let mut is_glued = false;
    for piece in prose.pieces() {
        match piece {
            Piece::Code(code) => add(&mut words, (code, true), is_glued),
            Piece::Words(text) => {
                for (index, word) in text.split(' ').enumerate() {
                    is_glued &= index == 0;
                    if !word.is_empty() {
                        add(&mut words, (word, false), is_glued);
                    }
                }
            }
        }
        is_glued = !matches!(piece, Piece::Words(text) if text.ends_with(' '));
    }
    words
}

fn add<'a>(words: &mut Vec<Vec<(&'a str, bool)>>, fragment: (&'a str, bool), is_glued: bool) {
    match words.last_mut() {
        Some(last) if is_glued => last.push(fragment),
        _ => words.push(vec![fragment]),
    }
}

fn fragment_width((text, is_code): &(&str, bool)) -> usize {
    let quotes = if *is_code && needs_quotes(text) { 2 } else { 0 };
    text.width() + quotes
}

fn write_word(line: &mut String, word: &[(&str, bool)], code: Style) {
    for (text, is_code) in word {
        let _ = match (is_code, needs_quotes(text)) {
            (false, _) => write!(line, "{text}"),
            (true, false) => write!(line, "{code}{text}{code:#}"),
            (true, true) => write!(line, "{code}`{text}`{code:#}"),
        };
    }
}

/// Whether code would not be seen to be code without its colour.
fn needs_quotes(code: &str) -> bool {
    code.len() < 3 || code.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_lines(prose: &Prose, width: usize) -> Vec<String> {
        let lines = prose.lines(width, Style::new());
        let strip = |line: &String| anstream::adapter::strip_str(line).to_string();
        lines.iter().map(strip).collect()
    }

    #[test]
    fn lines_break_at_spaces_and_not_in_code() {
        let prose = prose!["the ", code("a b c"), ", and more"];
        assert_eq!(plain_lines(&prose, 9), ["the", "`a b c`,", "and more"]);
    }

    #[test]
    fn what_is_glued_together_stays_so() {
        let prose = prose!["(", code("wss:"), ") is"];
        assert_eq!(plain_lines(&prose, 80), ["(wss:) is"]);
    }
}
