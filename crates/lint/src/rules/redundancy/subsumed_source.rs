use std::borrow::Cow;

use hashbrown::HashSet;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A source whose every URL another source of the list allows: `https://a.example.com` beside `https://*.example.com`, `wss://host` beside
    /// `wss:`.
    ///
    /// ## Why it matters
    ///
    /// It does nothing. Whoever reads the list believes that the narrow source is what protects.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://*.example.com https://api.example.com
    /// ```
    ///
    /// ```csp fires
    /// connect-src https: https://api.example.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://*.example.com https://example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// Found only where all browsers and the standard agree that it adds nothing.
    ///
    /// ## Fix
    ///
    /// Safe: removes it.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-source-expression>
    "subsumed-source", Redundancy, Some(Severity::Info), "a source whose every URL another source allows"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            // WebKit's 'strict-dynamic' silences sources by their place.
            if directive.has_keyword(Keyword::StrictDynamic) {
                continue;
            }
            let wide = Wide::of(directive);
            for (index, source) in directive.sources.iter().enumerate() {
                if let Some(by) = wide.covering(source) {
                    report.add(view, source.span, finding(directive, index, &by));
                }
            }
        }
    }
}

/// A scheme, a port, and a name in lower case.
type Key<'v> = (&'v str, Option<PortPart>, Cow<'v, str>);

/// The sources of a list that stand for many hosts or paths.
#[derive(Default)]
struct Wide<'v> {
    /// Schemes in lower case: `https`.
    schemes: HashSet<Cow<'v, str>>,
    /// Of each wildcard without a path, by what is behind its star.
    wildcards: HashSet<Key<'v>>,
    /// Of each host without a path.
    hosts: HashSet<Key<'v>>,
}

impl<'v> Wide<'v> {
    fn of(directive: &'v DirectiveView<'_>) -> Self {
        let mut wide = Self::default();
        // Only a source with a path can add nothing to a host.
        let has_path = directive
            .sources
            .iter()
            .any(|source| source.host().is_some_and(|host| !host.path.is_empty()));
        for source in &directive.sources {
            match source.expression {
                SourceExpression::Scheme(scheme) => {
                    wide.schemes.insert(lower(scheme));
                }
                SourceExpression::Host(host) if is_plain(&host) => {
                    let key = |name| (host.scheme.unwrap_or_default(), host.port, lower(name));
                    match host.host {
                        HostPart::Subdomains(suffix) => {
                            wide.wildcards.insert(key(suffix));
                        }
                        HostPart::Exact(name) if has_path => {
                            wide.hosts.insert(key(name));
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        wide
    }

    /// The source that allows all that this one does, under every profile.
    fn covering(&self, source: &SourceView<'_>) -> Option<String> {
        let SourceExpression::Host(host) = source.expression else {
            return None;
        };
        let scheme = host.scheme?;
        if host.host == HostPart::Any || !scheme.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        if self.schemes.contains(scheme) {
            return Some(format!("{scheme}:"));
        }
        let (HostPart::Subdomains(name) | HostPart::Exact(name)) = host.host else {
            return None;
        };
        let name = lower(name);
        let port = || match host.port {
            Some(PortPart::Number(port)) => Some(format!(":{port}")),
            Some(_) => None,
            None => Some(String::new()),
        };
        let is_exact = matches!(host.host, HostPart::Exact(_));
        let has = |set: &HashSet<Key<'_>>, name: &str| {
            set.contains(&(scheme, host.port, Cow::Borrowed(name)))
        };
        if is_exact && !host.path.is_empty() && has(&self.hosts, &name) {
            return Some(format!("{scheme}://{name}{}", port()?));
        }
        if self.wildcards.is_empty() || source.facts.is_some_and(|facts| facts.is_address) {
            return None;
        }
        let mut rest = &*name;
        while let Some((_, parent)) = rest.split_once('.') {
            if has(&self.wildcards, parent) {
                return Some(format!("{scheme}://*.{parent}{}", port()?));
            }
            rest = parent;
        }
        None
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_ascii_lowercase().into()
    } else {
        name.into()
    }
}

/// Whether it has a scheme in lower case and no path, so that it is compared alike everywhere.
fn is_plain(host: &HostSource<'_>) -> bool {
    host.path.is_empty()
        && host
            .scheme
            .is_some_and(|scheme| scheme.bytes().all(|byte| byte.is_ascii_lowercase()))
}

fn finding(directive: &DirectiveView<'_>, index: usize, by: &str) -> Finding {
    let edit = TextEdit::remove(directive.removal(index));
    Finding::new(
        format!("`{}` adds nothing to `{by}`", directive.sources[index].text),
        "every URL that it allows is allowed anyway",
        format!("remove it, or remove `{by}` if the narrow source is what is meant"),
    )
    .with_fix(Fix::safe(vec![edit]))
}
