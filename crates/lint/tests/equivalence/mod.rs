//! Whether two policies decide the same.

use connect_src::{
    BrowserProfile, DirectiveName, Disposition, Origin, Policy, fetch_directive_fallback_list,
    subsumption_witness,
};
use url::Url;

fn policy(text: &str) -> Policy {
    Policy::from_header(text, Disposition::Enforce)
}

/// Both policies decide the same about URLs, in every directive, in every browser, on pages of several origins.
pub(crate) fn assert_equivalent(before: &str, after: &str) {
    let (old, new) = (policy(before), policy(after));
    for page in [
        "https://app.example.com/",
        "http://app.example.com/",
        "https://a.test:8443/",
    ] {
        let origin = Origin::of(&Url::parse(page).unwrap());
        for profile in BrowserProfile::ALL {
            for name in DirectiveName::ALL
                .iter()
                .copied()
                .filter(|name| name.has_source_list())
            {
                let governing = |policy: &Policy| {
                    let names = fetch_directive_fallback_list(name);
                    let names = if names.is_empty() {
                        std::slice::from_ref(&name)
                    } else {
                        names
                    };
                    names
                        .iter()
                        .find_map(|name| policy.directive(*name, profile))
                        .is_some()
                };
                assert_eq!(
                    governing(&old),
                    governing(&new),
                    "{name} of {before:?} and {after:?}"
                );
                let of = |policy| list(policy, name, profile);
                let (Some(a), Some(b)) = (of(&old), of(&new)) else {
                    continue;
                };
                for (larger, smaller) in [(a, b), (b, a)] {
                    let witness = subsumption_witness(larger, smaller, &origin, profile);
                    assert!(
                        witness.is_none(),
                        "{profile} {name} on {page}: {before:?} and {after:?} differ for {}",
                        witness.unwrap().url()
                    );
                }
            }
        }
    }
}

fn list(
    policy: &Policy,
    name: DirectiveName,
    profile: BrowserProfile,
) -> Option<connect_src::SourceList<'_>> {
    let names = fetch_directive_fallback_list(name);
    let names = if names.is_empty() {
        std::slice::from_ref(&name)
    } else {
        names
    };
    let found = names
        .iter()
        .find_map(|name| policy.directive(*name, profile))?;
    Some(found.source_list())
}
