use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// Text that something should have replaced: `{PROJECT_REF}.supabase.co`, `${API_URL}`, `undefined`, `null`.
    ///
    /// ## Why it matters
    ///
    /// The policy was put together from a template whose value was missing. The host that was meant is blocked.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src 'self' https://${API_HOST}
    /// ```
    ///
    /// ```csp fires
    /// connect-src 'self' undefined
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self' https://api.example.com
    /// ```
    ///
    /// ## Browsers
    ///
    /// All skip the source, or look for a host of that name.
    ///
    /// ## Fix
    ///
    /// None is automatic: only the author knows the value.
    ///
    /// ## References
    ///
    /// - <https://github.com/langfuse/langfuse/issues/14613>
    "placeholder-source", Correctness, Some(Severity::Error), "text of a template that nothing replaced"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for source in directive
                .sources
                .iter()
                .filter(|one| is_placeholder(one.text))
            {
                let finding = Finding::new(
                    format!(
                        "`{}` looks like text that a value should have replaced",
                        source.text
                    ),
                    "it allows nothing that was meant",
                    "set the value where the policy is put together",
                );
                report.add(view, source.span, finding);
            }
        }
    }
}

pub(in crate::rules) fn is_placeholder(text: &str) -> bool {
    let host = host(text);
    let words = ["undefined", "null", "nan", "[object", "true", "false"];
    words.iter().any(|word| word.eq_ignore_ascii_case(host)) || has_mark(text)
}

/// What stands where a source has its host. Every source is asked, so its bytes are gone through by hand.
fn host(text: &str) -> &str {
    let scheme = text.as_bytes().windows(3).position(|three| three == b"://");
    let rest = &text[scheme.map_or(0, |at| at + "://".len())..];
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b':'));
    &rest[..end.unwrap_or(rest.len())]
}

fn has_mark(text: &str) -> bool {
    // Most sources have none of these at all.
    let may_mark = |byte| matches!(byte, b'{' | b'}' | b'<' | b'>' | b'%' | b'[' | b']' | b'$');
    if !text.bytes().any(may_mark) {
        return false;
    }
    let marks = ["{", "}", "<%", "%>", "[[", "]]", "%%", "$(", "%s"];
    marks.iter().any(|mark| text.contains(mark))
        || (text.contains('$') && !text.contains("'nonce-"))
        || (text.starts_with("'nonce-") && text.contains(['$', '<', '[', '%']))
}
