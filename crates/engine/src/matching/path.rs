use crate::browser_profile::{Quirk, Rules};

/// Does path-part `a` of a source match the path `b` of a URL? Both are percent-encoded.
///
/// ```
/// use connect_src::BrowserProfile::{Chromium, Standard};
/// use connect_src::matching::path_part;
///
/// assert!(path_part("/api/", "/api/v1/items", Standard.into()), "a folder matches what is in it");
/// assert!(!path_part("/api", "/api/v1/items", Standard.into()), "a file matches itself only");
/// assert!(path_part("/%61", "/a", Standard.into()));
/// assert!(!path_part("/a%2Fb", "/a/b", Standard.into()));
/// assert!(path_part("/a%2Fb", "/a/b", Chromium.into()));
/// ```
///
/// <https://w3c.github.io/webappsec-csp/#match-paths>
pub fn path_part(a: &str, b: &str, rules: Rules) -> bool {
    if a.is_empty() || (a == "/" && b.is_empty()) {
        return true;
    }
    let mut rest = canonical(b, rules);
    let begins_alike = canonical(a, rules).all(|unit| rest.next() == Some(unit));
    begins_alike && (is_folder(a, rules) || rest.next().is_none())
}

/// Whether a path-part ends in a slash and so admits what is below it.
pub(crate) fn is_folder(path: &str, rules: Rules) -> bool {
    canonical(path, rules).last() == Some(separator(rules))
}

/// The path as what is compared: its decoded bytes, and a unit for the slashes that separate pieces.
/// Where paths are decoded whole, an escaped slash separates too.
pub(crate) fn canonical(path: &str, rules: Rules) -> impl Iterator<Item = u16> + '_ {
    let separator = separator(rules);
    units(path).map(move |(byte, is_escaped)| match byte {
        b'/' if !is_escaped => separator,
        byte => u16::from(byte),
    })
}

fn separator(rules: Rules) -> u16 {
    const BEYOND_BYTES: u16 = 0x100;
    if rules.has(Quirk::PathIsDecodedWhole) {
        u16::from(b'/')
    } else {
        BEYOND_BYTES
    }
}

/// <https://url.spec.whatwg.org/#string-percent-decode>
pub(crate) fn decoded(text: &str) -> impl Iterator<Item = u8> + '_ {
    units(text).map(|(byte, _)| byte)
}

/// The bytes after percent-decoding, and whether each was escaped.
fn units(text: &str) -> impl Iterator<Item = (u8, bool)> + '_ {
    let mut rest = text.as_bytes();
    core::iter::from_fn(move || match rest {
        [] => None,
        [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            rest = tail;
            Some((hex(*high) << 4 | hex(*low), true))
        }
        [byte, tail @ ..] => {
            rest = tail;
            Some((*byte, false))
        }
    })
}

/// `pchar` of RFC 3986 without `%`, `;` and `,`, and `/`.
pub(crate) const fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b'='
                | b':'
                | b'@'
                | b'/'
        )
}

const fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BrowserProfile;

    #[test]
    fn a_folder_matches_itself_and_what_is_below() {
        for profile in BrowserProfile::ALL {
            for (a, b, expected) in [
                ("/", "/", true),
                ("/", "/a", true),
                ("/a/", "/a/", true),
                ("/a/", "/a/b/c", true),
                ("/a/", "/a", false),
                ("/a/", "/ab/", false),
                ("/a", "/a", true),
                ("/a", "/a/", false),
                ("/a", "/A", false),
                ("", "/anything", true),
                ("/", "", true),
            ] {
                assert_eq!(
                    path_part(a, b, profile.into()),
                    expected,
                    "{profile}: {a} on {b}"
                );
            }
        }
    }

    #[test]
    fn an_escaped_slash_ends_no_piece_in_the_standard() {
        let matches = |a, b, profile: BrowserProfile| path_part(a, b, profile.into());
        assert!(!matches("/a%2F", "/a/b", BrowserProfile::Standard));
        assert!(matches("/a%2F", "/a/b", BrowserProfile::Firefox));
        assert!(matches("/a%2F", "/a%2f", BrowserProfile::Standard));
    }

    #[test]
    fn percent_decoding_keeps_what_is_no_escape() {
        let decode = |text| decoded(text).collect::<alloc::vec::Vec<_>>();
        assert_eq!(decode("%41%2f%zz%"), b"A/%zz%");
    }
}
