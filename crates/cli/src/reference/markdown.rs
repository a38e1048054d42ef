//! The form of an entry's file: a front matter, then a small part of Markdown.
//!
//! A file that is not of this form fails the tests, not a run.

use std::fmt;

use connect_src::Quirk;

use super::entry::{Block, Entry, Group};
use super::example;

/// Where a file leaves the form, and how.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FormError {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) message: String,
}

impl FormError {
    pub(super) fn new(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.message)
    }
}

/// Reads an entry.
pub(super) fn entry(group: Group, text: &'static str) -> Result<Entry, FormError> {
    let mut lines = Lines::of(text);
    let mut entry = front_matter(group, &mut lines)?;
    while let Some(line) = lines.peek() {
        if line.is_empty() {
            lines.next();
        } else {
            entry.blocks.push(block(&mut lines)?);
        }
    }
    Ok(entry)
}

/// `key: value` lines between two lines of three hyphens.
fn front_matter(group: Group, lines: &mut Lines) -> Result<Entry, FormError> {
    const FENCE: &str = "---";
    let mut entry = Entry {
        term: "",
        group,
        summary: "",
        aliases: Vec::new(),
        standard: None,
        see_also: Vec::new(),
        departures: Vec::new(),
        blocks: Vec::new(),
    };
    if lines.next() != Some(FENCE) {
        return Err(lines.error("expected --- before the front matter"));
    }
    loop {
        let line = lines.next().unwrap_or_default();
        if line == FENCE {
            break;
        }
        let (key, value) = line
            .split_once(": ")
            .ok_or_else(|| lines.error("expected `key: value`, or --- after the front matter"))?;
        match key {
            "term" => entry.term = value,
            "summary" => entry.summary = value,
            "aliases" => entry.aliases = value.split(", ").collect(),
            "standard" => entry.standard = Some(value),
            "see" => entry.see_also = value.split(", ").collect(),
            "departures" => entry.departures = quirks(value, lines)?,
            _ => return Err(lines.error(format!("no such key: {key}"))),
        }
    }
    if entry.term.is_empty() || entry.summary.is_empty() {
        return Err(lines.error("the front matter needs `term` and `summary`"));
    }
    Ok(entry)
}

fn quirks(names: &str, lines: &Lines) -> Result<Vec<Quirk>, FormError> {
    let quirk =
        |name| Quirk::parse(name).ok_or_else(|| lines.error(format!("no such departure: {name}")));
    names.split(", ").map(quirk).collect()
}

/// The block that begins at the current line, which is not empty.
fn block(lines: &mut Lines) -> Result<Block, FormError> {
    const ITEM: &str = "- ";
    let line = lines.peek().unwrap_or_default();
    if let Some(heading) = line.strip_prefix("## ") {
        lines.next();
        return Ok(Block::Heading(heading));
    }
    if let Some(language) = line.strip_prefix("```") {
        return fenced(language, lines);
    }
    let paragraph = lines.take_while(|line| !line.is_empty() && !line.starts_with("```"));
    if paragraph[0].starts_with('|') {
        return table(&paragraph, lines);
    }
    if !paragraph[0].starts_with(ITEM) {
        return Ok(Block::Paragraph(paragraph.join(" ")));
    }
    let mut items: Vec<String> = Vec::new();
    for line in paragraph {
        match (line.strip_prefix(ITEM), items.last_mut()) {
            (Some(item), _) => items.push(item.into()),
            (None, Some(last)) => *last = format!("{last} {}", line.trim_start()),
            (None, None) => unreachable!("the first line is an item"),
        }
    }
    Ok(Block::List(items))
}

fn fenced(language: &'static str, lines: &mut Lines) -> Result<Block, FormError> {
    const FENCE: &str = "```";
    lines.next();
    let first = lines.number;
    let body = lines.take_while(|line| line != FENCE);
    if lines.next() != Some(FENCE) {
        return Err(FormError::new(first, "expected ``` after the block"));
    }
    match language {
        "" => Err(FormError::new(first, "expected a language after ```")),
        "example" => example::parse(&body, first + 1).map(Block::Example),
        _ => Ok(Block::Code {
            language,
            text: body.join("\n"),
        }),
    }
}

