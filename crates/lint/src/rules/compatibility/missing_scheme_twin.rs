use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// One of `ipc:` and `http://ipc.localhost` without the other in the list that governs connections, or one of `asset:` and
    /// `http://asset.localhost` in those that govern images and media: the policy of a desktop application.
    ///
    /// ## Why it matters
    ///
    /// The webview of a Tauri application reaches its own process by `ipc:` on macOS, iOS and Linux, and by `http://ipc.localhost` on Windows
    /// and Android; files of the application by `asset:` and `http://asset.localhost`. With one of them missing, the application is broken
    /// there, in release builds only.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' ipc:
    /// ```
    ///
    /// ```csp fires
    /// default-src 'self'; connect-src ipc: http://ipc.localhost; img-src 'self' http://asset.localhost
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'self' ipc: http://ipc.localhost; img-src 'self' asset: http://asset.localhost
    /// ```
    ///
    /// ## Browsers
    ///
    /// The webviews of the platforms: WebKit, and Chromium in `WebView2`.
    ///
    /// ## Fix
    ///
    /// A suggestion adds the other one.
    ///
    /// ## References
    ///
    /// - <https://v2.tauri.app/security/csp/>
    /// - <https://github.com/nesquena/hermes-webui/issues/4040>
    "missing-scheme-twin", Compatibility, Some(Severity::Warning), "ipc: without http://ipc.localhost, asset: without http://asset.localhost, or the other way round",
    aliases: ["missing-ipc-twin"]
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in context.deciding() {
        let mut seen = Vec::new();
        for twins in TWINS {
            let Some(directive) = view.governing(twins.directive) else {
                continue;
            };
            let place = (directive.directive.name_span(), twins.scheme);
            if !seen.contains(&place) {
                seen.push(place);
                lonely(view, directive, twins, report);
            }
        }
    }
}

/// What the same thing is called on some platforms and on others.
struct Twins {
    directive: DirectiveName,
    scheme: &'static str,
    host: &'static str,
}

const TWINS: &[Twins] = &[
    Twins {
        directive: DirectiveName::ConnectSrc,
        scheme: "ipc",
        host: "ipc.localhost",
    },
    Twins {
        directive: DirectiveName::ImgSrc,
        scheme: "asset",
        host: "asset.localhost",
    },
    Twins {
        directive: DirectiveName::MediaSrc,
        scheme: "asset",
        host: "asset.localhost",
    },
];

fn lonely(
    view: &PolicyView<'_>,
    directive: &DirectiveView<'_>,
    twins: &Twins,
    report: &mut Report<'_>,
) {
    let has_scheme = |one: &&SourceView<'_>| {
        one.scheme()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(twins.scheme))
    };
    let has_host = |one: &&SourceView<'_>| {
        let facts = one.facts.filter(|_| !has_scheme(one));
        facts.is_some_and(|facts| facts.name.eq_ignore_ascii_case(twins.host))
    };
    let by_scheme = directive.sources.iter().find(has_scheme);
    let by_host = directive.sources.iter().find(has_host);
    let (there, twin) = match (by_scheme, by_host) {
        (Some(there), None) => (there, format!("http://{}", twins.host)),
        (None, Some(there)) => (there, format!("{}:", twins.scheme)),
        _ => return,
    };
    let edit = TextEdit::insert(there.span.end, format!(" {twin}"));
    let finding = Finding::new(
        format!("`{}` is there, but `{twin}` is not", there.text),
        "an application's webview uses one or the other, by platform",
        format!("add `{twin}`"),
    );
    report.add(
        view,
        there.span,
        finding.with_fix(Fix::suggestion(vec![edit])),
    );
}
