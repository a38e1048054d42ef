//! The reference that `connect-src explain` prints: what each term of a policy means, in our own words.
//!
//! An entry is a Markdown file in `entries/`. Its examples are decided by the engine, for the standard and
//! for every browser, in the tests of this module: what the reference claims, holds. Departures of browsers
//! take what they say from the engine's data.

mod departures;
mod entries;
mod entry;
mod example;
mod facts;
mod human;
mod json;
mod lookup;
mod markdown;

pub(crate) use human::{write_entry, write_list};
pub(crate) use json::{entry_as_json, list_as_json};
pub(crate) use lookup::{NotFound, find};
