//! From the text of a script to what the project needs of it, within bounds.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

use oxc::allocator::Allocator;
use oxc::parser::{ParseOptions, Parser};
use oxc::span::SourceType;

use super::collect::collect;
use super::ir::ScriptAnalysis;
use super::nesting;
use super::select::select;
use crate::analysis::FileNote;
use crate::block::{Block, BlockKind, ScriptLanguage};
use crate::limits::Limits;
use crate::lines::Lines;

/// Reads a script, on a stack of [`STACK_BYTES`]. What cannot be read is noted.
pub(crate) fn analyse(block: &Block<'_>, lines: &Lines, limits: &Limits) -> ScriptAnalysis {
    if nesting::is_too_deep(&block.text, limits.nesting) {
        return refused(block, lines, "not read: the code is nested too deeply");
    }
    let read = panic::catch_unwind(AssertUnwindSafe(|| {
        let mut arena = ARENA.take().unwrap_or_default();
        let analysis = read(block, lines, &arena);
        arena.reset();
        if arena.capacity() <= MOST_KEPT {
            ARENA.set(Some(arena));
        }
        analysis
    }));
    read.unwrap_or_else(|_| refused(block, lines, "not read: the parser gave up"))
}

thread_local! {
    /// Memory for syntax trees, which the scripts of a thread use one after another.
    static ARENA: Cell<Option<Allocator>> = const { Cell::new(None) };
}

fn read(block: &Block<'_>, lines: &Lines, arena: &Allocator) -> ScriptAnalysis {
    let options = ParseOptions {
        allow_return_outside_function: true,
        preserve_parens: false,
        ..ParseOptions::default()
    };
    let parser = Parser::new(arena, &block.text, source_type(block));
    let parsed = parser.with_options(options).parse();
    if parsed.panicked {
        let message = parsed
            .diagnostics
            .iter()
            .next()
            .map_or("", |diagnostic| &diagnostic.message);
        return refused(
            block,
            lines,
            &format!("not read: the code does not parse: {message}"),
        );
    }
    let code = collect(&parsed.program);
    select(&code, block.kind, lines, block.offset)
}

fn source_type(block: &Block<'_>) -> SourceType {
    let language = match block.language {
        ScriptLanguage::JavaScript => SourceType::unambiguous().with_jsx(true),
        ScriptLanguage::TypeScript => SourceType::ts(),
        ScriptLanguage::TypeScriptJsx => SourceType::tsx(),
    };
    match (block.kind, block.language) {
        (BlockKind::Module, _) => language,
        (_, ScriptLanguage::JavaScript) => language.with_script(true),
        _ => language,
    }
}

fn refused(block: &Block<'_>, lines: &Lines, message: &str) -> ScriptAnalysis {
    let note = FileNote {
        spot: lines.spot(block.offset, block.offset),
        message: message.to_owned(),
    };
    ScriptAnalysis {
        notes: vec![note],
        ..ScriptAnalysis::default()
    }
}

/// Bytes of the stack on which a file is read: the parser recurses. Only what is used is taken from memory.
pub const STACK_BYTES: usize = 1 << 30;

/// Bytes for syntax trees that a thread keeps for the next script.
const MOST_KEPT: usize = 32 << 20;
