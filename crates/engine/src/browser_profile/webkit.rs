//! WebKit, as recorded from WebKitGTK 2.50 (Safari 26).

use super::{Departure, Quirk};

pub(super) const DEPARTURES: &[Departure] = &[
    Departure::new(
        Quirk::WebSocketKeepsScheme,
        "The policy sees the ws or wss URL; http, https and schemeless sources do not admit it.",
        &["x"],
    ),
    Departure::new(Quirk::JsonModuleIsScript, "script-src-elem.", &["x"]),
    Departure::new(
        Quirk::ControlCharacterDropsDirective,
        "The directive is dropped.",
        &["x"],
    ),
    Departure::new(Quirk::VerticalTabIsWhitespace, "It is.", &["x"]),
    Departure::new(
        Quirk::QueryIsIgnored,
        "The query or fragment is ignored.",
        &["x"],
    ),
    Departure::new(
        Quirk::AnyCharacterInPath,
        "Any character may stand in the path.",
        &["x"],
    ),
    Departure::new(Quirk::WildcardDotIsAnyHost, "Any host.", &["x"]),
    Departure::new(Quirk::BareWildcardNeedsScheme, "Dropped.", &["x"]),
    Departure::new(Quirk::KeywordMayHaveTail, "Is 'self'.", &["x"]),
    Departure::new(Quirk::StrictDynamicSilencesList, "Silences.", &["x"]),
    Departure::new(
        Quirk::StarAdmitsWebSocket,
        "`*` also admits ws and wss.",
        &["x"],
    ),
    Departure::new(Quirk::IpAddressMatches, "Matched as text.", &["x"]),
    Departure::new(Quirk::Port80Admits443, "It does.", &["x"]),
    Departure::new(Quirk::HttpSourceAdmits443, "It does.", &["x"]),
    Departure::new(Quirk::PathIsDecodedWhole, "Decoded whole.", &["x"]),
    Departure::new(Quirk::SelfIsHostSource, "As a host-source.", &["x"]),
    Departure::new(Quirk::SelfExcludesBlob, "No.", &["x"]),
    Departure::new(
        Quirk::SelfIgnoresWebSocket,
        "No.",
        &["https://bugs.webkit.org/show_bug.cgi?id=235873"],
    )
    .until(16),
];
