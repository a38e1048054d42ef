//! Connections of the inventory that a policy blocks, and the source that comes closest to allow each.

use connect_src::{
    BrowserProfile, CspList, Explanation, HostPart, Request, SourceExpression, Span,
};

use crate::context::is_network_scheme;
use crate::subject::Subject;

/// A connection that a policy blocks.
#[derive(Debug)]
pub(crate) struct Missed<'a> {
    pub(crate) policy: usize,
    pub(crate) request: &'a Request,
    pub(crate) cause: Cause,
    /// The closest source, or the directive that decides.
    pub(crate) span: Span,
}

/// Why the closest source does not allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// `*.example.com` and `example.com`.
    Apex,
    /// `https://host` and `wss://host`.
    WebSocketScheme,
    /// `host` and `host:8443`.
    Port,
    /// `*` and `data:…`.
    Scheme,
    /// Anything else.
    Other,
}

/// Connections of the inventory that are blocked, each with each policy that blocks it.
pub(crate) fn missed<'a>(subject: &Subject<'a>) -> Vec<Missed<'a>> {
    let Some(inventory) = subject.inventory else {
        return Vec::new();
    };
    let browser = subject.browsers.first().copied();
    let rules = browser.unwrap_or_else(|| BrowserProfile::Standard.into());
    let mut missed = Vec::new();
    for (index, policy) in subject.policies.iter().enumerate() {
        let list: CspList = [policy.clone()].into_iter().collect();
        for request in inventory {
            let is_blocked = list
                .violated_policies(request, &subject.origin, rules)
                .next()
                .is_some();
            if is_blocked {
                missed.push(of_policy(subject, index, &list, request));
            }
        }
    }
    missed
}

fn of_policy<'a>(
    subject: &Subject<'a>,
    index: usize,
    list: &CspList,
    request: &'a Request,
) -> Missed<'a> {
    let browser = subject.browsers.first().copied();
    let rules = browser.unwrap_or_else(|| BrowserProfile::Standard.into());
    let explanation = Explanation::of(list, request, &subject.origin, rules);
    let explained = explanation.policies.first();
    let directive = explained.and_then(|one| one.directive);
    let span = directive.map_or(Span { start: 0, end: 0 }, connect_src::Directive::name_span);
    let closest = explained
        .into_iter()
        .flat_map(|one| &one.sources)
        .filter_map(|source| {
            let cause = cause(&source.expression, request)?;
            Some((cause, source.span))
        });
    let (cause, span) = closest
        .min_by_key(|(cause, _)| *cause as u8)
        .unwrap_or((Cause::Other, span));
    Missed {
        policy: index,
        request,
        cause,
        span,
    }
}

/// Why a source that is about the connection's host does not allow it; `None` for one about another host.
fn cause(expression: &SourceExpression<'_>, request: &Request) -> Option<Cause> {
    let url = request.current_url();
    if let SourceExpression::Host(source) = expression
        && source.host == HostPart::Any
        && source.scheme.is_none()
    {
        return (!is_network_scheme(url.scheme())).then_some(Cause::Scheme);
    }
    let host = url.host_str()?;
    match expression {
        SourceExpression::Host(source) => match source.host {
            HostPart::Subdomains(suffix) if suffix.eq_ignore_ascii_case(host) => Some(Cause::Apex),
            HostPart::Exact(name) if name.eq_ignore_ascii_case(host) => {
                let is_websocket = matches!(url.scheme(), "ws" | "wss");
                match source.scheme {
                    Some("http" | "https") if is_websocket => Some(Cause::WebSocketScheme),
                    _ if source.path.is_empty() && url.port().is_some() => Some(Cause::Port),
                    _ => None,
                }
            }
            _ => None,
        },
        SourceExpression::Scheme("https" | "http") if matches!(url.scheme(), "ws" | "wss") => {
            Some(Cause::WebSocketScheme)
        }
        _ => None,
    }
}
