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

/// The sources of a list that stand for many hosts.
struct Wide<'v> {
    /// Schemes in lower case: `https:`.
    schemes: HashSet<String>,
    /// Scheme, port and suffix of each wildcard without a path.
    wildcards: HashSet<(&'v str, Option<PortPart>, String)>,
    /// Scheme, port and host of each host without a path.
    hosts: HashSet<(&'v str, Option<PortPart>, String)>,
}

impl<'v> Wide<'v> {
    fn of(directive: &'v DirectiveView<'_>) -> Self {
        let mut wide = Self {
            schemes: HashSet::new(),
            wildcards: HashSet::new(),
            hosts: HashSet::new(),
        };
        for source in &directive.sources {
            match source.expression {
                SourceExpression::Scheme(scheme) => {
                    wide.schemes.insert(scheme.to_ascii_lowercase());
                }
                SourceExpression::Host(host) if is_plain(&host) => {
                    let scheme = host.scheme.unwrap_or_default();
                    match host.host {
                        HostPart::Subdomains(suffix) => {
                            wide.wildcards
                                .insert((scheme, host.port, suffix.to_ascii_lowercase()));
                        }
                        HostPart::Exact(name) => {
                            wide.hosts
                                .insert((scheme, host.port, name.to_ascii_lowercase()));
                        }
                        HostPart::Any => {}
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
        let name = match host.host {
            HostPart::Subdomains(name) | HostPart::Exact(name) => name.to_ascii_lowercase(),
            HostPart::Any => return None,
        };
        let is_exact = matches!(host.host, HostPart::Exact(_));
        let key = |name: &str| (scheme, host.port, name.to_owned());
        let port = match host.port {
            Some(PortPart::Number(port)) => format!(":{port}"),
            Some(_) => return None,
            None => String::new(),
        };
        if is_exact && !host.path.is_empty() && self.hosts.contains(&key(&name)) {
            return Some(format!("{scheme}://{name}{port}"));
        }
        let mut rest = name.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            if self.wildcards.contains(&key(parent))
                && !source.facts.is_some_and(|facts| facts.is_address)
            {
                return Some(format!("{scheme}://*.{parent}{port}"));
            }
            rest = parent;
        }
        None
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
