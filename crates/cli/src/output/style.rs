//! The colours, all of them. They are always written; [`Output`](super::Output) takes them out again where
//! nobody wants them.
//!
//! ```ignore
//! write!(out, "{BLOCKED}blocked{BLOCKED:#}")?;
//! ```

use anstyle::{AnsiColor, Style};

/// The word "allowed", and what is responsible for it.
pub(crate) const ALLOWED: Style = AnsiColor::Green.on_default().bold();
/// The word "blocked", and errors.
pub(crate) const BLOCKED: Style = AnsiColor::Red.on_default().bold();
/// What is worth a look but decides nothing.
pub(crate) const NOTE: Style = AnsiColor::Yellow.on_default();
/// What to change.
pub(crate) const FIX: Style = AnsiColor::Green.on_default();
/// Titles and names.
pub(crate) const STRONG: Style = Style::new().bold();
/// Code, policies and URLs in running text.
pub(crate) const CODE: Style = AnsiColor::Cyan.on_default();
/// What most readers may skip.
pub(crate) const DIM: Style = Style::new().dimmed();
