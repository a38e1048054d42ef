//! Firefox checks some requests against the policy as it prints it after parsing. Paths are printed
//! decoded, so that an escaped `;`, space or non-ASCII byte changes what the policy says.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use url::Host;

use crate::browser_profile::{Quirk, Rules};
use crate::directive::DirectiveName;
use crate::matching::decoded;
use crate::origin::Origin;
use crate::policy::{Directive, Policy, Reading};
use crate::request::{Client, Mode, Request};
use crate::source_expression::{HostSource, Keyword, SourceExpression};

/// The policy as a browser reads it for one request: once, or in two ways that must both allow it.
pub(crate) type Readings<'p> = Vec<Reading<'p>>;

/// Which readings count for the request.
pub(crate) fn readings<'p>(
    policy: &'p Policy,
    request: &Request,
    self_origin: &Origin,
    rules: Rules,
) -> Readings<'p> {
    let kind = match may_be_reread(policy, rules) {
        true => Kind::of(request, self_origin),
        false => Kind::AsWritten,
    };
    let mut readings = Vec::with_capacity(2);
    if kind != Kind::Reserialized {
        readings.push(Reading::Borrowed(policy));
    }
    if kind != Kind::AsWritten {
        readings.push(Reading::Owned(reserialize(policy, self_origin, rules)));
    }
    readings
}

/// Whether printing the policy could change it.
pub(crate) fn may_be_reread(policy: &Policy, rules: Rules) -> bool {
    rules.has(Quirk::PolicyIsReserialized) && policy.has_percent_sign()
}

/// Which form of the policy a request is checked against.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    AsWritten,
    Reserialized,
    Both,
}

impl Kind {
    pub(crate) fn of(request: &Request, self_origin: &Origin) -> Self {
        match (request.client, request.mode) {
            (Client::Worker, _) | (_, Mode::WebTransport) => Self::Reserialized,
            (Client::Window, Mode::WebSocket) if is_mixed_content(request, self_origin) => {
                Self::AsWritten
            }
            (Client::Window, Mode::WebSocket) => Self::Both,
            (Client::Window, _) => Self::AsWritten,
        }
    }
}

/// Whether Firefox refuses the WebSocket as mixed content, between its first check and its second.
///
/// <https://w3c.github.io/webappsec-mixed-content/#should-block-fetch>
fn is_mixed_content(request: &Request, self_origin: &Origin) -> bool {
    let url = request.current_url();
    let is_loopback = match url.host() {
        Some(Host::Domain(domain)) => domain == "localhost" || domain.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let is_secure_page = self_origin
        .as_tuple()
        .is_some_and(|origin| origin.scheme() == "https");
    is_secure_page && url.scheme() == "ws" && !is_loopback
}

/// Prints and parses the policy as Firefox does.
pub(crate) fn reserialize(policy: &Policy, self_origin: &Origin, rules: Rules) -> Policy {
    let mut text = String::new();
    for name in DirectiveName::ALL {
        let Some(directive) = policy.directive(*name, rules) else {
            continue;
        };
        text.push_str(name.as_str());
        print_value(&mut text, directive, self_origin, rules);
        text.push_str("; ");
    }
    policy.with_text(text)
}

fn print_value(text: &mut String, directive: Directive<'_>, self_origin: &Origin, rules: Rules) {
    let has_source_list = directive
        .known_name()
        .is_some_and(DirectiveName::has_source_list);
    if !has_source_list {
        text.push(' ');
        text.push_str(directive.value());
        return;
    }
    for (_, expression) in directive.source_list().expressions_as(rules) {
        match expression {
            SourceExpression::Unrecognized(_) | SourceExpression::Keyword(Keyword::None) => {}
            SourceExpression::Host(source) if !source.is_star() => {
                print_host_source(text, &source, self_origin);
            }
            other => {
                let _ = write!(text, " {other}");
            }
        }
    }
}

fn print_host_source(text: &mut String, source: &HostSource<'_>, self_origin: &Origin) {
    let page = self_origin.as_tuple().map_or("", |origin| origin.scheme());
    let scheme = source.scheme.unwrap_or(page);
    let printed = HostSource {
        scheme: Some(scheme),
        path: "",
        ..*source
    };
    let _ = write!(text, " {printed}");
    text.extend(decoded(source.path).map(char::from));
}
