//! Why a policy allows or blocks a connection, in words. All formats say it alike.

mod miss;

use std::ops::Range;

use connect_src::{
    DirectiveName, HostPart, HostSource, Keyword, NearestMiss, Origin, PolicyExplanation, Reason,
    Request, SourceExpression, fetch_directive_fallback_list,
};
use url::Url;

use super::{Prose, code};
use crate::prose;

/// A reason: a place in the policy, and a sentence.
#[derive(Debug)]
pub struct Why {
    /// The place; none where no part of the policy is to blame.
    pub place: Option<Place>,
    /// The sentence.
    pub sentence: Prose,
}

/// The part of a policy that is responsible.
#[derive(Debug)]
pub struct Place {
    /// Bytes of the policy's text.
    pub range: Range<usize>,
    /// The sentence in three or four words.
    pub label: &'static str,
}

/// What one policy says to one request.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The page's origin.
    pub origin: &'a Origin,
    /// Whether the page is known; otherwise the origin says nothing.
    pub is_page_known: bool,
    /// The request.
    pub request: &'a Request,
    /// The directive that governs it.
    pub effective: Option<DirectiveName>,
    /// What the policy says.
    pub policy: &'a PolicyExplanation<'a>,
}

impl Case<'_> {
    /// The reason.
    pub fn why(&self) -> Why {
        let mut why = match &self.policy.reason {
            Reason::NotGoverned => sentence_only(prose![
                "no directive of a policy governs such connections in this browser."
            ]),
            Reason::NoDirective => sentence_only(self.no_directive()),
            Reason::Matched(index) => self.matched(*index),
            Reason::ClosedList => self.closed(),
            Reason::NothingMatched => self.nothing_matched(),
            Reason::BlockedAsReread(text) | Reason::AllowedAsReread(text) => sentence_only(prose![
                "the browser does not decide by the policy as it is written, but by this reading of it: ",
                code(text),
            ]),
            _ => sentence_only(prose![
                "not the URL decides here, but a nonce, a digest or ",
                code("'strict-dynamic'"),
                ".",
            ]),
        };
        why.sentence = self.opening().append(why.sentence);
        why
    }

    /// The URL that was looked at: a redirect's, if that is what decided.
    pub fn url(&self) -> &Url {
        let mut hops = self.request.hops();
        hops.nth(self.policy.redirect_count)
            .map_or(self.request.url(), |hop| hop.url)
    }

    /// The directive's name in the policy's own spelling.
    pub fn directive(&self) -> &str {
        self.policy
            .directive
            .map_or("default-src", |directive| directive.name())
    }

    /// The text of a source as it was written.
    pub fn source(&self, index: usize) -> &str {
        let span = self.policy.sources[index].span;
        &self.policy.policy.text()[span.range()]
    }

    /// What has to be said first: that a redirect is meant, that another directive stands in.
    fn opening(&self) -> Prose {
        let mut opening = Prose::default();
        if self.policy.redirect_count > 0 && self.policy.result.is_blocked() {
            opening.push("the redirect to ");
            opening.push(code(self.url()));
            opening.push(" is what is blocked: ");
        }
        if let (true, Some(effective), Some(directive)) = (
            self.policy.is_fallback,
            self.effective,
            self.policy.directive,
        ) {
            opening.push("there is no ");
            opening.push(code(effective.as_str()));
            opening.push(", so ");
            opening.push(code(directive.name()));
            opening.push(" decides; ");
        }
        opening
    }

    fn no_directive(&self) -> Prose {
        let effective = self.effective.unwrap_or(DirectiveName::ConnectSrc);
        let names = fetch_directive_fallback_list(effective);
        let mut sentence = prose!["the policy has neither "];
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                sentence.push(" nor ");
            }
            sentence.push(code(name.as_str()));
        }
        sentence.push(", so it allows all such connections.");
        sentence
    }

    fn matched(&self, index: usize) -> Why {
        let source = self.source(index);
        let sentence = match self.policy.sources[index].expression {
            SourceExpression::Keyword(_) if self.origin.as_tuple().is_none() => prose![
                code(source),
                " admits it, although the page's origin is opaque.",
            ],
            SourceExpression::Keyword(_) => prose![
                code(source),
                " stands for the page's own origin, ",
                code(self.origin.to_string()),
                ".",
            ],
            SourceExpression::Scheme(_) if self.url().has_host() => {
                prose![code(source), " admits every host."]
            }
            SourceExpression::Host(host) => self.admitted(source, &host),
            _ => prose![code(source), " admits every such URL."],
        };
        Why {
            place: Some(Place {
                range: self.policy.sources[index].span.range(),
                label: "admits it",
            }),
            sentence,
        }
    }

    /// What a host-source admits, of which this URL is a part.
    fn admitted(&self, source: &str, host: &HostSource<'_>) -> Prose {
        let hosts = match host.host {
            HostPart::Any => prose![" admits every host"],
            HostPart::Subdomains(suffix) => prose![" admits every host below ", code(suffix)],
            HostPart::Exact(_) => prose![" admits this host"],
        };
        let paths = match host.path {
            "" | "/" if host.is_star() => ".",
            "" | "/" => " with every path.",
            _ if self.policy.redirect_count > 0 => "; after a redirect, paths are not compared.",
            path if path.ends_with('/') => ", and what is below the path.",
            _ => ", and this path alone.",
        };
        prose![code(source)].append(hosts).append(prose![paths])
    }

    fn closed(&self) -> Why {
        let range = match self.policy.sources.first() {
            Some(source) => Some(source.span.range()),
            None => self
                .policy
                .directive
                .map(|directive| directive.name_span().range()),
        };
        let directive = self.directive();
        let sentence = match self.policy.sources.as_slice() {
            [] => prose![
                code(directive),
                " is empty, which admits nothing, like ",
                code("'none'"),
                ".",
            ],
            [only] if only.expression == SourceExpression::Keyword(Keyword::None) => {
                prose![
                    code("'none'"),
                    " closes ",
                    code(directive),
                    ": it admits nothing."
                ]
            }
            _ => prose![
                code(directive),
                " has no source that is for URLs, so it admits nothing."
            ],
        };
        Why {
            place: range.map(|range| Place {
                range,
                label: "admits nothing",
            }),
            sentence,
        }
    }

    fn nothing_matched(&self) -> Why {
        match &self.policy.nearest_miss {
            Some(miss) => self.nearest(miss),
            None => self.far_off(),
        }
    }

    /// That `'self'` is no more than the page's origin.
    fn what_self_is(&self) -> Prose {
        if !self.has_self() || !self.is_page_known {
            return Prose::default();
        }
        let keyword = code("'self'");
        if self.origin.as_tuple().is_none() {
            return prose![
                "; the page's origin is opaque, so ",
                keyword,
                " matches nothing"
            ];
        }
        let origin = code(self.origin.to_string());
        prose!["; ", keyword, " is ", origin, " alone"]
    }

    fn has_self(&self) -> bool {
        let is_self = |expression| expression == SourceExpression::Keyword(Keyword::SelfOrigin);
        self.policy
            .sources
            .iter()
            .any(|source| is_self(source.expression))
    }

    fn nearest(&self, miss: &NearestMiss) -> Why {
        let (label, sentence) = miss::describe(self, miss);
        Why {
            place: Some(Place {
                range: miss.span.range(),
                label,
            }),
            sentence,
        }
    }

    fn far_off(&self) -> Why {
        let url = self.url();
        let label = if url.has_host() {
            "no source for this host"
        } else {
            "no source for such URLs"
        };
        let mut sentence = prose!["no source of ", code(self.directive()), " is for "];
        sentence.push(match url.host_str() {
            Some(host) => code(host),
            None => code(format!("{}:", url.scheme())),
        });
        if !url.has_host() {
            sentence.push(" URLs");
        }
        sentence = sentence.append(self.what_self_is());
        sentence.push(".");
        let range = self
            .policy
            .directive
            .map(|directive| directive.name_span().range());
        Why {
            place: range.map(|range| Place { range, label }),
            sentence,
        }
    }
}

fn sentence_only(sentence: Prose) -> Why {
    Why {
        place: None,
        sentence,
    }
}
