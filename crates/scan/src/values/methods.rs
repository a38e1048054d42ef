//! What methods of texts and lists give.

use std::rc::Rc;

use regex::{Regex, RegexBuilder};
use url::{Position, Url};

use super::evaluate::{Evaluator, Values};
use super::text::{Piece, Text};
use super::{Context, Key, Value};
use crate::javascript::ir::{Expr, ExprId};
use crate::target::PagePart;

impl Evaluator<'_> {
    /// What a method of a value gives; nothing where it is none that is known.
    pub(super) fn method(&self, of: &Value, name: &str, arguments: &[Values]) -> Option<Values> {
        let first = arguments.first();
        match (name, of) {
            (
                "toString" | "valueOf" | "toJSON" | "trim" | "trimEnd" | "trimStart" | "then"
                | "catch" | "finally",
                _,
            ) => matches!(of, Value::Text(_)).then(|| vec![of.clone()]),
            ("concat", Value::Text(_)) => {
                let parts = std::iter::once(vec![of.clone()]).chain(arguments.iter().cloned());
                Some(self.concat(parts))
            }
            ("replace" | "replaceAll", Value::Text(text)) => {
                let (from, to) = (first?.first()?, arguments.get(1)?);
                let replaced = to
                    .iter()
                    .map(|to| replaced(text, from, to, name == "replaceAll"));
                Some(replaced.map(|text| Value::Text(Rc::new(text))).collect())
            }
            ("toLowerCase", Value::Text(text)) => {
                Some(vec![Value::text(text.as_exact()?.to_ascii_lowercase())])
            }
            ("join", Value::Data(key, of)) => self.join(*key, first, of),
            ("slice" | "substring" | "substr", Value::Text(text)) => {
                let start: usize = first?.first()?.exact()?.parse().ok()?;
                let text = text.as_exact()?;
                (arguments.len() == 1).then(|| vec![Value::text(text.get(start..).unwrap_or(""))])
            }
            ("concat" | "filter" | "slice", Value::Data(..))
            | (
                "bind",
                Value::Function(..) | Value::Native(_) | Value::Package(..) | Value::Client(_),
            ) => Some(vec![of.clone()]),
            ("get", Value::Native(path)) if path.starts_with("URLSearchParams") => {
                Some(vec![Value::unknown("query")])
            }
            _ => None,
        }
    }

    fn join(&self, list: Key, separator: Option<&Values>, context: &Context) -> Option<Values> {
        let Expr::Array(elements) = &self.script(list.script).exprs[list.id as usize] else {
            return None;
        };
        let separator = match separator {
            Some(separator) => separator.first()?.exact()?.to_owned(),
            None => ",".to_owned(),
        };
        let mut parts = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                parts.push(vec![Value::text(separator.clone())]);
            }
            let id: ExprId = *element;
            parts.push(self.eval(Key { id, ..list }, context));
        }
        Some(self.concat(parts.into_iter()))
    }
}

/// A text in which something is replaced, as far as that can be told.
fn replaced(text: &Text, from: &Value, to: &Value, all: bool) -> Text {
    let swapped = pattern_of(from).and_then(|(pattern, is_global)| {
        let mut replacing = Replacing {
            pattern,
            to,
            left: if all || is_global { usize::MAX } else { 1 },
            made: Text {
                steps: text.steps.clone(),
                ..Text::default()
            },
        };
        let last = text.pieces.len().saturating_sub(1);
        for (index, piece) in text.pieces.iter().enumerate() {
            match piece {
                Piece::Text(part) if fits(&replacing.pattern, index, last) => replacing.text(part),
                Piece::Page(part) => {
                    let piece = match to.exact() {
                        Some(to) => swapped_page(*part, &replacing.pattern, to)?,
                        None => piece.clone(),
                    };
                    replacing.made.push(piece);
                }
                piece => replacing.made.push(piece.clone()),
            }
        }
        Some(replacing.made)
    });
    swapped.unwrap_or_else(|| text.clone())
}

/// A text in which something is being replaced.
struct Replacing<'r> {
    pattern: Regex,
    to: &'r Value,
    /// How often it is to be replaced still.
    left: usize,
    made: Text,
}

impl Replacing<'_> {
    fn text(&mut self, part: &str) {
        let mut end = 0;
        for found in self.pattern.captures_iter(part).take(self.left) {
            let whole = found.get_match();
            self.made
                .push(Piece::Text(part[end..whole.start()].to_owned()));
            end = whole.end();
            self.left = self.left.saturating_sub(1);
            match self.to {
                Value::Text(text) => match text.as_exact() {
                    Some(to) => {
                        let mut expanded = String::new();
                        found.expand(to, &mut expanded);
                        self.made.push(Piece::Text(expanded));
                    }
                    None => self.made.append(text),
                },
                // Whoever fills it in is given the name that was found.
                Value::Function(..) | Value::Nothing => {
                    let named = found.get(1).unwrap_or(whole).as_str();
                    let named = named.trim_matches(|letter: char| !letter.is_alphanumeric());
                    self.made.push(Piece::Hole(named.to_owned()));
                }
                to => self.made.append(&to.to_text()),
            }
        }
        self.made.push(Piece::Text(part[end..].to_owned()));
    }
}

