//! Header lines: `Content-Security-Policy: connect-src 'self'`, as copied from a configuration or from
//! developer tools, among other lines or alone.

use super::delivered::{Delivered, Delivery};
use super::lines::Line;

/// A header of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    pub(crate) name: &'a [u8],
    pub(crate) value: Vec<u8>,
    pub(crate) line: usize,
}

/// Whether a line is a header that carries policies.
pub(crate) fn is_policy_header(line: &[u8]) -> bool {
    split(line).is_some_and(|(name, _)| Delivery::by_header(name).is_some())
}

/// The policies among headers.
pub(crate) fn policies(headers: &[Header<'_>]) -> Vec<Delivered> {
    let delivered = |header: &Header<'_>| {
        Some(Delivered {
            value: header.value.clone(),
            by: Delivery::by_header(header.name)?,
            line: Some(header.line),
        })
    };
    headers.iter().filter_map(delivered).collect()
}

/// The headers of lines; a line that begins with white space goes on with the header before it.
pub(crate) fn headers<'a>(lines: impl Iterator<Item = Line<'a>>) -> Vec<Header<'a>> {
    let mut headers: Vec<Header<'_>> = Vec::new();
    for line in lines {
        match (headers.last_mut(), split(line.bytes)) {
            (Some(header), _) if line.bytes.starts_with(b" ") || line.bytes.starts_with(b"\t") => {
                header.value.push(b' ');
                header.value.extend(line.bytes.trim_ascii());
            }
            (_, Some((name, value))) => headers.push(Header {
                name,
                value: value.to_vec(),
                line: line.number,
            }),
            (_, None) => {}
        }
    }
    headers
}

fn split(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    Some((name.trim_ascii(), value.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use connect_src::Disposition;

    use super::*;
    use crate::input::lines::lines;

    fn read(file: &[u8]) -> Vec<Delivered> {
        policies(&headers(lines(file)))
    }

    #[test]
    fn both_headers_are_found_in_any_case_with_their_lines() {
        let found = read(
            b"Server: x\r\ncontent-security-policy: a 'self'\r\nCONTENT-SECURITY-POLICY-REPORT-ONLY:b\r\n",
        );
        let expected = [
            (&b"a 'self'"[..], Disposition::Enforce, 2),
            (b"b", Disposition::Report, 3),
        ];
        let expected = expected.map(|(value, disposition, line)| Delivered {
            value: value.to_vec(),
            by: Delivery::Header(disposition),
            line: Some(line),
        });
        assert_eq!(found, expected);
    }

    #[test]
    fn a_folded_header_is_one() {
        let found = read(b"Content-Security-Policy: default-src 'self';\n  connect-src *\n");
        assert_eq!(found[0].value, b"default-src 'self'; connect-src *");
    }
}
