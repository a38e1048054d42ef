//! HTML documents: `<meta http-equiv="Content-Security-Policy" content="…">`.

use std::cell::RefCell;

use lol_html::html_content::Element;
use lol_html::{HtmlRewriter, Settings, element};

use super::delivered::{Delivered, Delivery};

/// What a document delivers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) policies: Vec<Delivered>,
    /// The lines of `<meta>` elements that browsers ignore, because they are not in the head.
    pub(crate) ignored: Vec<usize>,
    /// The lines of report-only `<meta>` elements, which HTML does not know.
    pub(crate) report_only: Vec<usize>,
}

impl Document {
    /// The same document where it begins in a later line of its file.
    pub(super) fn beginning_in_line(mut self, first: usize) -> Self {
        let policies = self.policies.iter_mut();
        let delivered = policies.filter_map(|one| one.line.as_mut());
        for line in delivered
            .chain(&mut self.ignored)
            .chain(&mut self.report_only)
        {
            *line += first - 1;
        }
        self
    }
}

/// Finds the policies of a document.
///
/// <https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy>
pub(crate) fn read(html: &[u8]) -> Document {
    let finder = RefCell::new(Finder::new(html));
    let in_template = element!("template *", |element: &mut Element| {
        finder.borrow_mut().in_template = Some(start(element));
        Ok(())
    });
    let anywhere = element!("*", |element: &mut Element| {
        finder.borrow_mut().visit(element);
        Ok(())
    });
    // Not strict: where the parser is not sure what is text, it guesses, which is good enough for a head.
    let settings = Settings::new()
        .append_element_content_handler(in_template)
        .append_element_content_handler(anywhere)
        .with_strict(false);
    rewrite(html, settings);
    finder.into_inner().found
}

/// What a document has after something unreadable is lost; what came before it is not.
fn rewrite(html: &[u8], settings: Settings<'_, '_>) {
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    if rewriter.write(html).is_ok() {
        let _ = rewriter.end();
    }
}

struct Finder<'a> {
    html: &'a [u8],
    is_in_head: bool,
    /// Where the last element that is in a `<template>` begins.
    in_template: Option<usize>,
    /// A line's number and where a byte of it stands: from there on, lines are counted.
    counted: (usize, usize),
    found: Document,
}

impl<'a> Finder<'a> {
    fn new(html: &'a [u8]) -> Self {
        Self {
            html,
            is_in_head: true,
            in_template: None,
            counted: (1, 0),
            found: Document::default(),
        }
    }

    fn visit(&mut self, element: &Element<'_, '_>) {
        if self.in_template == Some(start(element)) {
            return;
        }
        let name = element.tag_name();
        if !HEAD.contains(&name.as_str()) {
            self.is_in_head = false;
        }
        if name == "meta" && stands_for(element, "content-security-policy") {
            self.policy(element);
        }
        if name == "meta" && stands_for(element, "content-security-policy-report-only") {
            let line = self.line_at(start(element));
            self.found.report_only.push(line);
        }
    }

    fn policy(&mut self, element: &Element<'_, '_>) {
        let line = self.line_at(start(element));
        if !self.is_in_head {
            self.found.ignored.push(line);
            return;
        }
        let content = element.get_attribute("content").unwrap_or_default();
        self.found.policies.push(Delivered {
            value: decode_references(&content).into_bytes(),
            by: Delivery::Meta,
            line: Some(line),
        });
    }

    fn line_at(&mut self, offset: usize) -> usize {
        let (line, from) = self.counted;
        let between = self.html.get(from..offset).unwrap_or_default();
        let line = line + memchr::memchr_iter(b'\n', between).count();
        self.counted = (line, offset);
        line
    }
}

fn start(element: &Element<'_, '_>) -> usize {
    element.source_location().bytes().start
}

/// The elements that leave a parser in the head.
const HEAD: [&str; 13] = [
    "base", "basefont", "bgsound", "head", "html", "link", "meta", "noframes", "noscript",
    "script", "style", "template", "title",
];

/// Whether the element stands for this header.
fn stands_for(element: &Element<'_, '_>, header: &str) -> bool {
    let value = element.get_attribute("http-equiv");
    value.is_some_and(|value| value.eq_ignore_ascii_case(header))
}

/// Decodes the character references that stand in policies: `&#39;self&#39;`.
fn decode_references(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        decoded.push_str(&rest[..start]);
        rest = &rest[start..];
        let (character, length) = reference(rest).unwrap_or(('&', 1));
        decoded.push(character);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    decoded
}

/// The reference at the beginning of the text, and its length.
fn reference(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 12;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let character = match &text[1..end] {
        "amp" => '&',
        "apos" => '\'',
        "colon" => ':',
        "comma" => ',',
        "gt" => '>',
        "lt" => '<',
        "nbsp" => '\u{a0}',
        "quot" => '"',
        "semi" => ';',
        "sol" => '/',
        number => char::from_u32(code_point(number)?)?,
    };
    Some((character, end + 1))
}

fn code_point(reference: &str) -> Option<u32> {
    let number = reference.strip_prefix('#')?;
    match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
        None => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(html: &str) -> Vec<String> {
        let found = read(html.as_bytes()).policies.into_iter();
        found
            .map(|one| String::from_utf8(one.value).unwrap())
            .collect()
    }

    #[test]
    fn meta_elements_of_the_head_are_found_in_their_order() {
        let html = "<!doctype html><title>a</title>\n\
                    <META HTTP-EQUIV='Content-security-policy' CONTENT=\"connect-src 'self'\">\n\
                    <meta name=viewport content=x><meta http-equiv=content-security-policy content='img-src *'>";
        assert_eq!(values(html), ["connect-src 'self'", "img-src *"]);
        assert_eq!(read(html.as_bytes()).policies[1].line, Some(3));
    }

    #[test]
    fn a_meta_element_in_the_body_is_ignored() {
        let meta = "<meta http-equiv=content-security-policy content='connect-src *'>";
        for html in [format!("<body>\n{meta}"), format!("<p>a</p>\n{meta}")] {
            let found = read(html.as_bytes());
            assert_eq!(
                (found.policies.len(), found.ignored),
                (0, vec![2]),
                "{html}"
            );
        }
    }

    #[test]
    fn a_report_only_meta_element_is_no_policy() {
        let html = "<title>a</title>\n<meta http-equiv=Content-Security-Policy-Report-Only content='img-src *'>";
        let found = read(html.as_bytes());
        assert_eq!((found.policies.len(), found.report_only), (0, vec![2]));
    }

    #[test]
    fn text_that_looks_like_an_element_is_none() {
        let meta = "<meta http-equiv=content-security-policy content='connect-src *'>";
        for html in [
            format!("<!-- {meta} -->"),
            format!("<script>'{meta}'</script>"),
            format!("<title>{meta}</title>"),
            format!("<noscript>{meta}</noscript>"),
            format!("<template>{meta}</template>"),
        ] {
            assert_eq!(values(&html), Vec::<String>::new(), "{html}");
        }
    }

    #[test]
    fn character_references_are_decoded() {
        for (written, expected) in [
            ("connect-src &#39;self&#39;", "connect-src 'self'"),
            ("connect-src &#x27;self&apos;", "connect-src 'self'"),
            ("connect-src a?b&amp;c", "connect-src a?b&c"),
            ("&unknown; & &", "&unknown; & &"),
            ("&#xffffffffff;", "&#xffffffffff;"),
        ] {
            assert_eq!(decode_references(written), expected);
        }
    }
}
