use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A policy that restricts connections but has no `default-src`.
    ///
    /// ## Why it matters
    ///
    /// What no directive names is open: images, styles, frames, fonts. Each of them can carry data to any server. Prefetches are open even
    /// where all of these are named. The standard says that a policy without `default-src` cannot keep data in.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self'; script-src 'self'
    /// ```
    ///
    /// ```csp fires
    /// connect-src 'self'; font-src 'self'; frame-src 'self'; img-src 'self'; manifest-src 'self'; media-src 'self'; object-src 'none'; script-src 'self'; style-src 'self'
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'self'; script-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike, but for prefetches: WebKit asks `connect-src` too.
    ///
    /// ## Fix
    ///
    /// A suggestion adds `default-src 'self'`, which blocks what was open before.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#exfiltration>
    /// - <https://github.com/w3c/webappsec-csp/issues/582>
    "missing-default-src", Exposure, Some(Severity::Warning), "connections are restricted, but there is no default-src"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let is_tight = |view: &PolicyView<'_>| view.has(DirectiveName::ConnectSrc);
    if !context.deciding().any(is_tight) {
        return;
    }
    if let Some(view) = context.lacking(|view| view.has(DirectiveName::DefaultSrc)) {
        let mut open = open_channels(context);
        // Nothing else governs them, whatever else is named.
        open.push("prefetches");
        let finding = Finding::new(
            format!(
                "there is no `default-src`, so nothing governs {}",
                open.join(", ")
            ),
            "a policy keeps data in only as well as its most open directive",
            "add `default-src`, then open what the page needs",
        );
        let edit = TextEdit::insert(view.end().start, "; default-src 'self'");
        report.add(
            view,
            view.end(),
            finding.with_fix(Fix::suggestion(vec![edit])),
        );
    }
}

/// What carries a URL away and is governed by no directive of any deciding policy.
fn open_channels(context: &Context<'_>) -> Vec<&'static str> {
    let is_open = |(name, _): &&(DirectiveName, &str)| {
        !context
            .deciding()
            .any(|view| view.governing(*name).is_some())
    };
    CHANNELS
        .iter()
        .filter(is_open)
        .map(|(_, what)| *what)
        .collect()
}

const CHANNELS: &[(DirectiveName, &str)] = &[
    (DirectiveName::ImgSrc, "images"),
    (DirectiveName::StyleSrcElem, "styles"),
    (DirectiveName::FontSrc, "fonts"),
    (DirectiveName::MediaSrc, "media"),
    (DirectiveName::FrameSrc, "frames"),
    (DirectiveName::ObjectSrc, "objects"),
    (DirectiveName::ScriptSrcElem, "scripts"),
    (DirectiveName::ManifestSrc, "manifests"),
];
