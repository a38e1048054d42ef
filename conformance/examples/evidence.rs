//! For each departure of each browser: the recorded rows that it alone explains, the shortest first.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use connect_src::{BrowserProfile, Rules};

fn main() -> std::io::Result<()> {
    let rows = connect_src_conformance::load()?;
    for profile in BrowserProfile::BROWSERS {
        let rules = Rules::from(profile);
        for departure in profile
            .departures()
            .iter()
            .filter(|one| one.until.is_none())
        {
            let without = rules.without(departure.quirk);
            let mut proof: Vec<_> = rows
                .iter()
                .filter(|row| {
                    row.recorded(profile).is_some_and(|recorded| {
                        row.decide(rules) == recorded && row.decide(without) != recorded
                    })
                })
                .collect();
            proof.sort_by_key(|row| (row.policy.len() + row.url.len(), row.id.clone()));
            println!("{profile} {}: {} rows", departure.quirk.name(), proof.len());
            for row in proof.iter().take(3) {
                println!(
                    "    {} {:?} on {}: {} {}",
                    row.id, row.policy, row.origin, row.api, row.url
                );
            }
        }
    }
    Ok(())
}
