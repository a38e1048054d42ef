//! `.env` files: variables that a build writes into the code.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use crate::analysis::FileAnalysis;
use crate::project::Options;

/// Reads a file. What values refer to is not put in yet: other files may set it.
pub(crate) fn analyse(file: &mut FileAnalysis, text: &str) {
    file.env = parse(text).into_iter().collect();
}

/// The variables of a file, in their order. Lines that assign nothing are passed over, as `dotenv` does it.
///
/// <https://github.com/motdotla/dotenv#what-rules-does-the-parsing-engine-follow>
fn parse(text: &str) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let line = text[at..].find('\n').map_or(text.len(), |end| at + end);
        match assignment(text, at, line) {
            Some((variable, end)) => {
                variables.push(variable);
                at = text[end..]
                    .find('\n')
                    .map_or(text.len(), |next| end + next + 1);
            }
            None => at = line + 1,
        }
    }
    variables
}

/// The assignment in a line, and where it ends: below the line, where quotes span several.
fn assignment(text: &str, start: usize, end: usize) -> Option<((String, String), usize)> {
    let line = &text[start..end];
    let trimmed = line.trim_start_matches(['\u{feff}', ' ', '\t']);
    let exported = trimmed
        .strip_prefix("export")
        .filter(|rest| rest.starts_with([' ', '\t']));
    let rest = exported.unwrap_or(trimmed).trim_start();
    let is_name = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    let name = rest
        .split(|character| !is_name(character))
        .next()
        .filter(|name| !name.is_empty())?;
    let after = rest[name.len()..].trim_start_matches([' ', '\t']);
    let value = after
        .strip_prefix('=')
        .or_else(|| after.strip_prefix(':'))?;
    let from = end - value.len();
    let from = from + value.len() - value.trim_start_matches([' ', '\t']).len();
    let (value, until) = value_at(text, from, end);
    Some(((name.to_owned(), value), until))
}

fn value_at(text: &str, from: usize, end: usize) -> (String, usize) {
    let quote = text[from..]
        .chars()
        .next()
        .filter(|one| matches!(one, '"' | '\'' | '`'));
    if let Some(quote) = quote
        && let Some(close) = closing(&text[from + 1..], quote)
    {
        let inner = &text[from + 1..from + 1 + close];
        let value = match quote {
            '"' => Cow::Owned(inner.replace("\\n", "\n").replace("\\r", "\r")),
            // What single quotes hold is meant as it is.
            '\'' => Cow::Owned(inner.replace('$', "\\$")),
            _ => Cow::Borrowed(inner),
        };
        return (value.into_owned(), from + close + 2);
    }
    let value = text[from..end].split('#').next().unwrap_or_default();
    let value = value.trim_end();
    (value.to_owned(), from + value.len())
}

/// Where the quote is closed that was opened before the text.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, character)| {
        let closes = character == quote && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        closes.then_some(at)
    })
}

/// The environment that a project's files and options set.
///
/// Each folder with `.env` files has an environment of its own. A variable that two of them set differently is not known: which
/// of them a script sees is up to the build.
pub(crate) fn environment<'f>(
    files: impl IntoIterator<Item = &'f FileAnalysis>,
    options: &Options,
) -> BTreeMap<String, String> {
    let mut environment: BTreeMap<String, Option<String>> = BTreeMap::new();
    for (name, value) in folders(files, options).into_values().flatten() {
        let is_new = !environment.contains_key(&name);
        let known = environment
            .entry(name)
            .or_insert_with(|| Some(value.clone()));
        if !is_new && known.as_ref() != Some(&value) {
            *known = None;
        }
    }
    let known = environment
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let given = options
        .env
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()));
    known.chain(given).collect()
}

