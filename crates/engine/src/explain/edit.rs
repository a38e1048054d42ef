//! The smallest edit of a policy that allows one request.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use url::{Host, Url};

use super::governing_directive;
use crate::browser_profile::Rules;
use crate::check;
use crate::directive::{DirectiveName, effective_directive};
use crate::matching::is_path_byte;
use crate::origin::Origin;
use crate::policy::{Directive, Policy};
use crate::request::{Hop, Mode, Request};
use crate::source_expression::{Keyword, SourceExpression};
use crate::span::Span;

/// A change of a policy's text that makes it allow a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Edit {
    /// What is replaced; empty where text is only inserted.
    pub span: Span,
    /// What is put there.
    pub replacement: String,
    /// The source that is added, or several with spaces between them when redirects need them.
    pub source: String,
    /// The directive that gets it.
    pub directive: DirectiveName,
    /// Whether the source admits nothing but this URL (with any query). It admits more when the path ends
    /// in `/`, cannot be written in a source list, or came by a redirect, and for data: and blob: URLs.
    pub is_exact: bool,
    /// The whole policy after the edit.
    pub policy: String,
}

/// Why no edit is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum NoEdit {
    /// The policy allows the request as it is.
    NotNeeded,
    /// No source expression stands for this URL alone: its host is an IPv6 address, or the
    /// rules match no IP address at all.
    NoSourceForHost,
    /// Adding a source would not help: something other than the list of sources decides.
    NotByUrl,
}

impl fmt::Display for NoEdit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotNeeded => "the policy allows it",
            Self::NoSourceForHost => "no source can name this host; give it a host name",
            Self::NotByUrl => "no source would help: the list is not what decides here",
        })
    }
}

/// Finds the smallest edit of the policy after which the request violates it under none of the rules.
///
/// It adds the narrowest source that can be written: scheme, host, port and path of the URL. Where
/// `default-src` stood in for another directive, that directive is written out with the same sources, so that
/// nothing else is opened. The result is verified by deciding again.
///
/// ```
/// use connect_src::{Api, BrowserProfile, Disposition, Origin, Policy, Request, smallest_edit};
/// use url::Url;
///
/// let policy = Policy::from_header("default-src 'self'; img-src *", Disposition::Enforce);
/// let page = Origin::of(&Url::parse("https://app.example.com/")?);
/// let request = Request::connect(Api::Fetch, Url::parse("https://api.example.com/v1/items?id=1")?);
/// let rules = BrowserProfile::BROWSERS.map(Into::into);
/// let edit = smallest_edit(&policy, &request, &page, &rules).unwrap();
/// assert_eq!(
///     edit.policy,
///     "default-src 'self'; connect-src 'self' https://api.example.com/v1/items; img-src *",
/// );
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn smallest_edit(
    policy: &Policy,
    request: &Request,
    self_origin: &Origin,
    rules: &[Rules],
) -> Result<Edit, NoEdit> {
    let wanted = Wanted {
        policy,
        request,
        self_origin,
        rules,
    };
    if wanted.is_allowed_by(policy) {
        return Err(NoEdit::NotNeeded);
    }
    let blocking = rules
        .iter()
        .copied()
        .find(|rules| !wanted.is_allowed_under(policy, *rules));
    let blocking = blocking.ok_or(NoEdit::NotNeeded)?;
    let mut has_source = false;
    for candidate in wanted.candidates() {
        has_source = true;
        for place in wanted.places(&candidate, blocking) {
            if let Some(edit) = wanted.verified(place, &candidate) {
                return Ok(edit);
            }
        }
    }
    Err(if has_source {
        NoEdit::NotByUrl
    } else {
        NoEdit::NoSourceForHost
    })
}

/// What an edit must achieve.
struct Wanted<'a> {
    policy: &'a Policy,
    request: &'a Request,
    self_origin: &'a Origin,
    rules: &'a [Rules],
}

/// Sources to add.
struct Candidate {
    source: String,
    is_exact: bool,
}

/// A text to put somewhere into the policy.
struct Place {
    span: Span,
    replacement: String,
    directive: DirectiveName,
}

