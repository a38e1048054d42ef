//! The shortest policy that decides the same: every step is proven by a [`Comparison`] in all profiles.

mod pattern;
mod relatives;

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt;

use hashbrown::{HashMap, HashSet};
use url::Url;

use crate::browser_profile::BrowserProfile;
use crate::comparison::{Comparison, Differences, RequestKind, directive_differences};
use crate::csp_list::CspList;
use crate::directive::{DirectiveName, fetch_directive_fallback_list};
use crate::origin::{Origin, TupleOrigin};
use crate::policy::{Disposition, Policy, PolicySource};
use crate::source_expression::{HostSource, Keyword, PortPart, SourceExpression};
use pattern::pattern;
use relatives::Relatives;

/// A shortened policy, and what was done to it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Normalized {
    /// Decides as the given one does.
    pub policy: Policy,
    /// What was left out or rewritten, in this order.
    pub shortenings: Vec<Shortening>,
    /// Whether every source was tried; `false` where one may be covered by too many others to ask.
    pub is_exhaustive: bool,
}

/// One step of [`normalize`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shortening {
    /// A directive after another of its name.
    Duplicate {
        /// Its name.
        directive: String,
    },
    /// A directive that says what its fallback says.
    SameAsFallback {
        /// Its name.
        directive: String,
        /// The directive that decides instead.
        fallback: String,
    },
    /// A source that admits nothing which the others do not admit.
    Redundant {
        /// The directive that it stood in.
        directive: String,
        /// As written.
        source: String,
    },
    /// A source in a shorter form.
    Rewritten {
        /// The directive that it stands in.
        directive: String,
        /// As written before.
        source: String,
        /// As it is now.
        shorter: String,
    },
}

impl fmt::Display for Shortening {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate { directive } => {
                write!(
                    formatter,
                    "left out the second `{directive}`: only the first counts"
                )
            }
            Self::SameAsFallback {
                directive,
                fallback,
            } => write!(
                formatter,
                "left out `{directive}`: `{fallback}` says the same"
            ),
            Self::Redundant { directive, source } => {
                write!(
                    formatter,
                    "left out `{source}` of `{directive}`: it admits nothing that the rest does not"
                )
            }
            Self::Rewritten {
                directive,
                source,
                shorter,
            } => write!(
                formatter,
                "wrote `{shorter}` instead of `{source}` in `{directive}`"
            ),
        }
    }
}

/// Shortens a policy without changing a decision about any request in any profile, be it enforced or report-only.
///
/// `page` is the origin of the pages that get it; `None` stands for all pages. What the engine does not decide about (nonces, hashes,
/// keywords of scripts and styles, directives without URLs, names and keywords that it does not know) stays.
///
/// ```
/// use connect_src::{Disposition, Policy, normalize};
///
/// let text = "default-src 'self'; connect-src 'self' https://*.a.test https://b.a.test:443/";
/// let normalized = normalize(&Policy::from_header(text, Disposition::Enforce), None);
/// assert_eq!(normalized.policy.text(), "default-src 'self'; connect-src 'self' https://*.a.test");
/// ```
pub fn normalize(policy: &Policy, page: Option<&Origin>) -> Normalized {
    let mut draft = Draft::of(policy, page);
    let unchanged = Normalized {
        policy: policy.clone(),
        shortenings: Vec::new(),
        is_exhaustive: true,
    };
    // Where even the spaces matter (a control character, for one), nothing is safe.
    if !draft.is_equivalent(&draft.directives) {
        return unchanged;
    }
    draft.drop_duplicates();
    for index in 0..draft.directives.len() {
        draft.shorten(index);
    }
    draft.drop_fallbacks();
    Normalized {
        policy: draft.policy(&draft.directives),
        shortenings: draft.shortenings,
        is_exhaustive: draft.is_exhaustive,
    }
}

/// A directive as its words.
#[derive(Clone, Debug)]
struct Words {
    name: String,
    known: Option<DirectiveName>,
    words: Vec<String>,
}

impl Words {
    fn clone_without_words(&self) -> Self {
        Self {
            name: self.name.clone(),
            known: self.known,
            words: Vec::new(),
        }
    }

