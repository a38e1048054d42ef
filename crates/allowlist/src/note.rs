use std::fmt;
use std::ops::Range;

/// Something in a header that is ignored, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note {
    /// The bytes of the header's value.
    pub span: Range<usize>,
    /// What it is.
    pub kind: NoteKind,
}

/// Why a part of a header is ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// The value is no list of structured fields.
    NoList {
        /// What the parser says.
        problem: String,
    },
    /// The value is empty; there is no allowlist.
    Empty,
    /// The first member is no inner list.
    NoInnerList,
    /// Only the first list counts.
    MoreThanOneList,
    /// Neither a string nor the token `response-origin`.
    WrongItem,
    /// A string that is no URL pattern by itself.
    NoPattern {
        /// What the parser says.
        problem: String,
    },
    /// A pattern with a regular expression, which headers may not have.
    RegularExpression,
    /// A parameter that must be a token and is none.
    NoToken {
        /// Its name.
        parameter: String,
    },
    /// A parameter that nobody defined.
    UnknownParameter {
        /// Its name.
        parameter: String,
    },
    /// A parameter whose word is neither `allow` nor `block`, which counts as `allow`.
    OddToggle {
        /// Its name.
        parameter: String,
    },
}

impl fmt::Display for NoteKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoList { problem } => write!(
                formatter,
                "Chromium blocks everything by this header, and the draft ignores it: expected a list such as (response-origin \"https://api.example\"), found what is none: {problem}"
            ),
            Self::Empty => formatter.write_str("an empty header is no allowlist: write () to allow nothing"),
            Self::NoInnerList => formatter.write_str(
                "Chromium blocks everything by this header, and the draft ignores it: its patterns must stand in parentheses, as in (response-origin)",
            ),
            Self::MoreThanOneList => formatter.write_str(
                "only the first list counts: put all patterns into one pair of parentheses",
            ),
            Self::WrongItem => formatter.write_str(
                "ignored: expected a pattern in double quotes, or the word response-origin without quotes",
            ),
            Self::NoPattern { problem } => write!(formatter, "ignored: no URL pattern with a scheme: {problem}"),
            Self::RegularExpression => {
                formatter.write_str("ignored: a pattern in a header may not have a regular expression in parentheses")
            }
            Self::NoToken { parameter } => {
                write!(formatter, "{parameter} is ignored: its value must be a word without quotes")
            }
            Self::UnknownParameter { parameter } => write!(formatter, "{parameter} is ignored: there is no such parameter"),
            Self::OddToggle { parameter } => {
                write!(formatter, "{parameter} counts as allow: every word but block does")
            }
        }
    }
}
