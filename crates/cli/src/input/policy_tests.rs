//! Policy tests: a TOML file that says what must be allowed and what must be blocked. docs/policy-tests.md describes it.

use std::ops::Range;

use connect_src::{Api, BrowserProfile};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::target::{self, Target};
use super::{Input, Policies};
use crate::args::PolicyArgument;
use crate::error::Error;
use crate::output::sanitize::{sanitize, shorten};

/// A file's tests.
#[derive(Debug)]
pub(crate) struct PolicyTests {
    pub(crate) name: String,
    pub(crate) tests: Vec<PolicyTest>,
}

/// Connections of one page under one policy.
#[derive(Debug)]
pub(crate) struct PolicyTest {
    pub(crate) name: String,
    pub(crate) policies: Policies,
    pub(crate) profiles: Vec<BrowserProfile>,
    pub(crate) expectations: Vec<Expectation>,
}

/// What must become of a connection.
#[derive(Debug)]
pub(crate) struct Expectation {
    pub(crate) target: Target,
    pub(crate) is_allowed: bool,
    pub(crate) line: usize,
}

/// What a test inherits from the top of its file.
#[derive(Clone, Default)]
struct Header {
    policy: Option<PolicyArgument>,
    page: Option<Url>,
    api: Option<Api>,
    profiles: Option<Vec<BrowserProfile>>,
}

const TOP: [&str; 5] = ["policy", "page", "api", "browser", "test"];
const TEST: [&str; 7] = ["name", "policy", "page", "api", "browser", "allow", "block"];
/// A file of tests that is larger is some other file.
const MAX_BYTES: u64 = 4 << 20;

impl PolicyTests {
    /// Reads a file. Every mistake in it is told, each with its place.
    pub(crate) fn read(input: &Input) -> Result<Self, Error> {
        let bytes = input.read(MAX_BYTES)?;
        let name = input.name();
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            Error::new(format!(
                "{name}: expected UTF-8, found another byte at offset {valid}"
            ))
        })?;
        let mut reader = Reader {
            file: &name,
            text: &text,
            folder: input.folder(),
            mistakes: Vec::new(),
        };
        let tests = reader.read();
        if reader.mistakes.is_empty() {
            return Ok(Self { name, tests });
        }
        Err(Error::new(reader.mistakes.join("\n")))
    }
}

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    /// What the files that it names are relative to.
    folder: std::path::PathBuf,
    mistakes: Vec<String>,
}

