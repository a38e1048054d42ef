//! What a source is, by its content.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::access_log;

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Har,
    JsonLines,
    Reports,
    AccessLog,
    Database,
    /// Source code: a folder, or a file by its name.
    Code,
    /// What a scan of source code has written.
    Scan,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Har,
        Self::JsonLines,
        Self::Reports,
        Self::AccessLog,
        Self::Database,
        Self::Code,
        Self::Scan,
    ];

    /// Recognises a source by its beginning.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"SQLite format 3\0") {
            return Some(Self::Database);
        }
        let text = head
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(head)
            .trim_ascii_start();
        match text.first() {
            // A file that is empty knows of no connection.
            None => Some(Self::JsonLines),
            Some(b'{') => Self::of_fields(&fields(text)),
            // Envoy's logs begin with the time in brackets.
            Some(b'[') if is_array(text) => Self::of_fields(&fields(text)),
            Some(_) => access_log::is_line(text).then_some(Self::AccessLog),
        }
    }

    fn of_fields(fields: &[String]) -> Option<Self> {
        let has = |name: &str| fields.iter().any(|field| field == name);
        let is_reporting_api = has("type") && has("body") && !has("api");
        if fields.first().is_some_and(|field| field == "log") {
            Some(Self::Har)
        } else if has("csp-report") || is_reporting_api || has("blocked-uri") {
            Some(Self::Reports)
        } else if has("schema_version") && has("connections") {
            Some(Self::Scan)
        } else {
            has("url").then_some(Self::JsonLines)
        }
    }

    /// A word for programs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Har => "har",
            Self::JsonLines => "json-lines",
            Self::Reports => "reports",
            Self::AccessLog => "access-log",
            Self::Database => "database",
            Self::Code => "code",
            Self::Scan => "scan",
        }
    }

    /// A phrase for people.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Har => "a HAR file",
            Self::JsonLines => "JSON Lines of {page, api, url, redirects}",
            Self::Reports => "violation reports",
            Self::AccessLog => "an access log of nginx, Apache or Envoy",
            Self::Database => "the database of `connect-src serve`",
            Self::Code => "source code",
            Self::Scan => "the JSON of `connect-src scan`",
        }
    }

    /// What its entries are called.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Har | Self::Database => "entry",
            Self::Reports => "report",
            Self::JsonLines | Self::AccessLog | Self::Scan => "line",
            Self::Code => "file",
        }
    }
}

/// Whether what follows the bracket begins a JSON value, and not a time.
fn is_array(text: &[u8]) -> bool {
    let inside = text[1..].trim_ascii_start();
    matches!(inside.first(), None | Some(b'{' | b']' | b'['))
}

/// The fields of the first object, as far as the text goes.
fn fields(text: &[u8]) -> Vec<String> {
    let mut fields = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    // The text is the beginning of a file, so it breaks off somewhere.
    let _: Result<(), _> = Fields(&mut fields).deserialize(&mut deserializer);
    fields
}

struct Fields<'f>(&'f mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object, or an array of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key::<String>()? {
            self.0.push(field);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if seq.next_element_seed(Fields(self.0))?.is_some() {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_recognised_by_its_content() {
        for (head, expected) in [
            ("", Some(Kind::JsonLines)),
            ("\u{feff}{\"log\": {\"entries\": [", Some(Kind::Har)),
            ("{\"url\":\"https://a.example/\"}\n{", Some(Kind::JsonLines)),
            (
                "{\"url\":\"x\",\"log\":1,\"type\":\"a\",\"body\":1,\"api\":\"xhr\"}",
                Some(Kind::JsonLines),
            ),
            ("{\"page\":\"x\",\"url\":\"https://a", Some(Kind::JsonLines)),
            ("{\"csp-report\":{\"blocked", Some(Kind::Reports)),
            (
                "[{\"type\":\"csp-violation\",\"body\":{},\"url\":\"x\"}]",
                Some(Kind::Reports),
            ),
            (
                "{\"body\":{},\"type\":\"csp-violation\",\"url\":\"x\"}\n",
                Some(Kind::Reports),
            ),
            ("SQLite format 3\0…", Some(Kind::Database)),
            (
                "127.0.0.1 - - [10/Oct/2026:13:55:36 +0000] \"GET / HTTP/1.1\" 200 2 \"-\" \"-\"",
                Some(Kind::AccessLog),
            ),
            (
                "[2026-04-15T20:17:00.310Z] \"POST /v1 HTTP/2\" 204 - 1 0 2 - \"-\"",
                Some(Kind::AccessLog),
            ),
            (
                "{\"schema_version\": 1, \"page\": null, \"connections\": [{\"api\": \"fe",
                Some(Kind::Scan),
            ),
            ("[]", None),
            ("{\"a\":1}", None),
            ("connect-src 'self'", None),
            ("\u{0}\u{1}", None),
        ] {
            assert_eq!(Kind::of(head.as_bytes()), expected, "{head}");
        }
    }
}
