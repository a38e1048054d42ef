use std::error;
use std::fmt;

/// Why something cannot go into a policy header: [`kind`](Self::kind) tells what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    text: String,
}

/// What is wrong with a policy, a source or a reporting endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The policy has no directive.
    EmptyPolicy,
    /// A policy contains a comma, which divides policies in a header.
    Comma,
    /// A character that is not printable ASCII.
    Character,
    /// Not one source expression that decides about connections.
    Source,
    /// The name of a reporting endpoint is no key of a structured field.
    EndpointName,
    /// The URL of a reporting endpoint is empty or has a character that is not printable ASCII.
    EndpointUrl,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, text: &str) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }

    /// What is wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The text that it is wrong with.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ErrorKind::EmptyPolicy => "expected a policy with at least one directive",
            ErrorKind::Comma => {
                "expected one policy, found a comma, which divides policies; add them one by one"
            }
            ErrorKind::Character => {
                "expected printable ASCII; write hosts in Punycode and paths percent-encoded"
            }
            ErrorKind::Source => {
                "expected one source for connections, such as `'self'`, `https:` or `https://api.example.com`"
            }
            ErrorKind::EndpointName => {
                "expected a name of lower-case letters, digits, `_`, `-`, `.` and `*` that starts with a letter or `*`"
            }
            ErrorKind::EndpointUrl => "expected a URL in printable ASCII",
        };
        write!(formatter, "{what}, found {:?}", self.text)
    }
}

impl error::Error for Error {}
