//! Widely used clients: what they connect to when code calls them. What is known of each is data with its source.

use std::rc::Rc;
use std::sync::LazyLock;

use connect_src::Api;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use url::Url;

use crate::target::PagePart;
use crate::values::{Context, Evaluator, Key, Piece, Text, Value, ValueStep, with_holes};

/// A client.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientData {
    pub(crate) name: String,
    /// Names of its packages; `*` at the end stands for any rest.
    packages: Vec<String>,
    /// Names that its script gives to the page.
    #[serde(default)]
    globals: Vec<String>,
    /// Where its documentation or code says so.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for readers of the data, and for the test")
    )]
    source: String,
    /// When the entry was written.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for readers of the data, and for the test")
    )]
    written: String,
    #[serde(default)]
    makes: Vec<Maker>,
    #[serde(default)]
    connects: Vec<Connect>,
}

/// A function that makes an instance.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Maker {
    path: Vec<String>,
    /// The path whose calls the instance answers.
    #[serde(default)]
    pub(crate) makes: String,
    #[serde(default)]
    pub(crate) base: Option<Template>,
}

/// A function that connects.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connect {
    path: Vec<String>,
    api: String,
    url: Template,
    /// Whether the URL is what the client usually takes, rather than what the code says.
    #[serde(default)]
    pub(crate) usual: bool,
    /// What the client fills in the URL that the code says.
    #[serde(default)]
    placeholders: Option<Placeholders>,
}

/// What stands around the names of what a client fills in: `{{lng}}`, `:id`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Placeholders {
    open: String,
    /// Nothing where the name ends with its letters.
    close: String,
    /// Arguments that say it otherwise.
    #[serde(default)]
    open_option: Option<Reference>,
    #[serde(default)]
    close_option: Option<Reference>,
}

impl Connect {
    pub(crate) fn api(&self) -> Api {
        Api::parse(&self.api).unwrap_or(Api::Fetch)
    }

    /// The URLs of a call; none where an argument is missing.
    pub(crate) fn urls(&self, filler: &Filler<'_, '_>) -> Vec<Text> {
        let texts = filler.template(&self.url);
        match &self.placeholders {
            Some(placeholders) => filler.opened(&texts, placeholders),
            None => texts,
        }
    }
}

/// A URL with places for arguments: `{0}` is the first, `{1.host}` a property of the second, `{base/0}` the first joined to
/// the URL of the instance, `{0=/x}` has a default, and `{0|ws}` a filter.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Template(Vec<TemplatePart>);

#[derive(Debug)]
enum TemplatePart {
    Text(String),
    Place {
        /// What it is joined to: the first that is there.
        left: Vec<Reference>,
        right: Reference,
        default: Option<String>,
        filter: Option<Filter>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
enum Reference {
    Base,
    Argument(usize, Vec<String>),
}

#[derive(Clone, Copy, Debug)]
enum Filter {
    /// `http` becomes `ws`, as a `WebSocket` has it.
    WebSocket,
    /// The address to which Sentry's clients send, from a DSN.
    Dsn,
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (place, after) = after
                .split_once('}')
                .ok_or_else(|| format!("`{text}` has no `}}`"))?;
            parts.push(TemplatePart::Text(before.to_owned()));
            parts.push(place_of(place)?);
            rest = after;
        }
        parts.push(TemplatePart::Text(rest.to_owned()));
        Ok(Self(parts))
    }
}

fn place_of(place: &str) -> Result<TemplatePart, String> {
    let (place, filter) = match place.split_once('|') {
        Some((place, "ws")) => (place, Some(Filter::WebSocket)),
        Some((place, "dsn")) => (place, Some(Filter::Dsn)),
        Some((_, filter)) => return Err(format!("`{filter}` is no filter")),
        None => (place, None),
    };
    let (place, default) = match place.split_once('=') {
        Some((place, default)) => (place, Some(default.to_owned())),
        None => (place, None),
    };
    let (left, right) = place.rsplit_once('/').unwrap_or(("", place));
    let left = left.split(',').filter(|left| !left.is_empty());
    Ok(TemplatePart::Place {
        left: left.map(reference_of).collect::<Result<_, _>>()?,
        right: reference_of(right)?,
        default,
        filter,
    })
}

impl TryFrom<String> for Reference {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        reference_of(&text)
    }
}

fn reference_of(text: &str) -> Result<Reference, String> {
    if text == "base" {
        return Ok(Reference::Base);
    }
    let mut names = text.split('.');
    let index = names.next().and_then(|index| index.parse().ok());
    let index = index.ok_or_else(|| format!("`{text}` names no argument"))?;
    Ok(Reference::Argument(
        index,
        names.map(str::to_owned).collect(),
    ))
}

/// The clients, and by which names they are found.
struct Clients {
    clients: Vec<ClientData>,
    packages: FxHashMap<String, usize>,
    globals: FxHashMap<String, usize>,
}

