//! As much of HTML's tokenizer as it takes to find a `<meta>` in the head, one byte at a time.
//!
//! <https://html.spec.whatwg.org/multipage/parsing.html#tokenization>

use std::ops::ControlFlow;

/// Reads the head of a page. Breaks with the policy that it found, or with nothing once none can come.
#[derive(Debug, Default)]
pub(super) struct Tokenizer {
    state: State,
    tag: Tag,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Between tags.
    #[default]
    Data,
    /// After `<`.
    TagOpen,
    /// After `<!` and so many hyphens.
    Markup(u8),
    /// In a comment, after so many hyphens.
    Comment(u8),
    /// In something that ends with the next `>`.
    Bogus,
    /// In the name of a tag.
    TagName,
    /// Between attributes.
    BeforeName,
    /// In the name of an attribute.
    Name,
    /// After the name, where `=` may come.
    AfterName,
    /// After `=`.
    BeforeValue,
    /// In a value, until this byte.
    Quoted(u8),
    /// In a value without quotes.
    Unquoted,
    /// In raw text, after so many bytes of its end tag.
    Raw(u8),
}

/// The tag that is being read.
#[derive(Debug, Default)]
struct Tag {
    name: Vec<u8>,
    is_end: bool,
    attribute: Vec<u8>,
    value: Vec<u8>,
    http_equiv: Option<Vec<u8>>,
    content: Option<Vec<u8>>,
}

type Step = ControlFlow<Option<String>>;

impl Tokenizer {
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Step {
        for byte in bytes {
            self.step(*byte)?;
        }
        Step::Continue(())
    }

    fn step(&mut self, byte: u8) -> Step {
        match self.state {
            State::Data => return self.data(byte),
            State::TagOpen => return self.tag_open(byte),
            State::Markup(hyphens) => self.markup(byte, hyphens),
            State::Comment(hyphens) => self.comment(byte, hyphens),
            State::Bogus if byte == b'>' => self.state = State::Data,
            State::Bogus => {}
            State::Raw(matched) => self.raw(byte, matched),
            State::TagName if is_name_end(byte) => return self.between(byte),
            State::TagName => push(&mut self.tag.name, byte.to_ascii_lowercase(), MAX_NAME),
            State::BeforeName => return self.between(byte),
            State::Name | State::AfterName => return self.name(byte),
            State::BeforeValue => return self.before_value(byte),
            State::Quoted(quote) if byte == quote => self.end_value(),
            State::Unquoted if byte == b'>' || byte.is_ascii_whitespace() => {
                self.end_value();
                return self.between(byte);
            }
            State::Quoted(_) | State::Unquoted => push(&mut self.tag.value, byte, MAX_VALUE),
        }
        Step::Continue(())
    }

    /// Text other than white space ends the head. The byte order mark is no text.
    fn data(&mut self, byte: u8) -> Step {
        match byte {
            b'<' => self.state = State::TagOpen,
            0xef | 0xbb | 0xbf => {}
            byte if byte.is_ascii_whitespace() => {}
            _ => return Step::Break(None),
        }
        Step::Continue(())
    }

    fn tag_open(&mut self, byte: u8) -> Step {
        match byte {
            b'/' if !self.tag.is_end => {
                self.tag.is_end = true;
                return Step::Continue(());
            }
            b'!' => self.state = State::Markup(0),
            b'?' => self.state = State::Bogus,
            byte if byte.is_ascii_alphabetic() => {
                self.tag.name.push(byte.to_ascii_lowercase());
                self.state = State::TagName;
            }
            _ => return Step::Break(None),
        }
        Step::Continue(())
    }

    fn markup(&mut self, byte: u8, hyphens: u8) {
        self.state = match (byte, hyphens) {
            (b'-', 0) => State::Markup(1),
            // `<!-->` is a whole comment.
            (b'-', _) => State::Comment(2),
            (b'>', _) => State::Data,
            _ => State::Bogus,
        };
    }

    fn comment(&mut self, byte: u8, hyphens: u8) {
        self.state = match byte {
            b'-' => State::Comment(hyphens.saturating_add(1)),
            b'>' if hyphens >= 2 => State::Data,
            // `--!>` ends a comment too.
            b'!' if hyphens >= 2 => State::Comment(hyphens),
            _ => State::Comment(0),
        };
    }

