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

/// Which readings of a policy count for a request. All of them must allow it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readings {
    AsWritten,
    Reserialized,
    Both,
}

impl Readings {
    /// What Firefox does, where printing the policy could change it.
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

    pub(crate) fn has_written(self) -> bool {
        self != Self::Reserialized
    }

    pub(crate) fn has_reserialized(self) -> bool {
        self != Self::AsWritten
    }
}

/// The policy as a browser reads it for one request: once, or in two ways that must both allow it.
pub(crate) fn readings<'p>(
    policy: &'p Policy,
    request: &Request,
    self_origin: &Origin,
    rules: Rules,
) -> Vec<Reading<'p>> {
    read(
        policy,
        Readings::of(request, self_origin),
        self_origin,
        rules,
    )
}

fn read<'p>(
    policy: &'p Policy,
    readings: Readings,
    self_origin: &Origin,
    rules: Rules,
) -> Vec<Reading<'p>> {
    if let Some(divided) = policy.comma_reading(rules) {
        return divided.iter().map(Reading::Borrowed).collect();
    }
    let readings = if may_be_reread(policy, rules) {
        readings
    } else {
        Readings::AsWritten
    };
    let written = readings.has_written().then_some(Reading::Borrowed(policy));
    let reserialized = readings
        .has_reserialized()
        .then(|| Reading::Owned(reserialize(policy, self_origin, rules)));
    written.into_iter().chain(reserialized).collect()
}

/// The ways in which some requests are checked against the policies: in each, all of its readings must allow one.
pub(crate) fn ways<'p>(
    policies: &[&'p Policy],
    self_origin: &Origin,
    rules: Rules,
) -> Vec<Vec<Reading<'p>>> {
    let all = [Readings::AsWritten, Readings::Reserialized, Readings::Both];
    let is_reread = policies.iter().any(|policy| may_be_reread(policy, rules));
    let ways = if is_reread { &all[..] } else { &all[..1] };
    let read = |way: &Readings| {
        let policies = policies.iter();
        policies
            .flat_map(|policy| read(policy, *way, self_origin, rules))
            .collect()
    };
    ways.iter().map(read).collect()
}

/// Whether printing the policy could change it.
pub(crate) fn may_be_reread(policy: &Policy, rules: Rules) -> bool {
    rules.has(Quirk::PolicyIsReserialized) && policy.has_percent_sign()
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
