//! Character references: `&amp;` and alike.

use std::borrow::Cow;

/// Decodes the character references that stand in policies, URLs and code: `&#39;self&#39;`. The text grows by none of them.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        decoded.push_str(&rest[..start]);
        rest = &rest[start..];
        let (character, length) = reference(rest).unwrap_or(('&', 1));
        decoded.push(character);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    if decoded == text {
        return Cow::Borrowed(text);
    }
    Cow::Owned(decoded)
}
/// The reference at the beginning of the text, and its length.
fn reference(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 12;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let character = match &text[1..end] {
        "amp" => '&',
        "apos" => '\'',
        "colon" => ':',
        "comma" => ',',
        "gt" => '>',
        "lt" => '<',
        "nbsp" => '\u{a0}',
        "quot" => '"',
        "semi" => ';',
        "sol" => '/',
        number => char::from_u32(code_point(number)?)?,
    };
    Some((character, end + 1))
}

fn code_point(reference: &str) -> Option<u32> {
    let number = reference.strip_prefix('#')?;
    match number.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
        None => number.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_references_are_decoded() {
        for (written, expected) in [
            ("connect-src &#39;self&#39;", "connect-src 'self'"),
            ("connect-src &#x27;self&apos;", "connect-src 'self'"),
            ("connect-src a?b&amp;c", "connect-src a?b&c"),
            ("&unknown; & &", "&unknown; & &"),
            ("&#xffffffffff;", "&#xffffffffff;"),
        ] {
            assert_eq!(decode(written), expected);
        }
    }
}
