use super::target::{Target, default_port};
use super::{is, is_scheme_upgrade};
use crate::browser_profile::{Quirk, Rules};
use crate::source_expression::PortPart;

/// The scheme that a source stands for: its own, or that of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceScheme<'a> {
    /// Without its colon.
    pub scheme: &'a str,
    /// Whether the source itself has it.
    pub is_written: bool,
}

/// Does the port-part match the URL? Browsers look at the source's scheme as well.
///
/// <https://w3c.github.io/webappsec-csp/#match-ports>
pub fn port_part(
    port: Option<PortPart>,
    source_scheme: SourceScheme<'_>,
    target: &Target<'_>,
    rules: Rules,
) -> bool {
    if port == Some(PortPart::Any) {
        return true;
    }
    let scheme = source_scheme.scheme;
    if rules.has(Quirk::SchemeAndPortUpgradeTogether) && is_scheme_upgrade(scheme, target.scheme) {
        return is_upgraded(port, scheme, target);
    }
    is_same(port, target)
        || (rules.has(Quirk::OmittedPortIsSourceDefault)
            && port.is_none()
            && source_default_admits(scheme, target))
        || (target.effective_port == Some(443) && admits_443(port, source_scheme, rules))
}

/// The standard's rule.
fn is_same(port: Option<PortPart>, target: &Target<'_>) -> bool {
    match port {
        None => target.port.is_none(),
        Some(PortPart::Number(number)) => target.effective_port == Some(number),
        Some(PortPart::Any) => true,
        Some(PortPart::Unmatchable) => false,
    }
}

/// Chromium, when the scheme is upgraded: the port must be upgraded with it, or be left open.
fn is_upgraded(port: Option<PortPart>, source_scheme: &str, target: &Target<'_>) -> bool {
    match port {
        None => target.port.is_none(),
        Some(PortPart::Number(80)) => target.effective_port == Some(443),
        Some(PortPart::Number(443)) => {
            is(source_scheme, "http") && target.effective_port == Some(443)
        }
        Some(_) => false,
    }
}

/// Firefox, when the source has no port: the default port of the source's scheme counts too.
fn source_default_admits(source_scheme: &str, target: &Target<'_>) -> bool {
    let lower = ["http", "https", "ws", "wss"]
        .into_iter()
        .find(|known| is(source_scheme, known));
    let default = lower.and_then(default_port);
    default.is_some()
        && (default == target.effective_port
            || (default == Some(80) && target.effective_port == Some(443)))
}

fn admits_443(port: Option<PortPart>, source_scheme: SourceScheme<'_>, rules: Rules) -> bool {
    match port {
        Some(PortPart::Number(80)) => rules.has(Quirk::Port80Admits443),
        None => {
            rules.has(Quirk::HttpSourceAdmits443)
                && source_scheme.is_written
                && is(source_scheme.scheme, "http")
        }
        Some(_) => false,
    }
}
