use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// A policy of more than 4,096 bytes.
    ///
    /// ## Why it matters
    ///
    /// Servers and proxies limit the headers of a response: nginx reads 4 or 8 KiB from an application by default, and answers 502 to more.
    /// Each page carries the policy, and each violation report repeats it.
    ///
    /// ## Examples
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ```csp fires repeat=600
    /// connect-src https://h1.example
    /// ```
    ///
    /// ## Browsers
    ///
    /// Chromium takes 256 KiB of headers. The servers before it take less.
    ///
    /// ## Fix
    ///
    /// None is automatic: give routes their own policies, or remove sources that nobody uses.
    ///
    /// ## References
    ///
    /// - <https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size>
    "long-policy", Compatibility, Some(Severity::Warning), "a policy that is too long for some servers"
}

/// nginx's smaller default.
const MOST: usize = 4096;

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in context.policies.iter().filter(|view| !view.is_meta()) {
        let length = view.policy.text().len();
        if length > MOST {
            let finding = Finding::new(
                format!("the policy has {length} bytes"),
                "nginx, by default, reads 4 or 8 KiB of an application's headers and answers 502 to more",
                "give routes their own policies, or remove sources that nobody uses",
            );
            report.add(view, view.end(), finding);
        }
    }
}