/// A text with holes for the names between two marks (`{{lng}}`); without a second mark, a name ends with its letters.
pub(crate) fn with_holes(text: &Text, open: &str, close: &str) -> Text {
    let close = match close {
        "" => r"\b".to_owned(),
        close => regex::escape(close),
    };
    let pattern = Regex::new(&format!(r"{}-?\s*([\w.]+?)\s*{close}", regex::escape(open)));
    let Ok(pattern) = pattern.map_err(drop) else {
        return text.clone();
    };
    let mut replacing = Replacing {
        pattern,
        to: &Value::Nothing,
        left: usize::MAX,
        made: Text {
            steps: text.steps.clone(),
            ..Text::default()
        },
    };
    for piece in &text.pieces {
        match piece {
            Piece::Text(part) => replacing.text(part),
            piece => replacing.made.push(piece.clone()),
        }
    }
    replacing.made
}

/// Whether an anchored pattern may be asked of a piece in the middle.
fn fits(pattern: &Regex, index: usize, last: usize) -> bool {
    let text = pattern.as_str();
    (index == 0 || !text.starts_with('^')) && (index == last || !text.ends_with('$'))
}

/// What is looked for, and whether all of it is.
fn pattern_of(from: &Value) -> Option<(Regex, bool)> {
    let (source, flags) = match from {
        Value::Pattern(pattern) => {
            let (source, flags) = pattern.strip_prefix('/')?.rsplit_once('/')?;
            (source.replace("\\/", "/"), flags)
        }
        value => (regex::escape(value.exact()?), ""),
    };
    let pattern = RegexBuilder::new(&source)
        .case_insensitive(flags.contains('i'))
        .size_limit(LARGEST_PATTERN)
        .build();
    Some((pattern.ok()?, flags.contains('g')))
}

/// A part of the page's address in which the scheme is replaced.
fn swapped_page(part: PagePart, pattern: &Regex, to: &str) -> Option<Piece> {
    let sample = match part {
        PagePart::Origin | PagePart::Href => "https://page.example",
        PagePart::Protocol => "https:",
        part => return Some(Piece::Page(part)),
    };
    let made = pattern.replacen(sample, 1, to);
    Some(Piece::Page(match (part, made.as_ref()) {
        (part, made) if made == sample => part,
        (PagePart::Protocol, "wss:" | "ws:") => PagePart::WebSocketProtocol,
        (PagePart::Protocol, _) => return None,
        (_, "wss://page.example" | "ws://page.example") => PagePart::WebSocketOrigin,
        (_, "page.example" | "//page.example") => PagePart::Host,
        _ => return None,
    }))
}

/// `new URL(path, base)`.
pub(super) fn joined_url(path: &Text, base: &Text) -> Text {
    let mut made = joined_pieces(path, base);
    made.steps.clone_from(&path.steps);
    for step in &base.steps {
        if !made.steps.contains(step) {
            made.steps.push(step.clone());
        }
    }
    made
}

fn joined_pieces(path: &Text, base: &Text) -> Text {
    if path.prefix().contains("://")
        || matches!(
            path.pieces.first(),
            Some(Piece::Page(
                PagePart::Origin
                    | PagePart::Href
                    | PagePart::WebSocketOrigin
                    | PagePart::Protocol
                    | PagePart::WebSocketProtocol
            ))
        )
    {
        return path.clone();
    }
    if let (Some(path), Some(base)) = (path.as_exact(), base.as_exact())
        && let Ok(url) = Url::parse(base).and_then(|base| base.join(path))
    {
        return Text::exact(url.as_str());
    }
    let is_rooted = path.prefix().starts_with('/');
    let mut made = match base.pieces.first() {
        Some(Piece::Page(PagePart::Href)) if !is_rooted => Text::default(),
        Some(Piece::Page(
            part @ (PagePart::Href | PagePart::Origin | PagePart::WebSocketOrigin),
        )) => {
            let part = if *part == PagePart::Href {
                PagePart::Origin
            } else {
                *part
            };
            Text::of(Piece::Page(part))
        }
        Some(Piece::Text(text)) if text.contains("://") => {
            let end = if is_rooted {
                Position::BeforePath
            } else {
                Position::AfterPath
            };
            let directory = Url::parse(text).map(|url| url[..end].to_owned());
            Text::exact(directory.unwrap_or_else(|_| text.clone()))
        }
        _ => base.clone(),
    };
    let ends = matches!(made.pieces.last(), Some(Piece::Text(text)) if text.ends_with('/'));
    if !ends && !is_rooted && !made.pieces.is_empty() {
        made.push(Piece::Text("/".to_owned()));
    }
    for piece in &path.pieces {
        made.push(piece.clone());
    }
    made
}

/// A part of a URL whose beginning is known.
pub(super) fn url_part(text: &Text, name: &str) -> Option<Text> {
    let url = Url::parse(text.prefix()).ok()?;
    let part = match name {
        "origin" => url[..Position::BeforePath].to_owned(),
        "host" => url[Position::BeforeHost..Position::AfterPort].to_owned(),
        "hostname" => url[Position::BeforeHost..Position::AfterHost].to_owned(),
        "protocol" => format!("{}:", url.scheme()),
        "pathname" if text.as_exact().is_some() => url.path().to_owned(),
        "port" => url[Position::BeforePort..Position::AfterPort].to_owned(),
        _ => return None,
    };
    Some(Text::exact(part))
}

/// Bytes that a compiled pattern may take.
const LARGEST_PATTERN: usize = 1 << 18;
