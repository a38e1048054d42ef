//! Sentences with code in them, broken into lines.

use std::borrow::Cow;
use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

use super::sanitize::{sanitize, shorten};
use super::style::CODE;

/// A sentence: words, and code that is coloured and never broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Words(Cow<'static, str>),
    Code(String),
}

/// Code in a sentence. What comes from outside becomes harmless and, if need be, shorter.
pub(crate) fn code(text: impl AsRef<str>) -> Piece {
    const LONGEST: usize = 160;
    Piece::Code(shorten(&sanitize(text.as_ref()), LONGEST).into_owned())
}

impl From<&'static str> for Piece {
    fn from(words: &'static str) -> Self {
        Self::Words(Cow::Borrowed(words))
    }
}

/// Words that were put together from our own words and numbers, or made harmless before.
impl From<String> for Piece {
    fn from(words: String) -> Self {
        Self::Words(Cow::Owned(words))
    }
}

/// Makes a [`Prose`](crate::output::Prose) of words and [`code`](crate::output::code).
macro_rules! prose {
    ($($piece:expr),* $(,)?) => {
        $crate::output::Prose::new([$($crate::output::prose::Piece::from($piece)),*])
    };
}

pub(crate) use prose;

impl Prose {
    pub(crate) fn new(pieces: impl IntoIterator<Item = Piece>) -> Self {
        Self {
            pieces: pieces.into_iter().collect(),
        }
    }

    /// A text of ours, in which code stands between backticks.
    pub(crate) fn of_markup(text: &str) -> Self {
        let pieces = text.split('`').enumerate().map(|(index, piece)| {
            if index % 2 == 1 {
                code(piece)
            } else {
                Piece::Words(Cow::Owned(piece.to_owned()))
            }
        });
        Self::new(pieces)
    }

    pub(crate) fn push(&mut self, piece: impl Into<Piece>) {
        self.pieces.push(piece.into());
    }

    pub(crate) fn append(mut self, mut other: Self) -> Self {
        self.pieces.append(&mut other.pieces);
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The sentence without colours, code between backticks.
    pub(crate) fn to_plain(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            let _ = match piece {
                Piece::Words(words) => write!(text, "{words}"),
                Piece::Code(code) => write!(text, "`{code}`"),
            };
        }
        text
    }

    /// The sentence in lines of at most `width` columns (longer where one word is), in this style. Code has
    /// a colour of its own where the style is plain.
    pub(crate) fn lines(&self, width: usize, style: Style) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut column = 0;
        for word in self.words() {
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

    /// The words: what has no space in it. Each is a run of fragments, which are code or not.
    fn words(&self) -> Vec<Vec<(&str, bool)>> {
        let mut words: Vec<Vec<(&str, bool)>> = Vec::new();
        let mut is_glued = false;
        for piece in &self.pieces {
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

    #[test]
    fn backticks_make_code() {
        let prose = Prose::of_markup("a `wss:` source");
        assert_eq!(
            prose,
            prose!["a ".to_owned(), code("wss:"), " source".to_owned()]
        );
        assert_eq!(prose.to_plain(), "a `wss:` source");
    }

    #[test]
    fn code_from_outside_is_harmless_and_short() {
        assert_eq!(code("\u{1b}[2J"), Piece::Code("␛[2J".to_owned()));
        let Piece::Code(text) = code("x".repeat(10_000)) else {
            panic!("code");
        };
        assert_eq!(text.chars().count(), 160);
    }
}
