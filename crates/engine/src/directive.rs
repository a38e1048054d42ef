//! Directive names, their fallback lists, and which of them governs a request.

use core::fmt;

use crate::browser_profile::{Quirk, Rules};
use crate::request::{Destination, Initiator, Request};

macro_rules! directive_names {
    ($( $variant:ident = $text:literal, $doc:literal; )*) => {
        /// The name of a directive that some standard or browser defines.
        ///
        /// Unknown names are not listed here: a [`Directive`](crate::Directive) keeps its name as text,
        /// because browsers add directives and reports must not be lost over it.
        ///
        /// <https://w3c.github.io/webappsec-csp/#csp-directives>
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum DirectiveName {
            $( #[doc = $doc] $variant, )*
        }

        impl DirectiveName {
            /// Every name, in the order of the standard.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The name as it is written, in lower case.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )* }
            }
        }
    };
}

directive_names! {
    ChildSrc = "child-src", "Frames and workers, where no closer directive is there.";
    ConnectSrc = "connect-src", "The connections that scripts make.";
    DefaultSrc = "default-src", "The fallback of all fetch directives.";
    FontSrc = "font-src", "Fonts.";
    FrameSrc = "frame-src", "Nested documents.";
    ImgSrc = "img-src", "Images.";
    ManifestSrc = "manifest-src", "Application manifests.";
    MediaSrc = "media-src", "Audio, video and text tracks.";
    ObjectSrc = "object-src", "`<object>` and `<embed>`.";
    ScriptSrc = "script-src", "Scripts; the fallback of its two parts.";
    ScriptSrcElem = "script-src-elem", "Script requests and blocks.";
    ScriptSrcAttr = "script-src-attr", "Event handler attributes.";
    StyleSrc = "style-src", "Styles; the fallback of its two parts.";
    StyleSrcElem = "style-src-elem", "Style sheets and blocks.";
    StyleSrcAttr = "style-src-attr", "Style attributes.";
    WorkerSrc = "worker-src", "Workers.";
    Webrtc = "webrtc", "Whether WebRTC may connect.";
    BaseUri = "base-uri", "What `<base>` may say.";
    Sandbox = "sandbox", "Sandboxing flags.";
    FormAction = "form-action", "Where forms may be sent.";
    FrameAncestors = "frame-ancestors", "Who may frame the page.";
    ReportUri = "report-uri", "Where violation reports go (deprecated).";
    ReportTo = "report-to", "The reporting endpoint of violations.";
    RequireTrustedTypesFor = "require-trusted-types-for", "Trusted Types: the sinks that demand them.";
    TrustedTypes = "trusted-types", "Trusted Types: the policies that may be made.";
    UpgradeInsecureRequests = "upgrade-insecure-requests", "Turns http into https before fetching.";
    BlockAllMixedContent = "block-all-mixed-content", "Obsolete: browsers block mixed content by themselves.";
    FencedFrameSrc = "fenced-frame-src", "Fenced frames (Chromium).";
    PrefetchSrc = "prefetch-src", "Removed from the standard; WebKit alone reads it.";
    PluginTypes = "plugin-types", "Removed from the standard.";
    NavigateTo = "navigate-to", "Removed from the standard.";
}

impl DirectiveName {
    /// Finds a name, whatever its ASCII case.
    pub fn parse(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("connect-src") {
            return Some(Self::ConnectSrc);
        }
        Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether the directive controls what a document may fetch.
    ///
    /// <https://w3c.github.io/webappsec-csp/#directives-fetch>
    pub const fn is_fetch_directive(self) -> bool {
        (self as u8) <= (Self::WorkerSrc as u8)
            || matches!(self, Self::FencedFrameSrc | Self::PrefetchSrc)
    }

    /// Whether the value is a source list: the fetch directives, and four others.
    pub const fn has_source_list(self) -> bool {
        self.is_fetch_directive()
            || matches!(
                self,
                Self::BaseUri | Self::FormAction | Self::FrameAncestors | Self::NavigateTo
            )
    }

    /// Whether a policy in a `<meta>` element may carry it.
    ///
    /// <https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy>
    pub const fn is_allowed_in_meta(self) -> bool {
        !matches!(self, Self::ReportUri | Self::FrameAncestors | Self::Sandbox)
    }
}

impl fmt::Display for DirectiveName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for DirectiveName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The directives that are asked in turn for `name`, the closest first. Empty when `name` has no
/// fetch of its own.
///
/// ```
/// use connect_src::{DirectiveName, fetch_directive_fallback_list};
///
/// assert_eq!(
///     fetch_directive_fallback_list(DirectiveName::ConnectSrc),
///     [DirectiveName::ConnectSrc, DirectiveName::DefaultSrc],
/// );
/// ```
///
/// <https://w3c.github.io/webappsec-csp/#directive-fallback-list>
pub const fn fetch_directive_fallback_list(name: DirectiveName) -> &'static [DirectiveName] {
    use DirectiveName as D;
    match name {
        D::ScriptSrcElem => &[D::ScriptSrcElem, D::ScriptSrc, D::DefaultSrc],
        D::ScriptSrcAttr => &[D::ScriptSrcAttr, D::ScriptSrc, D::DefaultSrc],
        D::StyleSrcElem => &[D::StyleSrcElem, D::StyleSrc, D::DefaultSrc],
        D::StyleSrcAttr => &[D::StyleSrcAttr, D::StyleSrc, D::DefaultSrc],
        D::WorkerSrc => &[D::WorkerSrc, D::ChildSrc, D::ScriptSrc, D::DefaultSrc],
        D::ConnectSrc => &[D::ConnectSrc, D::DefaultSrc],
        D::ManifestSrc => &[D::ManifestSrc, D::DefaultSrc],
        D::ObjectSrc => &[D::ObjectSrc, D::DefaultSrc],
        D::FrameSrc => &[D::FrameSrc, D::ChildSrc, D::DefaultSrc],
        D::MediaSrc => &[D::MediaSrc, D::DefaultSrc],
        D::FontSrc => &[D::FontSrc, D::DefaultSrc],
        D::ImgSrc => &[D::ImgSrc, D::DefaultSrc],
        // Not in the standard any more; WebKit still reads it.
        D::PrefetchSrc => &[D::PrefetchSrc, D::DefaultSrc],
        // Not in the standard's table: a resource hint is governed by default-src itself.
        D::DefaultSrc => &[D::DefaultSrc],
        _ => &[],
    }
}

