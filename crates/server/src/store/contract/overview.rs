//! What is added up, and the inventory.

use connect_src::BrowserProfile;

use super::*;

fn tally(site: &str, tally: Tally, hour: i64) -> TallyIdent {
    TallyIdent {
        site: site.into(),
        route: "/".into(),
        mark: Some(mark()),
        tally,
        hour,
    }
}

pub(in super::super) fn a_time_line_is_added_up_by_stretches(store: &impl Store) {
    let mut batch = Batch::default();
    for hour in [-1, 0, 1, 23, 24, 47] {
        batch.tally(tally("a.example", Tally::Reports(Class::Genuine), hour), 2);
    }
    batch.tally(tally("a.example", Tally::Responses, 1), 10);
    batch.tally(tally("b.example", Tally::Reports(Class::Genuine), 1), 100);
    store.commit(Arc::new(batch)).unwrap();
    let query = |hours, since, until, site: Option<&str>| TimelineQuery {
        site: site.map(str::to_owned),
        route: None,
        since: Timestamp::from_hour(since),
        until: Timestamp::from_hour(until),
        hours,
    };
    let counts = |query: &TimelineQuery| -> Vec<(i64, String, u64)> {
        let rows = store.timeline(query).unwrap().into_iter();
        rows.map(|row| (row.start.hour(), row.tally, row.count))
            .collect()
    };
    let row = |start, tally: &str, count| (start, tally.to_owned(), count);
    assert_eq!(
        counts(&query(24, -24, 47, Some("a.example"))),
        [
            row(-24, "genuine", 2),
            row(0, "genuine", 6),
            row(0, "responses", 10),
            row(24, "genuine", 4)
        ]
    );
    assert_eq!(
        counts(&query(1, 1, 1, None)),
        [row(1, "genuine", 102), row(1, "responses", 10)]
    );
    assert_eq!(
        counts(&query(0, 1, 1, Some("b.example"))),
        [row(1, "genuine", 100)]
    );
    let far = query(1, i64::MIN / 4_000_000, 47, None);
    assert_eq!(counts(&far).len(), 7, "any time can be asked for");
}

pub(in super::super) fn what_is_blocked_most_comes_first(store: &impl Store) {
    let mut batch = Batch::default();
    for (host, class, count) in [
        ("few", Class::Genuine, 1),
        ("many", Class::Genuine, 3),
        ("noise", Class::Extension, 9),
    ] {
        for _ in 0..count {
            add(
                &mut batch,
                "a.example",
                &format!("https://{host}"),
                class,
                at(10),
            );
        }
    }
    add(
        &mut batch,
        "b.example",
        "https://old",
        Class::Genuine,
        at(1),
    );
    store.commit(Arc::new(batch)).unwrap();
    let rows = store
        .top_blocked(Some("a.example"), None, at(5), 10)
        .unwrap();
    let found: Vec<_> = rows
        .iter()
        .map(|row| (&*row.blocked, row.groups, row.reports))
        .collect();
    assert_eq!(found, [("https://many", 1, 3), ("https://few", 1, 1)]);
    assert_eq!(store.top_blocked(None, None, at(5), 1).unwrap().len(), 1);
    assert_eq!(
        store.top_blocked(None, Some("/"), at(0), 10).unwrap().len(),
        3
    );
}

pub(in super::super) fn findings_are_genuine_and_say_whether_somebody_looked(store: &impl Store) {
    let mut batch = Batch::default();
    for (host, class, count) in [
        ("few", Class::Genuine, 1),
        ("many", Class::Genuine, 3),
        ("noise", Class::Extension, 9),
    ] {
        let blocked = format!("https://{host}");
        for _ in 0..count {
            add(&mut batch, "a.example", &blocked, class, at(10));
        }
    }
    add(&mut batch, "b.example", "https://x", Class::Genuine, at(1));
    let groups = store.commit(Arc::new(batch)).unwrap().new_groups;
    let key = RouteKey::new("a.example", "/");
    let found = |most| -> Vec<(String, u64, bool)> {
        let found = store.findings(&key, most).unwrap().into_iter();
        found
            .map(|it| (it.blocked, it.count, it.is_labelled))
            .collect()
    };
    let row = |host: &str, count, is_labelled| (format!("https://{host}"), count, is_labelled);
    assert_eq!(found(10), [row("many", 3, false), row("few", 1, false)]);
    assert_eq!(found(1), [row("many", 3, false)]);
    for id in groups {
        let label = Some(Label::Expected);
        store.label_group(id, label, &change("")).unwrap();
    }
    assert_eq!(found(10), [row("many", 3, true), row("few", 1, true)]);
}

