use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A host for images, fonts, styles or scripts that `connect-src` does not allow, where a service worker answers the page's fetches.
    ///
    /// ## Why it matters
    ///
    /// What a service worker fetches is governed by `connect-src`, whatever the page wants it for. Images are missing as soon as the worker is
    /// installed: in production, not on the first visit.
    ///
    /// ## Examples
    ///
    /// ```csp fires service-worker
    /// default-src 'self'; img-src 'self' https://images.example.com; connect-src 'self'
    /// ```
    ///
    /// ```csp passes service-worker
    /// default-src 'self'; img-src 'self' https://images.example.com; connect-src 'self' https://images.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike. It is the policy of the worker's script that governs, which mostly is the page's.
    ///
    /// ## Fix
    ///
    /// None is automatic: add the host to `connect-src`, or let the worker pass such requests by.
    ///
    /// ## References
    ///
    /// - <https://github.com/Vets-Who-Code/vets-who-code-app/issues/1288>
    /// - <https://github.com/martincostello/website/issues/117>
    "service-worker-not-covered", Correctness, Some(Severity::Warning), "a host that a service worker may not fetch from, though the page may"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    if !context.subject.has_service_worker {
        return;
    }
    for (view, connect) in context.connect_lists() {
        let loads = view.lists().filter(|one| one.name.is_some_and(is_load));
        for (directive, source) in
            loads.flat_map(|one| one.sources.iter().map(move |source| (one, source)))
        {
            if !allows(connect, source) {
                let finding = Finding::new(
                    format!(
                        "`{}` is in `{}`, but not in `{}`",
                        source.text,
                        directive.shown_name(),
                        connect.shown_name()
                    ),
                    "what the service worker fetches is governed by `connect-src`, whatever it is for",
                    "add it to `connect-src`, or let the worker pass these requests by",
                );
                report.add(view, source.span, finding);
            }
        }
    }
}

fn is_load(name: DirectiveName) -> bool {
    use DirectiveName as D;
    matches!(
        name,
        D::ImgSrc
            | D::FontSrc
            | D::MediaSrc
            | D::ScriptSrc
            | D::ScriptSrcElem
            | D::StyleSrc
            | D::StyleSrcElem
    )
}

/// Whether the list has the host, a wildcard above it, or everything.
fn allows(connect: &DirectiveView<'_>, source: &SourceView<'_>) -> bool {
    let Some(facts) = source.facts else {
        return true;
    };
    connect.sources.iter().any(|one| {
        one.admits_any_host()
            || one.facts.is_some_and(|other| {
                let is_below = facts
                    .name
                    .strip_suffix(other.name)
                    .is_some_and(|rest| rest.ends_with('.'));
                facts.name.eq_ignore_ascii_case(other.name) || other.is_wildcard && is_below
            })
    })
}
