use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `:*` behind a host in the list that governs connections.
    ///
    /// ## Why it matters
    ///
    /// Every port of the host is open. Services that were never meant for pages may answer there.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://api.example.com:*
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://api.example.com:8443
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic: name the port, or leave it out for the default one.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#match-ports>
    "any-port-source", Exposure, Some(Severity::Info), "a source for every port of a host"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, _, source) in context.connect_sources() {
        let is_any = source
            .host()
            .is_some_and(|host| host.port == Some(PortPart::Any));
        let is_local = source
            .facts
            .is_some_and(|facts| super::local_source::is_local(facts.name));
        if is_any && !is_local && source.facts.is_some() {
            let finding = Finding::new(
                format!("`{}` opens every port of the host", source.text),
                "services that were never meant for pages may answer there",
                "name the port, or leave it out for the default one",
            );
            report.add(view, source.span, finding);
        }
    }
}
