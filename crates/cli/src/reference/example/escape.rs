//! What cannot stand in an example's line as it is.

/// The text with what its escapes stand for, as text.
pub(crate) fn unescaped(text: &str) -> String {
    String::from_utf8_lossy(&bytes(text)).into_owned()
}

/// The text with what its escapes stand for.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        bytes.extend(before.bytes());
        let escape = after
            .split_once('}')
            .and_then(|(name, after)| Some((escape(name)?, after)));
        let (escaped, after) = escape.unwrap_or_else(|| (vec![b'{'], after));
        bytes.extend(escaped);
        rest = after;
    }
    bytes.extend(rest.bytes());
    bytes
}

fn escape(name: &str) -> Option<Vec<u8>> {
    if let Some(byte) = name.strip_prefix("0x") {
        return Some(vec![u8::from_str_radix(byte, 16).ok()?]);
    }
    if let Some(code) = name.strip_prefix("U+") {
        let character = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        return Some(character.to_string().into_bytes());
    }
    let (piece, count) = name.split_once('×')?;
    Some(piece.repeat(count.parse().ok()?).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_characters() {
        assert_eq!(unescaped("a{U+000B}b"), "a\u{b}b");
        assert_eq!(unescaped("/{ab×3}"), "/ababab");
        assert_eq!(bytes("b{0xFC}c"), b"b\xfcc");
        assert_eq!(unescaped("{ {x} {U+110000}"), "{ {x} {U+110000}");
    }
}
