//! The examples in the rules' documentation: policies of which the rule has a finding, and policies of which it has none.
//!
//! An example is a fenced block. Its info string says what holds, and what is known of the page:
//!
//! ```text
//! csp fires|passes [meta] [report-only] [report-only-meta] [service-worker] [page=URL] [browser=NAME[@VERSION]] [connects=URL]
//!     [worker=URL] [beside=DIRECTIVE] [repeat=N]
//! ```
//!
//! Each line of the block is a policy, or a header of the response: `Name: value`. With a header all headers are known.
//! `beside` is a page of the same origin whose policy says `'self'` in that directive.

use connect_src::{Api, BrowserProfile, CspList, Destination, Disposition, Policy, Request, Rules};
use url::Url;

use crate::response_headers::ResponseHeaders;
use crate::rule::Rule;
use crate::subject::Subject;

/// An example of a rule.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) fires: bool,
    policies: Vec<Policy>,
    page: Option<Url>,
    browser: Option<Rules>,
    inventory: Option<Vec<Request>>,
    has_service_worker: bool,
    has_report_only_meta: bool,
    headers: Option<ResponseHeaders>,
    siblings: Vec<CspList>,
}

impl Example {
    /// What is linted.
    pub(crate) fn subject(&self) -> Subject<'_> {
        let mut subject = Subject::new(&self.policies);
        if let Some(page) = &self.page {
            subject = subject.on_page(page);
        }
        if let Some(browser) = self.browser {
            subject = subject.for_browsers([browser]);
        }
        if let Some(inventory) = &self.inventory {
            subject = subject.connecting_to(inventory);
        }
        if self.has_service_worker {
            subject = subject.with_service_worker();
        }
        if self.has_report_only_meta {
            subject = subject.with_report_only_meta();
        }
        if let Some(headers) = &self.headers {
            subject = subject.with_response_headers(headers);
        }
        subject = subject.beside(&self.siblings);
        subject
    }

    fn parse(info: &str, text: &str) -> Self {
        let words: Vec<_> = info.split_ascii_whitespace().collect();
        let has = |word: &str| words.contains(&word);
        let value = |key: &str| {
            words
                .iter()
                .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
        };
        let url = |text: &str| Url::parse(text).expect("an example has valid URLs");
        let times = value("repeat").map_or(1, |number| number.parse().expect("a number"));
        let policy = |line: &str| {
            let text = vec![line; times].join(" ");
            if has("meta") {
                Policy::from_meta(text)
            } else if has("report-only") {
                Policy::from_header(text, Disposition::Report)
            } else {
                Policy::from_header(text, Disposition::Enforce)
            }
        };
        let (headers, policies): (Vec<_>, Vec<_>) = text.lines().partition(|line| is_header(line));
        let page = value("page").map(url);
        Self {
            fires: has("fires"),
            policies: policies.into_iter().map(policy).collect(),
            headers: (!headers.is_empty()).then(|| response_headers(&headers, page.as_ref())),
            siblings: value("beside").map(beside).into_iter().collect(),
            page,
            browser: value("browser").map(browser),
            inventory: inventory(value("connects").map(url), value("worker").map(url)),
            has_service_worker: has("service-worker"),
            has_report_only_meta: has("report-only-meta"),
        }
    }
}

/// Whether a line is a header: no directive's name has a colon behind it.
fn is_header(line: &str) -> bool {
    line.split_once(": ")
        .is_some_and(|(name, _)| !name.contains(' '))
}

fn response_headers(lines: &[&str], page: Option<&Url>) -> ResponseHeaders {
    let unknown = Url::parse("https://page.invalid/").expect("this is a URL");
    let headers = lines.iter().filter_map(|line| line.split_once(": "));
    ResponseHeaders::of_response(headers, page.unwrap_or(&unknown))
}

fn beside(directive: &str) -> CspList {
    CspList::from_header(format!("{directive} 'self'"), Disposition::Enforce)
}

fn inventory(connects: Option<Url>, worker: Option<Url>) -> Option<Vec<Request>> {
    let connects = connects.map(|url| Request::connect(Api::implied_by(&url), url));
    let worker = worker.map(|url| Request::new(url, Destination::Worker));
    let inventory: Vec<_> = connects.into_iter().chain(worker).collect();
    (!inventory.is_empty()).then_some(inventory)
}

fn browser(text: &str) -> Rules {
    let (name, version) = text.split_once('@').expect("a browser's version");
    let profile = BrowserProfile::parse(name).expect("a browser");
    profile.at_version(version.parse().expect("a version"))
}

/// The examples of a rule, in their order.
pub(crate) fn examples(rule: &Rule) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut blocks = rule.documentation.split("```csp");
    blocks.next();
    for block in blocks {
        let (info, rest) = block.split_once('\n').expect("an info string");
        let (text, _) = rest.split_once("```").expect("a fenced block ends");
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        examples.push(Example::parse(info, lines.join("\n").trim_end()));
    }
    examples
}
