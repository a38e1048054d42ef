use connect_src::Quirk;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `'self'` as the only source for WebSocket connections, when the page must work in Safari before 16.
    ///
    /// ## Why it matters
    ///
    /// There `'self'` does not stand for `wss:` on the page's own host, and `new WebSocket()` throws.
    ///
    /// ## Examples
    ///
    /// ```csp fires browser=webkit@15
    /// connect-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// WebKit before Safari 16. Nothing is found unless such a version is among the browsers that are asked for.
    ///
    /// ## Fix
    ///
    /// A suggestion adds `wss://` with the page's host, if the page is known.
    ///
    /// ## References
    ///
    /// - <https://github.com/w3c/webappsec-csp/issues/7>
    /// - <https://github.com/Fyrd/caniuse/issues/5052>
    "self-without-websocket", Compatibility, Some(Severity::Warning), "'self', where an old browser wants wss: beside it"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let is_old = |rules: &connect_src::Rules| rules.has(Quirk::SelfIgnoresWebSocket);
    if !context.subject.browsers.iter().any(is_old) {
        return;
    }
    for (view, directive, source) in context.connect_sources() {
        if source.is_keyword(Keyword::SelfOrigin) && !directive.sources.iter().any(is_websocket) {
            report.add(view, source.span, finding(context, source));
        }
    }
}

fn is_websocket(source: &SourceView<'_>) -> bool {
    match source.expression {
        SourceExpression::Scheme(scheme) => scheme.to_ascii_lowercase().starts_with("ws"),
        SourceExpression::Host(host) => host
            .scheme
            .is_some_and(|scheme| scheme.to_ascii_lowercase().starts_with("ws")),
        _ => false,
    }
}

fn finding(context: &Context<'_>, source: &SourceView<'_>) -> Finding {
    let twin = context.subject.page.and_then(|page| {
        let scheme = if page.scheme() == "http" { "ws" } else { "wss" };
        let port = page
            .port()
            .map(|port| format!(":{port}"))
            .unwrap_or_default();
        Some(format!("{scheme}://{}{port}", page.host_str()?))
    });
    let help = match &twin {
        Some(twin) => format!("add `{twin}`, if the page opens WebSocket connections"),
        None => {
            "add `wss://` with the page's host, if the page opens WebSocket connections".to_owned()
        }
    };
    let fix = twin
        .map(|twin| Fix::suggestion(vec![TextEdit::insert(source.span.end, format!(" {twin}"))]));
    Finding::new(
        "`'self'` does not stand for WebSocket connections in Safari before 16",
        "`new WebSocket()` to the page's own host throws there",
        help,
    )
    .with_fix(fix)
}
