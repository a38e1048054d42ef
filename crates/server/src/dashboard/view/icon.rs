//! Pictures beside words. They say nothing that the words do not.

use maud::{Markup, PreEscaped, html};

/// A picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dashboard) enum Icon {
    Allowed,
    Blocked,
    Brand,
    Check,
    Connections,
    Dark,
    Differs,
    Enforce,
    History,
    Info,
    Keys,
    Leave,
    Light,
    Live,
    Next,
    Noise,
    Observe,
    Overview,
    Policy,
    Rollout,
    Search,
    System,
    Trial,
    Undo,
    Warning,
}

/// The picture, hidden from who cannot see it.
pub(in crate::dashboard) fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false" {
            (PreEscaped(paths(icon)))
        }
    }
}

/// Strokes on a grid of 24.
fn paths(icon: Icon) -> &'static str {
    match icon {
        Icon::Allowed => r#"<circle cx="12" cy="12" r="9"/><path d="m8 12 3 3 5-6"/>"#,
        Icon::Blocked => r#"<circle cx="12" cy="12" r="9"/><path d="m6 6 12 12"/>"#,
        Icon::Brand => {
            r#"<path d="M12 3 4 6v6c0 4 3 7 8 9 5-2 8-5 8-9V6z"/><path d="M8 12h8m-3-3 3 3-3 3"/>"#
        }
        Icon::Check => r#"<circle cx="10" cy="10" r="6"/><path d="m15 15 6 6M8 10l2 2 3-4"/>"#,
        Icon::Connections => {
            r#"<circle cx="5" cy="12" r="2.5"/><circle cx="19" cy="6" r="2.5"/><circle cx="19" cy="18" r="2.5"/><path d="m7.5 11 9-4m-9 6 9 4"/>"#
        }
        Icon::Dark => r#"<path d="M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z"/>"#,
        Icon::Differs => r#"<circle cx="12" cy="12" r="9"/><path d="M8 10h8M8 14h8"/>"#,
        Icon::Enforce => {
            r#"<path d="M12 3 4 6v6c0 4 3 7 8 9 5-2 8-5 8-9V6z"/><path d="m8 12 3 3 5-6"/>"#
        }
        Icon::History => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l4 2"/>"#,
        Icon::Info => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v6m0-10v.5"/>"#,
        Icon::Keys => {
            r#"<rect x="2" y="6" width="20" height="12" rx="2"/><path d="M6 10h.5m4 0h.5m4 0h.5m2 0h.5M7 14h10"/>"#
        }
        Icon::Leave => r#"<path d="M10 4H5v16h5m4-12 4 4-4 4m4-4H10"/>"#,
        Icon::Light => {
            r#"<circle cx="12" cy="12" r="4"/><path d="M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4m0-12.8L17 7M7 17l-1.4 1.4"/>"#
        }
        Icon::Live => {
            r#"<circle cx="12" cy="12" r="3"/><path d="M6 6a8.5 8.5 0 0 0 0 12M18 6a8.5 8.5 0 0 1 0 12"/>"#
        }
        Icon::Next => r#"<path d="M5 12h14m-6-6 6 6-6 6"/>"#,
        Icon::Noise => r#"<path d="M3 12h3l2-7 4 14 3-10 2 3h4"/>"#,
        Icon::Observe => {
            r#"<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z"/><circle cx="12" cy="12" r="3"/>"#
        }
        Icon::Overview => {
            r#"<rect x="3" y="3" width="8" height="8" rx="1"/><rect x="13" y="3" width="8" height="5" rx="1"/><rect x="3" y="13" width="8" height="8" rx="1"/><rect x="13" y="10" width="8" height="11" rx="1"/>"#
        }
        Icon::Policy => r#"<path d="M6 3h8l5 5v13H6z"/><path d="M14 3v5h5M9 13h7m-7 4h5"/>"#,
        Icon::Rollout => r#"<path d="M4 20v-5m5 5v-8m5 8V9m5 11V4"/>"#,
        Icon::Search => r#"<circle cx="10" cy="10" r="6"/><path d="m15 15 6 6"/>"#,
        Icon::System => {
            r#"<circle cx="12" cy="12" r="9"/><path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor"/>"#
        }
        Icon::Trial => {
            r#"<path d="M9 3h6M10 3v6L4 19a1.5 1.5 0 0 0 1.3 2h13.4a1.5 1.5 0 0 0 1.3-2L14 9V3M7 15h10"/>"#
        }
        Icon::Undo => r#"<path d="M4 9h10a5 5 0 0 1 0 10H8M8 5 4 9l4 4"/>"#,
        Icon::Warning => r#"<path d="M12 4 2.5 20h19zM12 10v5m0 2v.5"/>"#,
    }
}
