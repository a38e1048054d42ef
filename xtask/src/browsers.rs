//! `docs/browsers.md`: how the browsers depart from the standard, from the engine's own data.

use std::fmt::Write as _;

use connect_src::{BrowserProfile, Departure, Quirk};

/// The page.
pub(crate) fn page() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("| departure | Chromium | Firefox | WebKit |\n|---|---|---|---|\n");
    for quirk in Quirk::ALL {
        let cells = BrowserProfile::BROWSERS.map(|profile| cell(profile, *quirk));
        let name = quirk.name();
        let _ = writeln!(page, "| [`{name}`](#{name}) | {} |", cells.join(" | "));
    }
    for quirk in Quirk::ALL {
        section(&mut page, *quirk);
    }
    page
}

fn departure(profile: BrowserProfile, quirk: Quirk) -> Option<&'static Departure> {
    profile.departures().iter().find(|one| one.quirk == quirk)
}

fn cell(profile: BrowserProfile, quirk: Quirk) -> String {
    departure(profile, quirk).map_or_else(String::new, |one| match span(one) {
        versions if versions.is_empty() => "departs".into(),
        versions => format!("departed {versions}"),
    })
}

fn span(departure: &Departure) -> String {
    match (departure.since, departure.until) {
        (None, None) => String::new(),
        (Some(since), None) => format!("since {since}"),
        (None, Some(until)) => format!("before {until}"),
        (Some(since), Some(until)) => format!("from {since} to before {until}"),
    }
}

fn section(page: &mut String, quirk: Quirk) {
    let _ = write!(
        page,
        "\n## {}\n\n[The standard]({}): {}\n\n",
        quirk.name(),
        quirk.anchor(),
        quirk.standard()
    );
    for profile in BrowserProfile::BROWSERS {
        let Some(one) = departure(profile, quirk) else {
            continue;
        };
        let versions = match span(one) {
            versions if versions.is_empty() => versions,
            versions => format!(" ({versions})"),
        };
        let _ = writeln!(
            page,
            "- **{profile}**{versions}: {} {}",
            one.does,
            proof(one)
        );
    }
}

fn proof(departure: &Departure) -> String {
    match departure.source {
        Some(source) => format!("Source: {source}"),
        None => format!("Rows: `{}`.", departure.vectors.join("`, `")),
    }
}

const INTRODUCTION: &str = "\
# How browsers depart from the standard

This page is generated from the engine's browser profiles (`cargo xtask generate`). Each entry was recorded from real
browsers: Chromium 156, Firefox ESR 153 and WebKitGTK 2.50, the engine of Safari 26. The rows named as proof are in
[conformance/vectors](../conformance/vectors); a test holds that the engine decides them as the browser did, and that without the entry
it would not. What is not named here, the browsers do alike and as the standard says.

`connect-src explain NAME` prints an entry on the command line.

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quirk_has_a_row_and_a_section() {
        let page = page();
        for quirk in Quirk::ALL {
            assert!(page.contains(&format!("| [`{0}`](#{0}) |", quirk.name())));
            assert!(page.contains(&format!("\n## {}\n", quirk.name())));
        }
    }

    #[test]
    fn versions_are_told() {
        assert!(page().contains("departed before 16"));
    }
}