static CLIENTS: LazyLock<Clients> = LazyLock::new(|| {
    let clients: Vec<ClientData> = serde_json::from_str(include_str!("../data/clients.json"))
        .expect("a test reads the data of the clients");
    let mut packages = FxHashMap::default();
    let mut globals = FxHashMap::default();
    for (index, client) in clients.iter().enumerate() {
        packages.extend(client.packages.iter().map(|name| (name.clone(), index)));
        globals.extend(client.globals.iter().map(|name| (name.clone(), index)));
    }
    Clients {
        clients,
        packages,
        globals,
    }
});

/// The client of a package.
pub(crate) fn of_package(package: &str) -> Option<&'static ClientData> {
    let clients = &*CLIENTS;
    if let Some(index) = clients.packages.get(package) {
        return Some(&clients.clients[*index]);
    }
    clients.clients.iter().find(|client| {
        let mut prefixes = client
            .packages
            .iter()
            .filter_map(|name| name.strip_suffix('*'));
        prefixes.any(|prefix| package.starts_with(prefix))
    })
}

/// The client that a name of the page belongs to, and the path below it.
pub(crate) fn of_global(path: &str) -> Option<(&'static ClientData, &str)> {
    let (name, below) = path.split_once('.').unwrap_or((path, ""));
    let index = CLIENTS.globals.get(name)?;
    Some((&CLIENTS.clients[*index], below))
}

impl ClientData {
    /// Its first package, which stands for all.
    pub(crate) fn package(&self) -> &str {
        self.packages.first().map_or("", String::as_str)
    }

    /// What a call of one of its functions connects to.
    pub(crate) fn connects(&self, path: &str) -> impl Iterator<Item = &Connect> {
        self.connects
            .iter()
            .filter(move |connect| connect.path.iter().any(|known| known == path))
    }
}

/// What a function of a package makes.
pub(crate) fn maker(package: &str, path: &str) -> Option<&'static Maker> {
    let makers = &of_package(package)?.makes;
    makers
        .iter()
        .find(|maker| maker.path.iter().any(|known| known == path))
}

/// Whether a function gives back what it is given, as far as connections go.
pub(crate) fn returns_its_argument(package: &str, path: &str) -> bool {
    IDENTITIES.contains(&(package, path))
}

const IDENTITIES: &[(&str, &str)] = &[
    ("@angular/core", "inject"),
    ("react", "useCallback"),
    ("react", "useRef"),
    ("react", "useState"),
    ("vue", "ref"),
    ("vue", "reactive"),
    ("vue", "readonly"),
    ("lodash", "debounce"),
    ("lodash", "throttle"),
    ("lodash/debounce", ""),
    ("lodash/throttle", ""),
    ("lodash-es", "debounce"),
    ("lodash-es", "throttle"),
];

/// Fills templates with the arguments of a call.
pub(crate) struct Filler<'f, 'p> {
    pub(crate) evaluator: &'f Evaluator<'p>,
    pub(crate) call: Key,
    /// The URL of the instance.
    pub(crate) base: Option<&'f Rc<Text>>,
    pub(crate) context: &'f Context,
}

impl Filler<'_, '_> {
    /// The URLs of a template; none where an argument is missing.
    pub(crate) fn template(&self, template: &Template) -> Vec<Text> {
        let parts = template.0.iter().map(|part| self.part(part));
        let Some(parts) = parts.collect::<Option<Vec<_>>>() else {
            return Vec::new();
        };
        let parts = parts.into_iter().map(|texts| {
            texts
                .into_iter()
                .map(|text| Value::Text(Rc::new(text)))
                .collect()
        });
        let whole: Vec<Value> = self.evaluator.concat_values(parts);
        whole
            .iter()
            .map(Value::to_text)
            .filter(|text| !text.pieces.is_empty())
            .collect()
    }

    /// The texts with holes where the client fills something in.
    fn opened(&self, texts: &[Text], placeholders: &Placeholders) -> Vec<Text> {
        let told = |option: &Option<Reference>, default: &str| -> Option<String> {
            let told = option.as_ref().map(|option| self.reference(option));
            match told.unwrap_or_default().as_slice() {
                [] => Some(default.to_owned()),
                [text] => text.as_exact().map(str::to_owned),
                _ => None,
            }
        };
        let open = told(&placeholders.open_option, &placeholders.open);
        let close = told(&placeholders.close_option, &placeholders.close);
        let (Some(open), Some(close)) = (open, close) else {
            return texts.to_vec();
        };
        let texts = texts.iter();
        texts.map(|text| with_holes(text, &open, &close)).collect()
    }

