//! Did we send this policy, to this page?

use std::collections::BTreeSet;

use connect_src::{
    BrowserProfile, DirectiveName, Disposition, HostPart, HostSource, Keyword, Origin, Policy,
    PortPart, SourceExpression,
};

use super::case::{Case, part};
use super::{Reason, Sent, SentPolicy};
use crate::origins;
use crate::record::Record;

impl Case<'_> {
    /// Why the policy is none of ours, if it is none.
    pub(super) fn foreign(&self) -> Option<Reason> {
        match self.context.sent {
            Sent::Never => return Some(Reason::NeverSent),
            Sent::OneOf(sent) if !self.is_one_of(sent) => return Some(Reason::OtherPolicy),
            Sent::OneOf(_) | Sent::Unknown => {}
        }
        self.is_other_document().then_some(Reason::OtherDocument)
    }

    /// A page that a proxy shows under its own name is noise, not another page.
    fn is_other_document(&self) -> bool {
        let Some(document) = self.document() else {
            return false;
        };
        let first_party = self.context.first_party;
        !first_party.is_empty()
            && !first_party
                .iter()
                .any(|origin| origins::is_of(document, origin))
            && self.noise().is_none()
    }

    fn is_one_of(&self, sent: &[SentPolicy]) -> bool {
        let Some(reported) = &self.record.original_policy else {
            return true;
        };
        let is_cut = reported.len() + MARGIN > Record::MAX_POLICY;
        is_cut
            || sent.iter().any(|sent| sent.has_text(reported))
            || self.has_the_sources_of_one(reported, sent)
    }

    /// Compared is the directive that the report is about, as some browser reads both policies: Firefox
    /// prints policies anew, without what it drops. What else differs does not change what was blocked.
    fn has_the_sources_of_one(&self, reported: &str, sent: &[SentPolicy]) -> bool {
        let reported = Policy::from_header(reported, Disposition::Enforce);
        let name = self
            .record
            .effective_directive
            .as_deref()
            .unwrap_or_default();
        let Some(directive) = DirectiveName::parse(name) else {
            return true;
        };
        let is_alike = |sent: &Policy, origin: &Origin, rules| {
            let sent = sources(sent, directive, origin, rules);
            sources(&reported, directive, origin, rules) == sent || is_fragile(&sent)
        };
        let origins = self.self_origins();
        let mut sent = sent.iter().flat_map(|sent| sent.policies().policies());
        sent.any(|sent| {
            origins.iter().any(|origin| {
                let mut browsers = BrowserProfile::BROWSERS.into_iter();
                browsers.any(|rules| is_alike(sent, origin, rules))
            })
        })
    }
}

impl SentPolicy {
    /// Whether one of its policies was sent in these words.
    pub(super) fn has_text(&self, text: &str) -> bool {
        let mut policies = self.policies().policies().iter();
        policies.any(|policy| policy.text().trim_ascii() == text)
    }
}

/// A policy this close to the cap may have been cut.
const MARGIN: usize = 8;

/// What a policy says to a directive's requests: nothing, or a set of sources in one spelling.
type Sources = Option<BTreeSet<String>>;

fn sources(
    policy: &Policy,
    directive: DirectiveName,
    origin: &Origin,
    rules: BrowserProfile,
) -> Sources {
    let directive = policy.governing_directive(part(directive), rules)?;
    let expressions = directive.source_list().expressions_as(rules);
    Some(
        expressions
            .filter_map(|(_, one)| spelling(one, origin))
            .collect(),
    )
}

/// Firefox prints paths decoded, which can end a source or a directive.
fn is_fragile(sources: &Sources) -> bool {
    let ends_source = |c: char| !c.is_ascii() || c.is_ascii_whitespace() || matches!(c, ';' | ',');
    sources
        .iter()
        .flatten()
        .any(|source| source.contains(ends_source))
}

/// A source in one spelling; `None` for what does not match URLs, such as a nonce of its own for each
/// response.
fn spelling(expression: SourceExpression<'_>, origin: &Origin) -> Option<String> {
    match expression {
        SourceExpression::Scheme(scheme) => Some(format!("{}:", scheme.to_ascii_lowercase())),
        SourceExpression::Keyword(Keyword::SelfOrigin) => Some(own_origin(origin)),
        SourceExpression::Host(source) if source.is_star() => Some("*".to_owned()),
        SourceExpression::Host(source) => Some(host_source(&source, origin)),
        SourceExpression::Keyword(_)
        | SourceExpression::Nonce(_)
        | SourceExpression::Hash(_)
        | SourceExpression::Unrecognized(_) => None,
    }
}

/// Older Firefox prints the page's origin for `'self'`.
fn own_origin(origin: &Origin) -> String {
    match origin {
        Origin::Opaque => "'self'".to_owned(),
        origin @ Origin::Tuple(_) => origin.to_string(),
    }
}

fn host_source(source: &HostSource<'_>, origin: &Origin) -> String {
    let page = origin.as_tuple().map(connect_src::TupleOrigin::scheme);
    let scheme = source
        .scheme
        .or(page)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let port = match (source.port, scheme.as_str()) {
        (None, _)
        | (Some(PortPart::Number(443)), "https" | "wss")
        | (Some(PortPart::Number(80)), "http" | "ws") => String::new(),
        (Some(PortPart::Number(port)), _) => format!(":{port}"),
        (Some(PortPart::Any), _) => ":*".to_owned(),
        (Some(PortPart::Unmatchable), _) => ":65536".to_owned(),
    };
    let host = match source.host {
        HostPart::Any => "*".to_owned(),
        HostPart::Exact(host) => host.to_ascii_lowercase(),
        HostPart::Subdomains(suffix) => format!("*.{}", suffix.to_ascii_lowercase()),
    };
    format!("{scheme}://{host}{port}{}", decoded(source.path))
}

/// The path, decoded until nothing is left to decode: who decoded it before, and how often, is unknown.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    for byte in path.bytes() {
        bytes.push(byte);
        while let Some(escaped) = escape_at_end(&bytes) {
            bytes.truncate(bytes.len() - 3);
            bytes.push(escaped);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escape_at_end(bytes: &[u8]) -> Option<u8> {
    let [.., b'%', high, low] = bytes else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_to_the_end() {
        for (path, expected) in [
            ("/a", "/a"),
            ("/%41", "/A"),
            ("/%2541", "/A"),
            ("/%2%35%34%31", "/A"),
            ("/%zz%", "/%zz%"),
            ("/%c3%a9", "/é"),
        ] {
            assert_eq!(decoded(path), expected, "{path}");
        }
    }
}
