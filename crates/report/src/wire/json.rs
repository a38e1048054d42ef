//! JSON as it really comes: cut into its entries first, so that one bad entry costs no other, and
//! weighed before it is parsed, so that no post costs more memory than a report is worth.

mod mend;

use super::not_a_report::NotAReport;
use super::value::Value;
use super::{Container, MAX_ENTRIES, UnreadableKind};

/// A post, cut into entries that are not parsed yet.
pub(super) struct Post<'t> {
    pub(super) container: Container,
    /// At most [`MAX_ENTRIES`], and one more if there are more.
    pub(super) entries: Vec<&'t str>,
    /// How many there are.
    pub(super) total: usize,
}

impl<'t> Post<'t> {
    pub(super) fn of(text: &'t str) -> Result<Self, NotAReport> {
        let text = text.trim_start_matches('\u{feff}').trim_ascii();
        let mut post = Self {
            container: Container::Array,
            entries: Vec::new(),
            total: 0,
        };
        match text.as_bytes().first() {
            None => return Err(NotAReport::empty()),
            Some(b'[') => post.split(text),
            Some(b'{') => {
                post.container = Container::Object;
                post.push(text);
            }
            Some(_) => return Err(NotAReport::not_json("it begins with neither `{` nor `[`")),
        }
        Ok(post)
    }

    /// Cuts an array at the commas between its entries. What stands after its end is an entry too: a
    /// malformed one.
    fn split(&mut self, array: &'t str) {
        let mut scanner = Scanner::default();
        let mut start = 1;
        let bytes = array.as_bytes();
        let mut index = 0;
        while let Some(skipped) = scanner.plain(&bytes[index..]) {
            index += skipped;
            let byte = bytes[index];
            let is_structure = scanner.step(byte);
            let is_comma = is_structure && byte == b',' && scanner.depth == 1;
            let is_end = is_structure && byte == b']' && scanner.depth == 0;
            if is_comma || is_end {
                let entry = array[start..index].trim_ascii();
                if is_comma || !entry.is_empty() || self.total > 0 {
                    self.push(entry);
                }
                start = index + 1;
            }
            index += 1;
            if is_end {
                break;
            }
        }
        let rest = array[start..].trim_ascii();
        if !rest.is_empty() {
            self.push(rest);
        }
    }

    fn push(&mut self, entry: &'t str) {
        self.total += 1;
        if self.entries.len() <= MAX_ENTRIES {
            self.entries.push(entry);
        }
    }
}

/// Follows JSON's structure: where strings are, and how deep brackets stand in each other.
#[derive(Default)]
struct Scanner {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl Scanner {
    /// How many bytes of a string come before the next one that matters; `None` if none does.
    fn plain(&self, rest: &[u8]) -> Option<usize> {
        let matters =
            |byte: &u8| !self.in_string || self.is_escaped || matches!(byte, b'"' | b'\\');
        rest.iter().position(matters)
    }

    /// Takes the next byte; whether it is part of the structure and not of a string.
    fn step(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        byte != b'"'
    }
}

/// Parses one entry. If that takes mending, the value stands in `mended`.
pub(super) fn value<'t>(
    entry: &'t str,
    mended: &'t mut String,
) -> Result<Value<'t>, UnreadableKind> {
    if entry.len() > ALWAYS_FINE && is_too_complex(entry) {
        return Err(UnreadableKind::TooComplex);
    }
    if let Ok(value) = serde_json::from_str(entry) {
        return Ok(value);
    }
    *mended = mend::mended(entry);
    serde_json::from_str(mended).map_err(|_| unreadable_kind(entry))
}

fn unreadable_kind(entry: &str) -> UnreadableKind {
    if is_too_complex(entry) {
        UnreadableKind::TooComplex
    } else {
        UnreadableKind::Malformed
    }
}

/// So many bytes cannot take much memory, and the parser itself keeps to a depth.
const ALWAYS_FINE: usize = 8 * 1024;

/// Reports are three deep and have some thirty parts. A deep text could exhaust the stack, one of many
/// small objects the memory: each takes hundreds of times its length.
fn is_too_complex(entry: &str) -> bool {
    let mut scanner = Scanner::default();
    let mut weight = 0;
    for byte in entry.bytes() {
        if scanner.step(byte) {
            weight += match byte {
                b'{' | b'[' => 16,
                b',' => 1,
                _ => 0,
            };
            if scanner.depth > MAX_DEPTH || weight > MAX_WEIGHT {
                return true;
            }
        }
    }
    false
}

const MAX_DEPTH: usize = 24;
const MAX_WEIGHT: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<&str> {
        Post::of(text).map_or_else(|_| Vec::new(), |post| post.entries)
    }

    #[test]
    fn an_array_is_cut_between_its_entries_only() {
        for (text, expected) in [
            ("[]", &[][..]),
            (" [ ] ", &[]),
            ("[1, 2 ]", &["1", "2"]),
            (r#"[{"a":[1,2]},"]",3]"#, &[r#"{"a":[1,2]}"#, r#""]""#, "3"]),
            (r#"["\",",1]"#, &[r#""\",""#, "1"]),
            ("[1,]", &["1", ""]),
            ("[1,{", &["1", "{"]),
            ("[1]2", &["1", "2"]),
            ("\u{feff}[1]", &["1"]),
            ("{}", &["{}"]),
        ] {
            assert_eq!(entries(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_deep_or_of_many_parts_is_not_parsed() {
        let refused = |entry: &str| value(entry, &mut String::new()).err();
        let too_complex = Some(UnreadableKind::TooComplex);
        assert_eq!(refused(&"[".repeat(100_000)), too_complex);
        let many = format!("[{}{{}}]", "{},".repeat(20_000));
        assert_eq!(refused(&many), too_complex);
        let long = format!(r#"{{"sample":"{}"}}"#, "{".repeat(30_000));
        assert_eq!(refused(&long), None);
    }

    #[test]
    fn entries_over_the_limit_are_counted_and_not_kept() {
        let text = format!("[0{}]", ",0".repeat(5000));
        let post = Post::of(&text).unwrap();
        assert_eq!((post.total, post.entries.len()), (5001, MAX_ENTRIES + 1));
    }
}
