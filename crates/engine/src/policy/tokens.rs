//! Splits a policy's text into directives and tokens, once, in one pass over its bytes.

use alloc::vec::Vec;

use crate::directive::DirectiveName;
use crate::span::Span;

/// The text's structure: spans only, no copies.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens {
    pub(super) directives: Vec<DirectiveTokens>,
    /// The tokens of all values, each directive's in one run.
    pub(super) values: Vec<Span>,
    pub(super) has_vertical_tab: bool,
}

#[derive(Clone, Debug)]
pub(super) struct DirectiveTokens {
    pub(super) name: Span,
    pub(super) known_name: Option<DirectiveName>,
    /// Indices into [`Tokens::values`].
    pub(super) values: Span,
    pub(super) has_non_ascii: bool,
    /// A control character that is not ASCII white space.
    pub(super) has_control: bool,
    /// A carriage return, which is ASCII white space, but not to everyone.
    pub(super) has_carriage_return: bool,
}

impl Tokens {
    pub(super) fn of(text: &str) -> Self {
        let mut tokens = Self::default();
        let bytes = &text.as_bytes()[..text.floor_char_boundary(u32::MAX as usize)];
        let mut start = 0;
        while start < bytes.len() {
            start = tokens.read_directive(text, bytes, start) + 1;
        }
        tokens
    }

    /// Reads the directive that begins at `start`; returns where its `;` is, or the end of the text.
    fn read_directive(&mut self, text: &str, bytes: &[u8], start: usize) -> usize {
        let first_value = self.values.len();
        let mut name = None;
        let mut seen = 0;
        let mut at = start;
        loop {
            at += run(&bytes[at..], &mut seen, |class| class & SPACE != 0);
            let token_start = at;
            at += run(&bytes[at..], &mut seen, |class| {
                class & (SPACE | SEMICOLON) == 0
            });
            if at == token_start {
                break;
            }
            let span = Span::new(token_start, at);
            match name {
                None => name = Some(span),
                Some(_) => self.values.push(span),
            }
        }
        self.has_vertical_tab |= seen & VERTICAL_TAB != 0;
        if let Some(name) = name {
            self.directives.push(DirectiveTokens {
                name,
                known_name: DirectiveName::parse(name.of(text)),
                values: Span::new(first_value, self.values.len()),
                has_non_ascii: seen & NON_ASCII != 0,
                has_control: seen & (CONTROL | VERTICAL_TAB) != 0,
                has_carriage_return: seen & CARRIAGE_RETURN != 0,
            });
        }
        at
    }
}

/// How many bytes come before one for whose class `is_in` does not hold; their classes are seen.
fn run(bytes: &[u8], seen: &mut u8, is_in: impl Fn(u8) -> bool) -> usize {
    let mut length = 0;
    for byte in bytes {
        let class = CLASS[usize::from(*byte)];
        if !is_in(class) {
            break;
        }
        *seen |= class;
        length += 1;
    }
    length
}

const SPACE: u8 = 1;
const SEMICOLON: u8 = 2;
const CONTROL: u8 = 4;
const VERTICAL_TAB: u8 = 8;
const NON_ASCII: u8 = 16;
const CARRIAGE_RETURN: u8 = 32;

/// What each byte is to the tokenizer; 0 for the bytes of ordinary tokens.
const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'\t' | b'\n' | 0x0c | b' ' => SPACE,
            b'\r' => SPACE | CARRIAGE_RETURN,
            b';' => SEMICOLON,
            0x0b => VERTICAL_TAB,
            0..=0x1f | 0x7f => CONTROL,
            0x80..=0xff => NON_ASCII,
            _ => 0,
        };
        byte += 1;
    }
    class
};