    /// Whether a word may go if no URL shows that it is gone.
    fn may_lose(&self, word: &str) -> bool {
        match SourceExpression::parse(word) {
            SourceExpression::Scheme(_)
            | SourceExpression::Host(_)
            | SourceExpression::Keyword(Keyword::SelfOrigin | Keyword::None) => true,
            // A word in quotes may mean something to a newer browser.
            SourceExpression::Unrecognized(_) => !word.starts_with('\''),
            _ => !self.may_be_about_code(),
        }
    }

    /// Whether nonces, hashes and keywords mean something in the list, or in one that falls back to it.
    fn may_be_about_code(&self) -> bool {
        use DirectiveName as D;
        !matches!(
            self.known,
            Some(
                D::FontSrc | D::ImgSrc | D::ManifestSrc | D::MediaSrc | D::ObjectSrc | D::FrameSrc
            )
        )
    }
}

struct Draft {
    original: CspList,
    disposition: Disposition,
    source: PolicySource,
    pages: Vec<Origin>,
    directives: Vec<Words>,
    shortenings: Vec<Shortening>,
    is_exhaustive: bool,
    /// Answers about words and their relatives, by their patterns.
    known: RefCell<HashMap<String, bool>>,
}

impl Draft {
    fn of(policy: &Policy, page: Option<&Origin>) -> Self {
        let words = |directive: crate::policy::Directive<'_>| Words {
            name: directive.name().to_ascii_lowercase(),
            known: directive.known_name(),
            words: directive
                .value()
                .split_ascii_whitespace()
                .map(String::from)
                .collect(),
        };
        Self {
            original: [enforced(policy.source(), policy.text())]
                .into_iter()
                .collect(),
            disposition: policy.disposition(),
            source: policy.source(),
            pages: page.map_or_else(every_kind_of_page, |page| alloc::vec![page.clone()]),
            directives: policy.directives().map(words).collect(),
            shortenings: Vec::new(),
            is_exhaustive: true,
            known: RefCell::default(),
        }
    }

    fn policy(&self, directives: &[Words]) -> Policy {
        match self.source {
            PolicySource::Header => Policy::from_header(text(directives), self.disposition),
            PolicySource::Meta => Policy::from_meta(text(directives)),
        }
    }

    fn is_equivalent(&self, directives: &[Words]) -> bool {
        let other = enforced(self.source, &text(directives));
        self.is_alike(&self.original, &[other].into_iter().collect())
    }

    /// Whether they decide alike for every page in every profile. The first pair tells most that differ.
    fn is_alike(&self, old: &CspList, new: &CspList) -> bool {
        let mut pairs = self.pages.iter().flat_map(|page| {
            let profiles = BrowserProfile::ALL.into_iter();
            profiles.map(move |profile| (page, profile))
        });
        pairs.all(|(page, profile)| decides_alike(old, new, page, profile))
    }

    fn accept(&mut self, directives: Vec<Words>, shortening: Shortening) -> bool {
        let is_accepted = self.is_equivalent(&directives);
        if is_accepted {
            self.directives = directives;
            self.shortenings.push(shortening);
        }
        is_accepted
    }

    fn drop_duplicates(&mut self) {
        let mut index = 0;
        while index < self.directives.len() {
            let name = &self.directives[index].name;
            let mut earlier = self.directives[..index].iter();
            let is_plain = |one: &&Words| {
                let mut bytes = one.words.iter().flat_map(|word| word.bytes());
                bytes.all(|byte| byte.is_ascii_graphic())
            };
            let is_duplicate = earlier
                .find(|one| one.name == *name)
                .as_ref()
                .is_some_and(is_plain);
            let mut without = self.directives.clone();
            let removed = without.remove(index);
            let shortening = Shortening::Duplicate {
                directive: removed.name,
            };
            if !(is_duplicate && self.accept(without, shortening)) {
                index += 1;
            }
        }
    }

    fn shorten(&mut self, index: usize) {
        let directive = self.directives[index].clone();
        if !directive.known.is_some_and(DirectiveName::has_source_list) {
            return;
        }
        let page = match &self.pages[..] {
            [page] => page.as_tuple(),
            _ => None,
        };
        let self_host = page.map(TupleOrigin::host);
        let mut list = Relatives::of(&directive.words, self_host);
        let mut shortenings = Vec::new();
        for word in (0..directive.words.len()).rev() {
            let step = self.drop_word(&directive, &mut list, word);
            let step = step.or_else(|| self.rewrite_word(&directive, &mut list, word));
            shortenings.extend(step);
        }
        self.is_exhaustive &= list.is_exhaustive;
        let mut shortened = self.directives.clone();
        shortened[index].words = list.into_words();
        // Each step was proven among the words that it may concern. This proves them all together.
        if !shortenings.is_empty() && self.is_equivalent(&shortened) {
            self.directives = shortened;
            self.shortenings.extend(shortenings);
        }
    }

    fn drop_word(
        &self,
        directive: &Words,
        list: &mut Relatives,
        index: usize,
    ) -> Option<Shortening> {
        let word = list.word(index)?.to_owned();
        if list.count() < 2 || !directive.may_lose(&word) {
            return None;
        }
        if !list.is_repetition(index) {
            let around = list.around(index)?;
            let (with, without) = (around.with(Some(&word)), around.with(None));
            if !self.is_same_step(directive, &word, [&with, &without]) {
                return None;
            }
        }
        list.replace(index, None);
        Some(Shortening::Redundant {
            directive: directive.name.clone(),
            source: word,
        })
    }

    fn rewrite_word(
        &self,
        directive: &Words,
        list: &mut Relatives,
        index: usize,
    ) -> Option<Shortening> {
        let source = list.word(index)?.to_owned();
        let forms = shorter_forms(&source);
        if forms.is_empty() {
            return None;
        }
        let around = list.around(index)?;
        let before = around.with(Some(&source));
        let is_same = |form: &String| {
            self.is_same_step(directive, &source, [&before, &around.with(Some(form))])
        };
        let shorter = forms.into_iter().find(is_same)?;
        list.replace(index, Some(shorter.clone()));
        Some(Shortening::Rewritten {
            directive: directive.name.clone(),
            source,
            shorter,
        })
    }

    /// Whether a directive decides alike before and after a step with one of its words.
    fn is_same_step(&self, directive: &Words, word: &str, [old, new]: [&[&str]; 2]) -> bool {
        let pattern = pattern(&directive.name, word, [old, new], &self.pages);
        let known = self.known.borrow().get(&pattern).copied();
        known.unwrap_or_else(|| {
            let is_same = self.is_same_list(directive, old, new);
            self.known.borrow_mut().insert(pattern, is_same);
            is_same
        })
    }

    /// Whether a directive decides alike with other words, alone but for the sandbox that may take the page's origin away.
    fn is_same_list(&self, directive: &Words, old: &[&str], new: &[&str]) -> bool {
        let sandboxes = self.directives.iter();
        let sandboxes = sandboxes.filter(|one| one.known == Some(DirectiveName::Sandbox));
        let sandboxes: Vec<Words> = sandboxes.cloned().collect();
        let list = |words: &[&str]| -> CspList {
            let words = words.iter().map(|word| String::from(*word)).collect();
            let one = Words {
                words,
                ..directive.clone_without_words()
            };
            let all: Vec<Words> = sandboxes.iter().cloned().chain([one]).collect();
            [enforced(self.source, &text(&all))].into_iter().collect()
        };
        self.is_alike(&list(old), &list(new))
    }

    fn drop_fallbacks(&mut self) {
        let mut index = 0;
        while index < self.directives.len() {
            let Some(fallback) = self.equal_fallback(index) else {
                index += 1;
                continue;
            };
            let mut without = self.directives.clone();
            let directive = without.remove(index).name;
            let shortening = Shortening::SameAsFallback {
                directive,
                fallback,
            };
            if !self.accept(without, shortening) {
                index += 1;
            }
        }
    }

    /// The closest directive that this one's requests fall back to, if it has the same words.
    fn equal_fallback<'d>(&'d self, index: usize) -> Option<String> {
        let directive = &self.directives[index];
        let names = fetch_directive_fallback_list(directive.known?);
        let mut names = names.iter().skip(1);
        let fallback = names.find_map(|name| {
            let mut all = self.directives.iter();
            all.find(|one| one.known == Some(*name))
        })?;
        let words = |one: &'d Words| -> HashSet<&'d String> { one.words.iter().collect() };
        (words(directive) == words(fallback)).then(|| fallback.name.clone())
    }
}