type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    fn read(&mut self) -> Vec<PolicyTest> {
        let table = match DeTable::parse(self.text) {
            Ok(table) => table,
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                self.complain(&span, error.message());
                return Vec::new();
            }
        };
        let table = table.get_ref();
        self.check_keys(table, &TOP, "at the top");
        let header = self.header(table, &Header::default());
        let tests = match table.get("test").map(|tests| (tests, tests.get_ref())) {
            Some((_, DeValue::Array(tests))) => tests.iter().collect(),
            Some((tests, _)) => {
                self.mismatch(tests, "tests that begin with `[[test]]`");
                Vec::new()
            }
            None => Vec::new(),
        };
        if tests.is_empty() && self.mistakes.is_empty() {
            self.complain(&(0..0), "expected at least one [[test]], found none");
        }
        let tests = tests.into_iter().enumerate();
        tests
            .filter_map(|(index, test)| self.test(index, test, &header))
            .collect()
    }

    fn test(&mut self, index: usize, test: &Value<'_>, header: &Header) -> Option<PolicyTest> {
        let DeValue::Table(table) = test.get_ref() else {
            self.mismatch(test, "a table that is written `[[test]]`");
            return None;
        };
        self.check_keys(table, &TEST, "in `test`");
        let header = self.header(table, header);
        let name = self.text_of(table, "name");
        let mut expectations = Vec::new();
        for (key, is_allowed) in [("allow", true), ("block", false)] {
            for (text, span) in self.texts_of(table, key) {
                match Target::parse(&text, header.api, header.page.as_ref()) {
                    Ok(target) => expectations.push(Expectation {
                        target,
                        is_allowed,
                        line: self.place(&span).0,
                    }),
                    Err(error) => self.complain(&span, &error.to_string()),
                }
            }
        }
        if expectations.is_empty() {
            self.complain(
                &test.span(),
                "expected `allow` or `block` with at least one target",
            );
        }
        Some(PolicyTest {
            name: name.map_or_else(
                || format!("test {}", index + 1),
                |(name, _)| sanitize(&name).into_owned(),
            ),
            policies: self.policies(&header, &test.span())?,
            profiles: header
                .profiles
                .unwrap_or_else(|| BrowserProfile::BROWSERS.to_vec()),
            expectations,
        })
    }

    fn policies(&mut self, header: &Header, span: &Range<usize>) -> Option<Policies> {
        let Some(policy) = &header.policy else {
            self.complain(
                span,
                "expected `policy`, here or at the top of the file: a policy, or @FILE",
            );
            return None;
        };
        match Policies::read(policy, header.page.clone()) {
            Ok(policies) => Some(policies),
            Err(error) => {
                self.complain(span, &error.to_string());
                None
            }
        }
    }

    fn header(&mut self, table: &DeTable<'_>, outer: &Header) -> Header {
        let mut header = outer.clone();
        if let Some((text, _)) = self.text_of(table, "policy") {
            header.policy = Some(match text.strip_prefix('@') {
                Some(file) => PolicyArgument::Input(Input::File(self.folder.join(file))),
                None => PolicyArgument::Text(text),
            });
        }
        if let Some((text, span)) = self.text_of(table, "page") {
            match target::parse_page(&text) {
                Ok(page) => header.page = Some(page),
                Err(problem) => self.complain(&span, &problem),
            }
        }
        if let Some((text, span)) = self.text_of(table, "api") {
            header.api = Api::parse(&text).or_else(|| {
                let names: Vec<_> = Api::ALL.iter().map(|api| api.name()).collect();
                self.unknown(&span, "API", &text, &names);
                None
            });
        }
        let browsers = self.texts_of(table, "browser");
        if !browsers.is_empty() {
            let parse = |(text, span): (String, Range<usize>)| {
                BrowserProfile::parse(&text).or_else(|| {
                    let names = ["chromium", "firefox", "webkit", "standard"];
                    self.unknown(&span, "browser", &text, &names);
                    None
                })
            };
            header.profiles = Some(browsers.into_iter().filter_map(parse).collect());
        }
        header
    }

    fn text_of(&mut self, table: &DeTable<'_>, key: &str) -> Option<(String, Range<usize>)> {
        let value = table.get(key)?;
        if let DeValue::String(text) = value.get_ref() {
            return Some((text.to_string(), value.span()));
        }
        self.mismatch(value, &format!("a text for `{key}`"));
        None
    }

    /// A text, or a list of texts.
    fn texts_of(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(String, Range<usize>)> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let values: Vec<&Value<'_>> = match value.get_ref() {
            DeValue::Array(values) => values.iter().collect(),
            _ => vec![value],
        };
        let mut texts = Vec::new();
        for value in values {
            match value.get_ref() {
                DeValue::String(text) => texts.push((text.to_string(), value.span())),
                _ => self.mismatch(value, &format!("a text or a list of texts for `{key}`")),
            }
        }
        texts
    }

    fn check_keys(&mut self, table: &DeTable<'_>, known: &[&str], place: &str) {
        for (key, _) in table {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let message = match nearest(name, known) {
                    Some(known) => format!("unknown key {place}; did you mean `{known}`?"),
                    None => format!(
                        "unknown key {place}; the keys here are `{}`",
                        known.join("`, `")
                    ),
                };
                self.complain(&key.span(), &format!("`{name}`: {message}"));
            }
        }
    }

    fn unknown(&mut self, span: &Range<usize>, what: &str, found: &str, known: &[&str]) {
        let message = match nearest(found, known) {
            Some(known) => format!("there is no {what} {found:?}; did you mean `{known}`?"),
            None => format!(
                "there is no {what} {found:?}; expected one of `{}`",
                known.join("`, `")
            ),
        };
        self.complain(span, &message);
    }

    fn mismatch(&mut self, value: &Value<'_>, expected: &str) {
        let found = self.text.get(value.span()).unwrap_or_default();
        let message = format!("expected {expected}, found {}", shorten(found, 60));
        self.complain(&value.span(), &message);
    }

    fn complain(&mut self, span: &Range<usize>, message: &str) {
        let (line, column) = self.place(span);
        let message = sanitize(message.trim_end());
        self.mistakes
            .push(format!("{}:{line}:{column}: {message}", self.file));
    }

    /// Line and column, both from 1; columns are characters.
    fn place(&self, span: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }
}

/// The known word that was probably meant.
fn nearest<'k>(found: &str, known: &[&'k str]) -> Option<&'k str> {
    let found = found.to_ascii_lowercase();
    let distances = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&found, known), *known));
    let near = distances.filter(|(distance, known)| *distance <= known.len().div_ceil(3));
    near.min().map(|(_, known)| known)
}
