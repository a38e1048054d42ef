//! Where a connection goes, as far as the code tells.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};
use url::{Position, Url};

/// The URL of a connection, in the parts that are known and the holes between them.
///
/// A URL that is known whole has only parts of text. A URL without a scheme is relative to the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The parts, from the first on; two parts of text never follow each other.
    pub parts: Vec<Part>,
}

/// A part of a URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// This text.
    Text(String),
    /// Something of the page's own address.
    Page(PagePart),
    /// Something that the code does not tell, in the words of the code (`user.id`).
    Hole(String),
}

/// A part of the address of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PagePart {
    /// Its whole URL, `location.href`.
    Href,
    /// Its scheme, host and port, `location.origin`.
    Origin,
    /// The same with `ws` for `http` and `wss` for `https`, as code writes it for a `WebSocket`.
    WebSocketOrigin,
    /// `location.protocol`, with its colon.
    Protocol,
    /// `ws:` or `wss:`, after that of the page.
    WebSocketProtocol,
    /// `location.host`, with the port.
    Host,
    /// `location.hostname`.
    Hostname,
    /// `location.port`.
    Port,
    /// `location.pathname`.
    Pathname,
}

impl Target {
    /// A URL that is known whole.
    pub fn text(url: impl Into<String>) -> Self {
        let mut target = Self::default();
        target.push(Part::Text(url.into()));
        target
    }

    /// Adds a part; text grows the text before it.
    pub fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (_, Part::Text(text)) if text.is_empty() => {}
            (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
            (_, part) => self.parts.push(part),
        }
    }

    /// The URL, if all of it is known.
    pub fn exact(&self) -> Option<String> {
        match self.parts.as_slice() {
            [] => Some(String::new()),
            [Part::Text(text)] => Some(text.clone()),
            _ => None,
        }
    }

    /// The text before the first part that is not known.
    pub fn prefix(&self) -> String {
        match self.parts.first() {
            Some(Part::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    /// Whether the code does not tell to which host it goes.
    pub fn is_dynamic(&self) -> bool {
        !self.host_known()
    }

    /// Whether the code tells to which scheme, host and port it goes: those of its text, or those of the page.
    ///
    /// A host that is followed by something unknown is taken for whole: `base + path` has a path there.
    pub fn host_known(&self) -> bool {
        let mut before = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => before.push_str(text),
                Part::Page(part) => before.push_str(&part.of(&probe())),
                Part::Hole(_) => return is_past_authority(&before) || ends_with_host(&before),
            }
            if is_past_authority(&before) {
                return true;
            }
        }
        !before.contains("://") || probe().join(&before).is_ok_and(|url| url.has_host())
    }

    /// Whether something of it is not known.
    pub fn has_hole(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Hole(_)))
    }

    /// The URL with the same word for everything unknown: what it tells, whatever the code calls the rest.
    pub(crate) fn shape(&self) -> String {
        let mut shape = String::new();
        for part in &self.parts {
            match part {
                Part::Hole(_) if shape.ends_with("{}") => {}
                Part::Hole(_) => shape.push_str("{}"),
                Part::Text(text) => shape.push_str(text),
                Part::Page(part) => shape.push_str(part.as_str()),
            }
        }
        shape
    }

    /// The URL that a page with this URL connects to, if all of it is known.
    pub fn resolve(&self, page: &Url) -> Option<Url> {
        (!self.has_hole()).then(|| self.on_page(page))?
    }

    /// A URL that the page may connect to: what is not known is a plain word. Nothing where the host is not known.
    pub fn witness(&self, page: &Url) -> Option<Url> {
        self.host_known().then(|| self.on_page(page))?
    }

    /// The URL that a page connects to if these words are what the first hole stands for, whether or not the host is known
    /// without them.
    ///
    /// ```
    /// use connect_src_scan::{Part, Target};
    ///
    /// let mut target = Target::text("https://");
    /// target.push(Part::Hole("region".to_owned()));
    /// target.push(Part::Text(".example.com/api".to_owned()));
    /// let page = "https://app.example.com/".parse()?;
    /// assert_eq!(target.filled(&page, "eu").unwrap().as_str(), "https://eu.example.com/api");
    /// # Ok::<(), url::ParseError>(())
    /// ```
    pub fn filled(&self, page: &Url, words: &str) -> Option<Url> {
        self.with_words(page, Some(words))
    }

    /// The URL with the parts of a page in their places, and a word for every hole.
    fn on_page(&self, page: &Url) -> Option<Url> {
        self.with_words(page, None)
    }

    fn with_words(&self, page: &Url, mut first: Option<&str>) -> Option<Url> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Page(part) => text.push_str(&part.of(page)),
                Part::Hole(_) => match first.take() {
                    Some(words) => text.push_str(words),
                    None if ends_with_host(&text) => text.push_str("/x"),
                    None => text.push('x'),
                },
            }
        }
        page.join(&text).ok()
    }
}

