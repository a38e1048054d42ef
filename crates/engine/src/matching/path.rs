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
    if rules.has(Quirk::PathIsDecodedWhole) {
        whole(a, b)
    } else {
        piecewise(a, b)
    }
}

fn whole(a: &str, b: &str) -> bool {
    let is_folder = decoded(a).last() == Some(b'/');
    let mut rest = decoded(b);
    let begins_alike = decoded(a).all(|byte| rest.next() == Some(byte));
    begins_alike && (is_folder || rest.next().is_none())
}

fn piecewise(a: &str, b: &str) -> bool {
    let (folder, is_folder) = match a.strip_suffix('/') {
        Some(folder) => (folder, true),
        None => (a, false),
    };
    let mut pieces = b.split('/');
    let begins_alike = folder.split('/').all(|piece| {
        pieces
            .next()
            .is_some_and(|other| decoded(piece).eq(decoded(other)))
    });
    // A folder has more below it: at least the empty piece after its slash.
    begins_alike && pieces.next().is_some() == is_folder
}

/// <https://url.spec.whatwg.org/#string-percent-decode>
pub(crate) fn decoded(text: &str) -> impl Iterator<Item = u8> + '_ {
    let mut rest = text.as_bytes();
    core::iter::from_fn(move || match rest {
        [] => None,
        [b'%', high, low, tail @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            rest = tail;
            Some(hex(*high) << 4 | hex(*low))
        }
        [byte, tail @ ..] => {
            rest = tail;
            Some(*byte)
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
    fn percent_decoding_keeps_what_is_no_escape() {
        let decode = |text| decoded(text).collect::<alloc::vec::Vec<_>>();
        assert_eq!(decode("%41%2f%zz%"), b"A/%zz%");
    }
}
