//! `conformance/SCOREBOARD.md`: on how many recorded rows the engine agrees with each browser.

use std::fmt::Write as _;

use connect_src::BrowserProfile;
use connect_src_conformance::{ExpectedFailures, Tally, decide_all, load};

/// The page, or what is wrong with the recordings.
pub(crate) fn page() -> String {
    let (vectors, expected) = match (load(), ExpectedFailures::load()) {
        (Ok(vectors), Ok(expected)) => (vectors, expected),
        (Err(error), _) => return format!("the recordings cannot be read: {error}\n"),
        (_, Err(error)) => return format!("{error}\n"),
    };
    let mut page = String::from(INTRODUCTION);
    for profile in BrowserProfile::BROWSERS {
        let mut tally = Tally::default();
        decide_all(&vectors, profile).for_each(|outcome| tally.add(&outcome));
        for (recording, (agree, answered)) in &tally.by_recording {
            let differ = answered - agree;
            let _ = writeln!(page, "| {profile} | {recording} | {answered} | {differ} |");
        }
        let (agree, answered) = tally.total();
        let listed = expected.rows(profile).count();
        let _ = writeln!(
            page,
            "| **{profile}** | all | **{answered}** | **{}** ({listed} expected) |",
            answered - agree
        );
    }
    page
}

const INTRODUCTION: &str = "\
# Scoreboard

Generated (`cargo xtask generate`): how many recorded rows each browser answered, and on how many the engine decides otherwise.
Rows that may differ are listed with their reasons in [expected-failures.toml](expected-failures.toml).

| browser | recording | rows with an answer | rows that differ |
|---|---|--:|--:|
";
