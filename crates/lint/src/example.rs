//! The examples in the rules' documentation: policies of which the rule has a finding, and policies of which it has none.
//!
//! An example is a fenced block. Its info string says what holds, and what is known of the page:
//!
//! ```text
//! csp fires|passes [meta] [report-only] [service-worker] [page=URL] [browser=NAME[@VERSION]] [connects=URL] [repeat=N]
//! ```
//!
//! Each line of the block is a policy.

use connect_src::{Api, BrowserProfile, Disposition, Policy, Request, Rules};
use url::Url;

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
        Self {
            fires: has("fires"),
            policies: text.lines().map(policy).collect(),
            page: value("page").map(url),
            browser: value("browser").map(browser),
            inventory: value("connects").map(|text| {
                let url = url(text);
                vec![Request::connect(Api::implied_by(&url), url)]
            }),
            has_service_worker: has("service-worker"),
        }
    }
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
