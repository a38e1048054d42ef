//! Source maps: where the code of a bundle stood before it was bundled.

use std::ops::Range;

use data_url::DataUrl;
use oxc_sourcemap::{OwnedSourceMap, Token};
use serde_json::Value;

use crate::lines::Lines;
use crate::path::without_steps;
use crate::place::{Place, Span};
use crate::project::{Note, Scan};

/// The URL of a script's source map, as its last comment names it.
///
/// ```
/// use connect_src_scan::source_map_url;
///
/// let bundle = "fetch('/a')\n//# sourceMappingURL=bundle.js.map\n";
/// assert_eq!(source_map_url(bundle), Some("bundle.js.map"));
/// ```
///
/// <https://tc39.es/ecma426/#sec-MatchSourceMapURL>
pub fn source_map_url(script: &str) -> Option<&str> {
    // Nothing but the URL's own comment may stand behind it: it ends the last word of the script.
    let script = script.trim_end();
    let last = script.rfind(char::is_whitespace)? + 1;
    let before = &script.as_bytes()[..last];
    if !(before.ends_with(b"//# ") || before.ends_with(b"//@ ")) {
        return None;
    }
    let url = script[last..].strip_prefix(NAME)?;
    (!url.is_empty() && !url.contains(NAME)).then_some(url)
}

/// What a URL says of its own, where it is a `data:` URL.
pub(crate) fn kept_url(script: &str) -> Option<String> {
    let url = source_map_url(script)?;
    let is_inline = url
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    Some(if is_inline { "data:" } else { url }.to_owned())
}

impl Scan {
    /// Leads the connections of a script back to its original sources: their places become the original ones, and the places
    /// in the script are kept as [`generated`](crate::Connection::generated). Takes the script's text, as it was scanned, and the
    /// bytes of its map; where the script has the map in itself, those are not needed.
    ///
    /// A map that cannot be read, or that leads to nowhere, leaves a note, and places as they were.
    ///
    /// ```
    /// use connect_src_scan::{Limits, Options, Project, analyse};
    ///
    /// let page = "<a ping=/p>";
    /// let mut project = Project::new(Options::default());
    /// project.add(analyse("a.html", page.as_bytes(), &Limits::default()));
    /// let mut scan = project.scan();
    /// let map = br#"{"version":3,"sources":["../src/a.txt"],"names":[],"mappings":"AAEA"}"#;
    /// scan.trace("a.html", page, Some(map));
    /// assert_eq!(scan.connections[0].place.line, 3);
    /// ```
    pub fn trace(&mut self, file: &str, script: &str, map: Option<&[u8]>) {
        let traced = match map {
            Some(map) => SourceMap::parse(map),
            None => SourceMap::inline(script),
        };
        let map = match traced {
            Ok(map) => map,
            Err(problem) => return self.note_of_map(file, &problem),
        };
        let lines = Lines::of(script);
        let mut is_lying = false;
        let mut original = |place: &Place| {
            let spot = lines.spot(place.span.start, place.span.end);
            let found = map.original(spot.line.saturating_sub(1), spot.utf16_column, file);
            is_lying |= matches!(found, Found::Nowhere);
            match found {
                Found::At(place) => Some(place),
                Found::Unmapped | Found::Nowhere => None,
            }
        };
        for connection in &mut self.connections {
            let steps = connection
                .reasoning
                .iter_mut()
                .filter_map(|step| step.place.as_mut());
            for place in steps.filter(|place| place.file == file) {
                if let Some(found) = original(place) {
                    *place = found;
                }
            }
            if connection.place.file == file
                && let Some(place) = original(&connection.place)
            {
                let generated = std::mem::replace(&mut connection.place, place);
                connection.generated = Some(generated);
            }
        }
        if is_lying {
            self.note_of_map(file, "it leads to places that its sources do not have");
        }
    }

