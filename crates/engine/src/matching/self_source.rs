use super::target::{Target, default_port};
use super::{Context, Parts, SourceScheme, port_part};
use crate::browser_profile::{Quirk, Rules};
use crate::origin::TupleOrigin;
use crate::source_expression::PortPart;

/// Which parts of `'self'` fit the URL.
///
/// <https://w3c.github.io/webappsec-csp/#match-url-to-source-expression>, step 4
pub(super) fn self_source(target: &Target<'_>, context: Context<'_>) -> Parts {
    let rules = context.rules;
    let Some(origin) = context.self_origin.as_tuple() else {
        let is_secure = matches!(target.scheme, "https" | "wss");
        let is_admitted = is_secure && rules.has(Quirk::OpaqueSelfAdmitsSecure);
        return Parts {
            scheme: is_admitted,
            host: is_admitted,
            ..Parts::ALL
        };
    };
    if target.scheme == "blob" && !rules.has(Quirk::SelfExcludesBlob) {
        let is_own = is_blob_of(target.path, origin);
        return Parts {
            scheme: true,
            host: is_own,
            port: true,
            path: true,
        };
    }
    Parts {
        scheme: admits_scheme(origin, target, rules),
        host: target.host == Some(origin.host()),
        port: admits_port(origin, target, rules),
        path: true,
    }
}

fn admits_scheme(origin: &TupleOrigin, target: &Target<'_>, rules: Rules) -> bool {
    let is_websocket = matches!(target.scheme, "ws" | "wss");
    if is_websocket && rules.has(Quirk::SelfIgnoresWebSocket) {
        return target.scheme == origin.scheme();
    }
    target.scheme == origin.scheme()
        || matches!(target.scheme, "https" | "wss")
        || (origin.scheme() == "http" && target.scheme == "ws")
}

fn admits_port(origin: &TupleOrigin, target: &Target<'_>, rules: Rules) -> bool {
    if rules.has(Quirk::SelfIsHostSource) {
        let scheme = SourceScheme {
            scheme: origin.scheme(),
            is_written: true,
        };
        return port_part(origin.port().map(PortPart::Number), scheme, target, rules);
    }
    let own_port = origin.port().or_else(|| default_port(origin.scheme()));
    origin.port() == target.port
        || (rules.has(Quirk::SelfPortIsExplicit) && own_port == target.effective_port)
}

/// Whether the path of a blob: URL names this origin.
fn is_blob_of(path: &str, origin: &TupleOrigin) -> bool {
    let host = path
        .strip_prefix(origin.scheme())
        .and_then(|rest| rest.strip_prefix("://"));
    let Some(rest) = host.and_then(|rest| rest.strip_prefix(origin.host())) else {
        return false;
    };
    let authority_end = rest.find('/').unwrap_or(rest.len());
    match (rest[..authority_end].strip_prefix(':'), origin.port()) {
        (None, None) => authority_end == 0,
        (Some(written), Some(port)) => written.parse() == Ok(port),
        _ => false,
    }
}
