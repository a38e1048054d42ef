//! Parses `Connection-Allowlist` and `Connection-Allowlist-Report-Only`, and decides what they let through: as the draft says, and as
//! Chromium does.
//!
//! The header governs every connection of a page, also those that Content Security Policy does not know: navigations, WebRTC, DNS
//! prefetch. The crate does no I/O.
//!
//! ```
//! use connection_allowlist::{Allowlist, Connection, Disposition};
//! use url::Url;
//!
//! let page = Url::parse("https://app.example.com/cart")?;
//! let header = r#"(response-origin "https://*.example.com"); report-to=main"#;
//! let allowlist = Allowlist::parse(header, &page, Disposition::Enforce).allowlist.unwrap();
//!
//! let allowed = Url::parse("https://api.example.com/v1")?;
//! assert!(allowlist.decide(&Connection::to(&allowed)).is_allowed());
//! let other = Url::parse("https://other.example/")?;
//! assert!(!allowlist.decide(&Connection::to(&other)).is_allowed());
//! assert!(!allowlist.decide(&Connection::WebRtc).is_allowed(), "WebRTC is blocked unless webrtc=allow says otherwise");
//! # Ok::<(), url::ParseError>(())
//! ```
//!
//! <https://wicg.github.io/connection-allowlists/>

mod decide;
mod note;
mod parse;
mod pattern;

pub use decide::{Connection, Decision, Reason};
pub use note::{Note, NoteKind};
pub use parse::Parsed;
pub use pattern::Pattern;

/// What happens when a connection is not in the list.
///
/// <https://wicg.github.io/connection-allowlists/#connection-allowlist-disposition>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// It is blocked and reported.
    Enforce,
    /// It is only reported.
    Report,
}

impl Disposition {
    /// The disposition of a header's name, whatever its ASCII case; `None` for every other header.
    pub fn of_header(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("connection-allowlist") {
            Some(Self::Enforce)
        } else if name.eq_ignore_ascii_case("connection-allowlist-report-only") {
            Some(Self::Report)
        } else {
            None
        }
    }

    /// The draft's word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Report => "report",
        }
    }
}

/// Whether all connections of a kind are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Toggle {
    /// They are.
    Allow,
    /// None is: the default.
    Block,
}

/// The endpoints to which a page may connect.
///
/// <https://wicg.github.io/connection-allowlists/#connection-allowlist>
#[derive(Clone, Debug)]
pub struct Allowlist {
    patterns: Vec<Pattern>,
    reporting_endpoint: Option<String>,
    disposition: Disposition,
    redirects: Toggle,
    webrtc: Toggle,
}

impl Allowlist {
    /// The patterns in their order, those aside that were ignored.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The name of the endpoint that gets reports.
    pub fn reporting_endpoint(&self) -> Option<&str> {
        self.reporting_endpoint.as_deref()
    }

    /// Whether it blocks.
    pub fn disposition(&self) -> Disposition {
        self.disposition
    }

    /// Whether redirects are followed, wherever they lead.
    pub fn redirects(&self) -> Toggle {
        self.redirects
    }

    /// Whether WebRTC may connect, to whomever.
    pub fn webrtc(&self) -> Toggle {
        self.webrtc
    }
}
