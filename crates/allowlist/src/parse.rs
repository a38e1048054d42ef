use std::ops::Range;

use sfv::{BareItem, InnerList, List, ListEntry, Parser};
use url::Url;

use crate::{Allowlist, Disposition, Note, NoteKind, Pattern, Toggle};

/// What a header says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Parsed {
    /// The list; `None` where the header counts as absent. Of a header that cannot be understood it is empty and blocks everything, as
    /// in Chromium.
    pub allowlist: Option<Allowlist>,
    /// Whether the draft's steps ignore the whole header.
    pub is_ignored_by_draft: bool,
    /// What was ignored, in the order of the text.
    pub notes: Vec<Note>,
}

impl Allowlist {
    /// Parses the value of a header that came with the response for `response_url`; several header lines are one value, joined by commas.
    ///
    /// Nothing is an error: what cannot be understood is ignored, as browsers do, and noted.
    ///
    /// <https://wicg.github.io/connection-allowlists/#abstract-opdef-parse-a-connection-allowlist-header>
    pub fn parse(value: impl AsRef<[u8]>, response_url: &Url, disposition: Disposition) -> Parsed {
        let value = value.as_ref();
        let mut reader = Reader {
            value,
            at: 0,
            notes: Vec::new(),
        };
        let read = reader.read(response_url, disposition);
        let is_ignored_by_draft = read.is_none();
        // Chromium takes an empty value for no header, and blocks everything by one that it cannot read.
        let is_there = !value.trim_ascii().is_empty();
        let allowlist = read.or_else(|| is_there.then(|| Allowlist::closed(disposition)));
        Parsed {
            allowlist,
            is_ignored_by_draft,
            notes: reader.notes,
        }
    }
}

impl Allowlist {
    fn closed(disposition: Disposition) -> Self {
        Self {
            patterns: Vec::new(),
            reporting_endpoint: None,
            disposition,
            redirects: Toggle::Block,
            webrtc: Toggle::Block,
        }
    }
}

struct Reader<'v> {
    value: &'v [u8],
    /// Where the next item stands, or later.
    at: usize,
    notes: Vec<Note>,
}

impl Reader<'_> {
    fn read(&mut self, response_url: &Url, disposition: Disposition) -> Option<Allowlist> {
        let whole = 0..self.value.len();
        let list = match Parser::new(self.value).parse::<List>() {
            Ok(list) => list,
            Err(error) => {
                let problem = error.to_string();
                self.note(whole, NoteKind::NoList { problem });
                return None;
            }
        };
        let inner = match list.first() {
            Some(ListEntry::InnerList(inner)) => inner,
            Some(ListEntry::Item(_)) => {
                self.note(whole, NoteKind::NoInnerList);
                return None;
            }
            None => {
                self.note(whole, NoteKind::Empty);
                return None;
            }
        };
        let mut allowlist = Allowlist {
            patterns: self.patterns(inner, response_url),
            ..Allowlist::closed(disposition)
        };
        self.parameters(inner, &mut allowlist);
        if list.len() > 1 {
            self.note(self.at..self.value.len(), NoteKind::MoreThanOneList);
        }
        Some(allowlist)
    }

    fn patterns(&mut self, inner: &InnerList, response_url: &Url) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        self.at = self.find(b"(", 0).end;
        for item in &inner.items {
            let (text, is_response_origin) = match &item.bare_item {
                BareItem::String(text) => (text.as_str().to_owned(), false),
                BareItem::Token(token) if token.as_str() == "response-origin" => {
                    (response_url.origin().ascii_serialization(), true)
                }
                other => {
                    let span = self.item(other);
                    self.note(span, NoteKind::WrongItem);
                    continue;
                }
            };
            let span = self.item(&item.bare_item);
            match Pattern::parse(&text, span.clone(), is_response_origin) {
                Ok(pattern) => patterns.push(pattern),
                Err(kind) => self.note(span, kind),
            }
        }
        patterns
    }

    fn parameters(&mut self, inner: &InnerList, allowlist: &mut Allowlist) {
        for (key, value) in &inner.params {
            let span = self.find(key.as_str().as_bytes(), self.at);
            let parameter = key.as_str().to_owned();
            let BareItem::Token(token) = value else {
                let kind = match key.as_str() {
                    "report-to" | "redirects" | "webrtc" => NoteKind::NoToken { parameter },
                    _ => NoteKind::UnknownParameter { parameter },
                };
                self.note(span, kind);
                continue;
            };
            let toggle = if token.as_str() == "block" {
                Toggle::Block
            } else {
                Toggle::Allow
            };
            match key.as_str() {
                "report-to" => allowlist.reporting_endpoint = Some(token.as_str().to_owned()),
                "redirects" => allowlist.redirects = toggle,
                "webrtc" => allowlist.webrtc = toggle,
                _ => {
                    self.note(span, NoteKind::UnknownParameter { parameter });
                    continue;
                }
            }
            if key.as_str() != "report-to" && !matches!(token.as_str(), "allow" | "block") {
                self.note(span, NoteKind::OddToggle { parameter });
            }
        }
    }

    /// The place of an item, which is the next of its kind. The parser tells no places.
    fn item(&mut self, item: &BareItem) -> Range<usize> {
        let start = self.skip(self.at, |byte| byte == b' ');
        let end = match item {
            BareItem::String(_) => self.end_of_string(start),
            _ => self.skip(start, |byte| !matches!(byte, b' ' | b')' | b';')),
        };
        self.at = self.after_parameters(end);
        start..end
    }

    fn end_of_string(&self, start: usize) -> usize {
        let mut is_escaped = false;
        let mut at = start + 1;
        while let Some(byte) = self.value.get(at) {
            at += 1;
            match byte {
                b'\\' if !is_escaped => is_escaped = true,
                b'"' if !is_escaped => return at,
                _ => is_escaped = false,
            }
        }
        self.value.len()
    }

    fn after_parameters(&self, start: usize) -> usize {
        let mut at = start;
        while let Some(byte) = self.value.get(at) {
            at = match byte {
                b' ' | b')' => return at,
                b'"' => self.end_of_string(at),
                _ => at + 1,
            };
        }
        at
    }

    fn skip(&self, start: usize, is_skipped: impl Fn(u8) -> bool) -> usize {
        let rest = self.value.get(start..).unwrap_or_default();
        start + rest.iter().take_while(|byte| is_skipped(**byte)).count()
    }

    fn find(&self, what: &[u8], from: usize) -> Range<usize> {
        let rest = self.value.get(from..).unwrap_or_default();
        let found = rest.windows(what.len()).position(|window| window == what);
        found.map_or(from..self.value.len(), |at| {
            from + at..from + at + what.len()
        })
    }

    fn note(&mut self, span: Range<usize>, kind: NoteKind) {
        self.notes.push(Note { span, kind });
    }
}

#[cfg(test)]
mod tests;
