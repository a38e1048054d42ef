use super::*;

fn gathered(reports: u64, first: i64, last: i64) -> Gathered {
    let mut gathered = Gathered::default();
    gathered.see(
        reports,
        Timestamp::from_millis(first),
        Timestamp::from_millis(last),
    );
    gathered
}

fn findings(pairs: &[(&str, &str, Gathered)]) -> Findings {
    let mut findings = Findings::default();
    for (page, blocked, gathered) in pairs {
        let pair = Pair::new(page, blocked);
        let known = findings.wanted.entry(pair).or_default();
        let (first, last) = gathered.seen.unwrap();
        known.see(gathered.reports, first, last);
    }
    findings
}

fn key() -> RouteKey {
    RouteKey::new("app.example", "/")
}

#[test]
fn self_goes_first_and_evidence_adds_up() {
    let findings = findings(&[
        (
            "https://app.example",
            "https://api.example",
            gathered(3, 10, 20),
        ),
        (
            "https://app.example",
            "https://app.example",
            gathered(1, 5, 5),
        ),
        (
            "https://www.app.example",
            "https://api.example",
            gathered(4, 2, 12),
        ),
    ]);
    let suggestion = findings.suggestion(&key());
    assert_eq!(suggestion.policy, "connect-src 'self' https://api.example");
    let api = &suggestion.sources[1].evidence;
    assert_eq!(api.reports, 7);
    assert_eq!(
        (api.first_seen.as_millis(), api.last_seen.as_millis()),
        (2, 20)
    );
}

#[test]
fn without_any_connection_nothing_is_allowed() {
    let suggestion = Findings::default().suggestion(&key());
    assert_eq!(suggestion.policy, "connect-src 'none'");
    assert!(suggestion.policy_text().is_ok());
}

#[test]
fn a_host_that_is_left_out_is_so_in_every_scheme() {
    assert!(is_same_host("http://a.example:81", "ws://a.example:81"));
    assert!(!is_same_host("http://a.example:81", "http://a.example"));
    assert!(is_same_host("data:", "data:"));
    assert!(!is_same_host("data:", "blob:"));
}

#[test]
fn what_cannot_be_expressed_is_said() {
    let findings = findings(&[(
        "https://app.example",
        "http://[::1]:3000",
        gathered(2, 1, 1),
    )]);
    let suggestion = findings.suggestion(&key());
    assert_eq!(suggestion.policy, "connect-src 'none'");
    assert_eq!(suggestion.left_out[0].reason, LeftOutReason::Inexpressible);
    assert_eq!(suggestion.left_out[0].evidence.reports, 2);
}

/// The policy for connections of one page.
fn policy(page: &str, blocked: &[&str]) -> String {
    let pairs: Vec<_> = blocked
        .iter()
        .map(|one| (page, *one, gathered(1, 1, 1)))
        .collect();
    findings(&pairs).suggestion(&key()).policy
}

#[test]
fn the_page_s_own_origin_is_self() {
    let policy = policy(
        "https://app.example",
        &["https://app.example", "https://api.example"],
    );
    assert_eq!(policy, "connect-src 'self' https://api.example");
}

#[test]
fn schemes_without_hosts_are_sources() {
    let policy = policy("https://app.example", &["blob:", "data:"]);
    assert_eq!(policy, "connect-src blob: data:");
}

#[test]
fn what_no_source_can_stand_for_is_left_out() {
    let policy = policy("https://app.example", &["http://[::1]:3000", "'eval'", ""]);
    assert_eq!(policy, "connect-src 'none'");
}

#[test]
fn a_wildcard_is_named_with_its_price_and_not_taken() {
    let hosts = [
        "https://a.cdn.example",
        "https://b.cdn.example",
        "https://c.cdn.example",
    ];
    let pairs = hosts.map(|host| ("https://app.example", host, gathered(1, 1, 1)));
    let suggestion = findings(&pairs).suggestion(&key());
    assert_eq!(suggestion.sources.len(), 3);
    let merge = &suggestion.possible_merges[0];
    assert_eq!(
        (&*merge.wildcard, merge.replaces.len()),
        ("https://*.cdn.example", 3)
    );
    assert!(
        merge.price.contains("every host below cdn.example"),
        "{}",
        merge.price
    );
}
