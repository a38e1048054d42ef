//! The policies to decide by, and where each of them came from.

use connect_src::{CspList, Directive, ParseNote, Policy};
use url::Url;

use super::capped::MAX_POLICY_BYTES;
use super::delivered::{Delivered, Delivery};
use super::file::Input;
use super::page;
use super::policy_text::{self, PolicyText};
use super::sent_headers::SentHeaders;
use crate::args::PolicyArgument;
use crate::error::Error;
use crate::output::sanitize::sanitize;
use crate::output::{Prose, code, prose::prose};

/// Policies, with their places.
#[derive(Debug)]
pub(crate) struct Policies {
    pub(crate) list: CspList,
    /// Where each policy of the list came from.
    pub(crate) provenances: Vec<Provenance>,
    /// Policies that browsers drop whole, which the linter tells about.
    pub(crate) dropped: Vec<(Policy, Provenance)>,
    /// The page, after redirects if it was fetched.
    pub(crate) page: Option<Url>,
    /// Whether they are what the page delivers.
    pub(crate) is_of_page: bool,
    /// What a reader of the decisions should know.
    pub(crate) notes: Vec<Prose>,
    /// The headers that came with them.
    pub(crate) headers: SentHeaders,
    /// Whether the page has a report-only `<meta>`, which browsers ignore.
    pub(crate) has_report_only_meta: bool,
    /// Whether there is a directive at all, be it one that browsers drop.
    pub(crate) has_directive: bool,
    has_known_directive: bool,
}

/// A dropped policy leaves no more notes than this.
const MOST_NOTES: usize = 10;

/// Where a policy came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provenance {
    /// The file or page; `None` for the command line.
    pub(crate) place: Option<String>,
    /// Whether the place is the page, which a reader sees anyway.
    pub(crate) is_page: bool,
    pub(crate) line: Option<usize>,
    /// The header or element that delivered it, where it is known.
    pub(crate) carrier: Option<&'static str>,
}

impl Provenance {
    /// In a few words: `Content-Security-Policy of headers.txt:3`, `<meta> in line 7`.
    pub(crate) fn name(&self) -> Option<String> {
        let place = match (&self.place, self.line) {
            (Some(_), Some(line)) if self.is_page => {
                return self
                    .carrier
                    .map(|carrier| format!("{carrier} in line {line}"));
            }
            (Some(place), Some(line)) => Some(format!("{place}:{line}")),
            (place, _) => place.clone().filter(|_| !self.is_page),
        };
        match (self.carrier, place) {
            (Some(carrier), Some(place)) => Some(format!("{carrier} of {place}")),
            (Some(carrier), None) => Some(carrier.to_owned()),
            (None, place) => place,
        }
    }
}

impl Policies {
    /// Reads what the argument names, or fetches the page where there is none. Fails for a file without a policy.
    pub(crate) fn read(policy: &PolicyArgument, page: Option<Url>) -> Result<Self, Error> {
        match policy {
            PolicyArgument::Text(text) => Self::of_text(text, page),
            PolicyArgument::Input(input) => {
                let (policies, looked_at) = Self::of_input(input, page)?;
                policies.unless_none(input, looked_at)
            }
            PolicyArgument::OfPage(url) => Self::of_page(url),
        }
    }

    /// Reads it as [`read`](Self::read) does. A whole response may also have no policy.
    pub(crate) fn read_response(policy: &PolicyArgument, page: Option<Url>) -> Result<Self, Error> {
        let PolicyArgument::Input(input) = policy else {
            return Self::read(policy, page);
        };
        let (policies, looked_at) = Self::of_input(input, page)?;
        if policies.headers.is_whole() {
            return Ok(policies);
        }
        policies.unless_none(input, looked_at)
    }

    fn of_text(text: &str, page: Option<Url>) -> Result<Self, Error> {
        let policies = Self::new(policy_text::read(text.as_bytes()), None, page);
        if !policies.has_directive && !text.trim_ascii().is_empty() {
            return Err(Error::new(format!(
                "expected a policy such as \"connect-src 'self'\", found \"{}\"; a file is named with @",
                sanitize(text)
            )));
        }
        Ok(policies)
    }

    /// What is in a file, and where policies were looked for.
    fn of_input(input: &Input, page: Option<Url>) -> Result<(Self, &'static str), Error> {
        let text = policy_text::read(&input.read(MAX_POLICY_BYTES)?);
        let looked_at = text.looked_at;
        Ok((Self::new(text, Some(&input.name()), page), looked_at))
    }

    fn unless_none(self, input: &Input, looked_at: &str) -> Result<Self, Error> {
        if self.has_known_directive {
            return Ok(self);
        }
        Err(Error::new(format!(
            "{}: expected a policy, found none in {looked_at}; a policy file is the value of a header, \
             header lines, a dump of curl -sI, HTML, _headers, vercel.json, tauri.conf.json or manifest.json",
            input.name()
        )))
    }

    fn of_page(url: &Url) -> Result<Self, Error> {
        let page = page::fetch(url)?;
        let place = sanitize(page.url.as_str()).into_owned();
        let mut policies = Self::new(page.text, Some(&place), Some(page.url));
        policies.is_of_page = true;
        for provenance in &mut policies.provenances {
            provenance.is_page = true;
        }
        Ok(policies)
    }

    /// The policies of a document's `<meta>` elements, each with its line.
    pub(crate) fn of_document<'p>(
        document: &str,
        policies: impl IntoIterator<Item = (&'p str, usize)>,
        page: Option<Url>,
    ) -> Self {
        let delivered = policies.into_iter().map(|(text, line)| Delivered {
            value: text.as_bytes().to_vec(),
            by: Delivery::Meta,
            line: Some(line),
        });
        let text = PolicyText {
            policies: delivered.collect(),
            ..PolicyText::default()
        };
        Self::new(text, Some(document), page)
    }

    /// Adds a policy. One that browsers drop leaves only notes.
    fn add(&mut self, policy: Policy, provenance: Provenance) {
        let is_known = |directive: Directive<'_>| directive.known_name().is_some();
        self.has_directive |= policy.directives().len() > 0;
        self.has_known_directive |= policy.directives().any(is_known);
        if policy.is_empty() {
            let text = policy.text();
            let note = |note: ParseNote| {
                prose![code(&text[note.span.range()]), ": ", note.kind.to_string()]
            };
            self.notes
                .extend(policy.notes().into_iter().take(MOST_NOTES).map(note));
            if policy.directives().len() > 0 {
                self.dropped.push((policy, provenance));
            }
        } else {
            self.list.push(policy);
            self.provenances.push(provenance);
        }
    }

    fn new(text: PolicyText, place: Option<&str>, page: Option<Url>) -> Self {
        let mut policies = Self {
            list: CspList::new(),
            provenances: Vec::new(),
            dropped: Vec::new(),
            page,
            is_of_page: false,
            has_directive: false,
            has_known_directive: false,
            notes: text.notes,
            headers: text.headers,
            has_report_only_meta: text.has_report_only_meta,
        };
        for delivered in text.policies {
            let provenance = Provenance {
                place: place.map(str::to_owned),
                is_page: false,
                line: delivered.line.filter(|_| place.is_some()),
                carrier: delivered.by.name(),
            };
            for policy in delivered.policies() {
                policies.add(policy, provenance.clone());
            }
        }
        policies
    }
}
