//! Text of which parts may be open.

use std::rc::Rc;

use super::Key;
use crate::lines::Spot;
use crate::target::{PagePart, Part, Target};

/// Text of which parts may be open, and how it is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    pub(crate) pieces: Vec<Piece>,
    /// From the use to the constants.
    pub(crate) steps: Vec<Rc<ValueStep>>,
}

/// Texts are the same if what is known of them is, whatever the words for the rest.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Piece, &Piece)| match (one, other) {
            (Piece::Hole(_), Piece::Hole(_)) => true,
            (Piece::Param(one, _), Piece::Param(other, _)) => one == other,
            (one, other) => one == other,
        };
        self.pieces.len() == other.pieces.len()
            && self.pieces.iter().zip(&other.pieces).all(is_same)
    }
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Text(String),
    Page(PagePart),
    /// `ws` or `wss`, without the colon that follows.
    WebSocketScheme,
    /// `http` or `https`, without the colon that follows.
    Scheme,
    /// `s` if the page's scheme has it, after `http` or `ws`.
    SecureSuffix,
    Hole(String),
    /// Something of a parameter, in the words of the code.
    Param(Key, String),
}

/// How a value is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ValueStep {
    pub(crate) text: String,
    /// The script, and where in it.
    pub(crate) place: Option<(u32, Spot)>,
}

impl Text {
    pub(crate) fn exact(text: impl Into<String>) -> Self {
        Self::of(Piece::Text(text.into()))
    }

    pub(crate) fn hole(words: &str) -> Self {
        Self::of(Piece::Hole(words.to_owned()))
    }

    pub(crate) fn of(piece: Piece) -> Self {
        let mut text = Self::default();
        text.push(piece);
        text
    }

    /// Adds a piece; what stands together is put together.
    pub(crate) fn push(&mut self, piece: Piece) {
        match (self.pieces.last_mut(), piece) {
            (_, Piece::Text(text)) if text.is_empty() => {}
            (Some(Piece::Hole(before)), Piece::Hole(words)) => {
                if before.len() + words.len() < LONGEST_HOLE {
                    before.push_str(" + ");
                    before.push_str(&words);
                }
            }
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (Some(last @ Piece::WebSocketScheme), Piece::Text(text)) if text.starts_with(':') => {
                *last = Piece::Page(PagePart::WebSocketProtocol);
                self.push(Piece::Text(text[1..].to_owned()));
            }
            (Some(last @ Piece::Scheme), Piece::Text(text)) if text.starts_with(':') => {
                *last = Piece::Page(PagePart::Protocol);
                self.push(Piece::Text(text[1..].to_owned()));
            }
            (Some(Piece::Text(before)), Piece::SecureSuffix) => {
                let scheme = [("ws", Piece::WebSocketScheme), ("http", Piece::Scheme)]
                    .into_iter()
                    .find_map(|(name, scheme)| Some((before.strip_suffix(name)?.len(), scheme)));
                let Some((length, scheme)) = scheme else {
                    return self.pieces.push(Piece::Hole("s".to_owned()));
                };
                before.truncate(length);
                if length == 0 {
                    self.pieces.pop();
                }
                self.pieces.push(scheme);
            }
            (_, piece) => self.pieces.push(piece),
        }
    }