fn table(lines: &[&'static str], end: &Lines) -> Result<Block, FormError> {
    let cells = |line: &'static str| -> Option<Vec<&'static str>> {
        let inner = line.strip_prefix('|')?.strip_suffix('|')?;
        Some(inner.split('|').map(str::trim).collect())
    };
    let rows: Option<Vec<_>> = lines.iter().copied().map(cells).collect();
    match rows.as_deref() {
        Some([header, rule, rows @ ..])
            if rule.iter().all(|cell| cell.trim_matches('-').is_empty())
                && rows.iter().all(|row| row.len() == header.len()) =>
        {
            Ok(Block::Table {
                header: header.clone(),
                rows: rows.to_vec(),
            })
        }
        _ => Err(end.error("expected a table: header, rule, and rows of as many cells")),
    }
}

/// The lines of a file, with the number of the last one that was taken.
struct Lines {
    rest: std::str::Lines<'static>,
    number: usize,
}

impl Lines {
    fn of(text: &'static str) -> Self {
        Self {
            rest: text.lines(),
            number: 0,
        }
    }

    fn peek(&self) -> Option<&'static str> {
        self.rest.clone().next()
    }

    fn next(&mut self) -> Option<&'static str> {
        self.number += 1;
        self.rest.next()
    }

    fn take_while(&mut self, is_in: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let mut taken = Vec::new();
        while let Some(line) = self.peek().filter(|line| is_in(line)) {
            taken.push(line);
            self.next();
        }
        taken
    }

    fn error(&self, message: impl Into<String>) -> FormError {
        FormError::new(self.number, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &'static str) -> Result<Entry, FormError> {
        entry(Group::Topic, text)
    }

    #[test]
    fn a_front_matter_is_read() {
        let entry =
            read("---\nterm: x\nsummary: Y: z.\naliases: a, b c\nsee: 'self'\n---\n").unwrap();
        assert_eq!((entry.term, entry.summary), ("x", "Y: z."));
        assert_eq!(entry.aliases, ["a", "b c"]);
        assert_eq!(entry.see_also, ["'self'"]);
        assert!(entry.blocks.is_empty());
    }

    #[test]
    fn every_kind_of_block_is_read() {
        let entry = read(
            "---\nterm: x\nsummary: y\n---\nOne\ntwo.\n\n## Head\n\n- a\n  b\n- c\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n```html\n<p>\n\n</p>\n```\n",
        )
        .unwrap();
        assert_eq!(
            entry.blocks,
            [
                Block::Paragraph("One two.".into()),
                Block::Heading("Head"),
                Block::List(vec!["a b".into(), "c".into()]),
                Block::Table {
                    header: vec!["A", "B"],
                    rows: vec![vec!["1", "2"]]
                },
                Block::Code {
                    language: "html",
                    text: "<p>\n\n</p>".into()
                },
            ]
        );
    }

    #[test]
    fn what_leaves_the_form_is_refused_with_its_line() {
        for (text, line) in [
            ("term: x", 1),
            ("---\nterm: x\n---\n", 3),
            ("---\nterm: x\nsummary: y\ncolour: z\n---\n", 4),
            ("---\nterm: x\nsummary: y\ndepartures: none-such\n---\n", 4),
            ("---\nterm: x\nsummary: y\n---\n```html\n<p>\n", 5),
            ("---\nterm: x\nsummary: y\n---\n```\n<p>\n```\n", 5),
            (
                "---\nterm: x\nsummary: y\n---\n| A |\n|---|\n| 1 | 2 |\n",
                7,
            ),
        ] {
            assert_eq!(read(text).unwrap_err().line, line, "{text}");
        }
    }
}
