use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A source with a path, in the list that governs connections.
    ///
    /// ## Why it matters
    ///
    /// After a redirect browsers compare scheme, host and port only. Where an allowed host redirects to what a script asks for, every
    /// path of every listed host is open; the path protects nothing then.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://api.example.com/v1/
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike, so that a page cannot learn where a redirect leads.
    ///
    /// ## Fix
    ///
    /// None is automatic. A path is no mistake; it is less of a fence than it looks.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#source-list-paths-and-redirects>
    /// - <https://github.com/w3c/webappsec-csp/issues/46>
    "path-after-redirect", Exposure, None, "a path, which is not compared after a redirect"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, _, source) in context.connect_sources() {
        if source.host().is_some_and(|host| host.path.len() > 1) {
            let finding = Finding::new(
                format!(
                    "the path of `{}` is not compared after a redirect",
                    source.text
                ),
                "an open redirect on any listed host leads to every path of this one",
                "do not rely on the path to keep data in",
            );
            report.add(view, source.span, finding);
        }
    }
}