    /// Those of some texts that go on from this one: a slash where none stands yet, `&` in a query, and `?` before it.
    pub(crate) fn followed_by<'t>(&self, texts: &'t [Self]) -> Vec<&'t Self> {
        let has = |wanted: &str| texts.iter().find(|text| text.as_exact() == Some(wanted));
        let is_query = self.text_pieces().any(|text| text.contains('?'));
        let chosen = match (texts, self.pieces.last()) {
            ([_, _], Some(Piece::Page(PagePart::Pathname | PagePart::Href))) => None,
            ([_, _], Some(last)) if has("/").is_some() && has("").is_some() => {
                let ends = matches!(last, Piece::Text(text) if text.ends_with('/'));
                has(if ends { "" } else { "/" })
            }
            ([_, _], Some(_)) if has("?").is_some() && has("&").is_some() => {
                has(if is_query { "&" } else { "?" })
            }
            _ => None,
        };
        chosen.map_or_else(|| texts.iter().collect(), |chosen| vec![chosen])
    }

    fn text_pieces(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The text up to its first question mark.
    pub(crate) fn without_query(&self) -> Self {
        let mut made = Self::default();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) if text.contains('?') => {
                    let end = text.find('?').unwrap_or(text.len());
                    made.push(Piece::Text(text[..end].to_owned()));
                    break;
                }
                piece => made.push(piece.clone()),
            }
        }
        made
    }

    pub(crate) fn append(&mut self, other: &Self) {
        for piece in &other.pieces {
            self.push(piece.clone());
        }
        let room = MOST_STEPS.saturating_sub(self.steps.len());
        let new = other.steps.iter().filter(|step| !self.steps.contains(step));
        let new: Vec<_> = new.take(room).cloned().collect();
        self.steps.extend(new);
    }

    /// Cuts what is longer than a URL may be.
    pub(crate) fn cut(mut self, length: usize) -> Self {
        let mut left = length;
        for (index, piece) in self.pieces.iter_mut().enumerate() {
            let Piece::Text(text) = piece else {
                left = left.saturating_sub(8);
                continue;
            };
            if text.len() > left {
                let end = (0..=left)
                    .rev()
                    .find(|end| text.is_char_boundary(*end))
                    .unwrap_or(0);
                text.truncate(end);
                self.pieces.truncate(index + 1);
                self.pieces.push(Piece::Hole("…".to_owned()));
                return self;
            }
            left -= text.len();
        }
        self
    }

    pub(crate) fn as_exact(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text before the first piece that is open.
    pub(crate) fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Text(text)) => text,
            _ => "",
        }
    }

    /// The first function of whose parameters a piece is open.
    pub(crate) fn open_functions(&self) -> impl Iterator<Item = Key> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Param(function, _) => Some(*function),
            _ => None,
        })
    }

    /// Whether it begins with something open, and nothing but signs is known of the rest.
    pub(crate) fn is_vague(&self) -> bool {
        let is_open = matches!(self.pieces.first(), Some(Piece::Hole(_) | Piece::Param(..)));
        is_open && self.pieces.len() > 1 && self.known() == 0
    }

    /// Letters and digits that are known.
    pub(crate) fn known(&self) -> usize {
        let lengths = self.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.bytes().filter(u8::is_ascii_alphanumeric).count(),
            Piece::Page(_) => 8,
            _ => 0,
        });
        lengths.sum()
    }

    pub(crate) fn with_step(&self, step: ValueStep) -> Self {
        let mut text = self.clone();
        if text.steps.len() < MOST_STEPS && !text.steps.iter().any(|known| **known == step) {
            text.steps.insert(0, Rc::new(step));
        }
        text
    }

    /// The URL that a WebSocket connects to: `http` becomes `ws`, and what is relative to the page is so by its scheme.
    pub(crate) fn for_web_socket(&self) -> Self {
        let mut made = Self {
            steps: self.steps.clone(),
            ..Self::default()
        };
        let mut pieces = self.pieces.iter();
        match pieces.next() {
            Some(Piece::Page(PagePart::Origin | PagePart::Href)) => {
                made.push(Piece::Page(PagePart::WebSocketOrigin));
            }
            Some(Piece::Page(PagePart::Protocol)) => {
                made.push(Piece::Page(PagePart::WebSocketProtocol));
            }
            Some(Piece::Text(text)) => match (text.strip_prefix("http"), text.as_bytes()) {
                (Some(rest), _) if rest.starts_with("://") || rest.starts_with("s://") => {
                    made.push(Piece::Text(format!("ws{rest}")));
                }
                (_, [b'/', second, ..]) if *second != b'/' => {
                    made.push(Piece::Page(PagePart::WebSocketOrigin));
                    made.push(Piece::Text(text.clone()));
                }
                _ => made.push(Piece::Text(text.clone())),
            },
            first => made.pieces.extend(first.cloned()),
        }
        pieces.for_each(|piece| made.push(piece.clone()));
        made
    }

    pub(crate) fn target(&self) -> Target {
        let mut target = Target::default();
        for piece in &self.pieces {
            target.push(match piece {
                Piece::Text(text) => Part::Text(text.clone()),
                Piece::Page(part) => Part::Page(*part),
                Piece::WebSocketScheme => Part::Hole("ws or wss".to_owned()),
                Piece::Scheme => Part::Hole("http or https".to_owned()),
                Piece::SecureSuffix => Part::Hole("s".to_owned()),
                Piece::Hole(words) | Piece::Param(_, words) => Part::Hole(words.clone()),
            });
        }
        target
    }
}

/// Bytes of the words for something unknown that is put together.
const LONGEST_HOLE: usize = 80;
/// Steps that are kept of a value.
const MOST_STEPS: usize = 16;