    /// Between attributes, or at the end of the tag.
    fn between(&mut self, byte: u8) -> Step {
        match byte {
            b'>' => return self.end_tag(),
            b'/' => self.state = State::BeforeName,
            byte if byte.is_ascii_whitespace() => self.state = State::BeforeName,
            byte => {
                self.tag.attribute.clear();
                self.tag.attribute.push(byte.to_ascii_lowercase());
                self.state = State::Name;
            }
        }
        Step::Continue(())
    }

    fn name(&mut self, byte: u8) -> Step {
        match byte {
            b'=' => {
                self.tag.value.clear();
                self.state = State::BeforeValue;
            }
            b'>' | b'/' => return self.between(byte),
            byte if byte.is_ascii_whitespace() => self.state = State::AfterName,
            _ if self.state == State::AfterName => return self.between(byte),
            byte => push(&mut self.tag.attribute, byte.to_ascii_lowercase(), MAX_NAME),
        }
        Step::Continue(())
    }

    fn before_value(&mut self, byte: u8) -> Step {
        match byte {
            b'"' | b'\'' => self.state = State::Quoted(byte),
            b'>' => return self.between(byte),
            byte if byte.is_ascii_whitespace() => {}
            byte => {
                self.tag.value.push(byte);
                self.state = State::Unquoted;
            }
        }
        Step::Continue(())
    }

    /// The first attribute of a name counts.
    fn end_value(&mut self) {
        let slot = match self.tag.attribute.as_slice() {
            b"http-equiv" => Some(&mut self.tag.http_equiv),
            b"content" => Some(&mut self.tag.content),
            _ => None,
        };
        if let Some(slot @ None) = slot {
            *slot = Some(self.tag.value.clone());
        }
        self.state = State::BeforeName;
    }

    fn end_tag(&mut self) -> Step {
        let tag = std::mem::take(&mut self.tag);
        self.state = State::Data;
        match (tag.name.as_slice(), tag.is_end) {
            (b"html" | b"body" | b"br", true) => return Step::Break(None),
            (_, true) => {}
            (b"meta", false) => {
                if let Some(policy) = tag.policy() {
                    return Step::Break(Some(policy));
                }
            }
            (name, false) if RAW_TEXT.contains(&name) => {
                self.tag.name = tag.name;
                self.state = State::Raw(0);
            }
            (name, false) if IN_HEAD.contains(&name) => {}
            _ => return Step::Break(None),
        }
        Step::Continue(())
    }

    /// Raw text ends with its own end tag and nothing else.
    fn raw(&mut self, byte: u8, matched: u8) {
        let name = &self.tag.name;
        let at = usize::from(matched);
        let expected = match at {
            0 => Some(b'<'),
            1 => Some(b'/'),
            _ => name.get(at - 2).copied(),
        };
        let is_expected = match expected {
            Some(expected) => byte.eq_ignore_ascii_case(&expected),
            None => is_name_end(byte),
        };
        if !is_expected {
            self.state = State::Raw(u8::from(byte == b'<'));
        } else if expected.is_some() {
            self.state = State::Raw(matched + 1);
        } else {
            self.tag = Tag::default();
            self.state = if byte == b'>' {
                State::Data
            } else {
                State::Bogus
            };
        }
    }
}

impl Tag {
    /// The policy of a `<meta>` that has one.
    fn policy(&self) -> Option<String> {
        let http_equiv = self.http_equiv.as_ref()?;
        let is_policy = http_equiv.eq_ignore_ascii_case(b"content-security-policy");
        let content = self
            .content
            .as_ref()
            .filter(|content| is_policy && !content.is_empty())?;
        Some(unescape(&String::from_utf8_lossy(content)))
    }
}

/// Replaces the character references that policies are written with.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let found = after.split_once(';');
        let found = found.and_then(|(name, rest)| Some((reference(name)?, rest)));
        let (character, after) = found.unwrap_or(('&', after));
        plain.push(character);
        rest = after;
    }
    plain + rest
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

fn is_name_end(byte: u8) -> bool {
    byte == b'>' || byte == b'/' || byte.is_ascii_whitespace()
}

fn push(text: &mut Vec<u8>, byte: u8, limit: usize) {
    if text.len() < limit {
        text.push(byte);
    }
}

