use crate::data::receivers::Kind;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// An API host that every customer uses with a key of their own: `api.openai.com`, `api.github.com`, `api.notion.com`.
    ///
    /// ## Why it matters
    ///
    /// A source is no filter of destinations, it grants a capability. A malicious script that brings its own key stores data at the
    /// API for its owner.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https://api.openai.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic. Call the API from your server: its key does not belong in a page anyway.
    ///
    /// ## References
    ///
    /// - <https://www.anthropic.com/engineering/how-we-contain-claude>
    /// - <https://www.promptarmor.com/resources/what-domains-should-i-add-to-my-allowlist>
    "any-key-api", Exposure, Some(Severity::Warning), "an API host that takes any customer's key"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, _, source) in context.connect_sources() {
        let Some(receiving) = source
            .receiver()
            .filter(|one| one.receiver.kind == Kind::KeyedApi && !one.is_below)
        else {
            continue;
        };
        let finding = Finding::new(
            format!("`{}` serves every customer, each with a key", source.text),
            "a malicious script that brings its own key stores there what it reads",
            "call the API from your server, so that `'self'` is enough",
        );
        let most = if receiving.is_pinned {
            Severity::Info
        } else {
            Severity::Warning
        };
        report.add(view, source.span, finding.at_most(most));
    }
}
