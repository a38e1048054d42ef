use crate::missed::Cause;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A WebSocket connection of the inventory to a host that the policy has with `https:` only.
    ///
    /// ## Why it matters
    ///
    /// `https://host` does not stand for `wss://host`, nor `https:` for `wss:`. In WebKit `new WebSocket()` even throws.
    ///
    /// ## Examples
    ///
    /// ```csp fires connects=wss://abc.supabase.co/realtime
    /// connect-src 'self' https://abc.supabase.co
    /// ```
    ///
    /// ```csp passes connects=wss://abc.supabase.co/realtime
    /// connect-src 'self' https://abc.supabase.co wss://abc.supabase.co
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// A suggestion adds the `wss://` twin, of this host alone.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-schemes>
    /// - <https://github.com/supabase/supabase/issues/14816>
    "websocket-not-covered", Correctness, Some(Severity::Error), "a WebSocket connection to a host that the policy has with https: only"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    super::blocked_connection::check_cause(
        context,
        report,
        Cause::WebSocketScheme,
        |url, source| {
            Finding::new(
                format!("the page connects to `{url}`, which `{source}` does not allow"),
                "`https:` does not stand for `wss:`",
                "add the host with `wss://` too",
            )
        },
    );
}
