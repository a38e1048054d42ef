use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A vendor's wildcard that has a host among its hosts where anyone can receive data: `*.googleapis.com` has
    /// `storage.googleapis.com`.
    ///
    /// ## Why it matters
    ///
    /// Vendors' guides ask for such wildcards to be brief. The storage, form and function hosts of the same domain come with them.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https://*.googleapis.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://maps.googleapis.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic: name the hosts of the service that you use.
    ///
    /// ## References
    ///
    /// - <https://developers.google.com/maps/documentation/javascript/content-security-policy>
    /// - <https://publicsuffix.org/list/>
    "broad-vendor-wildcard", Exposure, Some(Severity::Warning), "a vendor's wildcard that has a host where anyone can receive data"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, _, source) in context.connect_sources() {
        if let Some(receiving) = source.receiver().filter(|one| one.is_below) {
            let finding = Finding::new(
                format!(
                    "`{}` has `{}` among its hosts",
                    source.text, receiving.receiver.suffix
                ),
                "anyone can open an account there, and receive what a malicious script sends",
                "name the hosts of the service that you use",
            );
            report.add(view, source.span, finding);
        }
    }
}