/// The name of the fetch directive that governs a request; `None` when no directive does.
///
/// The standard's last step sends every other destination to `connect-src`. A navigation
/// (`document`) never gets that far: Fetch runs it with an empty policy container, so it is `None` here.
///
/// <https://w3c.github.io/webappsec-csp/#effective-directive-for-a-request>
pub fn effective_directive(request: &Request, rules: impl Into<Rules>) -> Option<DirectiveName> {
    effective_directive_for(request.destination, request.initiator, rules.into())
}

/// The same for all requests of a destination and an initiator.
pub(crate) fn effective_directive_for(
    destination: Destination,
    initiator: Initiator,
    rules: Rules,
) -> Option<DirectiveName> {
    use DirectiveName as D;
    if matches!(initiator, Initiator::Prefetch | Initiator::Prerender) {
        return Some(D::DefaultSrc);
    }
    Some(match destination {
        Destination::Manifest => D::ManifestSrc,
        Destination::Object | Destination::Embed => D::ObjectSrc,
        Destination::Frame | Destination::Iframe => D::FrameSrc,
        Destination::Audio | Destination::Track | Destination::Video => D::MediaSrc,
        Destination::Font => D::FontSrc,
        Destination::Image => D::ImgSrc,
        Destination::Style => D::StyleSrcElem,
        Destination::Script
        | Destination::Xslt
        | Destination::AudioWorklet
        | Destination::PaintWorklet => D::ScriptSrcElem,
        Destination::ServiceWorker | Destination::SharedWorker | Destination::Worker => {
            D::WorkerSrc
        }
        Destination::Json if rules.has(Quirk::JsonModuleIsScript) => D::ScriptSrcElem,
        Destination::Report | Destination::Document => return None,
        Destination::Empty | Destination::Json | Destination::Text | Destination::WebIdentity => {
            D::ConnectSrc
        }
    })
}

/// Whether `directive` decides for a request whose effective directive is `effective`, or leaves it
/// to a closer directive of the same policy. `is_present` tells which directives the policy has.
///
/// <https://w3c.github.io/webappsec-csp/#should-directive-execute>
pub fn should_fetch_directive_execute(
    effective: DirectiveName,
    directive: DirectiveName,
    is_present: impl Fn(DirectiveName) -> bool,
) -> bool {
    let fallback_list = fetch_directive_fallback_list(effective);
    fallback_list
        .iter()
        .copied()
        .find(|name| *name == directive || is_present(*name))
        .is_some_and(|name| name == directive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_ascii_case() {
        for name in DirectiveName::ALL {
            assert_eq!(
                DirectiveName::parse(&name.as_str().to_ascii_uppercase()),
                Some(*name)
            );
        }
        assert_eq!(DirectiveName::parse("connect-source"), None);
    }

    #[test]
    fn a_closer_directive_takes_over() {
        let has_both = |name| matches!(name, DirectiveName::ConnectSrc | DirectiveName::DefaultSrc);
        let connect = DirectiveName::ConnectSrc;
        assert!(should_fetch_directive_execute(connect, connect, has_both));
        assert!(!should_fetch_directive_execute(
            connect,
            DirectiveName::DefaultSrc,
            has_both
        ));
        assert!(should_fetch_directive_execute(
            connect,
            DirectiveName::DefaultSrc,
            |name| { name == DirectiveName::DefaultSrc }
        ));
        assert!(!should_fetch_directive_execute(
            connect,
            DirectiveName::ImgSrc,
            has_both
        ));
    }
}
