use crate::data::receivers::{Kind, Pin};
use crate::hosts::{HostOwners, Receiving, SuffixFacts};
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A host where anyone can open an account and receive data: object storage, functions, tunnels, databases, webhooks.
    ///
    /// ## Why it matters
    ///
    /// Allowing `https://*.r2.dev` or `https://s3.amazonaws.com` allows everyone's bucket, the attacker's among them. A source that names
    /// the tenant is worth as much as the name is hard to get: nobody else has `https://acme.supabase.co`, until it is given up.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https://*.supabase.co
    /// ```
    ///
    /// ```csp fires
    /// connect-src 'self' https://hooks.slack.com
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike. A path pins nothing after a redirect, since browsers compare no path then.
    ///
    /// ## Fix
    ///
    /// None is automatic. Name the tenant, or pass the requests through a server of yours.
    ///
    /// ## References
    ///
    /// - <https://publicsuffix.org/list/>
    /// - <https://github.com/praveenjuge/teak/pull/199>
    /// - <https://github.com/cfpb/consumerfinance.gov/pull/3423>
    "multi-tenant-host", Exposure, Some(Severity::Error), "a host where anyone can open an account and receive data",
    aliases: ["anyone-can-receive"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (view, _, source) in context.connect_sources() {
        let Some(owners) = source.owners() else {
            continue;
        };
        if let Some(finding) = finding(source, &owners) {
            report.add(view, source.span, finding);
        }
    }
}

fn finding(source: &SourceView<'_>, owners: &HostOwners) -> Option<Finding> {
    match owners.receiver {
        Some(receiving) if receiving.is_below => None,
        Some(receiving) => of_receiver(source, &receiving),
        // A wildcard over a shared suffix is another rule's.
        None if owners.suffix == SuffixFacts::Tenant => {
            Some(pinned(source, "its name", Severity::Info))
        }
        None => None,
    }
}

fn of_receiver(source: &SourceView<'_>, receiving: &Receiving) -> Option<Finding> {
    let receiver = receiving.receiver;
    let what = match receiver.kind {
        Kind::Storage => "object storage",
        Kind::Function => "hosting",
        Kind::Tunnel => "a tunnel",
        Kind::Database => "a database",
        Kind::Webhook => "webhooks",
        Kind::Cdn => return Some(cdn(source)),
        Kind::Telemetry | Kind::KeyedApi => return None,
    };
    if receiving.is_pinned {
        return Some(if receiving.is_pinned_by_path {
            let by = "its path, which is not compared after a redirect,";
            pinned(source, by, Severity::Warning)
        } else {
            pinned(source, "its name", Severity::Info)
        });
    }
    let help = match receiver.pin {
        Pin::Subdomain | Pin::Either => {
            let shared = source.facts.map_or(receiver.suffix, |facts| facts.name);
            format!("name the tenant: `https://NAME.{shared}`")
        }
        Pin::Path => {
            "name the tenant in the path, or pass the requests through a server of yours".to_owned()
        }
        Pin::None => "pass the requests through a server of yours".to_owned(),
    };
    Some(Finding::new(
        format!(
            "`{}` is {what} where anyone can have an account",
            source.text
        ),
        "whoever opens one receives what a malicious script sends there",
        help,
    ))
}

fn pinned(source: &SourceView<'_>, by: &str, most: Severity) -> Finding {
    Finding::new(
        format!("`{}` belongs to one tenant of a host that many share", source.text),
        format!("it is pinned by {by} and protects as long as that tenant is yours; whoever gets the name after you receives the data"),
        "remove the source when you give the account up",
    )
    .at_most(most)
}

fn cdn(source: &SourceView<'_>) -> Finding {
    Finding::new(
        format!("`{}` serves what anyone publishes", source.text),
        "data can leave in the path of a request, but only into logs that the attacker does not read",
        "serve the files yourself, if that matters",
    )
    .at_most(Severity::Info)
}
