//! Caps on texts, and the count of what they cut.

use serde::{Deserialize, Serialize};

/// What was cut from a report to keep the caps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Shortened {
    /// How many texts.
    pub texts: u32,
    /// How many bytes of them.
    pub bytes: u64,
}

/// Cuts texts to their caps, and counts.
#[derive(Debug, Default)]
pub(crate) struct Capper {
    shortened: Shortened,
}

impl Capper {
    pub(crate) fn new(shortened: Shortened) -> Self {
        Self { shortened }
    }

    pub(crate) fn shortened(&self) -> Shortened {
        self.shortened
    }

    /// A text of one line: control characters become U+FFFD. `None` when nothing is left.
    pub(crate) fn line(&mut self, text: &str, most: usize) -> Option<String> {
        self.clean(text, most, |_| false)
    }

    /// A policy: white space of any kind becomes a space, as in a header.
    pub(crate) fn policy(&mut self, text: &str, most: usize) -> Option<String> {
        let is_white = |c: char| c.is_ascii_whitespace() && c != ' ';
        if text.contains(is_white) {
            self.line(&text.replace(is_white, " "), most)
        } else {
            self.line(text, most)
        }
    }

    /// A text of several lines.
    pub(crate) fn lines(&mut self, text: &str, most: usize) -> Option<String> {
        self.clean(text, most, |c| matches!(c, '\n' | '\t'))
    }

    /// A text as it is, but for its length.
    pub(crate) fn verbatim(&mut self, text: &str, most: usize) -> String {
        self.cut(text, most).to_owned()
    }

    fn clean(&mut self, text: &str, most: usize, is_kept: impl Fn(char) -> bool) -> Option<String> {
        let is_replaced = |c: char| is_unfit(c) && !is_kept(c);
        let text = self.cut(text.trim_ascii(), most);
        if text.is_empty() {
            return None;
        }
        // Nearly all texts are of such bytes, which is seen at once.
        let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !is_plain && text.contains(is_replaced) {
            return Some(
                self.cut(&text.replace(is_replaced, "\u{fffd}"), most)
                    .to_owned(),
            );
        }
        Some(text.to_owned())
    }

    fn cut<'t>(&mut self, text: &'t str, most: usize) -> &'t str {
        if text.len() <= most {
            return text;
        }
        let kept = &text[..text.floor_char_boundary(most)];
        self.shortened.texts = self.shortened.texts.saturating_add(1);
        self.shortened.bytes += (text.len() - kept.len()) as u64;
        kept
    }
}

/// Control characters, and those that reorder or end lines where text is shown.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_counted_and_falls_between_characters() {
        let mut capper = Capper::default();
        assert_eq!(capper.line("aü😀", 6).as_deref(), Some("aü"));
        assert_eq!(capper.shortened(), Shortened { texts: 1, bytes: 4 });
    }

    #[test]
    fn control_characters_do_not_get_into_a_line() {
        let mut capper = Capper::default();
        let line = capper.line("a\r\nX-Header: b\u{1b}[31m\u{202e}", 100);
        assert_eq!(
            line.as_deref(),
            Some("a\u{fffd}\u{fffd}X-Header: b\u{fffd}[31m\u{fffd}")
        );
        assert_eq!(capper.lines("a\n\tb\r", 100).as_deref(), Some("a\n\tb"));
    }

    #[test]
    fn replacing_does_not_outgrow_the_cap() {
        let mut capper = Capper::default();
        let line = capper.line(&"\u{1}".repeat(100), 100).unwrap();
        assert!(line.len() <= 100);
    }

    #[test]
    fn white_space_alone_is_nothing() {
        assert_eq!(Capper::default().line(" \n ", 10), None);
    }
}
