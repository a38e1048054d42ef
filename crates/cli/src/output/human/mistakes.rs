//! Values that are rarely what the author of a `connect-src` wants, with one line on each.

use connect_src::{DirectiveName, Keyword, PolicyExplanation, SourceExpression};

use crate::output::{Prose, code, prose::prose};

/// A line on each such value in the list that decided.
pub(super) fn notes(policy: &PolicyExplanation<'_>) -> Vec<Prose> {
    let Some(name) = policy
        .directive
        .and_then(connect_src::Directive::known_name)
    else {
        return Vec::new();
    };
    if !matches!(name, DirectiveName::ConnectSrc | DirectiveName::DefaultSrc) {
        return Vec::new();
    }
    let text = policy.policy.text();
    let note = |source: &connect_src::SourceExplanation<'_>| {
        let words = note(&source.expression, name)?;
        Some(prose![code(&text[source.span.range()]), " ", words])
    };
    policy.sources.iter().filter_map(note).collect()
}

fn note(expression: &SourceExpression<'_>, directive: DirectiveName) -> Option<&'static str> {
    match expression {
        SourceExpression::Host(source) if source.is_star() => {
            Some("admits every host, so data can leave to anywhere; name the hosts instead")
        }
        SourceExpression::Scheme(scheme) => of_scheme(scheme),
        SourceExpression::Keyword(keyword) if directive == DirectiveName::ConnectSrc => {
            of_keyword(*keyword)
        }
        SourceExpression::Nonce(_) | SourceExpression::Hash(_)
            if directive == DirectiveName::ConnectSrc =>
        {
            Some("has no effect in connect-src: nonces and hashes are for scripts and styles")
        }
        _ => None,
    }
}

fn of_scheme(scheme: &str) -> Option<&'static str> {
    const EVERY_HOST: &str =
        "admits every host of that scheme, so data can leave to anywhere; name the hosts instead";
    let is = |known: &&str| scheme.eq_ignore_ascii_case(known);
    if ["http", "https", "ws", "wss"].iter().any(&is) {
        return Some(EVERY_HOST);
    }
    if is(&"data") {
        return Some(
            "admits content that is written into the URL itself, whoever wrote it; no host vouches for it",
        );
    }
    if is(&"blob") {
        return Some("admits content that any script of the page has made; no host vouches for it");
    }
    None
}

fn of_keyword(keyword: Keyword) -> Option<&'static str> {
    match keyword {
        Keyword::UnsafeWebTransportHashes => {
            Some("lets WebTransport reach any server whose certificate's hash the script names")
        }
        Keyword::None | Keyword::SelfOrigin | Keyword::ReportSample => None,
        _ => Some("has no effect in connect-src: it is about scripts and styles"),
    }
}
