use crate::context::is_network_scheme;
use crate::rules::exposure::is_local;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A scheme of browser extensions (`chrome-extension:`, `moz-extension:`) in the policy of a page; and a scheme that only the webview of
    /// an application knows (`ipc:`, `asset:`, `capacitor:`, `app:`), where the page is known to be on the web.
    ///
    /// ## Why it matters
    ///
    /// Browsers keep a page's policy out of the way of extensions, so none of them needs the source; mostly it was added to silence reports.
    /// What belongs to an application does nothing on the web: there the two need policies of their own.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' chrome-extension:
    /// ```
    ///
    /// ```csp fires page=https://app.example.com/
    /// connect-src 'self' ipc: http://ipc.localhost
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' ipc: http://ipc.localhost
    /// ```
    ///
    /// ```csp passes page=tauri://localhost/
    /// connect-src 'self' ipc: http://ipc.localhost
    /// ```
    ///
    /// ## Browsers
    ///
    /// Each has a scheme for its own extensions. The schemes of applications are those of Tauri, Electron, Capacitor and Ionic.
    ///
    /// ## Fix
    ///
    /// A suggestion removes the source.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#extensions>
    /// - <https://v2.tauri.app/security/csp/>
    /// - <https://capacitorjs.com/docs/config>
    "application-scheme", Compatibility, Some(Severity::Info), "a scheme of extensions or applications in the policy of a page"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for (index, source) in directive.sources.iter().enumerate() {
                let what = source.scheme().and_then(|scheme| what(context, scheme));
                if let Some((what, why)) = what {
                    let finding = Finding::new(
                        format!("`{}` is about {what}", source.text),
                        why,
                        "remove it",
                    );
                    let edit = directive.without(index);
                    let fix = Fix::suggestion(vec![edit]);
                    report.add(view, source.span, finding.with_fix(fix));
                }
            }
        }
    }
}

/// Whose scheme it is, and why it does nothing here; `None` where it may.
fn what(context: &Context<'_>, scheme: &str) -> Option<(&'static str, &'static str)> {
    // Nearly every source is the web's.
    if is_network_scheme(scheme) {
        return None;
    }
    let page = context.subject.page;
    let is_own = page.is_some_and(|page| page.scheme().eq_ignore_ascii_case(scheme));
    let is_one_of = |known: &[&str]| known.iter().any(|one| one.eq_ignore_ascii_case(scheme));
    if is_one_of(&EXTENSIONS) && !is_own {
        let why = "a page's policy does not get in the way of extensions, so none of them needs it";
        return Some(("files of browser extensions", why));
    }
    let is_on_the_web = page.is_some_and(|page| {
        is_network_scheme(page.scheme()) && !page.host_str().is_some_and(is_local)
    });
    (is_on_the_web && is_one_of(&APPLICATIONS)).then_some((
        "the webview of an application",
        "on the web nothing has such a URL",
    ))
}

const EXTENSIONS: [&str; 5] = [
    "chrome-extension",
    "moz-extension",
    "safari-web-extension",
    "safari-extension",
    "ms-browser-extension",
];

const APPLICATIONS: [&str; 6] = ["ipc", "asset", "tauri", "app", "capacitor", "ionic"];
