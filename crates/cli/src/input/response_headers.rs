//! Dumps of response headers, as `curl -sI`, `curl -sIL` and `curl -si` print them.

use super::header_lines::{Header, headers, policies};
use super::html;
use super::lines::{Line, lines};
use super::policy_text::{self, PolicyText};
use super::sent_headers::SentHeaders;

/// Whether the file begins with a status line.
pub(crate) fn is_dump(file: &[u8]) -> bool {
    let head = &file[..file.len().min(5)];
    head.eq_ignore_ascii_case(b"HTTP/")
}

/// The last response of a dump. The ones before it are redirects, or come from a proxy.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    pub(crate) headers: Vec<Header<'a>>,
    body: &'a [u8],
    body_line: usize,
}

/// The last response.
pub(crate) fn last_response(file: &[u8]) -> Response<'_> {
    let mut block: Vec<Line<'_>> = Vec::new();
    let mut is_over = false;
    for line in lines(file) {
        if is_over && !line.bytes.is_empty() {
            if !is_dump(line.bytes) {
                break;
            }
            block.clear();
        }
        is_over = line.bytes.is_empty();
        if !is_over {
            block.push(line);
        }
    }
    let body_line = block.last().map_or(1, |line| line.number + 1);
    let body = &file[block.last().map_or(0, |line| line.end)..];
    Response {
        headers: headers(block.into_iter().skip(1)),
        body,
        body_line,
    }
}

impl Response<'_> {
    /// What its headers say and, if the dump goes on with HTML, the document.
    pub(crate) fn text(&self) -> PolicyText {
        let mut text = PolicyText {
            policies: policies(&self.headers),
            headers: SentHeaders::of_response(self.headers.iter().map(Header::as_line)),
            looked_at: "the headers of the last response",
            ..PolicyText::default()
        };
        if policy_text::is_html(self.body) {
            let document = html::read(self.body).beginning_in_line(self.body_line);
            text.add(policy_text::of_document(document));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::delivered::Delivered;

    fn values(file: &str) -> Vec<(String, Option<usize>)> {
        let found = last_response(file.as_bytes()).text().policies;
        let value = |one: Delivered| (String::from_utf8(one.value).unwrap(), one.line);
        found.into_iter().map(value).collect()
    }

    #[test]
    fn the_last_of_several_responses_counts() {
        let dump = "HTTP/1.1 301 Moved\r\nContent-Security-Policy: connect-src 'none'\r\n\r\n\
                    HTTP/2 200 \r\ncontent-security-policy: connect-src *\r\n\r\n";
        assert_eq!(values(dump), [("connect-src *".to_owned(), Some(5))]);
    }

    #[test]
    fn html_after_the_headers_is_read_too() {
        let dump = "HTTP/1.1 200 OK\nContent-Security-Policy: connect-src *\n\n<!doctype html>\n\
                    <meta http-equiv=content-security-policy content=\"connect-src 'self'\">";
        let expected = [
            ("connect-src *".to_owned(), Some(2)),
            ("connect-src 'self'".to_owned(), Some(5)),
        ];
        assert_eq!(values(dump), expected);
    }

    #[test]
    fn a_body_that_looks_like_a_header_is_none() {
        let dump = "HTTP/1.1 200 OK\n\nContent-Security-Policy: connect-src *\n";
        assert_eq!(values(dump), []);
    }
}
