use crate::missed::Cause;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A connection of the inventory to a port that the policy does not have, on a host that it has.
    ///
    /// ## Why it matters
    ///
    /// A source without a port stands for the default port of its scheme.
    ///
    /// ## Examples
    ///
    /// ```csp fires connects=https://api.example.com:8443/v1
    /// connect-src https://api.example.com
    /// ```
    ///
    /// ```csp passes connects=https://api.example.com:8443/v1
    /// connect-src https://api.example.com:8443
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike but for the ports 80 and 443.
    ///
    /// ## Fix
    ///
    /// A suggestion adds the host with the port.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-ports>
    /// - <https://github.com/blockscout/blockscout/issues/414>
    "port-not-covered", Correctness, Some(Severity::Error), "a connection to a port that the policy does not have"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::blocked_connection::check_cause(context, report, Cause::Port, |url, source| {
        Finding::new(
            format!("the page connects to `{url}`, which `{source}` does not allow"),
            "a source without a port stands for the default port alone",
            "add the host with this port",
        )
    });
}
