//! The nearest miss: which part of a source differs from the URL, and why that matters.

use connect_src::{
    HostSource, Keyword, MatchResult, Mismatch, NearestMiss, PortPart, Relation, SourceExpression,
};
use url::Url;

use super::Case;
use crate::prose;
use crate::words::{Prose, code};

/// A label for the source, and a sentence.
pub(super) fn describe(case: &Case<'_>, miss: &NearestMiss) -> (&'static str, Prose) {
    let expression = &case.policy.sources[miss.index];
    if expression.result == MatchResult::DoesNotMatch(Mismatch::Silenced) {
        return ("switched off", silenced(case, miss));
    }
    match miss.relation {
        Relation::Same => same_host(case, miss),
        Relation::WildcardLeavesApexOut => ("only subdomains", apex(case, miss)),
        Relation::HostIsBelow => ("not its subdomains", below(case, miss)),
        Relation::HostIsAbove => ("a subdomain of the host", above(case, miss)),
        Relation::Typo => ("almost the same host", typo(case, miss)),
    }
}

fn silenced(case: &Case<'_>, miss: &NearestMiss) -> Prose {
    prose![
        code(case.source(miss.index)),
        " would admit it, but ",
        code("'strict-dynamic'"),
        " in the same list switches it off.",
    ]
}

fn same_host(case: &Case<'_>, miss: &NearestMiss) -> (&'static str, Prose) {
    let is_scheme_source = matches!(
        case.policy.sources[miss.index].expression,
        SourceExpression::Scheme(_)
    );
    let parts = miss.parts;
    if is_scheme_source {
        let source = case.source(miss.index);
        let sentence = prose![
            code(source),
            " admits every host, but no ",
            kind_of_connection(case.url()),
            ".",
        ];
        return ("any host, wrong scheme", sentence);
    }
    if !parts.scheme {
        return ("right host, wrong scheme", scheme(case, miss));
    }
    if !parts.port {
        return ("right host, wrong port", port(case, miss));
    }
    ("right host, other path", path(case, miss))
}

fn scheme(case: &Case<'_>, miss: &NearestMiss) -> Prose {
    let source = case.source(miss.index);
    let url = case.url();
    let opening = prose![code(source), " is the right host, but "];
    let connection = kind_of_connection(url);
    let rest = match written_scheme(case, miss) {
        Some(scheme) => prose![
            code(format!("{scheme}:")),
            " sources do not admit ",
            connection,
            ".",
        ],
        None => prose![
            "without a scheme it stands for the page's ",
            code(format!("{}:", page_scheme(case))),
            ", which does not admit ",
            connection,
            ".",
        ],
    };
    opening.append(rest)
}

fn kind_of_connection(url: &Url) -> String {
    match url.scheme() {
        scheme @ ("ws" | "wss") => format!("WebSocket connections ({scheme}:)"),
        scheme => format!("{scheme}: URLs"),
    }
}

/// The scheme that the source names; `'self'` has the page's, which is not written there.
fn written_scheme(case: &Case<'_>, miss: &NearestMiss) -> Option<String> {
    match case.policy.sources[miss.index].expression {
        SourceExpression::Host(HostSource { scheme, .. }) => scheme.map(str::to_ascii_lowercase),
        _ => None,
    }
}

fn page_scheme<'a>(case: &Case<'a>) -> &'a str {
    let origin = case.origin.as_tuple();
    origin.map_or("https", |origin| origin.scheme())
}

fn port(case: &Case<'_>, miss: &NearestMiss) -> Prose {
    let has = match case.url().port_or_known_default() {
        Some(port) => format!("this URL has port {port}."),
        None => "this URL has none.".to_owned(),
    };
    let source = code(case.source(miss.index));
    match case.policy.sources[miss.index].expression {
        SourceExpression::Keyword(Keyword::SelfOrigin) => prose![
            source,
            " is the right host, but it stands for ",
            code(case.origin.to_string()),
            " with its port; ",
            has,
        ],
        SourceExpression::Host(HostSource {
            port: Some(PortPart::Number(port)),
            ..
        }) if case.url().port_or_known_default() == Some(port) => prose![
            source,
            " is the right host, but its port is meant for another scheme than this URL's, ",
            code(format!("{}:", case.url().scheme())),
            ".",
        ],
        SourceExpression::Host(HostSource {
            port: Some(PortPart::Number(port)),
            ..
        }) => prose![
            source,
            format!(" is the right host, but it names port {port}; "),
            has
        ],
        _ => prose![
            source,
            " is the right host, but without a port it stands for the default port of its scheme; ",
            has,
        ],
    }
}

fn path(case: &Case<'_>, miss: &NearestMiss) -> Prose {
    let source = case.source(miss.index);
    let path = match case.policy.sources[miss.index].expression {
        SourceExpression::Host(source) => source.path,
        _ => "",
    };
    let rule = if path.ends_with('/') {
        prose!["it admits only what is below ", code(path)]
    } else {
        prose!["it admits only the path ", code(path), " itself"]
    };
    let hint = if is_below(case.url().path(), path) {
        prose!["; with a slash at its end it would admit all that is below."]
    } else {
        prose![", and this URL has ", code(case.url().path()), "."]
    };
    prose![code(source), " is the right host, but "]
        .append(rule)
        .append(hint)
}

fn is_below(path: &str, source: &str) -> bool {
    path.strip_prefix(source)
        .is_some_and(|rest| rest.starts_with('/'))
}

fn apex(case: &Case<'_>, miss: &NearestMiss) -> Prose {
    prose![
        code(case.source(miss.index)),
        " stands for the hosts below ",
        host(case.url()),
        ", but not for ",
        host(case.url()),
        " itself.",
    ]
}

fn below(case: &Case<'_>, miss: &NearestMiss) -> Prose {
    prose![
        code(case.source(miss.index)),
        " is that host alone; ",
        host(case.url()),
        " is a host below it, and needs a source of its own.",
    ]
}

fn above(case: &Case<'_>, miss: &NearestMiss) -> Prose {
    prose![
        code(case.source(miss.index)),
        " is a host below ",
        host(case.url()),
        ", and does not admit ",
        host(case.url()),
        " itself.",
    ]
}

fn typo(case: &Case<'_>, miss: &NearestMiss) -> Prose {
    prose![
        code(case.source(miss.index)),
        " is almost ",
        host(case.url()),
        ": is one of them misspelled?",
    ]
}

fn host(url: &Url) -> crate::words::Piece {
    code(url.host_str().unwrap_or_default())
}
