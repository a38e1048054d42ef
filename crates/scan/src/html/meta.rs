//! `<meta http-equiv="Content-Security-Policy" content="…">`.

use std::cell::RefCell;

use lol_html::html_content::Element;
use lol_html::{Settings, element};

use super::references::decode;
use super::rewrite;
use crate::analysis::FileMetaPolicy;
use crate::lines::Lines;

/// The policies in the `<meta>` elements of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetaPolicies {
    /// Those that count, each with its line, from 1 on.
    pub policies: Vec<(String, usize)>,
    /// The lines of those that browsers ignore, because they are not in the head.
    pub ignored: Vec<usize>,
    /// The lines of `<meta>` elements that would report, which browsers ignore everywhere.
    pub report_only: Vec<usize>,
}

/// Finds the policies of a document, be it cut off or broken: what comes after something unreadable is lost.
///
/// ```
/// let html = "<title>App</title>\n<meta http-equiv=content-security-policy content='connect-src &#39;self&#39;'>";
/// let found = connect_src_scan::meta_policies(html.as_bytes());
/// assert_eq!(found.policies, [("connect-src 'self'".to_owned(), 2)]);
/// ```
///
/// <https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy>
pub fn meta_policies(html: &[u8]) -> MetaPolicies {
    let text = String::from_utf8_lossy(html);
    let finder = RefCell::new(MetaFinder::default());
    let in_template = element!("template *", |element: &mut Element| {
        finder.borrow_mut().note_template(element);
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
    rewrite(text.as_bytes(), settings);
    let lines = Lines::of(&text);
    let finder = finder.into_inner();
    let line = |start: &usize| lines.spot(*start as u32, *start as u32).line as usize;
    let mut found = MetaPolicies {
        report_only: finder.report_only.iter().map(line).collect(),
        ..MetaPolicies::default()
    };
    for (is_ignored, policy) in finder.found(&lines) {
        let line = policy.spot.line as usize;
        if is_ignored {
            found.ignored.push(line);
        } else {
            found.policies.push((policy.text, line));
        }
    }
    found
}

/// Finds policies while elements go by.
#[derive(Debug)]
pub(super) struct MetaFinder {
    is_in_head: bool,
    /// Where the last element that is in a `<template>` begins.
    in_template: Option<usize>,
    found: Vec<Found>,
    /// Where elements begin that would report.
    report_only: Vec<usize>,
}

#[derive(Debug)]
struct Found {
    is_ignored: bool,
    content: String,
    start: usize,
    end: usize,
}

impl Default for MetaFinder {
    fn default() -> Self {
        Self {
            is_in_head: true,
            in_template: None,
            found: Vec::new(),
            report_only: Vec::new(),
        }
    }
}

impl MetaFinder {
    /// Takes an element that is in a template, before it is visited.
    pub(super) fn note_template(&mut self, element: &Element<'_, '_>) {
        self.in_template = Some(element.source_location().bytes().start);
    }

    pub(super) fn visit(&mut self, element: &Element<'_, '_>) {
        let bytes = element.source_location().bytes();
        if self.in_template == Some(bytes.start) {
            return;
        }
        let name = element.tag_name();
        if !HEAD.contains(&name.as_str()) {
            self.is_in_head = false;
        }
        if name == "meta" && stands_for(element, "content-security-policy-report-only") {
            self.report_only.push(bytes.start);
        }
        if name == "meta" && stands_for(element, "content-security-policy") {
            self.found.push(Found {
                is_ignored: !self.is_in_head,
                content: element.get_attribute("content").unwrap_or_default(),
                start: bytes.start,
                end: bytes.end,
            });
        }
    }

    /// The policies, and whether browsers ignore each.
    pub(super) fn found(&self, lines: &Lines) -> impl Iterator<Item = (bool, FileMetaPolicy)> {
        self.found.iter().map(|found| {
            let policy = FileMetaPolicy {
                text: decode(&found.content).into_owned(),
                spot: lines.spot(found.start as u32, found.end as u32),
            };
            (found.is_ignored, policy)
        })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn values(html: &str) -> Vec<String> {
        let policies = meta_policies(html.as_bytes()).policies;
        policies.into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn meta_elements_of_the_head_are_found_in_their_order() {
        let html = "<!doctype html><title>a</title>\n\
                    <META HTTP-EQUIV='Content-security-policy' CONTENT=\"connect-src 'self'\">\n\
                    <meta name=viewport content=x><meta http-equiv=content-security-policy content='img-src *'>";
        assert_eq!(values(html), ["connect-src 'self'", "img-src *"]);
        assert_eq!(meta_policies(html.as_bytes()).policies[1].1, 3);
    }

    #[test]
    fn a_meta_element_in_the_body_is_ignored() {
        let meta = "<meta http-equiv=content-security-policy content='connect-src *'>";
        for html in [format!("<body>\n{meta}"), format!("<p>a</p>\n{meta}")] {
            let found = meta_policies(html.as_bytes());
            assert_eq!(
                (found.policies.len(), found.ignored),
                (0, vec![2]),
                "{html}"
            );
        }
    }

    #[test]
    fn an_element_that_would_report_is_found_by_its_line() {
        let html =
            "<title>a</title>\n<meta http-equiv=Content-Security-Policy-Report-Only content='a'>";
        let found = meta_policies(html.as_bytes());
        assert_eq!((found.report_only, found.policies.len()), (vec![2], 0));
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
}
