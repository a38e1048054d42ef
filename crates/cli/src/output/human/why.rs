//! Why a policy allows or blocks a connection, in words.

use std::ops::Range;

use connect_src::{
    CheckResult, DirectiveName, NearestMiss, PolicyExplanation, Reason, Relation, Request,
    SourceExpression, fetch_directive_fallback_list,
};
use url::Url;

use super::annotate::Mark;
use super::miss;
use crate::commands::check::Question;
use crate::output::style::{ALLOWED, BLOCKED, NOTE};
use crate::output::{Prose, code, prose::prose};

/// A reason: a place in the policy, and a sentence.
#[derive(Debug)]
pub(super) struct Why {
    pub(super) mark: Option<Mark>,
    pub(super) sentence: Prose,
}

/// What one policy says to one request.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) question: &'a Question,
    pub(super) request: &'a Request,
    pub(super) effective: Option<DirectiveName>,
    pub(super) policy: &'a PolicyExplanation<'a>,
}

impl Case<'_> {
    pub(super) fn why(&self) -> Why {
        let mut why = match &self.policy.reason {
            Reason::NotGoverned => self.sentence_only(prose![
                "no directive of a policy governs such connections in this browser."
            ]),
            Reason::NoDirective => self.sentence_only(self.no_directive()),
            Reason::Matched(index) => self.matched(*index),
            Reason::ClosedList => self.closed(),
            Reason::NothingMatched => self.nothing_matched(),
            Reason::BlockedAsReserialized(text) | Reason::AllowedAsReserialized(text) => {
                self.sentence_only(prose![
                    "for this API, the browser decides by the policy as it prints it after parsing: ",
                    code(text),
                ])
            }
            _ => self.sentence_only(prose![
                "not the URL decides here, but a nonce, a digest or ",
                code("'strict-dynamic'"),
                ".",
            ]),
        };
        why.sentence = self.opening().append(why.sentence);
        why
    }

    /// The URL that was looked at: a redirect's, if that is what decided.
    pub(super) fn url(&self) -> &Url {
        let mut hops = self.request.hops();
        hops.nth(self.policy.redirect_count).map_or(self.request.url(), |hop| hop.url)
    }

    /// The directive's name in the policy's own spelling.
    pub(super) fn directive(&self) -> &str {
        self.policy.directive.map_or("default-src", |directive| directive.name())
    }

    /// The text of a source as it was written.
    pub(super) fn source(&self, index: usize) -> &str {
        let span = self.policy.sources[index].span;
        &self.policy.policy.text()[span.range()]
    }

    fn sentence_only(&self, sentence: Prose) -> Why {
        Why {
            mark: None,
            sentence,
        }
    }

    /// What has to be said first: that a redirect is meant, that another directive stands in.
    fn opening(&self) -> Prose {
        let mut opening = Prose::default();
        if self.policy.redirect_count > 0 && self.policy.result.is_blocked() {
            opening.push("the redirect to ");
            opening.push(code(self.url()));
            opening.push(" is what is blocked: ");
        }
        if let (true, Some(effective), Some(directive)) =
            (self.policy.is_fallback, self.effective, self.policy.directive)
        {
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
            SourceExpression::Keyword(_) => prose![
                code(source),
                " stands for the page's own origin, ",
                code(self.question.origin.to_string()),
                ".",
            ],
            SourceExpression::Scheme(scheme) => prose![
                code(source),
                format!(" admits every {}host over {scheme}:.", if self.url().has_host() { "" } else { "URL, on any " }),
            ],
            _ if self.policy.redirect_count > 0 => prose![
                code(source),
                " admits it; after a redirect, paths are not compared.",
            ],
            _ => prose![code(source), " admits it."],
        };
        Why {
            mark: Some(self.mark(self.policy.sources[index].span.range(), "admits it".to_owned())),
            sentence,
        }
    }

    fn closed(&self) -> Why {
        let range = match self.policy.sources.first() {
            Some(source) => Some(source.span.range()),
            None => self.policy.directive.map(|directive| directive.name_span().range()),
        };
        let directive = self.directive();
        let sentence = if self.policy.sources.is_empty() {
            prose![code(directive), " is empty, which admits nothing, like ", code("'none'"), "."]
        } else {
            prose![code(directive), " has no source that is for URLs, so it admits nothing."]
        };
        Why {
            mark: range.map(|range| self.mark(range, "admits nothing".to_owned())),
            sentence,
        }
    }

    fn nothing_matched(&self) -> Why {
        match &self.policy.nearest_miss {
            Some(miss) => self.nearest(miss),
            None => self.far_off(),
        }
    }

    fn nearest(&self, miss: &NearestMiss) -> Why {
        let (label, sentence) = miss::describe(self, miss);
        Why {
            mark: Some(self.mark(miss.span.range(), label.to_owned())),
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
        sentence.push(if url.has_host() { "." } else { " URLs." });
        let range = self.policy.directive.map(|directive| directive.name_span().range());
        Why {
            mark: range.map(|range| self.mark(range, label.to_owned())),
            sentence,
        }
    }

    fn mark(&self, range: Range<usize>, label: String) -> Mark {
        Mark {
            range,
            label,
            line: '^',
            style: match (self.policy.result, &self.policy.nearest_miss) {
                (CheckResult::Allowed, _) => ALLOWED,
                (CheckResult::Blocked, Some(_)) => NOTE,
                (CheckResult::Blocked, None) => BLOCKED,
            },
        }
    }
}

/// Whether the hosts are the same, so that something else is what differs.
pub(super) fn is_same_host(miss: &NearestMiss) -> bool {
    miss.relation == Relation::Same
}
