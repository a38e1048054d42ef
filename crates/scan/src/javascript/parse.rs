//! From the text of a script to what the project needs of it, within bounds.

use std::thread;

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

/// Reads a script. What cannot be read is noted.
pub(crate) fn analyse(block: &Block<'_>, lines: &Lines, limits: &Limits) -> ScriptAnalysis {
    if nesting::is_too_deep(&block.text, limits.nesting) {
        return refused(block, lines, "not read: the code is nested too deeply");
    }
    // The parser recurses: it gets a stack for what was let through.
    let read = thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("scan".to_owned())
            .stack_size(STACK);
        let thread = thread.spawn_scoped(scope, || read(block, lines));
        thread.ok()?.join().ok()
    });
    read.unwrap_or_else(|| refused(block, lines, "not read: the parser gave up"))
}

fn read(block: &Block<'_>, lines: &Lines) -> ScriptAnalysis {
    let allocator = Allocator::default();
    let options = ParseOptions {
        allow_return_outside_function: true,
        preserve_parens: false,
        ..ParseOptions::default()
    };
    let parser = Parser::new(&allocator, &block.text, source_type(block));
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

/// Bytes of the stack for one script. Only what is used is taken from memory.
const STACK: usize = 1 << 30;
