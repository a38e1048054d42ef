use connect_src::{BrowserProfile, Quirk};
use hashbrown::HashSet;

use crate::context::samples;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A host that no connection may go to, but a prefetch may: it stands in another directive than the one that governs connections.
    ///
    /// ## Why it matters
    ///
    /// A resource hint is let through if any fetch directive of the policy has its host. What `connect-src` keeps in can leave in the URL of a
    /// `<link rel=prefetch>` to a host that was named for images, fonts or scripts. Without `default-src` no prefetch is blocked at all, which
    /// `missing-default-src` tells.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'none'; connect-src 'self'; font-src https://fonts.example.com
    /// ```
    ///
    /// ```csp passes
    /// default-src 'none'; connect-src https://*.example.com; font-src https://fonts.example.com
    /// ```
    ///
    /// ```csp passes browser=webkit@26
    /// default-src 'none'; connect-src 'self'; font-src https://fonts.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// Chromium does as the standard says. Firefox asks `default-src` alone, WebKit `connect-src`; see the departures
    /// `prefetch-asks-default-src` and `prefetch-asks-two-directives`.
    ///
    /// ## Fix
    ///
    /// None is automatic: serve the files yourself, or send `Connection-Allowlist` too, which governs prefetches by one list.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#does-resource-hint-violate-policy>
    /// - <https://github.com/w3c/webappsec-csp/issues/582>
    "prefetch-past-connect-src", Exposure, None, "a host that connections may not go to, but prefetches may"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, connect) in context.connect_lists() {
        let is_open = connect.open_source().is_some();
        if is_open || !view.has(DirectiveName::DefaultSrc) {
            continue;
        }
        let connected = Hosts::of(connect);
        let others = view.lists().filter(|one| is_asked(context, one));
        for (directive, source) in
            others.flat_map(|one| one.sources.iter().map(move |source| (one, source)))
        {
            if !connected.has(source) && is_let_through(context, view, source) {
                report.add(view, source.span, finding(directive, source, connect));
            }
        }
    }
}

/// Whether some browser asks the directive about a prefetch.
fn is_asked(context: &Context<'_>, directive: &DirectiveView<'_>) -> bool {
    use DirectiveName as D;
    let is_default = directive.name == Some(D::DefaultSrc);
    let is_any = directive.name.is_some_and(|name| {
        name.is_fetch_directive()
            && !matches!(
                name,
                D::ScriptSrcAttr | D::StyleSrcAttr | D::PrefetchSrc | D::FencedFrameSrc
            )
    });
    let mut browsers = context.subject.browsers.iter();
    browsers.any(|rules| {
        if rules.has(Quirk::PrefetchAsksTwoDirectives) {
            false
        } else if rules.has(Quirk::PrefetchAsksDefaultSrc) {
            is_default
        } else {
            is_any
        }
    })
}

/// Whether no other deciding policy blocks prefetches of all that the source stands for.
fn is_let_through(context: &Context<'_>, view: &PolicyView<'_>, source: &SourceView<'_>) -> bool {
    let mut others = context
        .deciding()
        .filter(|other| other.index != view.index && other.has(DirectiveName::DefaultSrc))
        .peekable();
    if others.peek().is_none() {
        return true;
    }
    let urls = samples(&source.expression);
    others.all(|other| {
        let mut lists = other.lists().filter(|one| is_asked(context, one));
        lists.any(|one| {
            let list = one.directive.source_list();
            urls.iter().any(|url| {
                list.match_url(url, &context.subject.origin, 0, BrowserProfile::Chromium)
                    .is_match()
            })
        })
    })
}

/// The hosts of a list.
struct Hosts<'v> {
    exact: HashSet<&'v str>,
    wildcards: HashSet<&'v str>,
}

impl<'v> Hosts<'v> {
    fn of(directive: &'v DirectiveView<'_>) -> Self {
        let facts = || directive.sources.iter().filter_map(|one| one.facts);
        let names = |is_wildcard| {
            let facts = facts().filter(move |one| one.is_wildcard == is_wildcard);
            facts.map(|one| one.name).collect()
        };
        Self {
            exact: names(false),
            wildcards: names(true),
        }
    }

    /// Whether the host of a source is among them; also for what is about no host.
    fn has(&self, source: &SourceView<'_>) -> bool {
        let Some(facts) = source.facts else {
            return !source.admits_any_host();
        };
        let own = if facts.is_wildcard {
            &self.wildcards
        } else {
            &self.exact
        };
        let mut parents = core::iter::successors(Some(facts.name), |name| {
            name.split_once('.').map(|(_, parent)| parent)
        });
        own.contains(facts.name)
            || parents
                .by_ref()
                .skip(1)
                .any(|parent| self.wildcards.contains(parent))
    }
}

fn finding(
    directive: &DirectiveView<'_>,
    source: &SourceView<'_>,
    connect: &DirectiveView<'_>,
) -> Finding {
    Finding::new(
        format!(
            "prefetches may go to `{}`, which `{}` has and `{}` has not",
            source.text,
            directive.shown_name(),
            connect.shown_name()
        ),
        "data leaves in the URL of a prefetch: any directive that names a host is enough",
        "serve the files yourself, or send `Connection-Allowlist` too",
    )
}