/// What is set in each folder, with all that values refer to.
fn folders<'f>(
    files: impl IntoIterator<Item = &'f FileAnalysis>,
    options: &Options,
) -> BTreeMap<&'f str, BTreeMap<String, String>> {
    let mut counted: Vec<(u8, &FileAnalysis)> = files
        .into_iter()
        .filter(|file| !file.env.is_empty())
        .filter_map(|file| Some((priority(&file.path, &options.mode)?, file)))
        .collect();
    counted.sort_by_key(|(priority, _)| *priority);
    let mut folders: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    for (_, file) in counted {
        let variables = file
            .env
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()));
        folders
            .entry(folder(&file.path))
            .or_default()
            .extend(variables);
    }
    for variables in folders.values_mut() {
        // What was given is meant as it is.
        let given = options.env.iter();
        variables.extend(given.map(|(name, value)| (name.clone(), value.replace('$', "\\$"))));
        *variables = expand(variables, options.limits.url_length);
    }
    folders
}

/// The folder of a path, without the slash behind it.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// How much a file counts in this mode: more for what is more particular, nothing where it does not count.
///
/// <https://vite.dev/guide/env-and-mode.html#env-loading-priorities>
fn priority(path: &str, mode: &str) -> Option<u8> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.strip_prefix(".env")? {
        "" => Some(0),
        ".local" => Some(1),
        rest => match rest.strip_prefix('.')?.strip_prefix(mode)? {
            "" => Some(2),
            ".local" => Some(3),
            _ => None,
        },
    }
}

/// Puts in what values refer to: `$NAME`, `${NAME}` and `${NAME:-default}`. What nobody sets is empty, as in a shell; a value
/// that refers to itself, or is longer than `longest`, stays as it is written.
fn expand(raw: &BTreeMap<String, String>, longest: usize) -> BTreeMap<String, String> {
    let mut expander = Expander {
        raw,
        longest,
        done: HashMap::new(),
    };
    let values = raw
        .keys()
        .map(|name| (name.clone(), expander.value(name, 0)));
    values.collect()
}

struct Expander<'a> {
    raw: &'a BTreeMap<String, String>,
    longest: usize,
    done: HashMap<&'a str, String>,
}

impl<'a> Expander<'a> {
    fn value(&mut self, name: &str, depth: usize) -> String {
        const DEEPEST: usize = 16;
        let Some((name, raw)) = self.raw.get_key_value(name) else {
            return String::new();
        };
        if let Some(done) = self.done.get(name.as_str()) {
            return done.clone();
        }
        if depth > DEEPEST {
            return raw.clone();
        }
        let value = self.expanded(raw, depth);
        let value = if value.len() > self.longest {
            raw.clone()
        } else {
            value
        };
        self.done.insert(name, value.clone());
        value
    }

    fn expanded(&mut self, raw: &'a str, depth: usize) -> String {
        let mut value = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find('$') {
            if value.len() > self.longest {
                return value;
            }
            let before = &rest[..at];
            rest = &rest[at..];
            if let Some(before) = before.strip_suffix('\\') {
                value.push_str(before);
                value.push('$');
                rest = &rest[1..];
                continue;
            }
            value.push_str(before);
            let Some(reference) = Reference::at(rest) else {
                value.push('$');
                rest = &rest[1..];
                continue;
            };
            let found = self.value(reference.name, depth + 1);
            value.push_str(if found.is_empty() {
                reference.default
            } else {
                &found
            });
            rest = &rest[reference.length..];
        }
        value.push_str(rest);
        value
    }
}

/// `$NAME`, `${NAME}` or `${NAME:-default}`.
struct Reference<'a> {
    name: &'a str,
    default: &'a str,
    length: usize,
}

