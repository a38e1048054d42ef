//! What rules look at: every policy read once, and what is worth knowing of its sources looked up once.

use std::borrow::Cow;
use std::cell::OnceCell;

use connect_src::{
    BrowserProfile, Directive, DirectiveName, Disposition, HostPart, HostSource, Keyword,
    ParseNote, Policy, PolicySource, SourceExpression, Span,
};
use url::Url;

use crate::diagnostic::{Diagnostic, Fix, Severity, TextEdit};
use crate::hosts::{HostFacts, HostOwners, Receiving};
use crate::missed::{self, Missed};
use crate::rule::Rule;
use crate::subject::Subject;

/// Everything that a rule may ask.
pub(crate) struct Context<'a> {
    pub(crate) subject: &'a Subject<'a>,
    pub(crate) policies: Vec<PolicyView<'a>>,
    missed: OnceCell<Vec<Missed<'a>>>,
}

/// A policy, read by the standard.
pub(crate) struct PolicyView<'a> {
    pub(crate) index: usize,
    pub(crate) policy: &'a Policy,
    pub(crate) directives: Vec<DirectiveView<'a>>,
    /// What was ignored of whole directives.
    pub(crate) notes: Vec<ParseNote>,
}

/// A directive of a policy, with its sources if it has a source list.
pub(crate) struct DirectiveView<'a> {
    pub(crate) directive: Directive<'a>,
    pub(crate) name: Option<DirectiveName>,
    /// Whether it is the one of its name that counts.
    pub(crate) counts: bool,
    pub(crate) sources: Vec<SourceView<'a>>,
}

/// An expression of a source list.
pub(crate) struct SourceView<'a> {
    pub(crate) span: Span,
    pub(crate) text: &'a str,
    pub(crate) expression: SourceExpression<'a>,
    /// What its host says by itself, where it names one.
    pub(crate) facts: Option<HostFacts<'a>>,
    owners: OnceCell<Option<HostOwners>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(subject: &'a Subject<'a>) -> Self {
        let policies = subject.policies.iter().enumerate();
        Self {
            subject,
            policies: policies
                .map(|(index, policy)| PolicyView::new(index, policy))
                .collect(),
            missed: OnceCell::new(),
        }
    }

    /// The connections of the inventory that a policy blocks, with what is closest to allow them.
    pub(crate) fn missed(&self) -> &[Missed<'a>] {
        self.missed.get_or_init(|| missed::missed(self.subject))
    }

    /// The policies that decide: the enforced ones, or, where there is none, those that are only reported on.
    pub(crate) fn deciding(&self) -> impl Iterator<Item = &PolicyView<'a>> {
        let has_enforced = self.policies.iter().any(PolicyView::is_enforced);
        self.policies
            .iter()
            .filter(move |view| view.is_enforced() == has_enforced && !view.policy.is_empty())
    }

    /// The first policy that decides, if none of them satisfies the condition.
    pub(crate) fn lacking(&self, has: impl Fn(&PolicyView<'a>) -> bool) -> Option<&PolicyView<'a>> {
        if self.deciding().any(has) {
            return None;
        }
        self.deciding().next()
    }

    /// The deciding policies' directives that govern connections, each with its policy.
    pub(crate) fn connect_lists(
        &self,
    ) -> impl Iterator<Item = (&PolicyView<'a>, &DirectiveView<'a>)> {
        self.deciding()
            .filter_map(|view| Some((view, view.governing(DirectiveName::ConnectSrc)?)))
    }

    /// The sources by which connections leave: those that no other deciding policy closes.
    pub(crate) fn connect_sources(
        &self,
    ) -> impl Iterator<Item = (&PolicyView<'a>, &DirectiveView<'a>, &SourceView<'a>)> {
        let lists = self.connect_lists();
        lists
            .flat_map(|(view, directive)| {
                directive
                    .sources
                    .iter()
                    .map(move |source| (view, directive, source))
            })
            .filter(|(view, _, source)| self.is_open_elsewhere(view, &source.expression))
    }

    /// Whether the other deciding policies let through some URL that the expression admits.
    pub(crate) fn is_open_elsewhere(
        &self,
        view: &PolicyView<'a>,
        expression: &SourceExpression<'_>,
    ) -> bool {
        if self.policies.len() < 2 {
            return true;
        }
        let mut others = self
            .connect_lists()
            .filter(|(other, _)| other.index != view.index)
            .peekable();
        if others.peek().is_none() {
            return true;
        }
        let urls = samples(expression);
        urls.is_empty()
            || others.all(|(_, directive)| {
                let list = directive.directive.source_list();
                let admits = |url: &Url| {
                    list.match_url(url, &self.subject.origin, 1, BrowserProfile::Chromium)
                        .is_match()
                };
                urls.iter().any(admits)
            })
    }
}

/// URLs that an expression admits, one for each scheme that a browser may use with it; none where there is nothing
/// to ask.
pub(crate) fn samples(expression: &SourceExpression<'_>) -> Vec<Url> {
    let parse = |text: String| Url::parse(&text).ok();
    match expression {
        SourceExpression::Scheme(scheme) => match *scheme {
            "http" | "https" | "ws" | "wss" => parse(format!("{scheme}://any.invalid/"))
                .into_iter()
                .collect(),
            scheme => parse(format!("{scheme}:any")).into_iter().collect(),
        },
        SourceExpression::Host(source) => host_samples(source),
        _ => Vec::new(),
    }
}

fn host_samples(source: &HostSource<'_>) -> Vec<Url> {
    let host: Cow<'_, str> = match source.host {
        HostPart::Any => "any.invalid".into(),
        HostPart::Subdomains(suffix) => format!("any.{suffix}").into(),
        HostPart::Exact(host) => host.into(),
    };
    let port = match source.port {
        Some(connect_src::PortPart::Number(port)) => format!(":{port}"),
        _ => String::new(),
    };
    let schemes: Vec<&str> = match source.scheme {
        Some("http") => vec!["http", "https"],
        Some("ws") => vec!["ws", "wss"],
        Some(scheme) => vec![scheme],
        None => vec!["https", "wss", "http", "ws"],
    };
    let urls = schemes
        .into_iter()
        .filter_map(|scheme| Url::parse(&format!("{scheme}://{host}{port}/")).ok());
    urls.collect()
}

