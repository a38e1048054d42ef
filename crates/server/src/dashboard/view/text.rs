//! Text, numbers and times, as pages show them.

use maud::{Markup, html};

use crate::clock::Timestamp;
use crate::words::sanitize::{capped, sanitize, shorten};
use crate::words::{Piece, Prose};

/// Text from outside, on one line: controls and turns of direction are shown instead of obeyed, and what is too long is
/// cut in its middle.
pub(in crate::dashboard) fn foreign(text: &str) -> Markup {
    html! { bdi.foreign { (short(text)) } }
}

/// The same, with the whole to be unfolded where it was cut. Stands in blocks, not in sentences.
pub(in crate::dashboard) fn whole(text: &str) -> Markup {
    if text.chars().count() <= LONGEST {
        return foreign(text);
    }
    html! {
        details.whole {
            summary { (foreign(text)) }
            pre tabindex="0" { bdi { (lines(text)) } }
        }
    }
}

/// Text from outside with its lines, such as a report.
pub(in crate::dashboard) fn block(text: &str) -> Markup {
    html! { pre.block tabindex="0" { bdi { (lines(text)) } } }
}

/// A sentence of ours in which some words may be from outside; code is between backticks.
pub(in crate::dashboard) fn sentence(text: &str) -> Markup {
    let text: String = text.chars().take(MOST_SENTENCE).collect();
    html! {
        @for (index, piece) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (foreign(piece)) } } @else { (sanitize(piece)) }
        }
    }
}

/// Prose, as a sentence that begins with a capital.
pub(in crate::dashboard) fn prose(prose: &Prose) -> Markup {
    html! {
        @for (index, piece) in prose.pieces().iter().enumerate() {
            @match piece {
                Piece::Words(words) if index == 0 => { (capital(words)) },
                Piece::Words(words) => { (words) },
                Piece::Code(code) => { code { bdi { (code) } } },
            }
        }
    }
}

/// The text with a capital in front.
pub(in crate::dashboard) fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// Cut and made harmless, for attributes and headings.
pub(in crate::dashboard) fn short(text: &str) -> String {
    shorten(&sanitize(text), LONGEST).into_owned()
}

fn lines(text: &str) -> String {
    let shown = capped(text, MOST_WHOLE);
    let lines: Vec<_> = shown.split('\n').map(sanitize).collect();
    let mut lines = lines.join("\n");
    if shown.len() < text.len() {
        lines.push_str("\n… and more, which is not shown");
    }
    lines
}

/// A number with commas: `1,234,567`.
pub(in crate::dashboard) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number with its unit: `1 page`, `1,234 pages`.
pub(in crate::dashboard) fn count(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {unit}{plural}", number(count))
}

/// A moment: how long ago, with the date for who asks.
pub(in crate::dashboard) fn time(at: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(at) title=(date(at)) { (ago(at, now)) } }
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.since(at).as_secs();
    match seconds {
        0..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", seconds / 60),
        3600..172_800 => format!("{} h ago", seconds / 3600),
        172_800..2_592_000 => format!("{} days ago", seconds / 86_400),
        _ => at.to_string().chars().take(10).collect(),
    }
}

/// `2026-11-22 21:18:29 UTC`.
pub(in crate::dashboard) fn date(at: Timestamp) -> String {
    let text = at.to_string();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} {} UTC", time.get(..8).unwrap_or_default())
}

/// A span of time in words.
pub(in crate::dashboard) fn duration(duration: std::time::Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..120 => count(seconds, "second"),
        seconds @ 120..7200 => count(seconds / 60, "minute"),
        seconds => count(seconds / 3600, "hour"),
    }
}

/// Characters of a text on one line.
const LONGEST: usize = 120;
const MOST_SENTENCE: usize = 2000;
/// Bytes of a text that is unfolded.
const MOST_WHOLE: usize = 8000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_turns_of_direction_are_shown_and_not_obeyed() {
        let shown = whole("<b>\u{202e}\u{1b}\"'&").into_string();
        assert_eq!(
            shown,
            "<bdi class=\"foreign\">&lt;b&gt;\u{fffd}␛&quot;'&amp;</bdi>"
        );
    }

    #[test]
    fn a_long_text_is_cut_and_its_whole_is_bounded() {
        let shown = whole(&"x".repeat(100_000)).into_string();
        assert!(shown.starts_with("<details"));
        assert!(shown.len() < 9_000, "{}", shown.len());
        assert!(shown.contains("and more, which is not shown"));
    }

    #[test]
    fn numbers_have_commas_and_units() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(number),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(count(1, "page"), "1 page");
        assert_eq!(count(1200, "page"), "1,200 pages");
    }

    #[test]
    fn a_moment_is_told_by_how_long_ago_it_was() {
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        for (at, expected) in [
            ("2026-11-22T11:59:30Z", "just now"),
            ("2026-11-22T12:00:30Z", "just now"),
            ("2026-11-22T11:30:00Z", "30 min ago"),
            ("2026-11-21T11:30:00Z", "24 h ago"),
            ("2026-11-10T11:30:00Z", "12 days ago"),
            ("2026-01-10T11:30:00Z", "2026-01-10"),
        ] {
            assert_eq!(ago(Timestamp::parse(at).unwrap(), now), expected);
        }
    }
}
