use alloc::string::String;
use core::fmt;

use url::Url;

/// The origin of a page: what `'self'` and schemeless sources stand for.
///
/// ```
/// use connect_src::Origin;
/// use url::Url;
///
/// let page = Url::parse("https://app.example.com/cart?step=2")?;
/// assert_eq!(Origin::of(&page).to_string(), "https://app.example.com");
/// assert_eq!(Origin::of(&Url::parse("data:text/html,x")?), Origin::Opaque);
/// # Ok::<(), url::ParseError>(())
/// ```
///
/// <https://html.spec.whatwg.org/multipage/browsers.html#concept-origin>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Equals nothing; `'self'` matches nothing in it.
    Opaque,
    /// Scheme, host and port of the page.
    Tuple(TupleOrigin),
}

/// The parts of an [`Origin`] that is not opaque.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TupleOrigin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// The origin of a URL. Any scheme with a host gives a tuple, so that pages of browser extensions and
    /// embedded apps have a `'self'`; a blob: URL has the origin of the URL inside it.
    pub fn of(url: &Url) -> Self {
        if url.scheme() == "blob" {
            return match Url::parse(url.path()) {
                Ok(inner) if inner.scheme() != "blob" => Self::of(&inner),
                _ => Self::Opaque,
            };
        }
        match url.host_str() {
            Some(host) if !host.is_empty() => Self::Tuple(TupleOrigin {
                scheme: url.scheme().into(),
                host: host.into(),
                port: url.port(),
            }),
            _ => Self::Opaque,
        }
    }

    /// The parts, unless the origin is opaque.
    pub fn as_tuple(&self) -> Option<&TupleOrigin> {
        match self {
            Self::Opaque => None,
            Self::Tuple(tuple) => Some(tuple),
        }
    }
}

impl TupleOrigin {
    /// The scheme, in lower case, without its colon.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The serialized host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, `None` where it is the scheme's default.
    pub fn port(&self) -> Option<u16> {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opaque => formatter.write_str("null"),
            Self::Tuple(TupleOrigin {
                scheme,
                host,
                port: Some(port),
            }) => {
                write!(formatter, "{scheme}://{host}:{port}")
            }
            Self::Tuple(TupleOrigin {
                scheme,
                host,
                port: None,
            }) => {
                write!(formatter, "{scheme}://{host}")
            }
        }
    }
}
