//! One path for all the ways to write it, so that nobody chooses a page's policy by writing its path in another way.

use std::borrow::Cow;

/// The path as applications read it: percent-encoding undone where it hides a plain character, empty and dot
/// segments resolved.
pub(super) fn normalized(path: &str) -> Cow<'_, str> {
    let is_plain = !path.contains(['%', '\\']) && !path.contains("//") && !path.contains("/.");
    if is_plain {
        return Cow::Borrowed(path);
    }
    let decoded = decoded(path);
    let mut segments: Vec<&str> = Vec::new();
    for segment in decoded.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    Cow::Owned(format!("/{}", segments.join("/")))
}

/// Undoes the encoding of printable ASCII; everything else stays as it is.
fn decoded(path: &str) -> String {
    let mut decoded = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.push_str(before);
        let byte = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            Some(byte) if byte.is_ascii_graphic() => {
                decoded.push(char::from(byte));
                rest = &after[2..];
            }
            _ => {
                decoded.push('%');
                rest = after;
            }
        }
    }
    decoded + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_ways_to_write_a_path_are_one() {
        let table = [
            ("/admin/users", "/admin/users"),
            ("/%61dmin/users", "/admin/users"),
            ("/x/../admin/./users", "/admin/users"),
            ("/x/%2e%2E/admin", "/admin"),
            ("//admin///users/", "/admin/users"),
            ("/admin%2Fusers", "/admin/users"),
            ("/admin%5cusers", "/admin/users"),
            ("/../../admin", "/admin"),
            ("/caf%C3%A9", "/caf%C3%A9"),
            ("/100%", "/100%"),
            ("/%+1", "/%+1"),
            ("/%é", "/%é"),
            ("/", "/"),
        ];
        for (path, expected) in table {
            assert_eq!(normalized(path), expected, "{path}");
        }
    }
}
