use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A page whose response has no policy, so that the one in its `<meta>` element is all it has.
    ///
    /// ## Why it matters
    ///
    /// What stands before the element is not governed, nor what a `Link` header asks for, nor workers and other pages of the origin.
    /// It reports nothing, and says nothing about frames around the page.
    ///
    /// ## Examples
    ///
    /// ```csp fires meta
    /// Server: any
    /// default-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// Server: any
    /// default-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic: send the policy in a header. Said only where all headers of the response are known.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#meta-element>
    "meta-alone", Exposure, Some(Severity::Info), "a policy in a <meta> element that no header stands beside"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let is_known = context
        .subject
        .headers
        .is_some_and(crate::ResponseHeaders::is_whole);
    let enforced: Vec<_> = context
        .deciding()
        .filter(|view| view.is_enforced())
        .collect();
    if !is_known || !enforced.iter().all(|view| view.is_meta()) {
        return;
    }
    if let Some(view) = enforced.first() {
        let finding = Finding::new(
            "this policy stands in a `<meta>` element, and the response has none",
            "it does not govern what comes before the element, nor workers, and it reports nothing",
            "send it in a `Content-Security-Policy` header",
        );
        report.add(view, Span { start: 0, end: 0 }, finding);
    }
}