impl Display for Target {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Text(text) => formatter.write_str(text)?,
                Part::Page(part) => write!(formatter, "{{{}}}", part.as_str())?,
                Part::Hole(words) => write!(formatter, "{{{words}}}")?,
            }
        }
        Ok(())
    }
}

impl PagePart {
    /// How code spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Href => "location.href",
            Self::Origin => "location.origin",
            Self::WebSocketOrigin => "location.origin as ws",
            Self::Protocol => "location.protocol",
            Self::WebSocketProtocol => "location.protocol as ws",
            Self::Host => "location.host",
            Self::Hostname => "location.hostname",
            Self::Port => "location.port",
            Self::Pathname => "location.pathname",
        }
    }

    /// That part of a page's URL.
    pub fn of(self, page: &Url) -> String {
        match self {
            Self::Href => page.as_str().to_owned(),
            Self::Origin => page[..Position::BeforePath].to_owned(),
            Self::WebSocketOrigin => {
                web_socket_scheme(page).to_owned()
                    + &page[Position::AfterScheme..Position::BeforePath]
            }
            Self::Protocol => page[..Position::BeforeUsername]
                .trim_end_matches('/')
                .to_owned(),
            Self::WebSocketProtocol => web_socket_scheme(page).to_owned() + ":",
            Self::Host => page[Position::BeforeHost..Position::AfterPort].to_owned(),
            Self::Hostname => page[Position::BeforeHost..Position::AfterHost].to_owned(),
            Self::Port => page[Position::BeforePort..Position::AfterPort].to_owned(),
            Self::Pathname => page.path().to_owned(),
        }
    }
}

fn web_socket_scheme(page: &Url) -> &'static str {
    if page.scheme() == "https" {
        "wss"
    } else {
        "ws"
    }
}

/// A page to try URLs on.
fn probe() -> Url {
    Url::parse("https://page.example/").expect("a constant URL")
}

/// Whether what follows the text can no longer change scheme, host or port.
fn is_past_authority(text: &str) -> bool {
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if !scheme.contains(['/', '?', '#']) => rest,
        _ => match text.strip_prefix("//") {
            Some(rest) => rest,
            None => return text.contains(['/', '?', '#']),
        },
    };
    rest.contains(['/', '?', '#'])
}

/// Whether the text ends with what looks like a whole host.
fn ends_with_host(text: &str) -> bool {
    let Some((_, host)) = text.split_once("//") else {
        return false;
    };
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let top = name.rsplit_once('.').map_or("", |(_, top)| top);
    let named = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (named || name == "localhost")
        && !name.contains(['/', '?', '#'])
        && (!host.contains(':')
            || !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(parts: &[&str]) -> Target {
        let mut target = Target::default();
        for part in parts {
            target.push(match *part {
                "ORIGIN" => Part::Page(PagePart::Origin),
                "WS" => Part::Page(PagePart::WebSocketProtocol),
                "HOST" => Part::Page(PagePart::Host),
                hole if hole.starts_with('{') => {
                    Part::Hole(hole.trim_matches(['{', '}']).to_owned())
                }
                text => Part::Text(text.to_owned()),
            });
        }
        target
    }

    #[test]
    fn a_host_is_known_when_what_follows_cannot_change_it() {
        let page = Url::parse("https://app.example:8443/page/").unwrap();
        let cases: &[(&[&str], Option<&str>)] = &[
            (&["https://a.example/", "{id}"], Some("https://a.example/x")),
            (
                &["https://a.example", "{path}"],
                Some("https://a.example/x"),
            ),
            (&["https://", "{host}", "/v1"], None),
            (&["https://api-", "{region}", ".a.example/"], None),
            (&["https://a.example:", "{port}"], None),
            (&["{base}", "/users"], None),
            (&["/api/", "{id}"], Some("https://app.example:8443/api/x")),
            (&["api", "{id}"], None),
            (&["ORIGIN", "{path}"], Some("https://app.example:8443/x")),
            (
                &["WS", "//", "HOST", "/live"],
                Some("wss://app.example:8443/live"),
            ),
            (&["users"], Some("https://app.example:8443/page/users")),
            (&[], Some("https://app.example:8443/page/")),
        ];
        for (parts, witness) in cases {
            let found = target(parts).witness(&page);
            assert_eq!(found.as_ref().map(Url::as_str), *witness, "{parts:?}");
        }
    }

    #[test]
    fn a_target_is_exact_when_all_of_it_is_text() {
        assert_eq!(
            target(&["https://a.example/", "x"]).exact().unwrap(),
            "https://a.example/x"
        );
        assert_eq!(target(&["https://a.example/", "{x}"]).exact(), None);
        assert_eq!(
            target(&["https://a.example/", "{x}"]).prefix(),
            "https://a.example/"
        );
        assert_eq!(
            target(&["ORIGIN", "/", "{x}"]).to_string(),
            "{location.origin}/{x}"
        );
    }
}
