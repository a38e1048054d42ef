//! What some readers cannot take as it is.

use std::fmt::{Arguments, Write as _};

/// The text with these characters percent-encoded. In a policy they can only stand in paths and queries, which
/// are compared after decoding; so it says the same.
pub(super) fn percent_encoded(text: &str, characters: &[char]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        if characters.contains(&character) && character.is_ascii() {
            push(&mut encoded, format_args!("%{:02X}", u32::from(character)));
        } else {
            encoded.push(character);
        }
    }
    encoded
}

/// The text with a backslash before quotes and backslashes.
pub(super) fn in_double_quotes(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Adds to a text.
pub(super) fn push(text: &mut String, more: Arguments<'_>) {
    text.write_fmt(more)
        .expect("a string takes all that it is given");
}
