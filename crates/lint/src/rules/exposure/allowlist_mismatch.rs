use connect_src::BrowserProfile;
use connection_allowlist::{Allowlist, Connection, Disposition};
use url::Url;

use crate::context::samples;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A host that the policy allows for connections and `Connection-Allowlist` does not, or the other way round, where the response has both
    /// headers.
    ///
    /// ## Why it matters
    ///
    /// Both must allow a connection. What one of them lacks works in browsers that do not know `Connection-Allowlist`, and not in Chromium; what
    /// only the allowlist has is blocked everywhere, or is there for navigation.
    ///
    /// ## Examples
    ///
    /// ```csp fires page=https://app.example.com/
    /// Connection-Allowlist: (response-origin)
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ```csp fires page=https://app.example.com/
    /// Connection-Allowlist: (response-origin "https://api.example.com")
    /// default-src 'self'
    /// ```
    ///
    /// ```csp passes page=https://app.example.com/
    /// Connection-Allowlist: (response-origin "https://api.example.com")
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// Chromium enforces `Connection-Allowlist`; Firefox and WebKit do not know it.
    ///
    /// ## Fix
    ///
    /// None is automatic: only you know which of the two is right. `connect-src audit` shows both together.
    ///
    /// ## References
    ///
    /// - <https://wicg.github.io/connection-allowlists/>
    "allowlist-mismatch", Exposure, Some(Severity::Info), "a host that only one of the policy and Connection-Allowlist has"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let headers = context.subject.headers;
    let parsed = headers.and_then(|headers| headers.allowlist(Disposition::Enforce));
    let Some(allowlist) = parsed.and_then(|parsed| parsed.allowlist.as_ref()) else {
        return;
    };
    for (view, _, source) in context.connect_sources() {
        let urls = samples(&source.expression);
        if source.facts.is_some()
            && !urls.is_empty()
            && !urls.iter().any(|url| admits(allowlist, url))
        {
            report.add(view, source.span, only_in_policy(source.text));
        }
    }
    let Some((view, directive)) = context.connect_lists().next() else {
        return;
    };
    for pattern in allowlist.patterns() {
        // A URL with a name for each wildcard; a pattern that none is made of is left alone.
        let url = Url::parse(&pattern.text().replace(":*", "").replace('*', "any"));
        if let Ok(url) = url
            && pattern.matches(&url)
            && !is_in_policy(context, &url)
        {
            let finding = only_in_allowlist(pattern.text());
            report.add(view, directive.directive.name_span(), finding);
        }
    }
}

fn admits(allowlist: &Allowlist, url: &Url) -> bool {
    allowlist.decide(&Connection::to(url)).is_allowed()
}

/// Whether some list that governs what is loaded, connected to or submitted has the URL.
fn is_in_policy(context: &Context<'_>, url: &Url) -> bool {
    let mut lists = context.deciding().flat_map(PolicyView::lists);
    lists.any(|directive| {
        let list = directive.directive.source_list();
        list.match_url(url, &context.subject.origin, 0, BrowserProfile::Chromium)
            .is_match()
    })
}

fn only_in_policy(source: &str) -> Finding {
    Finding::new(
        format!("`{source}` is allowed here, and `Connection-Allowlist` blocks it"),
        "both must allow it: it works in browsers that do not know `Connection-Allowlist`, and not in Chromium",
        "add it to `Connection-Allowlist`, or take it out of the policy",
    )
}

fn only_in_allowlist(pattern: &str) -> Finding {
    Finding::new(
        format!("`Connection-Allowlist` has `{pattern}`, and no directive of the policy does"),
        "for all but navigation both must allow it, so the entry opens nothing else",
        "take it out of `Connection-Allowlist`, unless the page navigates there, or add it to the policy",
    )
}
