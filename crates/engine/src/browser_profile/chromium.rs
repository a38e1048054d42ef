//! Chromium, as recorded from version 156.

use super::{Departure, Quirk};

pub(super) const DEPARTURES: &[Departure] = &[
    Departure::new(
        Quirk::WebSocketKeepsScheme,
        "The policy sees the ws or wss URL; http, https and schemeless sources do not admit it.",
        &["x"],
    ),
    Departure::new(
        Quirk::PrefetchIsUnchecked,
        "Prefetch is not checked.",
        &["x"],
    ),
    Departure::new(
        Quirk::ControlCharacterDropsDirective,
        "The directive is dropped.",
        &["x"],
    ),
    Departure::new(
        Quirk::DroppedDirectiveHoldsItsName,
        "A later directive of the same name is ignored as a duplicate.",
        &["x"],
    ),
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
    Departure::new(
        Quirk::WebSocketSourceAdmitsOnlyWebSocket,
        "ws: and wss: admit WebSocket only.",
        &["x"],
    ),
    Departure::new(
        Quirk::StarAdmitsWebSocket,
        "`*` also admits ws and wss.",
        &["x"],
    ),
    Departure::new(Quirk::IpAddressMatches, "Matched as text.", &["x"]),
    Departure::new(Quirk::SchemeAndPortUpgradeTogether, "Both or none.", &["x"]),
    Departure::new(Quirk::PathIsDecodedWhole, "Decoded whole.", &["x"]),
    Departure::new(Quirk::SelfExcludesBlob, "No.", &["x"]),
    Departure::new(Quirk::SelfPortIsExplicit, "Admits it.", &["x"]),
];
