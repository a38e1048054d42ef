//! Whose decision is asked for: the standard's or a browser's, and how the two differ.
//!
//! The matcher knows one set of rules, the standard's, and asks [`Rules::has`] at each place where a
//! browser is known to depart from it. What departs, and the recorded proof, is data: a [`Quirk`] names
//! the place in the standard, a [`Departure`] is one browser's entry for it.
//!
//! ```
//! use connect_src::{BrowserProfile, Departure};
//!
//! for departure in BrowserProfile::Firefox.departures() {
//!     println!("{}: {}", departure.quirk.name(), departure.does);
//! }
//! ```

mod chromium;
mod firefox;
mod quirk;
mod webkit;

use core::fmt;

pub use quirk::Quirk;

/// Whose decision is asked for.
///
/// Convert it to [`Rules`] to decide as the newest version that was recorded, or choose an older one
/// with [`at_version`](Self::at_version).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum BrowserProfile {
    /// The normative steps of Content Security Policy Level 3 (editors' draft of 19 April 2026), Fetch
    /// and the standard of `WebSocket`. Where a note contradicts the steps, the steps win: IP addresses never match a
    /// host-source, although a note promises it for 127.0.0.1.
    Standard,
    /// Chrome, Edge and everything else on Blink.
    Chromium,
    /// Firefox (Gecko).
    Firefox,
    /// Safari and WebKitGTK.
    #[cfg_attr(feature = "serde", serde(alias = "safari"))]
    WebKit,
}

impl BrowserProfile {
    /// All four profiles, the standard first.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Chromium, Self::Firefox, Self::WebKit];

    /// The three browsers.
    pub const BROWSERS: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// The name as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        }
    }

    /// Finds a profile by its name or a well-known product's, whatever the ASCII case.
    ///
    /// ```
    /// use connect_src::BrowserProfile;
    ///
    /// assert_eq!(BrowserProfile::parse("Safari"), Some(BrowserProfile::WebKit));
    /// assert_eq!(BrowserProfile::parse("netscape"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        const NAMES: [(&str, BrowserProfile); 10] = [
            ("standard", BrowserProfile::Standard),
            ("chromium", BrowserProfile::Chromium),
            ("chrome", BrowserProfile::Chromium),
            ("edge", BrowserProfile::Chromium),
            ("blink", BrowserProfile::Chromium),
            ("firefox", BrowserProfile::Firefox),
            ("gecko", BrowserProfile::Firefox),
            ("webkit", BrowserProfile::WebKit),
            ("webkitgtk", BrowserProfile::WebKit),
            ("safari", BrowserProfile::WebKit),
        ];
        let found = NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, profile)| *profile)
    }

    /// Every recorded departure of the browser from the standard, also those of older versions.
    pub const fn departures(self) -> &'static [Departure] {
        match self {
            Self::Standard => &[],
            Self::Chromium => chromium::DEPARTURES,
            Self::Firefox => firefox::DEPARTURES,
            Self::WebKit => webkit::DEPARTURES,
        }
    }

    /// The rules of one major version: the departures that began before it and had not ended.
    ///
    /// WebKit's versions are Safari's.
    pub const fn at_version(self, version: u16) -> Rules {
        self.rules(Some(version))
    }

    const fn rules(self, version: Option<u16>) -> Rules {
        let departures = self.departures();
        let mut quirks = 0;
        let mut index = 0;
        while index < departures.len() {
            if departures[index].is_in(version) {
                quirks |= departures[index].quirk.bit();
            }
            index += 1;
        }
        Rules {
            profile: self,
            quirks,
        }
    }
}

impl fmt::Display for BrowserProfile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// One browser's entry for a [`Quirk`]: what it does instead of the standard, and the proof.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Departure {
    /// The place in the standard.
    pub quirk: Quirk,
    /// What this browser does there.
    pub does: &'static str,
    /// The first major version that is known to do so; `None` for as long as anyone looked.
    pub since: Option<u16>,
    /// The first major version that no longer does; `None` when the recorded version still does.
    pub until: Option<u16>,
    /// Recorded decisions that this entry alone explains (`conformance/vectors/`).
    pub vectors: &'static [&'static str],
    /// Where it is told, if no recorded decision can prove it: the version was not recorded, or the
    /// browser gave no answer.
    pub source: Option<&'static str>,
}

impl Departure {
    const fn new(quirk: Quirk, does: &'static str, vectors: &'static [&'static str]) -> Self {
        Self {
            quirk,
            does,
            since: None,
            until: None,
            vectors,
            source: None,
        }
    }

    const fn until(mut self, version: u16) -> Self {
        self.until = Some(version);
        self
    }

    const fn source(mut self, source: &'static str) -> Self {
        self.source = Some(source);
        self
    }

    const fn is_in(&self, version: Option<u16>) -> bool {
        let Some(version) = version else {
            return self.until.is_none();
        };
        let has_begun = match self.since {
            Some(since) => since <= version,
            None => true,
        };
        let has_ended = match self.until {
            Some(until) => until <= version,
            None => false,
        };
        has_begun && !has_ended
    }
}

/// The standard's rules with one browser's departures.
///
/// Everything that decides takes `impl Into<Rules>`, so a [`BrowserProfile`] is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    profile: BrowserProfile,
    quirks: u64,
}

impl Rules {
    /// Whose rules these are.
    pub const fn profile(self) -> BrowserProfile {
        self.profile
    }

    /// Whether they depart from the standard at this place.
    pub const fn has(self, quirk: Quirk) -> bool {
        self.quirks & quirk.bit() != 0
    }

    /// The same rules, but as the standard says at this place. For experiments and tests: what would
    /// change if the browser mended it?
    pub const fn without(mut self, quirk: Quirk) -> Self {
        self.quirks &= !quirk.bit();
        self
    }
}

impl From<BrowserProfile> for Rules {
    fn from(profile: BrowserProfile) -> Self {
        const NEWEST: [Rules; 4] = [
            BrowserProfile::Standard.rules(None),
            BrowserProfile::Chromium.rules(None),
            BrowserProfile::Firefox.rules(None),
            BrowserProfile::WebKit.rules(None),
        ];
        NEWEST[profile as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_has_one_entry_for_a_quirk() {
        for profile in BrowserProfile::ALL {
            let departures = profile.departures();
            for (index, departure) in departures.iter().enumerate() {
                let later = &departures[index + 1..];
                assert!(
                    later.iter().all(|other| other.quirk != departure.quirk),
                    "{departure:?}"
                );
            }
        }
    }

    #[test]
    fn every_departure_is_proven_or_has_a_source() {
        for profile in BrowserProfile::ALL {
            for departure in profile.departures() {
                let is_proven = !departure.vectors.is_empty();
                assert!(
                    is_proven != departure.source.is_some(),
                    "{profile} {departure:?}"
                );
            }
        }
    }

    #[test]
    fn every_quirk_belongs_to_a_browser() {
        for quirk in Quirk::ALL {
            let is_used = BrowserProfile::BROWSERS
                .iter()
                .any(|profile| profile.departures().iter().any(|one| one.quirk == *quirk));
            assert!(is_used, "{} is nobody's", quirk.name());
        }
    }

    #[test]
    fn an_ended_departure_applies_to_older_versions_only() {
        let quirk = Quirk::SelfIgnoresWebSocket;
        assert!(BrowserProfile::WebKit.at_version(15).has(quirk));
        assert!(!BrowserProfile::WebKit.at_version(16).has(quirk));
        assert!(!Rules::from(BrowserProfile::WebKit).has(quirk));
    }
}
