use super::keyword_without_effect::is_idle;
use crate::rules::prelude::*;

declare_rule! {
    /// ## What it finds
    ///
    /// `self`, `none`, `unsafe-inline`, `nonce-…`, `sha256-…` without single quotes, or in other quotes.
    ///
    /// ## Why it matters
    ///
    /// Without quotes the word is the name of a host. `connect-src self` allows the host `self` and blocks the page's own origin;
    /// `connect-src none` does not close the list.
    ///
    /// ## Examples
    ///
    /// ```csp fires
    /// connect-src self
    /// ```
    ///
    /// ```csp fires
    /// script-src 'self' "unsafe-inline"
    /// ```
    ///
    /// ```csp passes
    /// connect-src 'self'
    /// ```
    ///
    /// ## Browsers
    ///
    /// All read a host; Chromium and Firefox say so in the console.
    ///
    /// ## Fix
    ///
    /// A suggestion puts the quotes. Where the keyword would do nothing, as `'unsafe-inline'` in `connect-src`, it is removed.
    ///
    /// ## References
    ///
    /// - <https://w3c.github.io/webappsec-csp/#grammardef-keyword-source>
    /// - <https://github.com/supabase/supabase/issues/13242>
    "unquoted-keyword", Correctness, Some(Severity::Error), "a keyword, nonce or hash without its single quotes"
}

fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for view in &context.policies {
        for directive in view.lists() {
            for (index, source) in directive.sources.iter().enumerate() {
                if let Some(quoted) = quoted(source.text) {
                    report.add(view, source.span, finding(directive, index, &quoted));
                }
            }
        }
    }
}

/// The keyword, nonce or hash that the text would be with quotes.
pub(crate) fn quoted(text: &str) -> Option<String> {
    if text.len() > 2 && text.starts_with('\'') && text.ends_with('\'') {
        return None;
    }
    let inner = text.trim_matches(|end: char| matches!(end, '\'' | '"' | '`'));
    if !may_be_quoted(inner) {
        return None;
    }
    let quoted = format!("'{inner}'");
    let is_meant = matches!(
        SourceExpression::parse(&quoted),
        SourceExpression::Keyword(_) | SourceExpression::Nonce(_) | SourceExpression::Hash(_)
    );
    is_meant.then_some(quoted)
}

/// Most sources are hosts, which the characters of a keyword tell at once.
fn may_be_quoted(inner: &str) -> bool {
    let is_of_keyword = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let begins = |beginning: &str| {
        let start = inner.get(..beginning.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    };
    begins("nonce-") || begins("sha") || inner.bytes().all(is_of_keyword)
}

fn finding(directive: &DirectiveView<'_>, index: usize, quoted: &str) -> Finding {
    let source = &directive.sources[index];
    let list = directive.shown_name();
    let message = format!("`{}` is no keyword in `{list}`", source.text);
    let why = "only single quotes make a keyword; without them it is the name of a host";
    let is_idle = directive
        .name
        .is_some_and(|name| is_idle(name, &SourceExpression::parse(quoted)));
    let (help, edit) = if is_idle {
        let help = format!("remove it: `{quoted}` does nothing in `{list}`");
        (help, directive.without(index))
    } else {
        let edit = TextEdit::replace(source.span, quoted);
        (format!("write `{quoted}`"), edit)
    };
    Finding::new(message, why, help).with_fix(Fix::suggestion(vec![edit]))
}

#[cfg(test)]
mod tests {
    use connect_src::{Disposition, Policy};

    use super::*;
    use crate::diagnostic::Applicability;
    use crate::{Level, Levels, Subject};

    #[test]
    fn a_keyword_is_quoted_where_it_does_something_and_removed_where_not() {
        let mut levels = Levels::default();
        levels.set("all", Level::Allow).unwrap();
        levels.set(RULE.name, Level::Default).unwrap();
        for (text, fixed) in [
            ("connect-src self", "connect-src 'self'"),
            ("connect-src 'self' unsafe-inline", "connect-src 'self'"),
            ("connect-src unsafe-eval 'self'", "connect-src 'self'"),
            ("connect-src strict-dynamic", "connect-src 'none'"),
            ("connect-src a.test nonce-abc", "connect-src a.test"),
            ("script-src unsafe-inline", "script-src 'unsafe-inline'"),
            ("default-src unsafe-inline", "default-src 'unsafe-inline'"),
        ] {
            let policies = [Policy::from_header(text, Disposition::Enforce)];
            let findings = crate::lint(&Subject::new(&policies), &levels);
            let (after, count) = crate::apply(text, 0, &findings, Applicability::Suggestion);
            assert_eq!((after.as_str(), count), (fixed, 1), "{text}");
        }
    }
}
