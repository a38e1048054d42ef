//! Text from outside, made fit for a terminal or a page.
//!
//! A policy or a URL may carry escape sequences that move the cursor, or characters that turn the reading
//! direction. They are shown, but not obeyed.

use std::borrow::Cow;

/// The text with one visible character in the place of each that a terminal or a page would act upon. White space
/// becomes a space, so that the text stays on its line.
///
/// Characters are replaced one by one: what counts them before can count them after.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(visible).collect())
}

/// As much of the text's beginning as fits into so many bytes.
pub fn capped(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// The text, cut in its middle if it has more than `longest` characters.
pub fn shorten(text: &str, longest: usize) -> Cow<'_, str> {
    let count = text.chars().count();
    if count <= longest {
        return Cow::Borrowed(text);
    }
    let tail = longest / 4;
    let head: String = text.chars().take(longest - tail - 1).collect();
    let tail: String = text.chars().skip(count - tail).collect();
    Cow::Owned(format!("{head}…{tail}"))
}

fn visible(character: char) -> char {
    match character {
        '\t' | '\n' | '\u{c}' | '\r' => ' ',
        // The pictures of control characters lie in the order of what they show.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '␡',
        _ if character.is_control() || is_invisible(character) => '\u{fffd}',
        _ => character,
    }
}

/// Format characters: of no width, or with power over the order of others.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_and_not_obeyed() {
        assert_eq!(sanitize("a\u{1b}[2Jb\u{7}"), "a␛[2Jb␇");
        assert_eq!(
            sanitize("\u{9b}31m\u{202e}x\u{200b}"),
            "\u{fffd}31m\u{fffd}x\u{fffd}"
        );
    }

    #[test]
    fn white_space_stays_on_the_line() {
        assert_eq!(sanitize("a\tb\r\nc"), "a b  c");
    }

    #[test]
    fn a_cap_falls_between_characters() {
        for (most, expected) in [(0, ""), (1, "a"), (2, "a"), (3, "aü"), (9, "aü")] {
            assert_eq!(capped("aü", most), expected, "{most}");
        }
    }

    #[test]
    fn long_text_is_cut_in_its_middle() {
        assert_eq!(shorten("abcdefghij", 10), "abcdefghij");
        assert_eq!(shorten("abcdefghijk", 8), "abcde…jk");
        assert_eq!(shorten("ääääääääääk", 8), "äääää…äk");
    }
}