    fn note_of_map(&mut self, file: &str, problem: &str) {
        self.notes.push(Note {
            place: Place {
                file: file.to_owned(),
                line: 1,
                column: 1,
                span: Span::default(),
            },
            message: format!("the source map is not followed: {problem}"),
        });
    }
}

/// A map, or several in sections.
struct SourceMap {
    sections: Vec<Section>,
}

struct Section {
    /// Where it begins in the script.
    line: u32,
    column: u32,
    map: OwnedSourceMap,
}

/// Where something was.
enum Found {
    At(Place),
    Unmapped,
    /// The map says something that cannot be.
    Nowhere,
}

impl SourceMap {
    fn inline(script: &str) -> Result<Self, String> {
        let url = source_map_url(script).ok_or("it is not there")?;
        let url = DataUrl::process(url).map_err(|_| "its URL cannot be read")?;
        let (bytes, _) = url.decode_to_vec().map_err(|_| "it is no Base64")?;
        Self::parse(&bytes)
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > LARGEST {
            return Err(format!("it is larger than {} MiB", LARGEST >> 20));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
        // What keeps it from being run as a script.
        let text = match text.strip_prefix(")]}") {
            Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
            None => text,
        };
        if is_index(text) {
            return Self::index(text);
        }
        let section = Section {
            line: 0,
            column: 0,
            map: read(text)?,
        };
        Ok(Self {
            sections: vec![section],
        })
    }

    /// <https://tc39.es/ecma426/#sec-index-source-map>
    fn index(text: &str) -> Result<Self, String> {
        let index: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let sections = index["sections"]
            .as_array()
            .ok_or("its sections are no list")?;
        let section = |section: &Value| {
            let offset = |name: &str| {
                section["offset"][name]
                    .as_u64()
                    .and_then(|value| u32::try_from(value).ok())
            };
            let map = &section["map"];
            if map.get("sections").is_some() {
                return Err("a section has sections".to_owned());
            }
            Ok(Section {
                line: offset("line").ok_or("a section has no place")?,
                column: offset("column").ok_or("a section has no place")?,
                map: read(&map.to_string())?,
            })
        };
        let mut sections: Vec<Section> = sections
            .iter()
            .map(section)
            .collect::<Result<_, String>>()?;
        sections.sort_by_key(|section| (section.line, section.column));
        Ok(Self { sections })
    }

    /// Where a place of the script was; its line and its column, in UTF-16 code units, are counted from 0.
    fn original(&self, line: u32, column: u32, script: &str) -> Found {
        let after = self
            .sections
            .partition_point(|section| (section.line, section.column) <= (line, column));
        let Some(section) = after.checked_sub(1).map(|index| &self.sections[index]) else {
            return Found::Unmapped;
        };
        let column = if line == section.line {
            column - section.column
        } else {
            column
        };
        let map = &section.map;
        let Some(token) = token_at(map, line - section.line, column) else {
            return Found::Unmapped;
        };
        let Some(source) = token
            .get_source_id()
            .and_then(|id| Some((id, map.get_source(id)?)))
        else {
            return Found::Unmapped;
        };
        let (id, source) = source;
        let place = Place {
            file: source_name(source, map.get_source_root(), script),
            line: token.get_src_line().saturating_add(1),
            column: token.get_src_col().saturating_add(1),
            span: Span::default(),
        };
        match map.get_source_content(id) {
            Some(content) => within(content, place),
            None => Found::At(place),
        }
    }
}

fn read(text: &str) -> Result<OwnedSourceMap, String> {
    OwnedSourceMap::from_json_string(text).map_err(|error| error.to_string())
}

fn is_index(text: &str) -> bool {
    let has_key = |key: &str| memchr::memmem::find(text.as_bytes(), key.as_bytes());
    match (has_key("\"sections\""), has_key("\"mappings\"")) {
        (Some(sections), Some(mappings)) => sections < mappings,
        (sections, None) => sections.is_some(),
        _ => false,
    }
}

/// The last token that does not begin after the place, in its line.
fn token_at(map: &OwnedSourceMap, line: u32, column: u32) -> Option<Token> {
    let count = u32::try_from(map.as_source_map().get_tokens().len()).ok()?;
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        let token = map.get_token(middle)?;
        if (token.get_dst_line(), token.get_dst_col()) <= (line, column) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let token = map.get_token(low.checked_sub(1)?)?;
    (token.get_dst_line() == line).then_some(token)
}

/// The place in its source, which must have it; columns become characters.
fn within(content: &str, mut place: Place) -> Found {
    let Some(line) = nth_line(content, place.line as usize - 1) else {
        return Found::Nowhere;
    };
    let units = place.column as usize - 1;
    let mut seen = 0;
    let mut characters = 0;
    let mut bytes = line.start;
    for character in content[line.clone()].chars() {
        if seen >= units {
            break;
        }
        seen += character.len_utf16();
        characters += 1;
        bytes += character.len_utf8();
    }
    if seen < units {
        return Found::Nowhere;
    }
    place.column = characters + 1;
    place.span = Span {
        start: bytes as u32,
        end: bytes as u32,
    };
    Found::At(place)
}

/// The bytes of a line, from 0 on, without its end.
fn nth_line(text: &str, line: usize) -> Option<Range<usize>> {
    let mut breaks = memchr::memchr_iter(b'\n', text.as_bytes());
    let start = match line.checked_sub(1) {
        Some(before) => breaks.nth(before)? + 1,
        None => 0,
    };
    Some(start..breaks.next().unwrap_or(text.len()))
}

/// The name of a source as a reader of the project knows it: relative to the script, without what bundlers put before it.
fn source_name(source: &str, root: Option<&str>, script: &str) -> String {
    let root = root
        .filter(|root| !root.is_empty())
        .map(|root| format!("{}/", root.trim_end_matches('/')));
    let source = format!("{}{source}", root.unwrap_or_default());
    let folder = script.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = match source.split_once("://") {
        Some(("webpack" | "webpack-internal" | "vite" | "rollup" | "turbopack", rest)) => {
            let path = rest.split_once('/').map_or(rest, |(_, path)| path);
            return without_steps(path.split('?').next().unwrap_or_default());
        }
        Some(_) => return source,
        None if source.starts_with('/') || folder.is_empty() => source,
        None => format!("{folder}/{source}"),
    };
    without_steps(&path)
}

/// What stands before the URL of a map.
const NAME: &str = "sourceMappingURL=";
/// Bytes of a map that is read at all.
const LARGEST: usize = 256 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyse;
    use crate::limits::Limits;
    use crate::project::{Options, Project};

