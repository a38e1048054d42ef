//! JavaScript, TypeScript and JSX: from the text to what the project needs of it.

mod built_in;
mod bundle;
mod collect;
mod dependence;
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
