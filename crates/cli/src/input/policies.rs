//! The policies to decide by, and where each of them came from.

use connect_src::CspList;
use url::Url;

use super::capped::MAX_POLICY_BYTES;
use super::file::Input;
use super::policy_text::{self, PolicyText};
use super::page;
use crate::args::PolicyArgument;
use crate::error::Error;
use crate::output::Prose;
use crate::output::sanitize::sanitize;

/// Policies, with their places.
#[derive(Debug)]
pub(crate) struct Policies {
    pub(crate) list: CspList,
    /// Where each policy of the list came from.
    pub(crate) provenances: Vec<Provenance>,
    /// The page, after redirects if it was fetched.
    pub(crate) page: Option<Url>,
    /// What a reader of the decisions should know.
    pub(crate) notes: Vec<Prose>,
}

/// Where a policy came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provenance {
    /// The file or page; `None` for the command line.
    pub(crate) place: Option<String>,
    pub(crate) line: Option<usize>,
    /// The header or element that delivered it, where it is known.
    pub(crate) carrier: Option<&'static str>,
}

impl Provenance {
    /// In a few words: `headers.txt:3`, `<meta> of https://app.example.com/`.
    pub(crate) fn name(&self) -> Option<String> {
        let place = match (&self.place, self.line) {
            (Some(place), Some(line)) => Some(format!("{place}:{line}")),
            (place, _) => place.clone(),
        };
        match (self.carrier, place) {
            (Some(carrier), Some(place)) => Some(format!("{carrier} of {place}")),
            (Some(carrier), None) => Some(carrier.to_owned()),
            (None, place) => place,
        }
    }
}

impl Policies {
    /// Reads what the argument names, or fetches the page where there is none.
    pub(crate) fn read(policy: &PolicyArgument, page: Option<Url>) -> Result<Self, Error> {
        match policy {
            PolicyArgument::Text(text) => Self::of_text(text, page),
            PolicyArgument::Input(input) => Self::of_input(input, page),
            PolicyArgument::OfPage(url) => Self::of_page(url),
        }
    }

    fn of_text(text: &str, page: Option<Url>) -> Result<Self, Error> {
        let policies = Self::new(policy_text::read(text.as_bytes()), None, page);
        if policies.list.policies().is_empty() && !text.trim_ascii().is_empty() {
            return Err(Error::new(format!(
                "expected a policy such as \"connect-src 'self'\", found \"{}\"; a file is named with @",
                sanitize(text)
            )));
        }
        Ok(policies)
    }

    fn of_input(input: &Input, page: Option<Url>) -> Result<Self, Error> {
        let text = policy_text::read(&input.read(MAX_POLICY_BYTES)?);
        let looked_at = text.looked_at;
        let policies = Self::new(text, Some(input.name()), page);
        let mut known = policies.list.policies().iter().flat_map(|policy| policy.directives());
        if !known.any(|directive| directive.known_name().is_some()) {
            return Err(Error::new(format!(
                "{}: expected a policy, found none in {looked_at}; a policy file is the value of a header, \
                 header lines, a dump of curl -sI, or HTML",
                input.name()
            )));
        }
        Ok(policies)
    }

    fn of_page(url: &Url) -> Result<Self, Error> {
        let page = page::fetch(url)?;
        let place = sanitize(page.url.as_str()).into_owned();
        Ok(Self::new(page.text, Some(place), Some(page.url)))
    }

    fn new(text: PolicyText, place: Option<String>, page: Option<Url>) -> Self {
        let mut policies = Self {
            list: CspList::new(),
            provenances: Vec::new(),
            page,
            notes: text.notes,
        };
        for delivered in text.policies {
            let provenance = Provenance {
                place: place.clone(),
                line: delivered.line.filter(|_| place.is_some()),
                carrier: delivered.by.name(),
            };
            for policy in delivered.policies() {
                policies.list.push(policy);
                policies.provenances.push(provenance.clone());
            }
        }
        policies
    }
}
