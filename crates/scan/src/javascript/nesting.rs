//! How deeply code is nested, before anything recurses over it.

/// Whether code may be nested more deeply than a bound.
///
/// It is an estimate that reads bytes and no grammar: brackets outside and inside of strings are counted both ways, and
/// what recurses without brackets (`!!!a`, `a => b => c`, `a ? b : c ? d : e`, `else if`) is counted between semicolons.
pub(super) fn is_too_deep(text: &str, bound: usize) -> bool {
    if text.len() <= bound {
        return false;
    }
    let mut depth = Depth::default();
    for byte in text.bytes() {
        if IS_WORD[byte as usize] {
            depth.previous = byte;
        } else if byte != b' ' {
            depth.read(byte);
            if depth.bare > bound || depth.quoted > bound || depth.run > bound {
                return true;
            }
        }
    }
    false
}

/// Depths so far.
#[derive(Default)]
struct Depth {
    /// Open brackets, with those in strings.
    bare: usize,
    /// Open brackets, without those in what looks like strings.
    quoted: usize,
    /// Prefixes in a row.
    run: usize,
    quote: u8,
    previous: u8,
}

impl Depth {
    fn read(&mut self, byte: u8) {
        let escaped = self.previous == b'\\';
        match byte {
            b'(' | b'[' | b'{' => {
                self.bare += 1;
                self.quoted += usize::from(self.quote == 0);
            }
            b')' | b']' | b'}' => {
                self.bare = self.bare.saturating_sub(1);
                self.quoted = self.quoted.saturating_sub(usize::from(self.quote == 0));
                self.run = 0;
            }
            b'"' | b'\'' if self.quote == 0 => self.quote = byte,
            b'\n' => self.quote = 0,
            _ if byte == self.quote && !escaped => self.quote = 0,
            b'!' | b'~' | b'-' | b'+' if is_operator(self.previous) => self.run += 1,
            b'=' | b'?' | b'*' | b'<' if self.quote == 0 => self.run += 1,
            b'e' if self.previous == b's' && self.quote == 0 => self.run += 1,
            b';' | b',' => self.run = 0,
            _ => {}
        }
        self.previous = if escaped { 0 } else { byte };
    }
}

/// Letters and digits, which are no part of anything that is counted; but for the last letter of `else`.
const IS_WORD: [bool; 256] = {
    let mut is_word = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        is_word[byte] = (byte as u8).is_ascii_alphanumeric() && byte != b'e' as usize;
        byte += 1;
    }
    is_word
};

fn is_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'~' | b'-' | b'+' | b'(' | b'=' | b'?' | b':' | b',' | b'[' | b'{'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_prefixes_in_a_row_are_deep_and_long_code_is_not() {
        let many = |text: &str| text.repeat(10_000);
        assert!(is_too_deep(&many("("), 1000));
        assert!(is_too_deep(&many("a=>"), 1000));
        assert!(is_too_deep(&many("!"), 1000));
        assert!(is_too_deep(&many("a?b:"), 1000));
        assert!(is_too_deep(&many("(\")\""), 1000));
        assert!(!is_too_deep(&many("f(a, {b: [c]});"), 1000));
        assert!(!is_too_deep(&many("x['a(b'] = \"(\" + ')';\n"), 20_000));
        assert!(!is_too_deep(&many("a + "), 1000));
    }
}
