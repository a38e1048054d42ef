use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `https`, `data`, `blob` and other schemes without the colon, and a scheme that is glued to a host without `://`.
    ///
    /// ## Why it matters
    ///
    /// Without its colon a scheme is the name of a host: `img-src data` allows the host `data`, and blocks `data:` URLs.
    /// `https/*.example.com` is a path on the host `https`.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https/*.example.com
    /// ```
    ///
    /// ```csp fires
    /// img-src 'self' data
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://*.example.com; img-src data:
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// A suggestion puts the colon, or `://`.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#grammardef-scheme-source>
    "scheme-without-colon", Correctness, Some(Severity::Error), "a scheme without its colon, read as a host"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for source in &directive.sources {
                if let Some(meant) = source.host().and_then(|host| meant(&host)) {
                    report.add(view, source.span, finding(source, meant));
                }
            }
        }
    }
}

fn meant(source: &HostSource<'_>) -> Option<String> {
    let HostPart::Exact(host) = source.host else {
        return None;
    };
    let is_scheme = SCHEMES
        .iter()
        .any(|scheme| host.eq_ignore_ascii_case(scheme));
    if !is_scheme || source.scheme.is_some() || source.port.is_some() {
        return None;
    }
    Some(match source.path.trim_start_matches('/') {
        "" => format!("{host}:"),
        rest => format!("{host}://{rest}"),
    })
}

const SCHEMES: [&str; 9] = [
    "https",
    "http",
    "wss",
    "ws",
    "data",
    "blob",
    "filesystem",
    "mediastream",
    "about",
];

fn finding(source: &SourceView<'_>, meant: String) -> Finding {
    Finding::new(
        format!("`{}` is read as the name of a host", source.text),
        "a scheme ends with a colon; without it nothing that was meant is allowed",
        format!("write `{meant}`"),
    )
    .with_fix(Fix::suggestion(vec![TextEdit::replace(source.span, meant)]))
}
