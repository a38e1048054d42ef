use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// No `connect-src`: connections are governed by `default-src`, or by nothing.
    ///
    /// ## Why it matters
    ///
    /// Without both, scripts may connect to anywhere. With `default-src` alone, its sources also stand for connections: a host that was
    /// named for images or fonts may receive data.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// script-src 'self'
    /// ```
    ///
    /// ```csp fires
    /// default-src 'self' https://fonts.example.com
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// Without `default-src`, a suggestion adds `connect-src 'self'`. With it, one copies its sources, so that they can be cut
    /// down.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#directive-connect-src>
    /// - <https://w3c.github.io/webappsec-csp/#exfiltration>
    "missing-connect-src", Exposure, Some(Severity::Error), "no connect-src, so that default-src or nothing governs connections"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let Some(view) = context.lacking(|view| view.has(DirectiveName::ConnectSrc)) else {
        return;
    };
    let default = context
        .deciding()
        .find_map(|view| Some((view, view.directive(DirectiveName::DefaultSrc)?)));
    match default {
        None => report.add(view, view.end(), nothing_governs(view)),
        // What names no host cannot be narrowed down for connections.
        Some((view, default)) if names_host(default) => {
            report.add(
                view,
                default.directive.name_span(),
                default_governs(view, default),
            );
        }
        Some(_) => {}
    }
}

fn names_host(default: &DirectiveView<'_>) -> bool {
    default.sources.iter().any(|one| {
        matches!(
            one.expression,
            SourceExpression::Host(_) | SourceExpression::Scheme(_)
        )
    })
}

fn nothing_governs(view: &PolicyView<'_>) -> Finding {
    Finding::new(
        "no directive governs connections: there is neither `connect-src` nor `default-src`",
        "scripts may connect to any server, and send there what they read",
        "add `connect-src` with the hosts that the page connects to",
    )
    .with_fix(Fix::suggestion(vec![TextEdit::insert(
        view.end().start,
        "; connect-src 'self'",
    )]))
}

fn default_governs(view: &PolicyView<'_>, default: &DirectiveView<'_>) -> Finding {
    let added = format!("; connect-src {}", default.directive.value());
    Finding::new(
        "there is no `connect-src`, so `default-src` governs connections",
        "a host that was named for images, fonts or scripts may receive data too",
        "add a `connect-src` that has only the hosts to connect to",
    )
    .at_most(Severity::Info)
    .with_fix(Fix::suggestion(vec![TextEdit::insert(
        view.end().start,
        added,
    )]))
}
