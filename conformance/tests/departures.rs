//! Each departure of a browser is proven by the rows that it names: with it the engine agrees with them, without it
//! it does not.

use std::collections::HashMap;

use connect_src::{BrowserProfile, Rules};
use connect_src_conformance::{Vector, load};

#[test]
fn every_departure_is_proven_by_its_rows() {
    let vectors = load().expect("the recordings are there");
    let by_id: HashMap<&str, &Vector> = vectors.iter().map(|row| (row.id.as_str(), row)).collect();
    for profile in BrowserProfile::BROWSERS {
        let rules = Rules::from(profile);
        for departure in profile
            .departures()
            .iter()
            .filter(|one| one.until.is_none())
        {
            let name = departure.quirk.name();
            for id in departure.vectors {
                let row = by_id
                    .get(id)
                    .unwrap_or_else(|| panic!("{profile} {name}: no row {id}"));
                let recorded = row.recorded(profile);
                assert_eq!(
                    Some(row.decide(rules)),
                    recorded,
                    "{profile} {name} with: {id}"
                );
                let without = rules.without(departure.quirk);
                assert_ne!(
                    Some(row.decide(without)),
                    recorded,
                    "{profile} {name} without: {id}"
                );
            }
        }
    }
}
