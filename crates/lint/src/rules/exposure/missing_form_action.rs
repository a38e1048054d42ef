use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Connections are restricted, but there is no `form-action`.
    ///
    /// ## Why it matters
    ///
    /// `default-src` does not stand for `form-action`. A form that a script, or injected markup, adds to the page can be sent
    /// to any server.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; connect-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike; of the redirects after it, browsers check different ones.
    ///
    /// ## Fix
    ///
    /// A suggestion adds `form-action 'self'`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-form-action>
    "missing-form-action", Exposure, Some(Severity::Warning), "forms may be sent to every host"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::missing_base_uri::check_missing(context, report, DirectiveName::FormAction, || {
        Finding::new(
            "there is no `form-action`, and `default-src` does not stand for it",
            "a form that is added to the page can be sent to any server",
            "add `form-action 'self'`, or `'none'` where there are no forms",
        )
    });
}
