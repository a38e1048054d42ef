//! `_headers` of Netlify and Cloudflare Pages: a path on a line of its own, and below it headers that are indented.

use super::delivered::Delivered;
use super::header_lines::{headers, policies};
use super::lines::{Line, lines};

/// Whether a text is such a file: its first line is a path or a URL, and the next one is an indented header.
pub(crate) fn is_headers_file(text: &[u8]) -> bool {
    let mut lines = lines(text).filter(|line| is_told(line));
    let is_path = lines.next().is_some_and(|line| {
        let is_url = line.bytes.starts_with(b"https://") || line.bytes.starts_with(b"http://");
        is_url || line.bytes.starts_with(b"/")
    });
    is_path
        && lines.next().is_some_and(|line| {
            line.bytes.first().is_some_and(u8::is_ascii_whitespace) && line.bytes.contains(&b':')
        })
}

/// The policies of a file.
pub(crate) fn read(text: &[u8]) -> Vec<Delivered> {
    let indented = lines(text).filter(|line| is_told(line) && line.bytes[0].is_ascii_whitespace());
    // Indented they would go on with the header before them.
    let flat = indented.map(|line| Line {
        bytes: line.bytes.trim_ascii_start(),
        ..line
    });
    policies(&headers(flat))
}

fn is_told(line: &Line<'_>) -> bool {
    let text = line.bytes.trim_ascii_start();
    !text.is_empty() && !text.starts_with(b"#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_indented_header_is_one() {
        let text = b"# all pages\n/*\n  Content-Security-Policy: connect-src a.example\n  X-Other: y\n\n/x\n\tcontent-security-policy-report-only: img-src *\n";
        assert!(is_headers_file(text));
        let found = read(text);
        let told: Vec<_> = found.iter().map(|one| (&*one.value, one.line)).collect();
        assert_eq!(
            told,
            [
                (&b"connect-src a.example"[..], Some(3)),
                (b"img-src *", Some(7))
            ]
        );
    }

    #[test]
    fn other_texts_are_not_taken_for_one() {
        for text in [
            "connect-src /",
            "/*",
            "Content-Security-Policy: a\n  b: c",
            "https://a.example/",
            "",
        ] {
            assert!(!is_headers_file(text.as_bytes()), "{text}");
        }
    }
}
