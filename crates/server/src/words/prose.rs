//! Sentences with code in them.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::sanitize::{sanitize, shorten};

/// A sentence: words, and code that is marked as such and never broken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    pieces: Vec<Piece>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words of ours.
    Words(Cow<'static, str>),
    /// Code, harmless and cut.
    Code(String),
}

/// Code in a sentence. What comes from outside becomes harmless and, if need be, shorter.
pub fn code(text: impl AsRef<str>) -> Piece {
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

/// Makes a [`Prose`](crate::words::Prose) of words and [`code`](crate::words::code).
#[macro_export]
macro_rules! prose {
    ($($piece:expr),* $(,)?) => {
        $crate::words::Prose::new([$($crate::words::Piece::from($piece)),*])
    };
}

impl Prose {
    /// A sentence of these parts.
    pub fn new(pieces: impl IntoIterator<Item = Piece>) -> Self {
        Self {
            pieces: pieces.into_iter().collect(),
        }
    }

    /// A text of ours, in which code stands between backticks.
    pub fn of_markup(text: &str) -> Self {
        let pieces = text.split('`').enumerate().map(|(index, piece)| {
            if index % 2 == 1 {
                code(piece)
            } else {
                Piece::Words(Cow::Owned(piece.to_owned()))
            }
        });
        Self::new(pieces)
    }

    /// Adds a part at the end.
    pub fn push(&mut self, piece: impl Into<Piece>) {
        self.pieces.push(piece.into());
    }

    /// This sentence, and then the other.
    #[must_use]
    pub fn append(mut self, mut other: Self) -> Self {
        self.pieces.append(&mut other.pieces);
        self
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Its parts.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The sentence without colours, code between backticks.
    pub fn to_plain(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            let _ = match piece {
                Piece::Words(words) => write!(text, "{words}"),
                Piece::Code(code) => write!(text, "`{code}`"),
            };
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
