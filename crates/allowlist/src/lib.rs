#![doc = include_str!("../README.md")]

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
        let mut all = [Self::Enforce, Self::Report].into_iter();
        all.find(|one| name.eq_ignore_ascii_case(one.header()))
    }

    /// The header that carries such a list.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Enforce => "Connection-Allowlist",
            Self::Report => "Connection-Allowlist-Report-Only",
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
