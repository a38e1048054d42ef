use crate::missed::Cause;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A connection of the inventory to `example.com`, where the policy has `*.example.com` only.
    ///
    /// ## Why it matters
    ///
    /// A wildcard stands for the names below, not for the domain itself.
    ///
    /// ## Examples
    ///
    /// ```csp fires connects=https://datadoghq.com/intake
    /// connect-src https://*.datadoghq.com
    /// ```
    ///
    /// ```csp passes connects=https://datadoghq.com/intake
    /// connect-src https://*.datadoghq.com https://datadoghq.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// A suggestion adds the domain.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-hosts>
    /// - <https://github.com/opengovsg/plumber/pull/329>
    "apex-not-covered", Correctness, Some(Severity::Error), "a connection to a domain of which the policy has only the names below"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::blocked_connection::check_cause(context, report, Cause::Apex, |url, source| {
        Finding::new(
            format!("the page connects to `{url}`, which `{source}` does not allow"),
            "a wildcard stands for the names below a domain, not for the domain itself",
            "add the domain beside the wildcard",
        )
    });
}
