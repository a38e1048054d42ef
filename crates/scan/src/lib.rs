//! Finds the connections that web code makes: which API, which URL, where in the code, and how that is known.
//!
//! A scan has two halves. [`analyse`] reads one file and keeps what matters of it as a [`FileAnalysis`], which depends
//! on the bytes of that file alone, so that it can be kept between runs. [`Project`] takes the analyses of all files,
//! follows values and wrappers across them, and answers with a [`Scan`].

mod analysis;
mod block;
mod clients;
mod component;
mod connection;
mod env_file;
mod follow;
mod html;
mod javascript;
mod limits;
mod lines;
mod link;
mod merging;
mod path;
mod place;
mod project;
mod sinks;
mod source_map;
mod target;
mod values;

pub use analysis::{FileAnalysis, Language, analyse, analyse_on_this_stack};
pub use connection::{Confidence, Connection, Hint, MetaPolicy, Step};
pub use html::meta::{MetaPolicies, meta_policies};
pub use javascript::STACK_BYTES;
pub use limits::Limits;
pub use path::without_steps;
pub use place::{Place, Span};
pub use project::{Note, Options, Project, Scan};
pub use source_map::source_map_url;
pub use target::{PagePart, Part, Target};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
