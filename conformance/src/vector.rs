//! One recorded decision, and how the engine is asked for its own.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use connect_src::{
    Api, BrowserProfile, CheckResult, CspList, Destination, Disposition, Origin, Policy, Request,
    Rules,
};
use flate2::read::GzDecoder;
use serde::Deserialize;
use url::Url;

/// A row of `vectors/*.jsonl.gz`. The fields are described in `record/README.md`.
#[derive(Clone, Debug, Deserialize)]
pub struct Vector {
    /// The stable name of the row.
    pub id: String,
    /// The page that connects.
    pub origin: String,
    /// How the policy was delivered.
    pub mode: Delivery,
    /// The header's value, or the `content` of the `<meta>`.
    pub policy: String,
    /// How `policy` became the header's bytes: UTF-8, or Latin-1 where the row says so.
    #[serde(default)]
    pub encoding: Encoding,
    /// The policy that came in a header beside the `<meta>`.
    pub header_policy: Option<String>,
    /// Where the `<meta>` stood, if not in the head before the request.
    pub meta_at: Option<MetaAt>,
    /// The kind of document, if not a plain page.
    pub context: Option<Context>,
    /// The recorder's name of the API.
    pub api: String,
    /// The URL that the script gave to the API.
    pub url: String,
    /// Where the server redirected.
    pub redirect_to: Option<String>,
    /// What Chromium did; `None` when it gave no answer.
    pub chromium: Option<CheckResult>,
    /// What Firefox did.
    pub firefox: Option<CheckResult>,
    /// What WebKit did.
    pub webkit: Option<CheckResult>,
}

/// How the policy of a [`Vector`] was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// In a report-only header.
    Report,
    /// In an enforced header.
    Enforce,
    /// In a `<meta>` element.
    Meta,
}

/// Where a `<meta>` stood, or what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetaAt {
    /// In the body, where it is ignored.
    Body,
    /// Behind the script that made the request.
    AfterRequest,
    /// A script put it into the head.
    Inserted,
    /// It was removed before the request.
    Removed,
    /// Its content was emptied before the request.
    Emptied,
}

/// The kind of document that connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// A page whose policy sandboxes it.
    Sandbox,
    /// A frame with `srcdoc`, which inherits the policy.
    Srcdoc,
    /// A frame on about:blank, which inherits the policy.
    AboutBlank,
}

/// The encoding of a header's value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// The default.
    #[default]
    Utf8,
    /// One byte for each of the first 256 characters.
    Latin1,
}

impl Vector {
    /// The recorded answer of a browser.
    pub fn recorded(&self, profile: BrowserProfile) -> Option<CheckResult> {
        match profile {
            BrowserProfile::Standard => None,
            BrowserProfile::Chromium => self.chromium,
            BrowserProfile::Firefox => self.firefox,
            BrowserProfile::WebKit => self.webkit,
        }
    }

    /// How the policy was delivered, in every respect.
    pub fn delivery(&self) -> impl Eq + std::hash::Hash + '_ {
        (
            self.mode,
            self.encoding,
            self.header_policy.as_deref(),
            self.meta_at,
            self.context,
        )
    }

    /// The recording that the row is from.
    pub fn recording(&self) -> &str {
        self.id.rsplit_once('-').map_or("vectors", |(name, _)| name)
    }

    /// The rows that belong together: recording, delivery and API.
    pub fn group(&self) -> String {
        let recording = self.recording();
        let redirected = if self.redirect_to.is_some() {
            "-redirected"
        } else {
            ""
        };
        format!("{recording}::{:?}::{}{redirected}", self.mode, self.api).to_ascii_lowercase()
    }

    /// The policies as the page got them. A report-only policy is decided as if it were enforced: the
    /// recording says what it would have blocked.
    pub fn csp_list(&self) -> CspList {
        match self.mode {
            Delivery::Report | Delivery::Enforce => {
                CspList::from_header(self.header(), Disposition::Enforce)
            }
            Delivery::Meta => {
                let header = self.header_policy.as_deref().unwrap_or_default();
                let mut list = CspList::from_header(header, Disposition::Enforce);
                if !matches!(self.meta_at, Some(MetaAt::Body | MetaAt::AfterRequest)) {
                    // HTML normalizes newlines before there is an element.
                    let content = self.policy.replace("\r\n", "\n").replace('\r', "\n");
                    list.push(Policy::from_meta(content));
                }
                list
            }
        }
    }

    fn header(&self) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => self.policy.clone().into_bytes(),
            Encoding::Latin1 => self.policy.chars().map(|one| one as u8).collect(),
        }
    }

    /// The origin that `'self'` stands for: the page's, but WebKit takes a sandboxed page's opaque one.
    ///
    /// # Panics
    ///
    /// When the row's `origin` is no URL: the recording is broken.
    pub fn self_origin(&self, profile: BrowserProfile) -> Origin {
        if profile == BrowserProfile::WebKit && self.context == Some(Context::Sandbox) {
            return Origin::Opaque;
        }
        Origin::of(&self.parse(&self.origin))
    }

    /// The request that the page made.
    ///
    /// # Panics
    ///
    /// When a URL of the row is none, or the API is unknown: the recording is broken.
    pub fn request(&self) -> Request {
        let url = self.parse(&self.url);
        let request = match self.api.as_str() {
            "worker_fetch" => Request::connect(Api::Fetch, url).from_worker(),
            "preload_fetch" => Request::new(url, Destination::Empty),
            "preload_image" => Request::new(url, Destination::Image),
            "modulepreload" => Request::new(url, Destination::Script),
            name => {
                let api = Api::parse(name).unwrap_or_else(|| panic!("{}: API {name}?", self.id));
                Request::connect(api, url)
            }
        };
        match &self.redirect_to {
            Some(redirect) => request.redirected_to(self.parse(redirect)),
            None => request,
        }
    }

    /// The engine's answer.
    pub fn decide(&self, rules: impl Into<Rules>) -> CheckResult {
        let rules = rules.into();
        let self_origin = self.self_origin(rules.profile());
        self.csp_list()
            .should_request_be_blocked(&self.request(), &self_origin, rules)
    }

    fn parse(&self, url: &str) -> Url {
        Url::parse(url).unwrap_or_else(|error| panic!("{}: {url}: {error}", self.id))
    }
}

/// All recordings, in the order of their file names.
///
/// # Errors
///
/// When a file cannot be read or a line is no row.
pub fn load() -> io::Result<Vec<Vector>> {
    let mut rows = Vec::new();
    for path in recordings()? {
        let file = BufReader::new(GzDecoder::new(File::open(&path)?));
        #[expect(
            clippy::disallowed_methods,
            reason = "files of this repository, not from outside"
        )]
        let lines = file.lines();
        for (index, line) in lines.enumerate() {
            let row = serde_json::from_str(&line?).map_err(|error| {
                io::Error::other(format!("{}:{}: {error}", path.display(), index + 1))
            })?;
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The files under `vectors/`.
fn recordings() -> io::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut paths = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "gz") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
