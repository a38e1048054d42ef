//! How deeply code is nested, before anything recurses over it.

use std::ops::Range;

/// Whether code may be nested more deeply than a bound.
///
/// It is an estimate that reads bytes and no grammar: brackets outside and inside of strings are counted both ways, and
/// what recurses without brackets (`!!!a`, `a => b => c`, `a ? b : c ? d : e`, `else if`) is counted between semicolons.
pub(super) fn is_too_deep(text: &str, bound: usize) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() <= bound || !(has_long_run(bytes, bound) || may_be_deep(bytes, bound)) {
        return false;
    }
    let mut depth = Depth::default();
    for at in 0..bytes.len() {
        if KINDS[bytes[at] as usize] != Kind::Other {
            depth.read(bytes, at);
            if depth.bare > bound || depth.quoted > bound || depth.run > bound {
                return true;
            }
        }
    }
    false
}

/// Whether there may be more bytes in a row than the bound of which none ends a row of prefixes. Where each piece of half
/// that length has one that does, there are not.
fn has_long_run(bytes: &[u8], bound: usize) -> bool {
    let mut pieces = bytes.chunks_exact((bound / 2).max(1));
    pieces.any(|piece| memchr::memchr3(b';', b',', b')', piece).is_none())
}

/// Whether brackets may be open more deeply than a bound. It counts too many rather than too few, and in pieces, which takes
/// a fraction of the time.
fn may_be_deep(bytes: &[u8], bound: usize) -> bool {
    let mut most = Most::default();
    for (start, piece) in (0..).step_by(PIECE).zip(bytes.chunks(PIECE)) {
        let is_plain = most.quote == 0 && memchr::memchr2(b'"', b'\'', piece).is_none();
        if is_plain {
            most.pass_plain(piece);
        } else {
            most.pass(bytes, start..start + piece.len());
        }
        if most.deepest > bound {
            return true;
        }
    }
    false
}

/// Bytes of a piece.
const PIECE: usize = 64;

/// How many brackets are open at most.
#[derive(Default)]
struct Most {
    /// With those in strings.
    bare: usize,
    /// Without those in what looks like strings.
    quoted: usize,
    quote: u8,
    /// The most of both so far.
    deepest: usize,
}

impl Most {
    /// Passes a piece without strings.
    fn pass_plain(&mut self, piece: &[u8]) {
        let count = |kind: Kind| {
            let kinds = piece.iter().map(|byte| KINDS[*byte as usize]);
            kinds.filter(|one| *one == kind).count()
        };
        let (opened, closed) = (count(Kind::Open), count(Kind::Close));
        // All may stand open at once, and those of the piece may be opened last.
        self.deepest = self.deepest.max(self.bare.max(self.quoted) + opened);
        self.bare = (self.bare + opened).saturating_sub(closed).max(opened);
        self.quoted = (self.quoted + opened).saturating_sub(closed).max(opened);
    }

    fn pass(&mut self, bytes: &[u8], piece: Range<usize>) {
        for at in piece {
            match KINDS[bytes[at] as usize] {
                Kind::Open => {
                    self.bare += 1;
                    self.quoted += usize::from(self.quote == 0);
                    self.deepest = self.deepest.max(self.bare.max(self.quoted));
                }
                Kind::Close => {
                    self.bare = self.bare.saturating_sub(1);
                    self.quoted = self.quoted.saturating_sub(usize::from(self.quote == 0));
                }
                Kind::Quote if self.quote == 0 => self.quote = bytes[at],
                Kind::Quote if self.quote == bytes[at] && !is_escaped(bytes, at) => self.quote = 0,
                Kind::Line => self.quote = 0,
                _ => {}
            }
        }
    }
}

/// Whether the backslashes before a byte escape it; spaces between them do not count.
fn is_escaped(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev().filter(|byte| **byte != b' ');
    before.take_while(|byte| **byte == b'\\').count() % 2 == 1
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
    /// The byte behind the last one that was escaped.
    after_escaped: usize,
}

impl Depth {
    fn read(&mut self, bytes: &[u8], at: usize) {
        let (byte, previous) = (bytes[at], self.previous(bytes, at));
        let escaped = previous == b'\\';
        if escaped {
            self.after_escaped = at + 1;
        }
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
            b'!' | b'~' | b'-' | b'+' if is_operator(previous) => self.run += 1,
            b'=' | b'?' | b'*' | b'<' if self.quote == 0 => self.run += 1,
            b'e' if previous == b's' && self.quote == 0 => self.run += 1,
            b';' | b',' => self.run = 0,
            _ => {}
        }
    }

    /// The byte before one, spaces left out; nothing where that is escaped.
    fn previous(&self, bytes: &[u8], at: usize) -> u8 {
        let before = bytes[..at].iter().rposition(|byte| *byte != b' ');
        match before {
            Some(before) if before + 1 != self.after_escaped => bytes[before],
            _ => 0,
        }
    }
}

/// What a byte is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// No part of anything that is counted.
    Other,
    Open,
    Close,
    Quote,
    Line,
    /// Counted among prefixes.
    Sign,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'(' | b'[' | b'{' => Kind::Open,
            b')' | b']' | b'}' => Kind::Close,
            b'"' | b'\'' => Kind::Quote,
            b'\n' => Kind::Line,
            b':' | b'\\' | b'!' | b'~' | b'-' | b'+' | b'=' | b'?' | b'*' | b'<' | b'e' | b';'
            | b',' => Kind::Sign,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
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
    fn what_is_counted_in_pieces_is_never_less_than_what_is_counted_byte_by_byte() {
        let parts = [
            "(",
            ")",
            "\"",
            "'",
            "\\",
            " ",
            "\n",
            "((((((",
            "))))))",
            "a.b",
            "xxxxxxxxxxxxxxxx",
        ];
        let mut seed = 1_u64;
        for length in [10, 100, 1000] {
            let mut next = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                parts[(seed >> 33) as usize % parts.len()]
            };
            for _ in 0..300 {
                let text: String = (0..length).map(|_| next()).collect();
                let bytes = text.as_bytes();
                let mut exact = Depth::default();
                let mut deepest = 0;
                for at in 0..bytes.len() {
                    exact.read(bytes, at);
                    deepest = deepest.max(exact.bare).max(exact.quoted);
                }
                assert!(deepest == 0 || may_be_deep(bytes, deepest - 1), "{text}");
            }
        }
    }

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
