//! The crate as its users see it.

mod hostile;
mod judge;
mod recorded;
mod sound;
mod support;
mod wire;
