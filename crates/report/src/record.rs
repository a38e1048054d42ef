//! One report, whatever way it was written.

use connect_src::Disposition;
use serde::{Deserialize, Serialize};

use crate::cap::{Capper, Shortened};
use crate::wire::Wire;

mod blocked;

pub use blocked::Blocked;

/// A violation report in one shape, whichever browser sent it in whichever format.
///
/// Everything in it was written by whoever sent the post. Texts are capped ([`Record::MAX_TEXT`] and
/// its neighbours), and free of control characters but for line feeds and tabs in
/// [`sample`](Self::sample) and [`raw`](Self::raw); [`shortened`](Self::shortened) counts what was cut.
///
/// ```
/// use connect_src_report::{Blocked, Record, parse};
///
/// let body = br#"{"csp-report":{"document-uri":"https://app.example/","blocked-uri":"wss://live.example/feed",
///     "effective-directive":"connect-src","original-policy":"connect-src 'self'"}}"#;
/// let record: Record = parse("application/csp-report", body)?.records.remove(0);
/// assert_eq!(record.effective_directive.as_deref(), Some("connect-src"));
/// assert_eq!(record.blocked, Some(Blocked::Url("wss://live.example/feed".to_owned())));
/// # Ok::<(), connect_src_report::NotAReport>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Record {
    /// How the report was written.
    pub wire: Wire,
    /// The `type` of the Reporting API, an open word; `csp-violation` where the report has none.
    pub report_type: String,
    /// Milliseconds between the violation and the post.
    pub age: Option<u64>,
    /// The URL of the document or worker whose policy was violated; a scheme alone (`about`) where the
    /// document has no URL of its own.
    pub url: Option<String>,
    /// The browser's own name, from the report or else from [`Record::with_user_agent`].
    pub user_agent: Option<String>,
    /// The document's referrer.
    pub referrer: Option<String>,
    /// What was blocked; `None` when the report does not say.
    pub blocked: Option<Blocked>,
    /// The directive that the request is for, an open word in lower case. Where the browser names the
    /// violated directive alone, its first word.
    pub effective_directive: Option<String>,
    /// What older browsers send: the directive, perhaps with its sources.
    pub violated_directive: Option<String>,
    /// The policy as the browser prints it. Firefox prints it anew: without what it does not know, and
    /// with the page's scheme before each host.
    pub original_policy: Option<String>,
    /// Whether the policy is enforced. WebKit does not say so in the older format.
    #[serde(with = "disposition")]
    pub disposition: Option<Disposition>,
    /// The HTTP status of the document; browsers send 0 where they do not know it.
    pub status_code: Option<u16>,
    /// Where the violation was caused: a URL, or a scheme alone (`chrome-extension`).
    pub source_file: Option<String>,
    /// Line in the source file, from 1; 0 where the browser does not know it.
    pub line_number: Option<u32>,
    /// Column in the source file.
    pub column_number: Option<u32>,
    /// The first characters of inline code, where the policy asks for them.
    pub sample: Option<String>,
    /// The report as it was received, without its neighbours in the post.
    pub raw: String,
    /// What was cut to keep the caps.
    pub shortened: Shortened,
}

/// A report that is not about a violated policy: `network-error`, `deprecation`, `csp-hash`, …
///
/// ```
/// let body = br#"[{"type":"deprecation","age":7,"url":"https://app.example/","body":{"id":"x"}}]"#;
/// let parsed = connect_src_report::parse("application/reports+json", body)?;
/// assert!(parsed.records.is_empty());
/// assert_eq!(parsed.others[0].report_type, "deprecation");
/// # Ok::<(), connect_src_report::NotAReport>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct OtherReport {
    /// The `type`, an open word.
    pub report_type: String,
    /// Milliseconds between the event and the post.
    pub age: Option<u64>,
    /// The URL that the report is about.
    pub url: Option<String>,
    /// The browser's own name.
    pub user_agent: Option<String>,
    /// The report as it was received, without its neighbours in the post.
    pub raw: String,
    /// What was cut to keep the caps.
    pub shortened: Shortened,
}

impl Record {
    /// The most bytes of a text that has no cap of its own.
    pub const MAX_TEXT: usize = 2 * 1024;
    /// The most bytes of [`original_policy`](Self::original_policy).
    pub const MAX_POLICY: usize = 16 * 1024;
    /// The most bytes of [`raw`](Self::raw).
    pub const MAX_RAW: usize = 8 * 1024;
    /// The most bytes of names: the report's type and the directives.
    pub const MAX_NAME: usize = 128;

    /// The same record with the post's `User-Agent` header, where the report itself names no browser:
    /// only Chromium and Firefox do, and only in the newer format.
    pub fn with_user_agent(mut self, header: &str) -> Self {
        if self.user_agent.is_none() {
            let mut capper = Capper::new(self.shortened);
            self.user_agent = capper.line(header, Self::MAX_TEXT);
            self.shortened = capper.shortened();
        }
        self
    }
}

/// The disposition that a word stands for, whatever its ASCII case.
pub(crate) fn parse_disposition(word: &str) -> Option<Disposition> {
    [Disposition::Enforce, Disposition::Report]
        .into_iter()
        .find(|one| one.as_str().eq_ignore_ascii_case(word))
}

/// The engine's type as its word, so that a record can be written whatever the engine's features are.
pub(crate) mod disposition {
    use connect_src::Disposition;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "serde's signature"
    )]
    pub(crate) fn serialize<S: Serializer>(
        disposition: &Option<Disposition>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        disposition.map(Disposition::as_str).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Disposition>, D::Error> {
        let word = Option::<String>::deserialize(deserializer)?;
        Ok(word.as_deref().and_then(super::parse_disposition))
    }
}