pub(in super::super) fn responses_are_added_up_by_revision_and_role(store: &impl Store) {
    let mut batch = Batch::default();
    for (site, hour, count) in [
        ("a.example", 0, 5),
        ("a.example", 3, 7),
        ("b.example", 3, 9),
    ] {
        batch.tally(tally(site, Tally::Responses, hour), count);
    }
    batch.tally(tally("a.example", Tally::Reports(Class::Genuine), 3), 2);
    let unmarked = TallyIdent {
        mark: None,
        ..tally("a.example", Tally::Responses, 3)
    };
    batch.tally(unmarked, 1);
    store.commit(Arc::new(batch)).unwrap();
    let key = RouteKey::new("a.example", "/");
    let counts = |hour| -> Vec<(Option<RevisionId>, Option<String>, u64)> {
        let counts = store.responses(&key, Timestamp::from_hour(hour)).unwrap();
        let counts = counts.into_iter();
        counts.map(|it| (it.revision, it.role, it.count)).collect()
    };
    let marked = |count| (Some(mark().revision), Some(mark().role.to_string()), count);
    assert_eq!(counts(1), [(None, None, 1), marked(7)]);
    assert_eq!(counts(0), [(None, None, 1), marked(12)]);
    assert_eq!(counts(4), []);
}

pub(in super::super) fn the_inventory_is_what_the_site_itself_makes(store: &impl Store) {
    let key = RouteKey::new("a.example", "/");
    let mut batch = Batch::default();
    let mut see = |host: &str, class, pages: &[&str], browser: &str| {
        for page in pages {
            let ident = connection(&format!("https://{host}"), "/v1", class);
            batch.add_connection(ident, *page, browser, at(1));
        }
    };
    see("few", Class::Genuine, &["/"], "Safari 17");
    see(
        "many",
        Class::StalePolicy,
        &["/b", "/a", "/a"],
        "Firefox 140",
    );
    see("many", Class::StalePolicy, &["/"], "Chrome 156");
    see("noise", Class::Extension, &["/"], "Chrome 156");
    see("strange", Class::Genuine, &["/", "/"], "other");
    store.commit(Arc::new(batch)).unwrap();
    let inventory = store.inventory(&key, 2).unwrap();
    assert_eq!(inventory.total, 3);
    let [many, strange] = <[InventoryRow; 2]>::try_from(inventory.rows).unwrap();
    assert_eq!(
        (&*many.origin, many.path.as_deref(), many.count),
        ("https://many", Some("/v1"), 4)
    );
    let mut profiles = many.profiles;
    profiles.sort_unstable();
    assert_eq!(
        profiles,
        [BrowserProfile::Chromium, BrowserProfile::Firefox]
    );
    assert_eq!(strange.profiles, []);
    let pages = store
        .witness_pages(&[strange.id, many.id, ConnectionId(999)])
        .unwrap();
    let expected: [&[&str]; 3] = [&["/"], &["/a", "/", "/b"], &[]];
    assert_eq!(pages, expected);
    let other = RouteKey::new("a.example", "/other");
    assert_eq!(store.inventory(&other, 10).unwrap(), Inventory::default());
}

pub(in super::super) fn connections_are_sorted_and_filtered_for_the_inventory_page(
    store: &impl Store,
) {
    let mut batch = Batch::default();
    for (origin, pages, browser) in [
        ("https://b.example", 1, "Firefox 140"),
        ("wss://a.example:8443", 2, "Chrome 156"),
        ("https://c.example", 3, "Fire_ox 1"),
    ] {
        for page in 0..pages {
            let ident = connection(origin, "/", Class::Genuine);
            batch.add_connection(ident, &format!("page {page}"), browser, at(1));
        }
    }
    batch.add_connection(
        connection("blob:", "", Class::Genuine),
        "page",
        "Safari 17",
        at(1),
    );
    store.commit(Arc::new(batch)).unwrap();
    let hosts = |query: &ConnectionQuery| -> Vec<String> {
        let mut request = PageRequest::first(2);
        let mut hosts = Vec::new();
        loop {
            let page = store.connections(query, &request).unwrap();
            if let (Some(last), Some(next)) = (page.items.last(), &page.next) {
                let place = Cursor::after_connection(last, query.sort);
                assert_eq!(place, *next, "a place can be made of a row");
            }
            hosts.extend(page.items.into_iter().map(|row| row.host));
            request.after = page.next;
            if request.after.is_none() {
                return hosts;
            }
        }
    };
    let sorted = |sort| ConnectionQuery {
        sort,
        ..ConnectionQuery::default()
    };
    let by_host = ["a.example:8443", "b.example", "blob:", "c.example"];
    assert_eq!(hosts(&sorted(ConnectionSort::Host)), by_host);
    let by_pages = hosts(&sorted(ConnectionSort::Pages));
    assert_eq!(by_pages[..2], ["c.example", "a.example:8443"]);
    for sort in [
        ConnectionSort::Count,
        ConnectionSort::LastSeen,
        ConnectionSort::FirstSeen,
    ] {
        assert_eq!(hosts(&sorted(sort)).len(), 4);
    }
    assert_eq!(hosts(&sorted(ConnectionSort::Url)).len(), 4);
    let in_browser = |browser: &str| ConnectionQuery {
        browser: Some(browser.to_owned()),
        ..ConnectionQuery::default()
    };
    assert_eq!(hosts(&in_browser("Firefox")), ["b.example"]);
    assert_eq!(
        hosts(&in_browser("Fire_ox")),
        ["c.example"],
        "no wildcard is smuggled in"
    );
    let by = |is_websocket| ConnectionQuery {
        is_websocket: Some(is_websocket),
        ..ConnectionQuery::default()
    };
    assert_eq!(hosts(&by(true)), ["a.example:8443"]);
    assert_eq!(hosts(&by(false)).len(), 3);
}