impl<'a> PolicyView<'a> {
    fn new(index: usize, policy: &'a Policy) -> Self {
        let mut seen = Vec::new();
        let directives = policy.directives().map(|directive| {
            let view = DirectiveView::new(policy, directive);
            let is_first = view.name.is_none_or(|name| !seen.contains(&name));
            seen.extend(view.name.filter(|_| directive_is_read(policy, directive)));
            DirectiveView {
                counts: is_first && directive_is_read(policy, directive),
                ..view
            }
        });
        Self {
            index,
            policy,
            directives: directives.collect(),
            notes: policy.directive_notes(),
        }
    }

    pub(crate) fn is_enforced(&self) -> bool {
        self.policy.disposition() == Disposition::Enforce
    }

    pub(crate) fn is_meta(&self) -> bool {
        self.policy.source() == PolicySource::Meta
    }

    pub(crate) fn text(&self, span: Span) -> &'a str {
        &self.policy.text()[span.range()]
    }

    /// The directive of this name that counts.
    pub(crate) fn directive(&self, name: DirectiveName) -> Option<&DirectiveView<'a>> {
        self.directives
            .iter()
            .find(|one| one.counts && one.name == Some(name))
    }

    /// Whether a directive of this name counts.
    pub(crate) fn has(&self, name: DirectiveName) -> bool {
        self.directive(name).is_some()
    }

    /// The directive that decides for an effective one.
    pub(crate) fn governing(&self, effective: DirectiveName) -> Option<&DirectiveView<'a>> {
        let names = connect_src::fetch_directive_fallback_list(effective);
        let names = if names.is_empty() {
            std::slice::from_ref(&effective)
        } else {
            names
        };
        names.iter().find_map(|name| self.directive(*name))
    }

    /// Directives with a source list that count.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &DirectiveView<'a>> {
        self.directives
            .iter()
            .filter(|one| one.counts && one.name.is_some_and(DirectiveName::has_source_list))
    }

    /// An empty span behind the last directive, where another one could stand.
    pub(crate) fn end(&self) -> Span {
        let end = self
            .policy
            .directives()
            .last()
            .map_or(0, |last| last.span().end);
        Span { start: end, end }
    }
}

/// Whether the standard reads the directive at all, duplicates aside.
fn directive_is_read(policy: &Policy, directive: Directive<'_>) -> bool {
    let is_delivered = policy.source() == PolicySource::Header
        || directive
            .known_name()
            .is_none_or(DirectiveName::is_allowed_in_meta);
    is_delivered && policy.text()[directive.span().range()].is_ascii()
}

impl<'a> DirectiveView<'a> {
    fn new(policy: &'a Policy, directive: Directive<'a>) -> Self {
        let name = directive.known_name();
        let has_sources = name.is_some_and(DirectiveName::has_source_list);
        let sources = if has_sources {
            let list = directive.source_list();
            let views = list.expressions().map(|(span, expression)| SourceView {
                span,
                text: &policy.text()[span.range()],
                facts: HostFacts::of(&expression),
                expression,
                owners: OnceCell::new(),
            });
            views.collect()
        } else {
            Vec::new()
        };
        Self {
            directive,
            name,
            counts: false,
            sources,
        }
    }

