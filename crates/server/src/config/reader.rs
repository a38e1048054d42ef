//! Takes typed values out of a TOML document, and remembers for each complaint where it belongs.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use connect_src_tower::Merge;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use url::Url;

use super::Config;
use super::error::{ConfigError, ConfigErrors};
use super::value::{
    AddressRange, HostPattern, PathPrefix, Share, parse_duration, parse_merge, parse_size,
    parse_upstream,
};
use crate::capped;
use crate::policy_text::PolicyText;
use crate::rollout::StageName;

/// The text of a configuration file.
pub(super) fn text_of(file: &Path) -> Result<String, ConfigErrors> {
    capped::read_text(file, Config::MAX_BYTES).map_err(|error| {
        let message = format!("cannot be read: {error}; give a readable TOML file");
        ConfigErrors::of_file(file, "", None, message)
    })
}

/// Reads the root table of a file's text. Fails with everything that is wrong with what is read of it.
pub(super) fn read<T>(
    text: &str,
    file: &Path,
    read: impl FnOnce(Table<'_>) -> T,
) -> Result<T, ConfigErrors> {
    let table = DeTable::parse(text).map_err(|error| {
        ConfigErrors::of_file(file, text, error.span(), error.message().to_owned())
    })?;
    let document = Document {
        file,
        text,
        errors: Vec::new().into(),
    };
    let value = read(Table::root(&document, &table));
    ConfigErrors::check(document.errors.into_inner())?;
    Ok(value)
}

/// A document that is being read, and what is wrong with it so far.
struct Document<'d> {
    file: &'d Path,
    text: &'d str,
    errors: RefCell<Vec<ConfigError>>,
}

/// A table of the document. What is asked for by [`value`](Self::value) is known; [`finish`](Self::finish)
/// complains about everything else.
pub(super) struct Table<'d> {
    document: &'d Document<'d>,
    keys: &'d DeTable<'d>,
    span: Range<usize>,
    path: String,
    known: Vec<&'static str>,
}

/// A value with its place, for complaints that need more than the value to be found.
pub(super) struct Placed<T> {
    pub(super) value: T,
    pub(super) key: String,
    pub(super) span: Range<usize>,
}

/// What a value of the document can be read as.
pub(super) trait FromValue: Sized {
    /// What is expected, with an example.
    const EXPECTED: &'static str;

    /// `None`, unless the value is what is expected.
    fn from_value(value: &DeValue<'_>) -> Option<Self>;

    /// Why it is not, where there is more to say than [`EXPECTED`](Self::EXPECTED).
    fn reason(value: &DeValue<'_>) -> Option<String> {
        let _ = value;
        None
    }
}

impl Document<'_> {
    fn complain(&self, span: Range<usize>, key: String, message: String) {
        let error = ConfigError::new(self.file, self.text, Some(span), key, message);
        self.errors.borrow_mut().push(error);
    }
}

impl<'d> Table<'d> {
    fn root(document: &'d Document<'d>, table: &'d Spanned<DeTable<'d>>) -> Self {
        Self {
            document,
            keys: table.get_ref(),
            span: table.span(),
            path: String::new(),
            known: Vec::new(),
        }
    }

    /// The value of a key; `None` if it is not there, or is not what was expected.
    pub(super) fn value<T: FromValue>(&mut self, key: &'static str) -> Option<T> {
        self.placed(key).map(|placed| placed.value)
    }

    /// The value of a key with its place.
    pub(super) fn placed<T: FromValue>(&mut self, key: &'static str) -> Option<Placed<T>> {
        let found = self.look(key)?;
        let path = self.key(key);
        let value = self.convert(found, &path)?;
        Some(Placed {
            value,
            key: path,
            span: found.span(),
        })
    }

    /// The values of an array.
    pub(super) fn values<T: FromValue>(&mut self, key: &'static str) -> Option<Vec<T>> {
        let found = self.look(key)?;
        let Some(array) = found.get_ref().as_array() else {
            self.mismatch(
                found,
                self.key(key),
                &format!("an array of {}", T::EXPECTED),
            );
            return None;
        };
        let items = array.iter().enumerate();
        let converted: Vec<_> = items
            .map(|(index, item)| self.convert(item, &format!("{}[{index}]", self.key(key))))
            .collect();
        converted.into_iter().collect()
    }

