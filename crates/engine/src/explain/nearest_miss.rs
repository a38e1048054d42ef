//! Which expression came closest to admitting a URL, and by what it failed.

use core::fmt;

use super::SourceExplanation;
use crate::matching::{Context, Parts, Target};
use crate::origin::{Origin, TupleOrigin};
use crate::source_expression::{HostPart, Keyword, SourceExpression};
use crate::span::Span;

/// The expression that came closest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearestMiss {
    /// Where it stands in the policy's text.
    pub span: Span,
    /// Its index among the policy's explained sources.
    pub index: usize,
    /// Which of its parts fit.
    pub parts: Parts,
    /// How its host relates to the URL's.
    pub relation: Relation,
}

/// How the host of a source relates to the host of a URL that it does not admit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// It matches.
    Same,
    /// The source is `*.example.com`, the URL is on `example.com` itself.
    WildcardLeavesApexOut,
    /// The URL is on a host below the source's.
    HostIsBelow,
    /// The URL is on the host above the source's.
    HostIsAbove,
    /// The hosts differ by a letter or two.
    Typo,
}

/// The shortest way to say it: what fits and what does not.
impl fmt::Display for NearestMiss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.relation {
            Relation::Same => {
                let failed = match self.parts {
                    Parts {
                        scheme: false,
                        port: false,
                        ..
                    } => "scheme and port differ",
                    Parts { scheme: false, .. } => "only the scheme differs",
                    Parts { port: false, .. } => "only the port differs",
                    _ => "only the path differs",
                };
                formatter.write_str(failed)
            }
            Relation::WildcardLeavesApexOut => {
                formatter.write_str("*. stands for subdomains, not for the host itself")
            }
            Relation::HostIsBelow => formatter.write_str("a host does not include its subdomains"),
            Relation::HostIsAbove => formatter.write_str("this is a subdomain of the URL's host"),
            Relation::Typo => formatter.write_str("almost the same host: a typing error?"),
        }
    }
}

pub(super) fn nearest_miss(
    sources: &[SourceExplanation<'_>],
    target: &Target<'_>,
    context: Context<'_>,
) -> Option<NearestMiss> {
    let misses = sources.iter().enumerate().filter_map(|(index, source)| {
        let parts = source.parts.filter(|_| !source.result.is_match())?;
        let relation = relation(&source.expression, parts, target, context.self_origin)?;
        Some(NearestMiss {
            span: source.span,
            index,
            parts,
            relation,
        })
    });
    misses.min_by_key(|miss| {
        let is_scheme_source =
            matches!(sources[miss.index].expression, SourceExpression::Scheme(_));
        (is_scheme_source, miss.relation, distance(miss.parts))
    })
}

/// How many parts fail, the costlier ones counting more.
fn distance(parts: Parts) -> u8 {
    u8::from(!parts.path) + 2 * u8::from(!parts.port) + 4 * u8::from(!parts.scheme)
}

fn relation(
    expression: &SourceExpression<'_>,
    parts: Parts,
    target: &Target<'_>,
    self_origin: &Origin,
) -> Option<Relation> {
    let host = target.host?;
    match expression {
        SourceExpression::Scheme(scheme) => is_web_scheme(scheme).then_some(Relation::Same),
        SourceExpression::Host(source) if parts.host => {
            let scheme = source
                .scheme
                .or(self_origin.as_tuple().map(TupleOrigin::scheme));
            scheme.is_some_and(is_web_scheme).then_some(Relation::Same)
        }
        SourceExpression::Host(source) => host_relation(source.host, host),
        SourceExpression::Keyword(Keyword::SelfOrigin) if parts.host => Some(Relation::Same),
        _ => None,
    }
}

fn is_web_scheme(scheme: &str) -> bool {
    ["http", "https", "ws", "wss"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
}

fn host_relation(pattern: HostPart<'_>, host: &str) -> Option<Relation> {
    match pattern {
        HostPart::Any => None,
        HostPart::Subdomains(suffix) => suffix
            .eq_ignore_ascii_case(host)
            .then_some(Relation::WildcardLeavesApexOut),
        HostPart::Exact(exact) if is_below(host, exact) => Some(Relation::HostIsBelow),
        HostPart::Exact(exact) if is_below(exact, host) => Some(Relation::HostIsAbove),
        HostPart::Exact(exact) => is_typo(exact, host).then_some(Relation::Typo),
    }
}

/// Whether `host` is a subdomain of `parent`, which must be more than a top-level domain.
fn is_below(host: &str, parent: &str) -> bool {
    let dot = host.len().checked_sub(parent.len() + 1);
    parent.contains('.')
        && dot.is_some_and(|dot| {
            host.as_bytes()[dot] == b'.'
                && host.as_bytes()[dot + 1..].eq_ignore_ascii_case(parent.as_bytes())
        })
}

/// Whether the two differ in one letter, or in two neighbours that changed places.
fn is_typo(a: &str, b: &str) -> bool {
    const LONGEST_HOST: usize = 253;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().min(b.len()) < 6 || a.len().max(b.len()) > LONGEST_HOST {
        return false;
    }
    let differs = |pair: &(&u8, &u8)| !pair.0.eq_ignore_ascii_case(pair.1);
    let head = a.iter().zip(b).take_while(|pair| !differs(pair)).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev());
    let tail = tail.take_while(|pair| !differs(pair)).count();
    let (a, b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    match (a, b) {
        ([_] | [], [_] | []) => true,
        ([a, b], [c, d]) => a.eq_ignore_ascii_case(d) && b.eq_ignore_ascii_case(c),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_one_letter_or_a_swap() {
        for (a, b, expected) in [
            ("api.example.com", "api.exmaple.com", true),
            ("api.example.com", "api.exampl.com", true),
            ("api.example.com", "apj.example.com", true),
            ("api.example.com", "api.example.com", true),
            ("api.example.com", "cdn.example.com", false),
            ("a.test", "b.test", true),
            ("x.io", "y.io", false),
        ] {
            assert_eq!(is_typo(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn the_wildcard_leaves_its_apex_out() {
        let relation = host_relation(HostPart::Subdomains("Example.com"), "example.com");
        assert_eq!(relation, Some(Relation::WildcardLeavesApexOut));
    }

    #[test]
    fn a_top_level_domain_is_nobodys_parent() {
        assert_eq!(host_relation(HostPart::Exact("com"), "example.com"), None);
        let below = host_relation(HostPart::Exact("example.com"), "api.example.com");
        assert_eq!(below, Some(Relation::HostIsBelow));
    }
}