impl Wanted<'_> {
    fn is_allowed_by(&self, policy: &Policy) -> bool {
        self.rules
            .iter()
            .all(|rules| self.is_allowed_under(policy, *rules))
    }

    fn is_allowed_under(&self, policy: &Policy, rules: Rules) -> bool {
        !self.violated_hops(policy, rules).any(|_| true)
    }

    fn violated_hops(&self, policy: &Policy, rules: Rules) -> impl Iterator<Item = Hop<'_>> {
        let hops = self.request.hops();
        hops.filter(move |hop| check::violates(self.request, *hop, policy, self.self_origin, rules))
    }

    /// Sources that might do, the narrowest first.
    fn candidates(&self) -> Vec<Candidate> {
        if self.request.mode == Mode::WebTransport && self.request.has_webtransport_hashes {
            let source = String::from(Keyword::UnsafeWebTransportHashes.as_str());
            return alloc::vec![Candidate {
                source,
                is_exact: false
            }];
        }
        let hops: Vec<_> = self
            .request
            .hops()
            .filter(|hop| {
                let is_violated = |rules: &Rules| {
                    check::violates(self.request, *hop, self.policy, self.self_origin, *rules)
                };
                self.rules.iter().any(is_violated)
            })
            .collect();
        [true, false]
            .into_iter()
            .filter_map(|with_path| candidate(&hops, with_path))
            .collect()
    }

    /// Where the sources might go, the most readable place first.
    fn places(&self, candidate: &Candidate, rules: Rules) -> Vec<Place> {
        let Some(directive) = governing_directive(self.policy, self.request, rules) else {
            return Vec::new();
        };
        let governing = directive.known_name().unwrap_or(DirectiveName::DefaultSrc);
        let effective = effective_directive(self.request, rules).unwrap_or(governing);
        if governing == effective {
            return alloc::vec![appended(directive, governing, candidate)];
        }
        let written_out = self.written_out(directive, effective, candidate);
        let end = directive.span().end;
        alloc::vec![
            Place {
                span: Span { start: end, end },
                replacement: alloc::format!("; {written_out}"),
                directive: effective,
            },
            Place {
                span: Span { start: 0, end: 0 },
                replacement: alloc::format!("{written_out}; "),
                directive: effective,
            },
        ]
    }

    /// The effective directive with the sources of its fallback and the new ones. A source that some browser
    /// switches off in the fallback is left out, so that it is not opened there.
    fn written_out(
        &self,
        fallback: Directive<'_>,
        effective: DirectiveName,
        candidate: &Candidate,
    ) -> String {
        let list = fallback.source_list();
        let is_live = |index: usize, source: &str| {
            self.rules.iter().all(|rules| {
                let name = list.directive_name();
                let expression = SourceExpression::parse_as(source, name, *rules);
                !list.silence(*rules).covers(index, &expression)
            })
        };
        let mut text = String::from(effective.as_str());
        for (index, (_, source)) in list.texts().enumerate() {
            if is_wanted(source, effective) && is_live(index, source) {
                let _ = write!(text, " {source}");
            }
        }
        let _ = write!(text, " {}", candidate.source);
        text
    }

    /// The edit, if it achieves what is wanted.
    fn verified(&self, place: Place, candidate: &Candidate) -> Option<Edit> {
        let text = self.policy.text();
        let Place {
            span,
            replacement,
            directive,
        } = place;
        let (head, tail) = (&text[..span.range().start], &text[span.range().end..]);
        let policy = alloc::format!("{head}{replacement}{tail}");
        let edited = self.policy.with_text(policy.clone());
        self.is_allowed_by(&edited).then(|| Edit {
            span,
            replacement,
            source: candidate.source.clone(),
            directive,
            is_exact: candidate.is_exact && directive != DirectiveName::DefaultSrc,
            policy,
        })
    }
}

/// The sources appended to a directive's list, or put in the place of its `'none'`.
fn appended(directive: Directive<'_>, name: DirectiveName, candidate: &Candidate) -> Place {
    let list = directive.source_list();
    let none = list
        .texts()
        .next()
        .filter(|(_, text)| list.len() == 1 && Keyword::parse(text) == Some(Keyword::None));
    if let Some((span, _)) = none {
        let replacement = candidate.source.clone();
        return Place {
            span,
            replacement,
            directive: name,
        };
    }
    let end = directive.span().end;
    Place {
        span: Span { start: end, end },
        replacement: alloc::format!(" {}", candidate.source),
        directive: name,
    }
}

/// Whether the expression has a meaning in the list of `effective`: scripts and styles also know nonces, hashes
/// and keywords.
fn is_wanted(source: &str, effective: DirectiveName) -> bool {
    use DirectiveName as D;
    match Keyword::parse(source) {
        Some(Keyword::None) => false,
        Some(Keyword::SelfOrigin) | None => true,
        Some(_) => matches!(effective, D::ScriptSrcElem | D::StyleSrcElem | D::WorkerSrc),
    }
}

fn candidate(hops: &[Hop<'_>], with_path: bool) -> Option<Candidate> {
    let mut sources: Vec<String> = Vec::new();
    let mut is_exact = true;
    for hop in hops {
        let (source, is_exact_here) = source_for(hop, with_path)?;
        is_exact &= is_exact_here;
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    Some(Candidate {
        source: sources.join(" "),
        is_exact,
    })
}

/// The narrowest source for a URL, and whether it stands for that URL alone.
fn source_for(hop: &Hop<'_>, with_path: bool) -> Option<(String, bool)> {
    let url = hop.url;
    let mut source = String::from(url.scheme());
    source.push(':');
    match url.host() {
        None => return Some((source, false)),
        Some(Host::Ipv6(_)) => return None,
        Some(host) => {
            let _ = write!(source, "//{host}");
        }
    }
    if let Some(port) = url.port() {
        let _ = write!(source, ":{port}");
    }
    let has_path = !matches!(url.path(), "" | "/");
    let is_path_compared = with_path && hop.redirect_count == 0 && has_path;
    if is_path_compared {
        source.push_str(&source_path(url));
    }
    Some((source, is_path_compared && !url.path().ends_with('/')))
}

/// The URL's path as a path-part.
fn source_path(url: &Url) -> String {
    let mut path = String::new();
    for byte in url.path().bytes() {
        if is_path_byte(byte) || byte == b'%' {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}