impl<'a> Reference<'a> {
    fn at(text: &'a str) -> Option<Self> {
        let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
        let rest = &text[1..];
        if let Some(inner) = rest.strip_prefix('{') {
            let end = inner.find('}')?;
            let (name, default) = inner[..end].split_once('-').unwrap_or((&inner[..end], ""));
            return Some(Self {
                name: name.trim_end_matches(':'),
                default,
                length: end + 3,
            });
        }
        let end = rest
            .find(|character| !is_name(character))
            .unwrap_or(rest.len());
        (end > 0).then_some(Self {
            name: &rest[..end],
            default: "",
            length: end + 1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_dotenv_reads_them() {
        for (text, expected) in [
            ("A=b", Some(("A", "b"))),
            ("export A = b ", Some(("A", "b"))),
            ("A: b", Some(("A", "b"))),
            ("A=", Some(("A", ""))),
            ("A=b # c", Some(("A", "b"))),
            ("A=\"b # c\" # d", Some(("A", "b # c"))),
            ("A='b\\nc'", Some(("A", "b\\nc"))),
            ("A=\"b\\nc\"", Some(("A", "b\nc"))),
            ("A=\"b\nc\"", Some(("A", "b\nc"))),
            ("A=`it's \"b\"`", Some(("A", "it's \"b\""))),
            ("A=\"b", Some(("A", "\"b"))),
            ("\u{feff}A=b\r", Some(("A", "b"))),
            ("# A=b", None),
            ("A b", None),
            ("=b", None),
            ("é", None),
        ] {
            let found = parse(text);
            let found = found
                .first()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn the_file_of_the_mode_and_then_the_local_one_goes_first() {
        let mut files = [
            "app/.env.production.local",
            ".env",
            ".env.development",
            "app/.env.production",
            ".env.local",
            ".env.production.example",
        ];
        files.sort_by_key(|file| priority(file, "production"));
        assert_eq!(
            files,
            [
                ".env.development",
                ".env.production.example",
                ".env",
                ".env.local",
                "app/.env.production",
                "app/.env.production.local",
            ]
        );
        assert_eq!(priority(".env.development", "production"), None);
    }

    fn expanded(pairs: &[(&str, &str)], name: &str) -> String {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        expand(&pairs.iter().map(own).collect(), 100)
            .remove(name)
            .unwrap()
    }

    #[test]
    fn references_are_put_in() {
        let base = ("HOST", "api.test");
        for (value, expected) in [
            ("https://${HOST}/v1", "https://api.test/v1"),
            ("https://$HOST/v1", "https://api.test/v1"),
            ("${NONE:-b}", "b"),
            ("${NONE-b}", "b"),
            ("${NONE}", ""),
            ("\\$HOST", "$HOST"),
            ("a$", "a$"),
            ("${HOST", "${HOST"),
        ] {
            assert_eq!(expanded(&[base, ("A", value)], "A"), expected, "{value}");
        }
    }

    #[test]
    fn files_of_the_mode_go_first_and_what_was_given_before_them() {
        let file = |path: &str, text: &str| {
            let mut file = FileAnalysis::new(path);
            analyse(&mut file, text);
            file
        };
        let files = [
            file("other/.env", "A=production\nD=other"),
            file("app/.env.production", "A=production\nB=$A/b"),
            file("app/.env", "A=app\nC=c\nD=app\nE=$C"),
            file("app/.env.development", "A=development"),
        ];
        let options = Options {
            mode: "production".to_owned(),
            env: BTreeMap::from([("C".to_owned(), "g$A".to_owned())]),
            ..Options::default()
        };
        let found = environment(&files, &options);
        let found = |name: &str| found.get(name).map(String::as_str);
        assert_eq!(found("A"), Some("production"));
        assert_eq!(found("B"), Some("production/b"));
        assert_eq!(found("C"), Some("g$A"));
        assert_eq!(found("D"), None, "two folders set it differently");
        assert_eq!(found("E"), Some("g$A"));
    }

    #[test]
    fn endless_references_end() {
        assert!(expanded(&[("A", "$B"), ("B", "$A")], "A").len() < 10);
        let doubled: Vec<(String, String)> = (0..60)
            .map(|at| (format!("V{at}"), format!("$V{0}$V{0}", at + 1)))
            .chain([("V60".to_owned(), "x".to_owned())])
            .collect();
        let doubled: Vec<(&str, &str)> = doubled
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert!(expanded(&doubled, "V0").len() <= 100);
    }
}
