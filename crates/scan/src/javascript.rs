//! JavaScript, TypeScript and JSX: from the text to what the project needs of it.

mod bundle;
mod collect;
pub(crate) mod ir;
mod lists;
mod lower;
mod nesting;
mod parse;
mod patterns;
mod scopes;
mod select;

pub(crate) use ir::ScriptAnalysis;
pub use parse::STACK_BYTES;
pub(crate) use parse::analyse;
