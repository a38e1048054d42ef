//! `_meta` of a UI resource: <https://apps.extensions.modelcontextprotocol.io/api/interfaces/app.McpUiResourceCsp.html>,
//! <https://developers.openai.com/apps-sdk/reference>.

use connect_src::{Disposition, SourceExpression};
use serde_json::json;

use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let (domains, others): (Vec<String>, Vec<String>) = delivery
        .sources()
        .into_iter()
        .partition(|source| is_domain(source));
    let others: Vec<String> = others
        .into_iter()
        .filter(|source| !source.eq_ignore_ascii_case("'none'"))
        .collect();
    let filled = super::json::file(&json!({ "_meta": {
        "ui": { "csp": { "connectDomains": domains } },
        "openai/widgetCSP": { "connect_domains": domains },
    } }));
    let left_out = format!(
        "left out, because only origins can be named: {}; a widget has no server of its own, so `'self'` stands for \
         nothing in it",
        others.join(" ")
    );
    filled
        .note_if(!others.is_empty(), &left_out)
        .note_if(
            delivery.disposition == Disposition::Report,
            "hosts always enforce what is declared here",
        )
        .note("other directives of the policy are the host's: resourceDomains and frameDomains name what else is loaded")
}

fn is_domain(source: &str) -> bool {
    source.contains("://") && matches!(SourceExpression::parse(source), SourceExpression::Host(_))
}
