use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A value on a directive that has none, an unknown flag of `sandbox`, and a `report-uri` without a URL.
    ///
    /// ## Why it matters
    ///
    /// The directive does not do what its value says.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self'; upgrade-insecure-requests 1
    /// ```
    ///
    /// ```csp fires
    /// connect-src 'self'; sandbox allow-script
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'; upgrade-insecure-requests; sandbox allow-scripts
    /// ```
    ///
    /// ## Browsers
    ///
    /// All ignore the value, or the flag.
    ///
    /// ## Fix
    ///
    /// None is automatic.
    ///
    /// ## References
    ///
    /// - <https://html.spec.whatwg.org/multipage/browsers.html#parse-a-sandboxing-directive>
    /// - <https://w3c.github.io/webappsec-upgrade-insecure-requests/#delivery>
    "unexpected-value", Correctness, Some(Severity::Warning), "a value that its directive does not know"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.directives.iter().filter(|one| one.counts) {
            let value = directive.directive.value();
            let message = match directive.name {
                Some(
                    DirectiveName::UpgradeInsecureRequests | DirectiveName::BlockAllMixedContent,
                ) if !value.is_empty() => {
                    format!("`{}` has no value, found `{value}`", directive.shown_name())
                }
                Some(DirectiveName::Sandbox) => match unknown_flag(value) {
                    Some(flag) => format!("`sandbox` has no flag `{flag}`"),
                    None => continue,
                },
                Some(DirectiveName::ReportUri) if value.is_empty() => {
                    "`report-uri` has no URL".to_owned()
                }
                _ => continue,
            };
            let finding = Finding::new(
                message,
                "browsers ignore it",
                "correct the value, or remove it",
            );
            report.add(view, directive.directive.span(), finding);
        }
    }
}

fn unknown_flag(value: &str) -> Option<&str> {
    value
        .split_ascii_whitespace()
        .find(|flag| !FLAGS.iter().any(|known| flag.eq_ignore_ascii_case(known)))
}

const FLAGS: [&str; 14] = [
    "allow-downloads",
    "allow-forms",
    "allow-modals",
    "allow-orientation-lock",
    "allow-pointer-lock",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-presentation",
    "allow-same-origin",
    "allow-scripts",
    "allow-storage-access-by-user-activation",
    "allow-top-navigation",
    "allow-top-navigation-by-user-activation",
    "allow-top-navigation-to-custom-protocols",
];