const MAX_NAME: usize = 24;
const MAX_VALUE: usize = 8 * 1024;
/// Elements whose content is not read as elements of the head. With scripts, `<noscript>` is one.
const RAW_TEXT: [&[u8]; 7] = [
    b"script",
    b"style",
    b"title",
    b"noscript",
    b"noframes",
    b"template",
    b"textarea",
];
/// Elements that do not end the head.
const IN_HEAD: [&[u8]; 6] = [b"html", b"head", b"base", b"link", b"basefont", b"bgsound"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn policy_in(page: &[u8]) -> Option<String> {
        match Tokenizer::default().feed(page) {
            Step::Break(found) => found,
            Step::Continue(()) => None,
        }
    }

    #[test]
    fn a_policy_in_the_head_is_found() {
        let pages = [
            "<meta http-equiv=Content-Security-Policy content=P>",
            "<META CONTENT='P' HTTP-EQUIV=\"content-security-policy\"/>",
            "\u{feff}<!DOCTYPE html>\n<html lang=en><head><title><meta></title><meta charset=utf-8>\
             <meta http-equiv = 'Content-Security-Policy' content = 'P' content='Q'>",
            "<!-- <body> --><?xml ?><script>if (a</b) '<body>'</script ><meta content=P http-equiv=content-security-policy>",
            "<head></head><meta content=P http-equiv=content-security-policy>",
            "<link rel=x href=y><base href=/><style>a<b</styled></style><meta a b=c http-equiv=content-security-policy content=P>",
            "<!--><meta content=P http-equiv=content-security-policy>",
            "<!-- a --!><meta content=P http-equiv=content-security-policy>",
        ];
        for page in pages {
            assert_eq!(policy_in(page.as_bytes()).as_deref(), Some("P"), "{page}");
        }
    }

    #[test]
    fn what_a_browser_would_not_apply_is_not_found() {
        let pages = [
            "<body><meta http-equiv=Content-Security-Policy content=P>",
            "<p><meta http-equiv=Content-Security-Policy content=P>",
            "text<meta http-equiv=Content-Security-Policy content=P>",
            "<!-- <meta http-equiv=Content-Security-Policy content=P> -->",
            "<title><meta http-equiv=Content-Security-Policy content=P></title>",
            "<noscript><meta http-equiv=Content-Security-Policy content=P></noscript>",
            "<template><meta http-equiv=Content-Security-Policy content=P></template>",
            "<script>'<meta http-equiv=Content-Security-Policy content=P>'</script>",
            "<meta http-equiv=Content-Security-Policy-Report-Only content=P>",
            "<meta http-equiv=Content-Security-Policy>",
            "<meta http-equiv=Content-Security-Policy content=''>",
            "<meta name=Content-Security-Policy content=P>",
            "<meta http-equiv=refresh http-equiv=Content-Security-Policy content=P>",
            "</body><meta http-equiv=Content-Security-Policy content=P>",
        ];
        for page in pages {
            assert_eq!(policy_in(page.as_bytes()), None, "{page}");
        }
    }

    #[test]
    fn character_references_are_replaced() {
        let page = "<meta http-equiv=content-security-policy content=\"connect-src &#39;self&#x27; a&b &quot;&nope;\">";
        let expected = "connect-src 'self' a&b \"&nope;";
        assert_eq!(policy_in(page.as_bytes()).as_deref(), Some(expected));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_a_page_is_cut(
            pieces in prop::collection::vec(
                prop::sample::select(&[
                    "<", ">", "/", "!", "--", "'", "\"", "=", " ", "meta", "http-equiv", "content",
                    "content-security-policy", "script", "<!--", "-->", "</script>", "title", "P", "&#39;",
                ][..]),
                0..30,
            ),
            cut in 0..200_usize,
        ) {
            let page = pieces.concat();
            let (first, second) = page.as_bytes().split_at(cut.min(page.len()));
            let mut tokenizer = Tokenizer::default();
            let in_two = match tokenizer.feed(first) {
                Step::Break(found) => found,
                Step::Continue(()) => match tokenizer.feed(second) {
                    Step::Break(found) => found,
                    Step::Continue(()) => None,
                },
            };
            prop_assert_eq!(in_two, policy_in(page.as_bytes()));
        }
    }
}
