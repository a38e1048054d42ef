//! The values of attributes, with their places.

use std::borrow::Cow;

use lol_html::html_content::Attribute;
use percent_encoding::percent_decode_str;

use super::references::decode;
use crate::lines::{Lines, Spot};

/// The value of an attribute, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value<'t> {
    /// With its character references decoded.
    pub(crate) text: Cow<'t, str>,
    /// The bytes of the file that it stands in.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl<'t> Value<'t> {
    /// The value of an attribute in this text.
    pub(super) fn of(attribute: &Attribute<'_>, text: &'t str) -> Option<Self> {
        let bytes = attribute.value_source_location()?.bytes();
        Some(Self {
            text: decode(text.get(bytes.clone())?),
            start: bytes.start,
            end: bytes.end,
        })
    }

    pub(crate) fn spot(&self, lines: &Lines) -> Spot {
        lines.spot(self.start as u32, self.end as u32)
    }

    /// The words of the value, each with its place; where references were decoded, with that of the value.
    pub(super) fn words(&self) -> impl Iterator<Item = Value<'t>> {
        let is_as_written = matches!(self.text, Cow::Borrowed(_));
        let base = self.text.as_ptr() as usize;
        self.text.split_ascii_whitespace().map(move |word| {
            let offset = word.as_ptr() as usize - base;
            let (start, end) = if is_as_written {
                (self.start + offset, self.start + offset + word.len())
            } else {
                (self.start, self.end)
            };
            Value {
                text: Cow::Owned(word.to_owned()),
                start,
                end,
            }
        })
    }

    /// The code of a `javascript:` URL.
    ///
    /// <https://html.spec.whatwg.org/multipage/browsing-the-web.html#the-javascript:-url-special-case>
    pub(super) fn without_javascript_scheme(self) -> Option<Self> {
        const SCHEME: &str = "javascript:";
        let trimmed = self.text.trim_start();
        let offset = self.text.len() - trimmed.len() + SCHEME.len();
        let scheme = trimmed.get(..SCHEME.len())?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        let start = (self.start + offset).min(self.end);
        let code = match self.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[offset..]),
            Cow::Owned(text) => Cow::Owned(text[offset..].to_owned()),
        };
        Some(Self {
            text: percent_decoded(code),
            start,
            end: self.end,
        })
    }
}

fn percent_decoded(code: Cow<'_, str>) -> Cow<'_, str> {
    if !code.contains('%') {
        return code;
    }
    let decoded = percent_decode_str(&code).decode_utf8_lossy();
    Cow::Owned(decoded.into_owned())
}
