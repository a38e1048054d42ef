use crate::data::receivers::Kind;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A telemetry collector that takes data for any account: Google Analytics, Sentry, Segment, Hotjar and the like.
    ///
    /// ## Why it matters
    ///
    /// The account stands in the request, not in the host. A malicious script that sends with its own account id is let through. No
    /// policy can tell the two apart.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https://www.google-analytics.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic. Collect on the page's own origin, and forward from there with your account only.
    ///
    /// ## References
    ///
    /// - <https://securityboulevard.com/2020/07/perimeterx-bypassing-csp-using-google-analytics/>
    /// - <https://github.com/sociotechnica-org/lifebuild/issues/257>
    "any-account-collector", Exposure, Some(Severity::Warning), "a telemetry collector that takes data for any account"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, _, source) in context.connect_sources() {
        let Some(receiving) = source
            .receiver()
            .filter(|one| one.receiver.kind == Kind::Telemetry && !one.is_below)
        else {
            continue;
        };
        let why = if receiving.is_pinned {
            "the name in the host belongs to one customer, but is as easy to get as an account"
        } else {
            "the account stands in the request: a malicious script sends with its own"
        };
        let finding = Finding::new(
            format!("`{}` collects data for any account", source.text),
            why,
            "collect on the page's own origin and forward from there, so that `'self'` is enough",
        );
        let most = if receiving.is_pinned {
            Severity::Info
        } else {
            Severity::Warning
        };
        report.add(view, source.span, finding.at_most(most));
    }
}
