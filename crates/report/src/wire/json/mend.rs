//! What browsers and relays write, but a strict parser refuses: half a surrogate pair (samples are cut
//! after 40 UTF-16 units), a raw control character in a string, a number that no float holds.

/// The same text with those mended. Anything else that is wrong stays wrong.
pub(super) fn mended(json: &str) -> String {
    let mut mender = Mender {
        rest: json,
        mended: String::with_capacity(json.len()),
    };
    while let Some(first) = mender.rest.chars().next() {
        match first {
            '"' => mender.string(),
            '-' | '0'..='9' => mender.number(),
            _ => mender.keep(first.len_utf8()),
        }
    }
    mender.mended
}

struct Mender<'t> {
    rest: &'t str,
    mended: String,
}

impl Mender<'_> {
    fn keep(&mut self, bytes: usize) {
        let (kept, rest) = self.rest.split_at(bytes);
        self.mended.push_str(kept);
        self.rest = rest;
    }

    fn replace(&mut self, bytes: usize, with: &str) {
        self.mended.push_str(with);
        self.rest = &self.rest[bytes..];
    }

    fn string(&mut self) {
        self.keep(1);
        while let Some(next) = self.rest.chars().next() {
            match next {
                '"' => return self.keep(1),
                '\\' => self.escape(),
                _ if next.is_ascii_control() => self.replace(1, " "),
                _ => self.keep(next.len_utf8()),
            }
        }
    }

    fn escape(&mut self) {
        let Some(unit) = utf16_unit(self.rest) else {
            let escaped = self.rest[1..].chars().next();
            return self.keep(1 + escaped.map_or(0, char::len_utf8));
        };
        let is_pair = (0xd800..0xdc00).contains(&unit)
            && utf16_unit(&self.rest[6..]).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        match unit {
            _ if is_pair => self.keep(12),
            0xd800..0xe000 => self.replace(6, "\\ufffd"),
            _ => self.keep(6),
        }
    }

    fn number(&mut self) {
        let is_part = |c: char| matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E');
        let length = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let is_infinite = self.rest[..length].parse().is_ok_and(f64::is_infinite);
        if is_infinite {
            self.replace(length, "null");
        } else {
            self.keep(length);
        }
    }
}

/// The value of the `\uXXXX` that the text begins with.
fn utf16_unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_write_becomes_json() {
        for (json, expected) in [
            (r#""a\ud83d""#, r#""a\ufffd""#),
            (r#""a\ude00b""#, r#""a\ufffdb""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            ("\"a\nb\"", "\"a b\""),
            (r#"{"n":1e999,"m":-2}"#, r#"{"n":null,"m":-2}"#),
            (r#""\"\ud83d""#, r#""\"\ufffd""#),
        ] {
            assert_eq!(mended(json), expected);
            assert!(serde_json::from_str::<serde_json::Value>(expected).is_ok());
        }
    }

    #[test]
    fn what_is_wrong_otherwise_stays_as_it_is() {
        for json in [
            "{",
            r#""\"#,
            r#""\u12"#,
            r#""\u12é5""#,
            "[1,,2]",
            "\"é",
            "\\",
        ] {
            assert_eq!(mended(json), json);
        }
    }
}
