use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A policy that restricts connections: a reminder of what no policy governs.
    ///
    /// ## Why it matters
    ///
    /// WebRTC, DNS prefetch, preconnect and navigation (`location = …`, `window.open`) carry data past every Content Security
    /// Policy.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; connect-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// default-src *
    /// ```
    ///
    /// ## Browsers
    ///
    /// No browser has the `webrtc` directive. Chromium has `Connection-Allowlist`, which governs all of these.
    ///
    /// ## Fix
    ///
    /// None is automatic: send `Connection-Allowlist` too.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#exfiltration>
    /// - <https://github.com/WICG/connection-allowlists>
    /// - <https://github.com/w3c/webappsec-csp/issues/92>
    "ungoverned-channels", Exposure, None, "a reminder of what no policy governs"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let mut tight = context
        .connect_lists()
        .filter(|(_, one)| one.open_source().is_none());
    if let Some((view, directive)) = tight.next() {
        let finding = Finding::new(
            "WebRTC, DNS prefetch, preconnect and navigation are governed by no policy",
            "a malicious script sends by them what `connect-src` keeps in",
            "send `Connection-Allowlist` too, which Chromium enforces for all of them",
        );
        report.add(view, directive.directive.name_span(), finding);
    }
}
