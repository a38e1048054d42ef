use crate::missed::Cause;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A connection of the inventory to `data:`, `blob:` or a scheme of its own, under a policy that has `*` and not the scheme.
    ///
    /// ## Why it matters
    ///
    /// `*` stands for every host of the network, not for everything: `fetch('data:…')`, which libraries with WebAssembly like, stays blocked.
    ///
    /// ## Examples
    ///
    /// ```csp fires connects=data:application/wasm;base64,AA
    /// connect-src *
    /// ```
    ///
    /// ```csp passes connects=data:application/wasm;base64,AA
    /// connect-src * data:
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike for `data:` and `blob:`.
    ///
    /// ## Fix
    ///
    /// A suggestion adds the scheme.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-url-to-source-expression>
    /// - <https://github.com/thelounge/thelounge/issues/597>
    "scheme-not-covered", Correctness, Some(Severity::Error), "a connection by data:, blob: or another scheme that * does not stand for"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::blocked_connection::check_cause(context, report, Cause::Scheme, |url, source| {
        let scheme = url.scheme();
        Finding::new(
            format!("the page connects to a `{scheme}:` URL, which `{source}` does not allow"),
            "`*` stands for the hosts of the network, not for every scheme",
            format!("add `{scheme}:`"),
        )
    });
}