fn decides_alike(old: &CspList, new: &CspList, page: &Origin, profile: BrowserProfile) -> bool {
    let comparison = Comparison::of(old, new, page, profile);
    let mut survey = comparison.survey();
    let is_alike =
        |differences: &Differences| differences.found.is_empty() && differences.is_exhaustive;
    let mut kinds = RequestKind::all();
    if !kinds.all(|kind| is_alike(survey.differences(kind))) {
        return false;
    }
    let directives = [
        DirectiveName::FormAction,
        DirectiveName::BaseUri,
        DirectiveName::FrameAncestors,
        DirectiveName::NavigateTo,
    ];
    directives
        .into_iter()
        .all(|name| is_alike(&directive_differences(old, new, name, page, profile)))
}

/// The policy as if it were enforced, so that its decisions show.
fn enforced(source: PolicySource, text: &str) -> Policy {
    match source {
        PolicySource::Header => Policy::from_header(text, Disposition::Enforce),
        PolicySource::Meta => Policy::from_meta(text),
    }
}

fn text(directives: &[Words]) -> String {
    let mut text = String::new();
    for directive in directives {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&directive.name);
        for word in &directive.words {
            text.push(' ');
            text.push_str(word);
        }
    }
    text
}

/// Shorter forms of a source, the shortest first. Whether they mean the same is for the comparison to say.
fn shorter_forms(source: &str) -> Vec<String> {
    use alloc::string::ToString as _;
    let SourceExpression::Host(host) = SourceExpression::parse(source) else {
        let plain = source.to_ascii_lowercase();
        let is_about_urls = matches!(
            SourceExpression::parse(source),
            SourceExpression::Scheme(_) | SourceExpression::Keyword(Keyword::SelfOrigin)
        );
        return if is_about_urls && plain != source {
            alloc::vec![plain]
        } else {
            Vec::new()
        };
    };
    let bare = HostSource {
        path: if host.path == "/" { "" } else { host.path },
        port: host.port.filter(|port| !is_default(host.scheme, *port)),
        ..host
    };
    let mut forms: Vec<String> = [
        bare,
        HostSource {
            port: bare.port,
            ..host
        },
        HostSource {
            path: bare.path,
            ..host
        },
        host,
    ]
    .iter()
    .flat_map(|form| [lower(form), form.to_string()])
    .collect();
    forms.retain(|form| form.len() < source.len() || *form == source.to_ascii_lowercase());
    forms.retain(|form| form != source);
    forms.dedup();
    forms
}

fn is_default(scheme: Option<&str>, port: PortPart) -> bool {
    let is = |known: &str| scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(known));
    match port {
        PortPart::Number(443) => is("https") || is("wss"),
        PortPart::Number(80) => is("http") || is("ws"),
        _ => false,
    }
}

/// Scheme and host in lower case, the path as it is.
fn lower(form: &HostSource<'_>) -> String {
    use alloc::string::ToString as _;
    let mut text = HostSource { path: "", ..*form }.to_string();
    text.make_ascii_lowercase();
    text + form.path
}

/// Pages that make the differences that a page can make: its scheme, its port, a name or an address, no origin at all.
fn every_kind_of_page() -> Vec<Origin> {
    const PAGES: [&str; 8] = [
        "https://page.invalid/",
        "http://page.invalid/",
        "https://page.invalid:8443/",
        "http://page.invalid:8080/",
        "https://192.0.2.7/",
        "http://192.0.2.7/",
        "any-extension://page/",
        "data:,page",
    ];
    let parse = |text: &str| Origin::of(&Url::parse(text).expect("this is a URL"));
    PAGES.into_iter().map(parse).collect()
}
