//! What pages are made of. Text of reports gets onto a page through [`text`] alone.

pub(super) mod badge;
pub(super) mod icon;
pub(super) mod list;
pub(super) mod text;
