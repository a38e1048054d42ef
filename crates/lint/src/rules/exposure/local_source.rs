use std::net::Ipv4Addr;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `localhost`, `127.0.0.1`, a private address or a `.local` name in the list that governs connections.
    ///
    /// ## Why it matters
    ///
    /// In a policy that visitors get, it lets a malicious script look for services on their machine and in their network. Mostly it is left over
    /// from development.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' http://localhost:* ws://127.0.0.1:3000
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// Chromium asks the user before a public page may reach a local network.
    ///
    /// ## Fix
    ///
    /// A suggestion removes the source.
    ///
    /// ## References
    ///
    /// - <https://github.com/pass-culture/pass-culture-main/pull/22423>
    /// - <https://wicg.github.io/local-network-access/>
    "local-source", Exposure, Some(Severity::Warning), "a source on the visitor's own machine or network",
    aliases: ["localhost-source"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let is_local_page = context
        .subject
        .page
        .and_then(url::Url::host_str)
        .is_some_and(is_local);
    if is_local_page {
        return;
    }
    for (view, directive) in context.connect_lists() {
        for (index, source) in directive.sources.iter().enumerate() {
            let is_found = source.facts.is_some_and(|facts| is_local(facts.name));
            // The webview of an application talks to its own process by this name.
            let is_bridge = source.text.contains("ipc.localhost");
            if is_found && !is_bridge {
                let edit = if directive.sources.len() == 1 {
                    TextEdit::replace(source.span, "'none'")
                } else {
                    TextEdit::remove(directive.removal(index))
                };
                let finding = Finding::new(
                    format!(
                        "`{}` is on the visitor's own machine or network",
                        source.text
                    ),
                    "a malicious script looks for services there; mostly it is left over from development",
                    "keep it out of the policy that visitors get",
                );
                report.add(
                    view,
                    source.span,
                    finding.with_fix(Fix::suggestion(vec![edit])),
                );
            }
        }
    }
}

/// Whether the host is the visitor's machine, or in a private network.
pub(in crate::rules) fn is_local(host: &str) -> bool {
    let is_name = |name: &str| {
        host.eq_ignore_ascii_case(name)
            || host.len() > name.len()
                && host.as_bytes()[host.len() - name.len() - 1] == b'.'
                && host[host.len() - name.len()..].eq_ignore_ascii_case(name)
    };
    let is_digits = host.as_bytes().first().is_some_and(u8::is_ascii_digit);
    ["localhost", "local", "internal", "home.arpa"]
        .into_iter()
        .any(is_name)
        || is_digits
            && host.parse::<Ipv4Addr>().is_ok_and(|address| {
                address.is_loopback()
                    || address.is_private()
                    || address.is_link_local()
                    || address.is_unspecified()
            })
}
