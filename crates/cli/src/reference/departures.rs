//! Browser departures, as the engine has them as data.

use connect_src::{BrowserProfile, Departure, Quirk};

use super::entries::entries;
use super::entry::{Entry, Group};

/// The quirk that an entry is about.
pub(super) fn quirk(entry: &Entry) -> Option<Quirk> {
    (entry.group == Group::Departure)
        .then(|| Quirk::parse(entry.term))
        .flatten()
}

/// The browser that an entry is about.
pub(super) fn browser(entry: &Entry) -> Option<BrowserProfile> {
    (entry.group == Group::Browser)
        .then(|| BrowserProfile::parse(entry.term))
        .flatten()
}

/// Which browsers have the quirk, each with its entry.
pub(super) fn of(quirk: Quirk) -> Vec<(BrowserProfile, &'static Departure)> {
    let entry_of = |profile: BrowserProfile| {
        let mut departures = profile.departures().iter();
        departures
            .find(|one| one.quirk == quirk)
            .map(|one| (profile, one))
    };
    BrowserProfile::BROWSERS
        .into_iter()
        .filter_map(entry_of)
        .collect()
}

/// From when until when a browser departs; empty where it always did and still does. WebKit's versions are
/// Safari's.
pub(super) fn period(profile: BrowserProfile, departure: &Departure) -> String {
    let product = if profile == BrowserProfile::WebKit {
        "Safari "
    } else {
        ""
    };
    match (departure.since, departure.until) {
        (None, None) => String::new(),
        (Some(since), None) => format!("since {product}{since}"),
        (None, Some(until)) => format!("before {product}{until}"),
        (Some(since), Some(until)) => format!("from {product}{since} to before {until}"),
    }
}

/// The browsers that have the quirk, in one line.
pub(super) fn names(quirk: Quirk) -> String {
    let name =
        |(profile, departure): &(BrowserProfile, &Departure)| match period(*profile, departure)
            .as_str()
        {
            "" => profile.to_string(),
            period => format!("{profile} ({period})"),
        };
    let names: Vec<_> = of(quirk).iter().map(name).collect();
    names.join(", ")
}

/// What the quirk is about, in one sentence.
pub(super) fn summary(quirk: Quirk) -> &'static str {
    let mut entries = entries().iter();
    let entry = entries.find(|entry| self::quirk(entry) == Some(quirk));
    entry.map_or(quirk.standard(), |entry| entry.summary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_departure_is_told_with_its_end() {
        let names = names(Quirk::SelfIgnoresWebSocket);
        assert!(names.ends_with("WebKit (before Safari 16)"), "{names}");
    }
}
