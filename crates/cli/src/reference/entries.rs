//! Every entry of the reference.

use std::sync::LazyLock;

use super::entry::{Block, Entry, Group};
use super::markdown;

/// Every entry, in the order of the list of terms.
pub(super) fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// Whether the entry's text has the word, in any ASCII case.
pub(super) fn mentions(entry: &Entry, word: &str) -> bool {
    let has_word = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.split(|end: char| !end.is_ascii_alphanumeric() && end != '-')
            .any(|one| one == word)
    };
    has_word(entry.summary)
        || entry.blocks.iter().any(|block| match block {
            Block::Heading(text) => has_word(text),
            Block::Paragraph(text) => has_word(text),
            Block::List(items) => items.iter().any(|item| has_word(item)),
            Block::Table { rows, .. } => rows.iter().flatten().any(|cell| has_word(cell)),
            Block::Code { .. } | Block::Example(_) => false,
        })
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let entry = |(path, text): &(&'static str, &'static str)| {
        parsed(path, text).unwrap_or_else(|error| panic!("entries/{path}.md: {error}"))
    };
    FILES.iter().map(entry).collect()
});

fn parsed(path: &str, text: &'static str) -> Result<Entry, String> {
    let (folder, _) = path.split_once('/').ok_or("the file has no group")?;
    let group = Group::of_folder(folder).ok_or("there is no such group")?;
    markdown::entry(group, text).map_err(|error| error.to_string())
}

macro_rules! files {
    ($($path:literal,)*) => {
        &[$(($path, include_str!(concat!("entries/", $path, ".md"))),)*]
    };
}

/// The path of each entry's file without its ending, and its text.
const FILES: &[(&str, &str)] = files![
    "directives/connect-src",
    "directives/default-src",
    "directives/child-src",
    "directives/font-src",
    "directives/frame-src",
    "directives/img-src",
    "directives/manifest-src",
    "directives/media-src",
    "directives/object-src",
    "directives/script-src",
    "directives/script-src-elem",
    "directives/script-src-attr",
    "directives/style-src",
    "directives/style-src-elem",
    "directives/style-src-attr",
    "directives/worker-src",
    "directives/fenced-frame-src",
    "directives/prefetch-src",
    "directives/webrtc",
    "directives/base-uri",
    "directives/sandbox",
    "directives/form-action",
    "directives/frame-ancestors",
    "directives/report-uri",
    "directives/report-to",
    "directives/require-trusted-types-for",
    "directives/trusted-types",
    "directives/upgrade-insecure-requests",
    "directives/block-all-mixed-content",
    "directives/plugin-types",
    "directives/navigate-to",
    "keywords/none",
    "keywords/self",
    "keywords/unsafe-inline",
    "keywords/unsafe-eval",
    "keywords/strict-dynamic",
    "keywords/unsafe-hashes",
    "keywords/report-sample",
    "keywords/unsafe-allow-redirects",
    "keywords/wasm-unsafe-eval",
    "keywords/trusted-types-eval",
    "keywords/report-sha256",
    "keywords/unsafe-webtransport-hashes",
    "keywords/inline-speculation-rules",
    "keywords/nonce",
    "keywords/hash",
    "sources/https",
    "sources/http",
    "sources/ws",
    "sources/wss",
    "sources/data",
    "sources/blob",
    "sources/custom-scheme",
    "sources/host",
    "sources/scheme-and-host",
    "sources/subdomains",
    "sources/star",
    "sources/ports",
    "sources/paths",
    "sources/ip-address",
    "sources/localhost",
    "sources/idn",
    "apis/fetch",
    "apis/xhr",
    "apis/websocket",
    "apis/eventsource",
    "apis/beacon",
    "apis/ping",
    "apis/fetchlater",
    "apis/webtransport",
    "apis/json-module",
    "apis/text-module",
    "apis/webidentity",
    "apis/prefetch",
    "topics/blocked",
    "topics/redirects",
    "topics/report-only",
    "topics/meta",
    "topics/multiple-policies",
    "topics/fallback",
    "topics/syntax",
    "topics/cors",
    "topics/mixed-content",
    "topics/workers",
    "topics/service-worker",
    "topics/reporting",
    "topics/exfiltration",
    "topics/csrf",
    "topics/connection-allowlist",
    "browsers/chromium",
    "browsers/firefox",
    "browsers/webkit",
    "browsers/standard",
    "departures/websocket-keeps-scheme",
    "departures/json-module-is-script",
    "departures/prefetch-asks-default-src",
    "departures/prefetch-asks-two-directives",
    "departures/control-character-drops-directive",
    "departures/dropped-directive-holds-its-name",
    "departures/carriage-return-drops-directive",
    "departures/undecodable-header-is-dropped",
    "departures/comma-divides-meta",
    "departures/vertical-tab-is-whitespace",
    "departures/policy-is-reserialized",
    "departures/query-is-ignored",
    "departures/query-after-host-is-ignored",
    "departures/any-character-in-path",
    "departures/long-source-is-dropped",
    "departures/trailing-dot-is-dropped",
    "departures/bare-wildcard-needs-scheme",
    "departures/webtransport-hashes-are-ignored",
    "departures/wildcard-with-path-is-dropped",
    "departures/port-is-text",
    "departures/keyword-may-have-tail",
    "departures/strict-dynamic-silences-list",
    "departures/ws-source-admits-only-websocket",
    "departures/star-admits-websocket",
    "departures/star-admits-any-network-scheme",
    "departures/ip-address-matches",
    "departures/scheme-and-port-upgrade-together",
    "departures/port-80-admits-443",
    "departures/http-source-admits-443",
    "departures/omitted-port-is-source-default",
    "departures/path-is-decoded-whole",
    "departures/opaque-self-admits-secure",
    "departures/self-excludes-blob",
    "departures/self-is-host-source",
    "departures/self-port-is-explicit",
    "departures/self-ignores-websocket",
];

#[cfg(test)]
mod tests;
