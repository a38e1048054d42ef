//! Prints where the engine disagrees with the recordings: for whoever mends a browser profile.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::collections::BTreeMap;

use connect_src::BrowserProfile;

fn main() -> std::io::Result<()> {
    let only = std::env::args().nth(1);
    let rows = connect_src_conformance::load()?;
    for profile in BrowserProfile::BROWSERS {
        if only
            .as_deref()
            .is_some_and(|name| BrowserProfile::parse(name) != Some(profile))
        {
            continue;
        }
        let mut by_policy: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut answered = 0;
        for row in &rows {
            let Some(recorded) = row.recorded(profile) else {
                continue;
            };
            answered += 1;
            if row.decide(profile) != recorded {
                let what = format!(
                    "{} on {} {} {}{} recorded {}",
                    row.id,
                    row.origin,
                    row.api,
                    row.url,
                    row.redirect_to
                        .as_ref()
                        .map(|to| format!(" -> {to}"))
                        .unwrap_or_default(),
                    recorded.as_str()
                );
                by_policy.entry(&row.policy).or_default().push(what);
            }
        }
        let count: usize = by_policy.values().map(Vec::len).sum();
        println!("{profile}: {count} disagreements of {answered}");
        for (policy, rows) in by_policy {
            println!(
                "  {policy:?}: {}\n      {}",
                rows.len(),
                rows[..rows.len().min(3)].join("\n      ")
            );
        }
    }
    Ok(())
}
