use connect_src::Destination;
use hashbrown::HashSet;

use crate::context::is_network_scheme;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A worker of the inventory whose script comes from the network.
    ///
    /// ## Why it matters
    ///
    /// What it connects to is governed by the policy of its own response, not by the page's. Where only HTML is sent with a policy, such a
    /// worker connects to everybody. A worker from `blob:` or `data:` has the page's policy.
    ///
    /// ## Examples
    ///
    /// ```csp fires worker=https://app.example.com/worker.js
    /// default-src 'self'
    /// ```
    ///
    /// ```csp passes worker=blob:https://app.example.com/0
    /// default-src 'self'; worker-src blob:
    /// ```
    ///
    /// ## Browsers
    ///
    /// As HTML says it; nothing of it was recorded here.
    ///
    /// ## Fix
    ///
    /// None is automatic: send the policy with the scripts of workers too.
    ///
    /// ## References
    ///
    /// - <https://html.spec.whatwg.org/multipage/workers.html#run-a-worker>
    /// - <https://github.com/complexdatacollective/Interviewer/issues/625>
    "worker-with-own-policy", Correctness, Some(Severity::Info), "a worker that the policy of its own response governs"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(view) = context.deciding().next() else {
        return;
    };
    let inventory = context.subject.inventory.unwrap_or_default().iter();
    let mut seen = HashSet::new();
    for request in inventory.filter(|one| is_worker(one.destination)) {
        let url = request.url();
        if is_network_scheme(url.scheme()) && seen.insert(url) {
            let span = view
                .governing(DirectiveName::WorkerSrc)
                .map_or(view.end(), |one| one.directive.name_span());
            let finding = Finding::new(
                format!("the worker `{url}` is governed by the policy of its own response"),
                "what the page's policy says of connections does not hold in it",
                "send the policy with the worker's script too",
            );
            report.add(view, span, finding);
        }
    }
}

fn is_worker(destination: Destination) -> bool {
    matches!(
        destination,
        Destination::Worker | Destination::SharedWorker | Destination::ServiceWorker
    )
}
