//! What the browser tells of the page.

use super::text::{Piece, Text};
use crate::javascript::ir::{Expr, ExprId, ScriptAnalysis};
use crate::target::PagePart;

/// The path from `window` of something of the browser, in one spelling.
pub(super) fn canonical(path: &str) -> String {
    let mut path = path;
    while let Some(rest) = WINDOWS.iter().find_map(|window| {
        let rest = path.strip_prefix(window)?;
        rest.strip_prefix('.')
    }) {
        path = rest;
    }
    match path {
        window if WINDOWS.contains(&window) => "window".to_owned(),
        path => match path.strip_prefix("document.location") {
            Some(rest) => format!("location{rest}"),
            None => path.to_owned(),
        },
    }
}

const WINDOWS: &[&str] = &[
    "window",
    "self",
    "globalThis",
    "global",
    "top",
    "parent",
    "document.defaultView",
];

/// The text of something of the browser.
pub(super) fn text_of(path: &str) -> Option<Text> {
    let part = match path {
        "location"
        | "location.href"
        | "document.URL"
        | "document.baseURI"
        | "document.documentURI" => PagePart::Href,
        "location.origin" | "origin" => PagePart::Origin,
        "location.protocol" => PagePart::Protocol,
        "location.host" => PagePart::Host,
        "location.hostname" | "document.domain" => PagePart::Hostname,
        "location.port" => PagePart::Port,
        "location.pathname" => PagePart::Pathname,
        _ => return None,
    };
    Some(Text::of(Piece::Page(part)))
}

/// What a choice between two texts is, where the choice is made by the page's scheme.
pub(super) fn by_scheme(one: &str, other: &str) -> Option<Text> {
    let (secure, plain) = if one.len() > other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let mut text = Text::default();
    for (secure_prefix, plain_prefix, piece) in [
        ("wss:", "ws:", Piece::Page(PagePart::WebSocketProtocol)),
        ("https:", "http:", Piece::Page(PagePart::Protocol)),
        ("wss", "ws", Piece::WebSocketScheme),
        ("https", "http", Piece::Scheme),
        ("s", "", Piece::SecureSuffix),
    ] {
        if let (Some(rest), Some(same)) = (
            secure.strip_prefix(secure_prefix),
            plain.strip_prefix(plain_prefix),
        ) {
            text.push(piece);
            text.push(Piece::Text(rest.to_owned()));
            return (rest == same).then_some(text);
        }
    }
    None
}

/// Whether a text tells the page's scheme.
pub(super) fn tells_scheme(text: &Text) -> bool {
    matches!(
        text.pieces.first(),
        Some(Piece::Page(
            PagePart::Protocol | PagePart::Href | PagePart::Origin
        ))
    )
}

/// A scheme that is assigned to a URL.
pub(super) enum Scheme {
    Text(String),
    /// That of a `WebSocket`, after that of the URL.
    WebSocket,
}

impl Scheme {
    pub(super) fn of_expression(script: &ScriptAnalysis, value: ExprId) -> Self {
        match &script.exprs[value as usize] {
            Expr::Text(text) => Self::Text(text.trim_end_matches(':').to_owned()),
            _ => Self::WebSocket,
        }
    }

    /// The same URL with the scheme.
    pub(super) fn swapped(&self, url: &Text) -> Text {
        let mut made = Text {
            steps: url.steps.clone(),
            ..Text::default()
        };
        let mut rest = url.pieces.as_slice();
        match (rest.first(), self) {
            (Some(Piece::Page(PagePart::Origin | PagePart::Href)), Self::WebSocket) => {
                made.push(Piece::Page(PagePart::WebSocketOrigin));
                rest = &rest[1..];
            }
            (Some(Piece::Page(PagePart::Origin | PagePart::Href)), Self::Text(scheme)) => {
                made.push(Piece::Text(format!("{scheme}://")));
                made.push(Piece::Page(PagePart::Host));
                rest = &rest[1..];
            }
            (Some(Piece::Text(text)), scheme) => {
                if let Some((before, after)) = text.split_once("://") {
                    let scheme = match scheme {
                        Self::Text(scheme) => scheme.as_str(),
                        Self::WebSocket if before == "https" => "wss",
                        Self::WebSocket => "ws",
                    };
                    made.push(Piece::Text(format!("{scheme}://{after}")));
                    rest = &rest[1..];
                }
            }
            _ => {}
        }
        for piece in rest {
            made.push(piece.clone());
        }
        made
    }
}
