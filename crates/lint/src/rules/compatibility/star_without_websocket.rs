use connect_src::Quirk;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `*` without `wss:` or `ws:` beside it, where browsers disagree.
    ///
    /// ## Why it matters
    ///
    /// By the standard `*` stands for http, https and the page's own scheme. Some browsers take WebSocket connections for allowed too, others do
    /// not. A page that works in one of them is broken in another.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src *
    /// ```
    ///
    /// ```csp passes
    /// connect-src * wss:
    /// ```
    ///
    /// ## Browsers
    ///
    /// See the departures `star-admits-websocket` and `star-admits-any-network-scheme`.
    ///
    /// ## Fix
    ///
    /// None is automatic. Name the hosts; or add `wss:`, if every host is meant.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-url-to-source-expression>
    /// - <https://github.com/thelounge/thelounge/issues/597>
    "star-without-websocket", Compatibility, Some(Severity::Info), "*, which stands for WebSocket connections in some browsers only"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let admits = |rules: &connect_src::Rules| {
        rules.has(Quirk::StarAdmitsWebSocket) || rules.has(Quirk::StarAdmitsAnyNetworkScheme)
    };
    let browsers = &context.subject.browsers;
    let names = |is_wanted: bool| {
        let names = browsers.iter().filter(|one| admits(one) == is_wanted);
        names
            .map(|one| one.profile().as_str())
            .collect::<Vec<_>>()
            .join(" and ")
    };
    let (with, without) = (names(true), names(false));
    if with.is_empty() || without.is_empty() {
        return;
    }
    for (view, directive, source) in context.connect_sources() {
        let has_twin = directive
            .sources
            .iter()
            .any(|one| matches!(one.expression, SourceExpression::Scheme(scheme) if scheme.to_ascii_lowercase().starts_with("ws")));
        if source.expression.is_star() && !has_twin {
            let finding = Finding::new(
                format!("`*` stands for WebSocket connections in {with}, but not in {without}"),
                "a page that works in one browser is broken in another",
                "name the hosts, or add `wss:` if every host is meant",
            );
            report.add(view, source.span, finding);
        }
    }
}
