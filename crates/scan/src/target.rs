//! Where a connection goes, as far as the code tells.

use serde::{Deserialize, Serialize};

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