    fn part(&self, part: &TemplatePart) -> Option<Vec<Text>> {
        match part {
            TemplatePart::Text(text) => Some(vec![Text::exact(text.clone())]),
            TemplatePart::Place {
                left,
                right,
                default,
                filter,
            } => {
                let mut texts = self.reference(right);
                if texts.is_empty() {
                    texts.extend(default.as_deref().map(default_text));
                }
                let left = left
                    .iter()
                    .map(|left| self.reference(left))
                    .find(|left| !left.is_empty());
                let left = left.unwrap_or_default();
                if !left.is_empty() {
                    texts = texts
                        .iter()
                        .flat_map(|text| left.iter().map(|left| joined(left, text)))
                        .collect();
                }
                if let Some(filter) = filter {
                    texts = texts.iter().map(|text| filter.apply(text)).collect();
                }
                (!texts.is_empty()).then_some(texts)
            }
        }
    }

    fn reference(&self, reference: &Reference) -> Vec<Text> {
        let (index, path) = match reference {
            Reference::Base => {
                return self
                    .base
                    .map(|base| base.as_ref().clone())
                    .into_iter()
                    .collect();
            }
            Reference::Argument(index, path) => (*index, path),
        };
        let mut values =
            self.evaluator
                .argument(self.call, crate::values::Shift::None, index, self.context);
        for name in path {
            values.retain(|value| {
                !matches!(value, Value::Text(_) | Value::Nothing | Value::Function(..))
            });
            values = values
                .iter()
                .flat_map(|value| self.evaluator.member(value, name))
                .collect();
        }
        let is_text = |value: &&Value| match value {
            Value::Text(_) | Value::Param(..) | Value::Unknown(_) | Value::Rest(..) => true,
            Value::Native(path) => path.starts_with("location"),
            _ => false,
        };
        values.iter().filter(is_text).map(Value::to_text).collect()
    }
}

fn default_text(default: &str) -> Text {
    match default.strip_prefix("@origin") {
        Some(rest) => {
            let mut text = Text::of(Piece::Page(PagePart::Origin));
            text.push(Piece::Text(rest.to_owned()));
            text
        }
        None => Text::exact(default),
    }
}

/// A path joined to a base, as clients join them: with one slash.
pub(crate) fn joined(base: &Text, path: &Text) -> Text {
    let prefix = path.prefix();
    if prefix.contains("://") || prefix.starts_with("//") || base.pieces.is_empty() {
        return path.clone();
    }
    let mut made = base.clone();
    if path.pieces.is_empty() {
        return made;
    }
    if let Some(Piece::Text(text)) = made.pieces.last_mut() {
        text.truncate(text.trim_end_matches('/').len());
    }
    made.push(Piece::Text("/".to_owned()));
    let mut path = path.clone();
    if let Some(Piece::Text(text)) = path.pieces.first_mut() {
        *text = text.trim_start_matches('/').to_owned();
    }
    made.append(&path);
    made
}

impl Filter {
    fn apply(self, text: &Text) -> Text {
        match self {
            Self::WebSocket => text.for_web_socket(),
            Self::Dsn => dsn(text),
        }
    }
}

/// `https://key@host/project` becomes `https://host/api/project/envelope/`.
fn dsn(text: &Text) -> Text {
    let address = text.as_exact().and_then(|dsn| {
        let url = Url::parse(dsn).ok()?;
        let (folder, project) = url.path().rsplit_once('/')?;
        let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
        Some(format!(
            "{}://{host}{folder}/api/{project}/envelope/",
            url.scheme()
        ))
    });
    match address {
        Some(address) => {
            let step = ValueStep {
                text: format!("the DSN `{}` names it", text.target()),
                place: None,
            };
            let mut made = Text::exact(address);
            made.steps.clone_from(&text.steps);
            made.with_step(step)
        }
        None => Text {
            pieces: vec![match text.pieces.first() {
                Some(Piece::Param(function, words)) => Piece::Param(*function, words.clone()),
                _ => Piece::Hole(text.target().to_string()),
            }],
            steps: text.steps.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_client_has_a_source_a_date_and_something_that_connects() {
        for client in &CLIENTS.clients {
            assert!(client.source.starts_with("https://"), "{}", client.name);
            assert_eq!(client.written.len(), "2026-01-01".len(), "{}", client.name);
            assert!(
                !client.packages.is_empty() && !client.connects.is_empty(),
                "{}",
                client.name
            );
            for connect in &client.connects {
                assert!(
                    Api::parse(&connect.api).is_some(),
                    "{}: {}",
                    client.name,
                    connect.api
                );
            }
        }
    }

    #[test]
    fn no_package_and_no_global_belongs_to_two_clients() {
        let packages: usize = CLIENTS
            .clients
            .iter()
            .map(|client| client.packages.len())
            .sum();
        let globals: usize = CLIENTS
            .clients
            .iter()
            .map(|client| client.globals.len())
            .sum();
        assert_eq!(
            (packages, globals),
            (CLIENTS.packages.len(), CLIENTS.globals.len())
        );
    }

    #[test]
    fn a_template_that_cannot_be_read_is_refused() {
        for text in ["{0", "{x}", "{0|upper}", "{0./1}x{"] {
            assert!(Template::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
