use crate::data::bypasses;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A host in `script-src` that serves scripts which do what a parameter says (JSONP), old Angular versions, or anyone's packages.
    ///
    /// ## Why it matters
    ///
    /// With such a host an injected `<script src>` runs the attacker's code, though the host is trusted. Most lists of hosts have
    /// one.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self' https://cdn.jsdelivr.net
    /// ```
    ///
    /// ```csp fires
    /// script-src 'self' https://accounts.google.com
    /// ```
    ///
    /// ```csp passes
    /// script-src 'self' https://static.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// With `'strict-dynamic'` all ignore hosts.
    ///
    /// ## Fix
    ///
    /// None is automatic: use nonces with `'strict-dynamic'`.
    ///
    /// ## References
    ///
    /// - <https://research.google/pubs/csp-is-dead-long-live-csp-on-the-insecurity-of-whitelists-and-the-future-of-content-security-policy/>
    /// - <https://github.com/google/csp-evaluator>
    "bypassable-script-host", Script, Some(Severity::Warning), "a host by which an injected script runs all the same"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::each_script_list(context, |view, directive| {
        if directive.has_keyword(Keyword::StrictDynamic) {
            return;
        }
        for source in &directive.sources {
            let Some(facts) = source.facts else { continue };
            let path = source.host().map_or("", |host| host.path);
            let Some(bypass) = bypasses::find(facts.name, facts.is_wildcard, path) else {
                continue;
            };
            if bypass.needs_eval && !directive.has_keyword(Keyword::UnsafeEval) {
                continue;
            }
            let finding = Finding::new(
                format!("`{}` serves {}", source.text, bypass.what),
                "an injected `<script>` that loads it runs what the attacker wants",
                "use nonces with `'strict-dynamic'`, or serve the files yourself",
            );
            report.add(view, source.span, finding);
        }
    });
}
