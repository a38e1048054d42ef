use connect_src::Quirk;

use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// An IPv4 address as a host.
    ///
    /// ## Why it matters
    ///
    /// By the standard's steps an address never matches a source; browsers compare it all the same. Nobody promises that they go on.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://203.0.113.7
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// Chromium, Firefox and WebKit match addresses; see the departure `ip-address-matches`.
    ///
    /// ## Fix
    ///
    /// None is automatic: give the server a name.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-hosts>
    "ip-address-source", Compatibility, Some(Severity::Info), "an address instead of a host name"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let matches = |rules: &connect_src::Rules| rules.has(Quirk::IpAddressMatches);
    let is_matched = context.subject.browsers.iter().all(matches);
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                if source.facts.is_some_and(|facts| facts.is_address) {
                    let why = if is_matched {
                        "by the standard's steps an address matches no source; the browsers compare it all the same"
                    } else {
                        "by the standard's steps an address matches no source, and not all of the browsers compare it"
                    };
                    let finding = Finding::new(
                        format!("`{}` is an address", source.text),
                        why,
                        "give the server a name, and write that",
                    );
                    report.add(view, source.span, finding);
                }
            }
        }
    }
}
