//! One script made of a component's code, each piece at its place in the file.

use std::ops::Range;

use oxc::allocator::Allocator;
use oxc::parser::Parser;
use oxc::span::SourceType;

use crate::block::ScriptLanguage;

/// A text as long as the file, blank but for code.
pub(super) struct Canvas<'t> {
    text: &'t str,
    bytes: Vec<u8>,
    source_type: SourceType,
    allocator: Allocator,
    is_blank: bool,
}

impl<'t> Canvas<'t> {
    pub(super) fn new(text: &'t str, language: ScriptLanguage) -> Self {
        let blank = |byte: u8| if byte == b'\n' { byte } else { b' ' };
        let source_type = match language {
            ScriptLanguage::TypeScript => SourceType::ts(),
            ScriptLanguage::TypeScriptJsx => SourceType::tsx(),
            ScriptLanguage::JavaScript => SourceType::jsx(),
        };
        Self {
            text,
            bytes: text.bytes().map(blank).collect(),
            source_type: source_type.with_module(true),
            allocator: Allocator::default(),
            is_blank: true,
        }
    }

    /// A whole script. Whether it can be read is told where it is read.
    pub(super) fn keep_script(&mut self, code: Range<usize>) {
        self.keep(code.clone());
        self.end(code.end);
    }

    /// Statements between quotes, unless they cannot be read: they must not spoil the script beside them.
    pub(super) fn keep_statements(&mut self, code: Range<usize>) {
        let text = self.text;
        if code.start == 0 || !self.is_readable(&text[code.clone()]) {
            return;
        }
        self.bytes[code.start - 1] = b';';
        self.keep(code.clone());
        self.end(code.end);
    }

    /// An expression between braces, unless it cannot be read.
    pub(super) fn keep_expression(&mut self, code: Range<usize>) {
        let in_parentheses = format!("({})", &self.text[code.clone()]);
        let before = code.start.checked_sub(2);
        let Some(before) = before.filter(|at| self.bytes[*at].is_ascii_whitespace()) else {
            return;
        };
        if code.end >= self.bytes.len() || !self.is_readable(&in_parentheses) {
            return;
        }
        self.bytes[before] = b';';
        self.bytes[code.start - 1] = b'(';
        self.keep(code.clone());
        self.bytes[code.end] = b')';
    }

    /// The script, if there is any.
    pub(super) fn finish(self) -> Option<String> {
        if self.is_blank {
            return None;
        }
        // Pieces begin and end at characters, and all between them is a space for each byte.
        String::from_utf8(self.bytes).ok()
    }

    fn keep(&mut self, code: Range<usize>) {
        self.bytes[code.clone()].copy_from_slice(&self.text.as_bytes()[code]);
        self.is_blank = false;
    }

    /// Ends a statement, and a comment at its end: the character ends a line, but not for those who count lines.
    fn end(&mut self, at: usize) {
        if let Some(byte) = self.bytes.get_mut(at).filter(|byte| **byte == b' ') {
            *byte = b'\r';
        }
    }

    fn is_readable(&mut self, code: &str) -> bool {
        self.allocator.reset();
        let parsed = Parser::new(&self.allocator, code, self.source_type).parse();
        !parsed.panicked && parsed.diagnostics.is_empty()
    }
}