    /// The table of a key.
    pub(super) fn table(&mut self, key: &'static str) -> Option<Table<'d>> {
        let found = self.look(key)?;
        let path = self.key(key);
        self.open(found, path)
    }

    /// The tables of an array of tables, which is written `[[key]]`.
    pub(super) fn tables(&mut self, key: &'static str) -> Vec<Table<'d>> {
        let Some(found) = self.look(key) else {
            return Vec::new();
        };
        let Some(array) = found.get_ref().as_array() else {
            let path = self.key(key);
            self.mismatch(
                found,
                path.clone(),
                &format!("tables that are written `[[{path}]]`"),
            );
            return Vec::new();
        };
        let items = array.iter().enumerate();
        items
            .filter_map(|(index, item)| self.open(item, format!("{}[{index}]", self.key(key))))
            .collect()
    }

    /// Whether there is such a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.get(key).is_some()
    }

    /// The line on which the table begins, from 1.
    pub(super) fn line(&self) -> usize {
        let before = &self.document.text[..self.document.text.floor_char_boundary(self.span.start)];
        before.matches('\n').count() + 1
    }

    /// Complains about the table itself.
    pub(super) fn complain(&self, key: &str, message: String) {
        let path = match key {
            "" => self.path.clone(),
            _ => self.key(key),
        };
        self.document.complain(self.span.clone(), path, message);
    }

    /// Complains about a value that was read from this document.
    pub(super) fn complain_about<T>(&self, placed: &Placed<T>, message: String) {
        self.document
            .complain(placed.span.clone(), placed.key.clone(), message);
    }

    /// Complains about every key that nobody asked for.
    pub(super) fn finish(self) {
        for (key, _) in self.keys {
            let name: &str = key.get_ref();
            if !self.known.contains(&name) {
                let message = self.unknown(name);
                self.document.complain(key.span(), self.key(name), message);
            }
        }
    }

    fn unknown(&self, name: &str) -> String {
        let place = match self.path.as_str() {
            "" => "at the top".to_owned(),
            path => format!("in `{path}`"),
        };
        match nearest(name, &self.known) {
            Some(known) => format!("unknown key {place}; did you mean `{known}`?"),
            None => format!(
                "unknown key {place}; the keys here are `{}`",
                self.known.join("`, `")
            ),
        }
    }

    fn look(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.known.push(key);
        self.keys.get(key)
    }

    fn open(&self, found: &'d Spanned<DeValue<'d>>, path: String) -> Option<Table<'d>> {
        let Some(table) = found.get_ref().as_table() else {
            self.mismatch(
                found,
                path.clone(),
                &format!("a table that is written `[{path}]`"),
            );
            return None;
        };
        Some(Table {
            document: self.document,
            keys: table,
            span: found.span(),
            path,
            known: Vec::new(),
        })
    }

    fn convert<T: FromValue>(&self, found: &Spanned<DeValue<'_>>, path: &str) -> Option<T> {
        let value = T::from_value(found.get_ref());
        if value.is_none() {
            match T::reason(found.get_ref()) {
                Some(reason) => self
                    .document
                    .complain(found.span(), path.to_owned(), reason),
                None => self.mismatch(found, path.to_owned(), T::EXPECTED),
            }
        }
        value
    }

    fn mismatch(&self, found: &Spanned<DeValue<'_>>, path: String, expected: &str) {
        let text = self.document.text.get(found.span()).unwrap_or_default();
        let found_text: String = text.chars().take(60).collect();
        let message = format!("expected {expected}, found {found_text}");
        self.document.complain(found.span(), path, message);
    }

    fn key(&self, key: &str) -> String {
        match self.path.as_str() {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        }
    }
}

/// The known key that was probably meant.
fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let name = name.to_ascii_lowercase().replace('_', "-");
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(&name, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

impl FromValue for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        value.as_bool()
    }
}

impl FromValue for u32 {
    const EXPECTED: &'static str = "a whole number, such as 100";

    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        let number = value.as_integer()?;
        u32::from_str_radix(number.as_str(), number.radix()).ok()
    }
}

impl FromValue for String {
    const EXPECTED: &'static str = "a text in quotes";

    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

/// A size in bytes.
pub(super) struct Size(pub(super) usize);

/// The address of an upstream.
pub(super) struct Upstream(pub(super) Url);

macro_rules! from_text {
    ($($type:ty, $expected:literal, $parse:expr;)+) => {$(
        impl FromValue for $type {
            const EXPECTED: &'static str = $expected;

            fn from_value(value: &DeValue<'_>) -> Option<Self> {
                value.as_str().and_then($parse)
            }
        }
    )+};
}

from_text! {
    SocketAddr, "an address and a port, such as \"127.0.0.1:8080\"", |text| text.parse().ok();
    PathBuf, "a path in quotes", |text| (!text.is_empty()).then(|| PathBuf::from(text));
    Duration, "a duration, such as \"30s\", \"10m\", \"24h\" or \"90d\"", parse_duration;
    Size, "a size, such as \"64 KiB\" or \"16 MiB\"",
        |text| parse_size(text).and_then(|size| usize::try_from(size).ok()).map(Size);
    Share, "a share in quotes, such as \"25%\"", Share::parse;
    HostPattern, "a host without port, such as \"app.example.com\", \"*.example.com\" or \"*\"",
        HostPattern::parse;
    PathPrefix, "a path, such as \"/\" or \"/admin\"", PathPrefix::parse;
    AddressRange, "an address or a range, such as \"10.0.0.0/8\"", AddressRange::parse;
    Upstream, "an address without path, such as \"http://127.0.0.1:3000\"",
        |text| parse_upstream(text).map(Upstream);
    Merge, "\"keep\", \"extend\" or \"replace\"", parse_merge;
    StageName, "\"observe\", \"trial\" or \"enforce\"", StageName::parse;
}

impl FromValue for PolicyText {
    const EXPECTED: &'static str = "a policy, such as \"connect-src 'self'\"";

    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        PolicyText::parse(value.as_str()?).ok()
    }

    fn reason(value: &DeValue<'_>) -> Option<String> {
        let error = PolicyText::parse(value.as_str()?).err()?;
        Some(error.to_string())
    }
}
