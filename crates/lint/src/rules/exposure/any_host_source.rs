use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `*`, `https:`, `http:`, `wss:`, `ws:` or `https://*` in the list that governs connections: `connect-src`, or the `default-src` in its
    /// place.
    ///
    /// ## Why it matters
    ///
    /// A script that should not be there can send whatever it reads to any server. A policy protects from that only as well as its most
    /// open directive.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https: wss:
    /// ```
    ///
    /// ```csp fires
    /// default-src *
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All allow every host. By the standard `*` does not stand for `ws:` and `wss:` on an https page; all browsers let it, as the
    /// departures `star-admits-websocket` and `star-admits-any-network-scheme` say. It never stands for `data:` and `blob:`.
    ///
    /// ## Fix
    ///
    /// None is automatic: which hosts the page needs is known from its traffic. `connect-src serve` finds them, `connect-src suggest`
    /// writes the policy.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#exfiltration>
    /// - <https://github.com/kenn-io/agentsview/pull/530>
    "any-host-source", Exposure, Some(Severity::Error), "a source that lets connections go to every host",
    aliases: ["scheme-source", "wildcard-source"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, directive, source) in context.connect_sources() {
        if source.admits_any_host() {
            report.add(view, source.span, finding(directive, source));
        }
    }
}

fn finding(directive: &DirectiveView<'_>, source: &SourceView<'_>) -> Finding {
    let governs = match directive.name {
        Some(DirectiveName::ConnectSrc) => "`connect-src`".to_owned(),
        _ => format!(
            "`{}`, which governs connections here,",
            directive.shown_name()
        ),
    };
    let what = match source.expression {
        SourceExpression::Scheme(scheme) => format!("every host by `{scheme}:`"),
        _ => "every host".to_owned(),
    };
    Finding::new(
        format!("`{}` lets connections go to {what}", source.text),
        format!("{governs} does not keep a malicious script from sending what it reads to anyone"),
        "name the hosts that the page connects to",
    )
}