    /// Where a connection in column 10 of line 2 comes from, and the notes.
    fn traced(map: &str) -> (String, u32, u32, Vec<String>) {
        let page = "<p>\n<a b='é' ping=/p>";
        let mut project = Project::new(Options::default());
        project.add(analyse("dist/a.html", page.as_bytes(), &Limits::default()));
        let mut scan = project.scan();
        scan.trace("dist/a.html", page, Some(map.as_bytes()));
        let place = scan.connections[0].place.clone();
        let notes = scan.notes.into_iter().map(|note| note.message).collect();
        (place.file, place.line, place.column, notes)
    }

    fn map(rest: &str) -> String {
        format!("{{\"version\":3,\"names\":[],{rest}}}")
    }

    #[test]
    fn a_place_is_led_back_to_its_source() {
        // Line 2 from column 9 on is line 3 of the source, from column 5 on.
        let plain = map(r#""sources":["../src/./a.ts"],"mappings":";SAEI""#);
        assert_eq!(traced(&plain), ("src/a.ts".to_owned(), 3, 5, vec![]));
        let guarded = format!(")]}}'\n{plain}");
        assert_eq!(traced(&guarded).0, "src/a.ts");
        let index = format!(
            r#"{{"version":3,"sections":[{{"offset":{{"line":1,"column":2}},"map":{}}}]}}"#,
            map(r#""sources":["a.ts"],"mappings":"OAEI""#)
        );
        assert_eq!(traced(&index), ("dist/a.ts".to_owned(), 3, 5, vec![]));
    }

    #[test]
    fn columns_of_a_source_become_characters() {
        let with_content =
            map(r#""sources":["a.ts"],"sourcesContent":["\n\n😀b c"],"mappings":";SAEI""#);
        assert_eq!(
            traced(&with_content),
            ("dist/a.ts".to_owned(), 3, 4, vec![])
        );
    }

    #[test]
    fn a_lying_map_leaves_the_place_and_a_note() {
        for (text, problem) in [
            (map(r#""sources":["a.ts"],"sourcesContent":["b"],"mappings":";SAEI""#), "does not have"),
            (map(r#""sources":["a.ts"],"sourcesContent":["\n\nb"],"mappings":";SAEI""#), "does not have"),
            (map(r#""sources":[],"mappings":";SAEI""#), ""),
            (map(r#""sources":["a.ts"],"mappings":";SADI""#), ""),
            (map(r#""sources":["a.ts"],"mappings":"!""#), ""),
            ("{\"version\":2}".to_owned(), ""),
            ("{\"version\":3,\"sections\":[{\"offset\":{\"line\":0,\"column\":0},\"map\":{\"sections\":[]}}]}".to_owned(), "sections"),
            (String::new(), ""),
            ("[".repeat(100_000), ""),
        ] {
            let (file, line, _, notes) = traced(&text);
            assert_eq!((file.as_str(), line, notes.len()), ("dist/a.html", 2, 1), "{text:.200}");
            let problem = problem.replace("does not have", "do not have");
            assert!(notes[0].contains(&problem), "{notes:?}");
        }
    }

    #[test]
    fn what_a_map_leaves_out_stays_where_it_is() {
        let (file, line, _, notes) = traced(&map(r#""sources":["a.ts"],"mappings":"AAAA""#));
        assert_eq!((file.as_str(), line, notes.len()), ("dist/a.html", 2, 0));
    }

    #[test]
    fn the_last_comment_names_the_map() {
        for (script, expected) in [
            ("a\n//# sourceMappingURL=a.js.map", Some("a.js.map")),
            ("a\n//@ sourceMappingURL=a.js.map \n\n", Some("a.js.map")),
            ("'//# sourceMappingURL=a.js.map'; b", None),
            ("//# sourceMappingURL=a.js.map\nb", None),
            ("//# sourceMappingURL=", None),
            ("sourceMappingURL=a", None),
            ("\n//# sourceMappingURL=a?sourceMappingURL=b", None),
            ("\n//#\tsourceMappingURL=a", None),
            ("//#\u{a0}sourceMappingURL=a", None),
            ("", None),
        ] {
            assert_eq!(source_map_url(script), expected, "{script}");
        }
    }

    #[test]
    fn a_map_may_be_in_the_script() {
        let json = map(r#""sources":["a.ts"],"mappings":"AAAA""#);
        let script = format!(
            "a\n//# sourceMappingURL=data:application/json,{}",
            json.replace('"', "%22")
        );
        assert_eq!(kept_url(&script).as_deref(), Some("data:"));
        assert!(SourceMap::inline(&script).is_ok());
        assert!(SourceMap::inline("//# sourceMappingURL=data:application/json;base64,!").is_err());
    }

    #[test]
    fn names_of_bundlers_are_taken_off() {
        for (source, expected) in [
            ("webpack://app/./src/a.ts?1f2e", "src/a.ts"),
            ("webpack:///src/a.ts", "src/a.ts"),
            ("../src/a.ts", "src/a.ts"),
            ("../../../a.ts", "../../a.ts"),
            ("/abs/a.ts", "/abs/a.ts"),
            ("https://a.test/a.ts", "https://a.test/a.ts"),
        ] {
            assert_eq!(source_name(source, None, "dist/b.js"), expected, "{source}");
        }
        assert_eq!(source_name("a.ts", Some("src/"), "b.js"), "src/a.ts");
    }
}
