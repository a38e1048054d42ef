//! Firefox, as recorded from version 153 ESR.

use super::{Departure, Quirk};

pub(super) const DEPARTURES: &[Departure] = &[
    Departure::new(
        Quirk::WebSocketKeepsScheme,
        "The policy sees the ws or wss URL; http, https and schemeless sources do not admit it.",
        &["x"],
    ),
    Departure::new(Quirk::PrefetchAsksDefaultSrc, "default-src.", &["x"]),
    Departure::new(
        Quirk::ControlCharacterDropsDirective,
        "The directive is dropped.",
        &["x"],
    ),
    Departure::new(Quirk::PolicyIsReserialized, "Reserialised.", &["x"]),
    Departure::new(
        Quirk::QueryIsIgnored,
        "The query or fragment is ignored.",
        &["x"],
    ),
    Departure::new(
        Quirk::QueryAfterHostIsIgnored,
        "The query or fragment is ignored.",
        &["x"],
    ),
    Departure::new(Quirk::LongPathIsDropped, "Over 512.", &["x"]),
    Departure::new(Quirk::TrailingDotIsDropped, "Dropped.", &["x"]),
    Departure::new(Quirk::WildcardWithPathIsDropped, "Dropped.", &["x"]),
    Departure::new(Quirk::PortIsText, "As text.", &["x"]),
    Departure::new(
        Quirk::WebSocketSourceAdmitsOnlyWebSocket,
        "ws: and wss: admit WebSocket only.",
        &["x"],
    ),
    Departure::new(
        Quirk::StarAdmitsAnyNetworkScheme,
        "All but blob, data, filesystem.",
        &["x"],
    ),
    Departure::new(Quirk::IpAddressMatches, "Matched as text.", &["x"]),
    Departure::new(Quirk::Port80Admits443, "It does.", &["x"]),
    Departure::new(Quirk::OmittedPortIsSourceDefault, "It does.", &["x"]),
    Departure::new(Quirk::PathIsDecodedWhole, "Decoded whole.", &["x"]),
    Departure::new(Quirk::SelfIsHostSource, "As a host-source.", &["x"]),
    Departure::new(Quirk::SelfExcludesBlob, "No.", &["x"]),
];
