use crate::hosts::{HostOwners, SuffixFacts};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A wildcard below which anyone can have a name: `*.com`, `*.co.uk`, `*.blogspot.com`.
    ///
    /// ## Why it matters
    ///
    /// The Public Suffix List says where registrations begin. A wildcard at such a place stands for everyone who registers, or opens a free
    /// account.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src https://*.co.uk
    /// ```
    ///
    /// ```csp fires
    /// connect-src https://*.blogspot.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src https://*.example.co.uk
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic: name the host.
    ///
    /// ## References
    ///
    /// - <https://publicsuffix.org/list/>
    "public-suffix-wildcard", Exposure, Some(Severity::Error), "a wildcard below which anyone can have a name"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, _, source) in context.connect_sources() {
        // Of a receiver that is known, `multi-tenant-host` tells more.
        let is_ours = |owners: &HostOwners| owners.receiver.is_none_or(|one| one.is_below);
        let (Some(facts), Some(owners)) = (
            source.facts.filter(|facts| facts.is_wildcard),
            source.owners().filter(is_ours),
        ) else {
            continue;
        };
        let whose = match owners.suffix {
            SuffixFacts::Registry => "whoever registers a domain there",
            SuffixFacts::Shared => "whoever opens an account there",
            SuffixFacts::None | SuffixFacts::Tenant => continue,
        };
        let finding = Finding::new(
            format!("`{}` stands for {whose}", source.text),
            format!(
                "`{}` is a public suffix: the names below it belong to parties that have nothing to do with each other",
                facts.name
            ),
            "name the host that is meant",
        );
        report.add(view, source.span, finding);
    }
}
