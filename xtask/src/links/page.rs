//! What a Markdown page links to, and what can be linked in it.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// The links and anchors of one page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) links: Vec<Link>,
    pub(super) anchors: BTreeSet<String>,
}

/// A link or an image.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) target: String,
    /// Counted from 1.
    pub(super) line: usize,
}

impl Page {
    /// Reads Markdown as GitHub shows it; links in code are text.
    pub(super) fn read(markdown: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
        for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
            let line = || 1 + markdown[..range.start].matches('\n').count();
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    page.links.push(Link {
                        target: dest_url.to_string(),
                        line: line(),
                    });
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.add_heading(heading.take()),
                Event::Html(html) | Event::InlineHtml(html) => page.add_html(&html, line()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }

    fn add_html(&mut self, html: &str, line: usize) {
        for name in ["href", "src"] {
            let targets = attributes(html, name).map(|it| Link {
                target: it.to_owned(),
                line,
            });
            self.links.extend(targets);
        }
        for name in ["id", "name"] {
            self.anchors
                .extend(attributes(html, name).map(str::to_owned));
        }
    }

    /// Adds a heading's anchor; the second of the same name is `name-1`, and so on.
    fn add_heading(&mut self, heading: Option<String>) {
        let anchor = anchor(&heading.unwrap_or_default());
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(numbered);
        let first = free.into_iter().find(|it| !self.anchors.contains(it));
        self.anchors.extend(first);
    }
}

/// The values of a quoted attribute in HTML.
fn attributes<'a>(html: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let opening = format!(" {name}=\"");
    html.match_indices(&opening)
        .map(|(at, found)| &html[at + found.len()..])
        .filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
        .collect::<Vec<_>>()
        .into_iter()
}

/// The anchor that GitHub gives a heading.
#[expect(
    clippy::disallowed_methods,
    reason = "GitHub's anchors are lower case in all of Unicode"
)]
fn anchor(heading: &str) -> String {
    let kept = |it: &char| it.is_alphanumeric() || "-_ ".contains(*it);
    heading
        .to_lowercase()
        .chars()
        .filter(kept)
        .map(|it| if it == ' ' { '-' } else { it })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn targets(markdown: &str) -> Vec<(String, usize)> {
        Page::read(markdown)
            .links
            .into_iter()
            .map(|it| (it.target, it.line))
            .collect()
    }

    fn anchors(markdown: &str) -> Vec<String> {
        Page::read(markdown).anchors.into_iter().collect()
    }

    #[test]
    fn inline_reference_image_and_html_links_are_read() {
        let markdown =
            "[a](one.md)\n[b][ref] ![c](three.png)\n<a href=\"four.md\">d</a>\n\n[ref]: two.md";
        let expected = [
            ("one.md", 1),
            ("two.md", 2),
            ("three.png", 2),
            ("four.md", 3),
        ];
        assert_eq!(
            targets(markdown),
            expected.map(|(target, line)| (target.to_owned(), line))
        );
    }

    #[test]
    fn links_in_code_are_text() {
        assert_eq!(targets("`[a](one.md)`\n\n```\n[b](two.md)\n```"), []);
    }

    #[test]
    fn links_in_tables_are_read() {
        assert_eq!(
            targets("| a |\n|---|\n| [b](one.md) |"),
            [("one.md".to_owned(), 3)]
        );
    }

    #[test]
    fn anchors_are_those_of_github() {
        for (heading, anchor) in [
            ("# Use", "use"),
            ("## `connect-src check`", "connect-src-check"),
            ("# What *good* looks like?", "what-good-looks-like"),
            ("# A / B", "a--b"),
            ("# snake_case [link](x.md)", "snake_case-link"),
        ] {
            assert_eq!(anchors(heading), [anchor], "{heading}");
        }
    }

    #[test]
    fn repeated_headings_are_numbered() {
        assert_eq!(
            anchors("# Use\n\n# Use\n\n# Use"),
            ["use", "use-1", "use-2"]
        );
    }
}