    /// The name, in lower case where it is known.
    pub(crate) fn shown_name(&self) -> &'a str {
        match self.name {
            Some(name) => name.as_str(),
            None => self.directive.name(),
        }
    }

    pub(crate) fn has_keyword(&self, keyword: Keyword) -> bool {
        self.sources
            .iter()
            .any(|one| one.expression == SourceExpression::Keyword(keyword))
    }

    /// Whether it admits nothing at all: `'none'`, or an empty list.
    pub(crate) fn is_closed(&self) -> bool {
        self.sources.iter().all(|one| {
            matches!(
                one.expression,
                SourceExpression::Keyword(Keyword::None) | SourceExpression::Unrecognized(_)
            )
        })
    }

    /// The span of the expression, with the white space before it, so that it can be taken away.
    pub(crate) fn removal(&self, index: usize) -> Span {
        let before = index
            .checked_sub(1)
            .map_or(self.directive.name_span().end, |before| {
                self.sources[before].span.end
            });
        Span {
            start: before,
            end: self.sources[index].span.end,
        }
    }

    /// The edit that takes a source out. Where it is alone in its list, `'none'` takes its place.
    pub(crate) fn without(&self, index: usize) -> TextEdit {
        if self.sources.len() == 1 {
            TextEdit::replace(self.sources[index].span, "'none'")
        } else {
            TextEdit::remove(self.removal(index))
        }
    }

    /// The first source that admits every host of some scheme.
    pub(crate) fn open_source(&self) -> Option<&SourceView<'a>> {
        self.sources.iter().find(|one| one.admits_any_host())
    }
}

impl<'a> SourceView<'a> {
    /// Whether it admits every host of a network scheme: `*`, `https:`, `wss://*`.
    pub(crate) fn admits_any_host(&self) -> bool {
        match self.expression {
            SourceExpression::Host(source) => {
                source.host == HostPart::Any && source.scheme.is_none_or(is_network_scheme)
            }
            SourceExpression::Scheme(scheme) => is_network_scheme(scheme),
            _ => false,
        }
    }

    /// What the lists of hosts know of its host, where it names one.
    pub(crate) fn owners(&self) -> Option<HostOwners> {
        let look_up = || self.facts.as_ref().map(HostFacts::owners);
        *self.owners.get_or_init(look_up)
    }

    /// Who receives data there, if anyone can.
    pub(crate) fn receiver(&self) -> Option<Receiving> {
        self.owners()?.receiver
    }

    pub(crate) fn is_keyword(&self, keyword: Keyword) -> bool {
        self.expression == SourceExpression::Keyword(keyword)
    }

    /// The scheme that it names, if it names one.
    pub(crate) fn scheme(&self) -> Option<&'a str> {
        match self.expression {
            SourceExpression::Scheme(scheme) => Some(scheme),
            SourceExpression::Host(source) => source.scheme,
            _ => None,
        }
    }

    /// The host-source, if it is one.
    pub(crate) fn host(&self) -> Option<HostSource<'_>> {
        match self.expression {
            SourceExpression::Host(source) => Some(source),
            _ => None,
        }
    }
}

/// Whether URLs of the scheme lead to a host.
pub(crate) fn is_network_scheme(scheme: &str) -> bool {
    ["http", "https", "ws", "wss", "ftp"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Where a rule puts its findings.
pub(crate) struct Report<'r> {
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
    pub(crate) findings: &'r mut Vec<Diagnostic>,
}

impl Report<'_> {
    /// Adds a finding of the rule's severity.
    pub(crate) fn add(&mut self, view: &PolicyView<'_>, span: Span, finding: Finding) {
        let severity = finding
            .at_most
            .map_or(self.severity, |most| most.min(self.severity));
        self.findings.push(Diagnostic {
            rule: self.rule.name,
            severity,
            policy: view.index,
            span,
            message: finding.message,
            why: finding.why,
            help: finding.help,
            fix: finding.fix,
        });
    }
}

/// What a rule says about a place.
pub(crate) struct Finding {
    message: String,
    why: Cow<'static, str>,
    help: Cow<'static, str>,
    fix: Option<Fix>,
    at_most: Option<Severity>,
}

impl Finding {
    /// What is there, why it matters, and what to do.
    pub(crate) fn new(
        message: impl Into<String>,
        why: impl Into<Cow<'static, str>>,
        help: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            message: message.into(),
            why: why.into(),
            help: help.into(),
            fix: None,
            at_most: None,
        }
    }

    pub(crate) fn with_fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }

    /// The finding matters less than the rule's findings usually do.
    pub(crate) fn at_most(mut self, severity: Severity) -> Self {
        self.at_most = Some(severity);
        self
    }
}
