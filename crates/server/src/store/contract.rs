//! What every store has to do. Each test is a function of a fresh store; `contract!` makes tests of them.

use std::sync::Arc;
use std::time::Duration;

use connect_src_report::{Class, GroupKey};

mod overview;
mod policies;

pub(super) use overview::*;
pub(super) use policies::*;

use super::*;
use crate::clock::Timestamp;
use crate::config::{Limits, Retention, Share};
use crate::rollout::{Mark, Role, Stage, State};

/// Both traits, as a store meets them.
pub(super) trait Store: ReportStore + RolloutStore {}
impl<T: ReportStore + RolloutStore> Store for T {}

/// Makes one test of each rule.
macro_rules! contract {
    ($open:expr) => {
        contract!(@each $open;
            a_batch_adds_up_with_those_before_it,
            groups_are_sorted_filtered_and_paged,
            a_group_has_its_pages_browsers_hours_and_samples,
            the_bounds_of_a_group_hold,
            noise_leaves_room_for_genuine_findings,
            connections_are_counted_apart_by_class,
            a_connection_adds_up_with_what_is_there,
            many_paths_of_an_origin_become_one_row,
            tallies_and_sheds_are_kept_by_the_hour,
            other_reports_are_kept_by_type,
            what_is_too_old_is_dropped,
            a_label_can_be_taken_back,
            hostile_texts_come_out_as_they_went_in,
            revisions_are_numbered_and_kept,
            a_route_s_state_survives,
            drafts_and_tokens_come_and_go,
            every_change_is_in_the_audit_log,
            the_key_of_the_marks_stays,
            many_writers_lose_nothing,
            every_edit_of_a_draft_is_kept,
            an_edit_that_is_based_on_another_draft_is_refused,
            the_edits_of_a_draft_are_bounded,
            an_edit_is_taken_back_unless_it_was_changed_since,
            an_allowed_source_is_taken_out_of_a_later_draft,
            a_label_is_taken_back_with_its_note,
            what_cannot_be_taken_back_is_told,
            the_audit_log_is_filtered,
            a_step_of_a_rollout_is_in_the_audit_log,
            sessions_end_and_are_bounded,
            a_removed_token_ends_its_sessions,
            failures_are_counted_and_bounded,
            a_time_line_is_added_up_by_stretches,
            what_is_blocked_most_comes_first,
            findings_are_genuine_and_say_whether_somebody_looked,
            responses_are_added_up_by_revision_and_role,
            the_inventory_is_what_the_site_itself_makes,
            connections_are_sorted_and_filtered_for_the_inventory_page,
        );
    };
    (@each $open:expr; $($rule:ident,)+) => {$(
        #[test]
        fn $rule() {
            let open = $open;
            let (store, _folder) = open();
            $crate::store::contract::$rule(&store);
        }
    )+};
}
pub(super) use contract;

/// The limits that the tests expect of the store.
pub(super) fn limits() -> Limits {
    Limits {
        groups: 10,
        connections: 400,
        samples: 2,
        pages: 3,
        browsers: 2,
        ..Limits::default()
    }
}

pub(super) fn a_batch_adds_up_with_those_before_it(store: &impl Store) {
    let mut batch = Batch::default();
    add(
        &mut batch,
        "a.example",
        "https://x.example",
        Class::Genuine,
        at(10),
    );
    add(
        &mut batch,
        "a.example",
        "https://x.example",
        Class::Genuine,
        at(20),
    );
    let committed = store.commit(Arc::new(batch)).unwrap();
    assert_eq!(committed.new_groups.len(), 1);
    assert_eq!(committed.new_connections.len(), 1);

    let mut batch = Batch::default();
    add(
        &mut batch,
        "a.example",
        "https://x.example",
        Class::Genuine,
        at(5),
    );
    let committed = store.commit(Arc::new(batch)).unwrap();
    assert_eq!(committed, Committed::default());

    let groups = all_groups(store);
    assert_eq!(groups.len(), 1);
    let group = &groups[0];
    assert_eq!(
        (group.count, group.first_seen, group.last_seen),
        (3, at(5), at(20))
    );
    assert_eq!(group.score, 70);
    assert_eq!(store.size().unwrap().reports, 3);
}

pub(super) fn groups_are_sorted_filtered_and_paged(store: &impl Store) {
    let mut batch = Batch::default();
    for (index, host) in (0..).zip(["c", "a", "b"]) {
        for count in 0..=index {
            let at = at(100 * index + count);
            add(
                &mut batch,
                "a.example",
                &format!("https://{host}.example"),
                Class::Genuine,
                at,
            );
        }
    }
    add(
        &mut batch,
        "b.example",
        "https://d_x.example",
        Class::Extension,
        at(1000),
    );
    store.commit(Arc::new(batch)).unwrap();

    let blocked = |query: &GroupQuery| -> Vec<String> {
        let page = store.groups(query, &PageRequest::default()).unwrap();
        page.items.into_iter().map(|group| group.blocked).collect()
    };
    let sorted = |sort| GroupQuery {
        site: Some("a.example".to_owned()),
        sort,
        ..GroupQuery::default()
    };
    let names = |names: [&str; 3]| names.map(|it| format!("https://{it}.example"));
    assert_eq!(blocked(&sorted(GroupSort::Count)), names(["b", "a", "c"]));
    assert_eq!(
        blocked(&sorted(GroupSort::LastSeen)),
        names(["b", "a", "c"])
    );
    assert_eq!(
        blocked(&sorted(GroupSort::FirstSeen)),
        names(["b", "a", "c"])
    );
    assert_eq!(blocked(&sorted(GroupSort::Blocked)), names(["a", "b", "c"]));
    let by_text = |text: &str| GroupQuery {
        blocked: Some(text.to_owned()),
        ..GroupQuery::default()
    };
    assert_eq!(blocked(&by_text("D_X")), ["https://d_x.example"]);
    assert!(
        blocked(&by_text("%")).is_empty(),
        "no wildcard is smuggled in"
    );
    let by_class = GroupQuery {
        classes: vec![Class::Extension, Class::Injected],
        ..GroupQuery::default()
    };
    assert_eq!(blocked(&by_class), ["https://d_x.example"]);
    let since = GroupQuery {
        since: Some(at(150)),
        ..GroupQuery::default()
    };
    assert_eq!(blocked(&since).len(), 2);

    for sort in [GroupSort::Count, GroupSort::Blocked] {
        let mut request = PageRequest::first(1);
        let mut found = Vec::new();
        loop {
            let page = store.groups(&sorted(sort), &request).unwrap();
            assert_eq!(page.total, 3);
            found.extend(page.items.into_iter().map(|group| group.blocked));
            let Some(next) = page.next else { break };
            request.after = Some(Cursor::parse(&next.to_string()).unwrap());
        }
        assert_eq!(found, blocked(&sorted(sort)));
    }
    let of_another_sort = PageRequest {
        after: store
            .groups(&sorted(GroupSort::Blocked), &PageRequest::first(1))
            .unwrap()
            .next,
        limit: None,
    };
    let error = store.groups(&sorted(GroupSort::Count), &of_another_sort);
    assert_eq!(error.unwrap_err().kind(), StoreErrorKind::Invalid);
}

pub(super) fn a_group_has_its_pages_browsers_hours_and_samples(store: &impl Store) {
    let mut batch = Batch::default();
    let ident = ident("a.example", "https://x.example", Class::Genuine);
    let mut group = batch.group(ident);
    group.add(80, "https://a.example/one", "Chromium 156", at(1));
    group.add(80, "https://a.example/two", "Firefox 140", at(3_600_001));
    group.add(80, "https://a.example/two", "Firefox 140", at(3_600_002));
    group.add_sample("{\"csp-report\":{}}", at(1), 5);
    group.delta.policy = Some("connect-src 'self'; report-uri /x".to_owned());
    group.delta.blocked_url = "https://x.example/v1".into();
    group.delta.place = Some("https://a.example/app.js:3:7".to_owned());
    let committed = store.commit(Arc::new(batch)).unwrap();

    let detail = store.group(committed.new_groups[0]).unwrap().unwrap();
    assert_eq!(
        detail.policy.as_deref(),
        Some("connect-src 'self'; report-uri /x")
    );
    assert_eq!(detail.group.blocked_url, "https://x.example/v1");
    assert_eq!(detail.group.role.as_deref(), Some("trial"));
    assert_eq!(detail.group.revision, Some(RevisionId(7)));
    assert_eq!(
        detail.group.place.as_deref(),
        Some("https://a.example/app.js:3:7")
    );
    let names: Vec<_> = detail
        .page_list
        .iter()
        .map(|row| (&*row.name, row.count))
        .collect();
    assert_eq!(
        names,
        [("https://a.example/two", 2), ("https://a.example/one", 1)]
    );
    assert_eq!(detail.browser_list[0].name, "Firefox 140");
    let hours: Vec<_> = detail
        .hours
        .iter()
        .map(|row| (row.hour.hour(), row.count))
        .collect();
    assert_eq!(hours, [(0, 1), (1, 2)]);
    assert_eq!(detail.samples[0].raw, "{\"csp-report\":{}}");
    assert_eq!(store.samples(0, 10).unwrap(), detail.samples);
    assert_eq!(store.group(GroupId(999)).unwrap(), None);
}

pub(super) fn the_bounds_of_a_group_hold(store: &impl Store) {
    let id = ident("a.example", "https://x.example", Class::Genuine);
    for round in 0..3 {
        let mut batch = Batch::default();
        let mut group = batch.group(id.clone());
        for number in 0..4 {
            let (page, browser) = (
                format!("page {round} {number}"),
                format!("browser {round} {number}"),
            );
            group.add(80, &page, &browser, at(round));
            group.add_sample("raw", at(round), 5);
        }
        store.commit(Arc::new(batch)).unwrap();
    }
    let group = all_groups(store).remove(0);
    assert_eq!((group.count, group.pages, group.browsers), (12, 3, 2));
    let detail = store.group(group.id).unwrap().unwrap();
    assert_eq!(detail.samples.len(), 2);
    assert_eq!(detail.page_list.len(), 3);
}

pub(super) fn noise_leaves_room_for_genuine_findings(store: &impl Store) {
    let mut batch = Batch::default();
    for number in 0..100 {
        let host = format!("https://{number}.example");
        add_group(&mut batch, "a.example", &host, Class::ForeignPolicy, at(1));
    }
    let committed = store.commit(Arc::new(batch)).unwrap();
    assert_eq!(committed.new_groups.len(), 5);
    assert_eq!(committed.shed, 95);
    let mut batch = Batch::default();
    for number in 0..100 {
        let host = format!("https://{number}.example");
        add_group(&mut batch, "a.example", &host, Class::Genuine, at(1));
    }
    add_group(
        &mut batch,
        "b.example",
        "https://x.example",
        Class::Genuine,
        at(1),
    );
    let committed = store.commit(Arc::new(batch)).unwrap();
    assert_eq!(committed.new_groups.len(), 6, "each site has its own room");
    let sheds = store.sheds(at(0)).unwrap();
    let sheds: Vec<_> = sheds
        .iter()
        .map(|row| (&*row.reason, &*row.class, row.count))
        .collect();
    assert!(
        sheds.contains(&("groups-full", "foreign-policy", 95)),
        "{sheds:?}"
    );
    assert!(sheds.contains(&("groups-full", "genuine", 95)), "{sheds:?}");
}

pub(super) fn connections_are_counted_apart_by_class(store: &impl Store) {
    let mut batch = Batch::default();
    for class in [Class::Genuine, Class::Genuine, Class::Extension] {
        let ident = connection("https://x.example", "/v1", class);
        batch.add_connection(ident, "https://a.example/", "Firefox 140", at(7));
    }
    let committed = store.commit(Arc::new(batch)).unwrap();
    assert_eq!(committed.new_connections.len(), 2);
    let query = ConnectionQuery {
        classes: vec![Class::Genuine],
        contains: Some("X.example/V".to_owned()),
        sort: ConnectionSort::Url,
        ..ConnectionQuery::default()
    };
    let page = store.connections(&query, &PageRequest::default()).unwrap();
    assert_eq!(page.total, 1);
    let found = &page.items[0];
    assert_eq!(
        (&*found.origin, found.path.as_deref(), found.count),
        ("https://x.example", Some("/v1"), 2)
    );
    let detail = store.connection(found.id).unwrap().unwrap();
    assert_eq!(detail.page_list[0].name, "https://a.example/");
    assert_eq!(store.connection(ConnectionId(999)).unwrap(), None);
}

pub(super) fn a_connection_adds_up_with_what_is_there(store: &impl Store) {
    for (page, moment) in [("one", 10), ("one", 20), ("two", 5)] {
        let mut batch = Batch::default();
        let ident = connection("https://x.example", "/", Class::Genuine);
        batch.add_connection(ident, page, "Firefox 140", at(moment));
        store.commit(Arc::new(batch)).unwrap();
    }
    let query = ConnectionQuery::default();
    let found = store.connections(&query, &PageRequest::default()).unwrap();
    let found = &found.items[0];
    assert_eq!((found.count, found.pages, found.browsers), (3, 2, 1));
    assert_eq!((found.first_seen, found.last_seen), (at(5), at(20)));
    let detail = store.connection(found.id).unwrap().unwrap();
    let pages = detail.page_list.iter();
    let pages: Vec<_> = pages.map(|row| (&*row.name, row.count)).collect();
    assert_eq!(pages, [("one", 2), ("two", 1)]);
}

pub(super) fn many_paths_of_an_origin_become_one_row(store: &impl Store) {
    for round in 0..2 {
        let mut batch = Batch::default();
        for number in 0..300 {
            let ident = connection("https://x.example", &format!("/{number}"), Class::Genuine);
            batch.add_connection(ident, "page", "browser", at(round));
        }
        store.commit(Arc::new(batch)).unwrap();
    }
    let page = store
        .connections(&ConnectionQuery::default(), &PageRequest::default())
        .unwrap();
    assert_eq!(page.total, 201);
    let rest = &page.items[0];
    assert_eq!((rest.path.as_deref(), rest.count), (None, 200));
}

pub(super) fn tallies_and_sheds_are_kept_by_the_hour(store: &impl Store) {
    let tally = |mark, tally, hour| TallyIdent {
        site: "a.example".into(),
        route: "/".into(),
        mark,
        tally,
        hour,
    };
    for _ in 0..2 {
        let mut batch = Batch::default();
        batch.tally(tally(Some(mark()), Tally::Responses, 5), 3);
        batch.tally(tally(None, Tally::Reports(Class::ForeignPolicy), 6), 1);
        batch.shed("queue-full", "observe", 4, at(5 * 3_600_000));
        store.commit(Arc::new(batch)).unwrap();
    }
    let query = TallyQuery {
        site: Some("a.example".to_owned()),
        since: Timestamp::from_hour(5),
        until: Timestamp::from_hour(6),
    };
    let rows = store.tallies(&query).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[0].hour.hour(), &*rows[0].tally, rows[0].count),
        (5, "responses", 6)
    );
    assert_eq!(rows[0].revision, Some(RevisionId(7)));
    assert_eq!(
        (&*rows[1].tally, rows[1].revision, rows[1].count),
        ("foreign-policy", None, 2)
    );
    let of_another_site = TallyQuery {
        site: Some("b.example".to_owned()),
        ..query
    };
    assert!(store.tallies(&of_another_site).unwrap().is_empty());
    let sheds = store.sheds(at(0)).unwrap();
    assert_eq!(
        (&*sheds[0].reason, &*sheds[0].class, sheds[0].count),
        ("queue-full", "observe", 8)
    );
}

pub(super) fn other_reports_are_kept_by_type(store: &impl Store) {
    let mut batch = Batch::default();
    for number in 0..300 {
        batch.add_other(&format!("type-{number}"), "{}", at(number));
    }
    store.commit(Arc::new(batch)).unwrap();
    let mut batch = Batch::default();
    let known = store.others().unwrap()[0].report_type.clone();
    batch.add_other(&known, "{\"new\":1}", at(1000));
    store.commit(Arc::new(batch)).unwrap();
    let others = store.others().unwrap();
    assert_eq!(others.len(), 200, "the types are bounded");
    let found = others
        .iter()
        .find(|other| other.report_type == known)
        .unwrap();
    assert_eq!((found.count, &*found.sample), (2, "{\"new\":1}"));
}

pub(super) fn what_is_too_old_is_dropped(store: &impl Store) {
    let day = Duration::from_hours(24);
    let now = at(0).after(200 * day);
    let mut batch = Batch::default();
    let old = now.before(100 * day);
    for (host, at) in [("old", old), ("new", now)] {
        let host = format!("https://{host}.example");
        add(&mut batch, "a.example", &host, Class::Genuine, at);
        let mut group = batch.group(ident("a.example", &host, Class::Genuine));
        group.add_sample("raw", at, 5);
        group.delta.policy = Some(format!("connect-src {host}"));
    }
    let mut group = batch.group(ident("a.example", "https://new.example", Class::Genuine));
    group.add_sample("older", now.before(20 * day), 5);
    store.commit(Arc::new(batch)).unwrap();
    let dropped = store.purge(now, &Retention::default()).unwrap();
    assert!(dropped > 0);
    let groups = all_groups(store);
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].blocked, "https://new.example");
    let detail = store.group(groups[0].id).unwrap().unwrap();
    assert_eq!(detail.samples.len(), 1);
    assert_eq!(
        detail.policy.as_deref(),
        Some("connect-src https://new.example")
    );
    let page = store.connections(&ConnectionQuery::default(), &PageRequest::default());
    assert_eq!(page.unwrap().total, 1);
    assert_eq!(store.purge(now, &Retention::default()).unwrap(), 0);

    let mut batch = Batch::default();
    for number in 0..9 {
        add_group(
            &mut batch,
            "a.example",
            &format!("https://{number}"),
            Class::Genuine,
            now,
        );
    }
    let committed = store.commit(Arc::new(batch)).unwrap();
    assert_eq!(committed.new_groups.len(), 9, "there is room again");
}

pub(super) fn a_label_can_be_taken_back(store: &impl Store) {
    let mut batch = Batch::default();
    add(
        &mut batch,
        "a.example",
        "https://x.example",
        Class::Genuine,
        at(1),
    );
    let id = store.commit(Arc::new(batch)).unwrap().new_groups[0];
    for label in [Some(Label::Noise), Some(Label::Expected), None] {
        assert!(store.label_group(id, label, &change("why")).unwrap());
        assert_eq!(store.group(id).unwrap().unwrap().group.label, label);
    }
    assert!(
        !store
            .label_group(GroupId(999), None, &change("why"))
            .unwrap()
    );
    let log = store
        .audit_log(&AuditQuery::default(), &PageRequest::default())
        .unwrap();
    assert_eq!(log.total, 3);
    assert_eq!(log.items[2].entry.detail["label"], "noise");
}

pub(super) fn hostile_texts_come_out_as_they_went_in(store: &impl Store) {
    let hostile = "'; DROP TABLE groups; --\u{0}\u{202e}<script>\r\n\u{1b}[31m\\\"%_";
    let mut batch = Batch::default();
    add(&mut batch, "a.example", hostile, Class::Genuine, at(1));
    let mut group = batch.group(ident("a.example", hostile, Class::Genuine));
    group.add(80, hostile, hostile, at(1));
    group.add_sample(hostile, at(1), 5);
    group.delta.policy = Some(hostile.to_owned());
    batch.add_other(hostile, hostile, at(1));
    let id = store.commit(Arc::new(batch)).unwrap().new_groups[0];
    let detail = store.group(id).unwrap().unwrap();
    assert_eq!(detail.group.blocked, hostile);
    assert_eq!(detail.policy.as_deref(), Some(hostile));
    assert_eq!(detail.samples[0].raw, hostile);
    assert!(detail.page_list.iter().any(|row| row.name == hostile));
    assert_eq!(store.others().unwrap()[0].report_type, hostile);
    let query = GroupQuery {
        blocked: Some(hostile.to_owned()),
        site: Some("a.example".to_owned()),
        ..GroupQuery::default()
    };
    assert_eq!(
        store.groups(&query, &PageRequest::default()).unwrap().total,
        1
    );
}

pub(super) fn revisions_are_numbered_and_kept(store: &impl Store) {
    let (one, other) = (
        RouteKey::new("a.example", "/"),
        RouteKey::new("b.example", "/"),
    );
    let new = |route: &RouteKey, text: &str| NewRevision {
        route: route.clone(),
        text: PolicyText::parse(text).unwrap(),
        notes: PolicyText::parse(text).unwrap().notes(),
        change: change("why"),
    };
    let first = store
        .add_revision(&new(&one, "connect-src 'none' x"))
        .unwrap();
    let second = store
        .add_revision(&new(&other, "connect-src 'none' x"))
        .unwrap();
    let third = store.add_revision(&new(&one, "connect-src *")).unwrap();
    assert!(first < second && second < third);
    let revision = store.revision(first).unwrap().unwrap();
    assert_eq!(revision.text.as_str(), "connect-src 'none' x");
    assert_eq!(revision.notes.len(), 1);
    assert_eq!(revision.change, change("why"));
    let page = store
        .revisions(Some(&one), &PageRequest::default())
        .unwrap();
    let ids: Vec<_> = page.items.iter().map(|it| it.id).collect();
    assert_eq!(ids, [third, first]);
    assert_eq!(
        store.revisions(None, &PageRequest::first(1)).unwrap().total,
        3
    );
    assert_eq!(store.revision(RevisionId(999)).unwrap(), None);
}

pub(super) fn a_route_s_state_survives(store: &impl Store) {
    let key = RouteKey::new("a.example", "/admin");
    let mut route = StoredRoute {
        key: key.clone(),
        observe: RevisionId(1),
        state: State::new(),
        since: at(5),
        configured: None,
    };
    store.save_route(&route, None).unwrap();
    let to = State {
        stage: Stage::Enforce(RevisionId(3), Share::from_basis_points(50)),
        baseline: Some(RevisionId(2)),
        is_held: true,
    };
    let transition = Transition {
        route: key.clone(),
        from: route.state,
        to,
        cause: TransitionCause::StepBack,
        change: change("too many"),
    };
    route.state = to;
    route.configured = Some("trial".to_owned());
    store.save_route(&route, Some(&transition)).unwrap();
    assert_eq!(store.routes().unwrap(), [route]);
    let page = store
        .transitions(Some(&key), &PageRequest::default())
        .unwrap();
    assert_eq!(page.items, [transition]);
    let other = RouteKey::new("a.example", "/");
    let page = store
        .transitions(Some(&other), &PageRequest::default())
        .unwrap();
    assert!(page.items.is_empty());
}

pub(super) fn drafts_and_tokens_come_and_go(store: &impl Store) {
    let key = RouteKey::new("a.example", "/");
    let text = PolicyText::parse("connect-src 'self'").unwrap();
    store
        .save_draft(&key, Some(&text), &change("first"))
        .unwrap();
    let draft = store.draft(&key).unwrap().unwrap();
    assert_eq!((draft.text, draft.change), (text, change("first")));
    store.save_draft(&key, None, &change("dropped")).unwrap();
    assert_eq!(store.draft(&key).unwrap(), None);

    let token = StoredToken {
        id: "abc".to_owned(),
        name: "ci".to_owned(),
        role: TokenRole::View,
        hash: "$argon2id$…".to_owned(),
        created: at(1),
    };
    store.add_token(&token, &change("")).unwrap();
    assert!(
        store.add_token(&token, &change("")).is_err(),
        "a token is there once"
    );
    assert_eq!(store.tokens().unwrap(), [token]);
    assert!(store.remove_token("abc", &change("leaked")).unwrap());
    assert!(!store.remove_token("abc", &change("again")).unwrap());
    assert!(store.tokens().unwrap().is_empty());
}

pub(super) fn every_change_is_in_the_audit_log(store: &impl Store) {
    let entry = |number: i64| AuditEntry {
        change: Change {
            at: at(number),
            ..change("because")
        },
        action: "advance".to_owned(),
        target: "a.example/".to_owned(),
        detail: [("share".to_owned(), "25%".to_owned())].into(),
        before: Some("trial".to_owned()),
        after: None,
    };
    let entries = |page: Page<AuditRow>| -> Vec<AuditEntry> {
        page.items.into_iter().map(|row| row.entry).collect()
    };
    for number in 0..3 {
        store.audit(&entry(number)).unwrap();
    }
    let page = store
        .audit_log(&AuditQuery::default(), &PageRequest::first(2))
        .unwrap();
    let request = PageRequest {
        after: page.next.clone(),
        limit: Some(2),
    };
    assert_eq!(entries(page), [entry(2), entry(1)]);
    let page = store.audit_log(&AuditQuery::default(), &request).unwrap();
    assert_eq!(page.next, None);
    assert_eq!(entries(page), [entry(0)]);
}

pub(super) fn the_key_of_the_marks_stays(store: &impl Store) {
    let text = store.mark_key().unwrap().print(mark());
    assert_eq!(store.mark_key().unwrap().read(&text), Some(mark()));
}

pub(super) fn many_writers_lose_nothing(store: &impl Store) {
    std::thread::scope(|scope| {
        for writer in 0..8 {
            scope.spawn(move || {
                for _ in 0..10 {
                    let mut batch = Batch::default();
                    let host = format!("https://{}.example", writer % 4);
                    add(&mut batch, "a.example", &host, Class::Genuine, at(1));
                    store.commit(Arc::new(batch)).unwrap();
                    store
                        .groups(&GroupQuery::default(), &PageRequest::default())
                        .unwrap();
                }
            });
        }
    });
    let groups = all_groups(store);
    assert_eq!(groups.len(), 4);
    assert!(groups.iter().all(|group| group.count == 20));
    assert_eq!(store.size().unwrap().reports, 80);
}

fn all_groups(store: &impl Store) -> Vec<Group> {
    let page = store.groups(&GroupQuery::default(), &PageRequest::first(1000));
    page.unwrap().items
}

/// One report in every part of a batch.
fn add(batch: &mut Batch, site: &str, blocked: &str, class: Class, at: Timestamp) {
    add_group(batch, site, blocked, class, at);
    let ident = ConnectionIdent {
        site: site.into(),
        ..connection(blocked, "/", class)
    };
    batch.add_connection(ident, "https://a.example/", "Firefox 140", at);
    batch.add_coverage(&site.into(), "https://a.example/", "Firefox 140", at);
    let ident = TallyIdent {
        site: site.into(),
        route: "/".into(),
        mark: Some(mark()),
        tally: Tally::Reports(class),
        hour: at.hour(),
    };
    batch.tally(ident, 1);
}

fn add_group(batch: &mut Batch, site: &str, blocked: &str, class: Class, at: Timestamp) {
    let mut group = batch.group(ident(site, blocked, class));
    group.add(70, "https://a.example/", "Firefox 140", at);
}

pub(super) fn ident(site: &str, blocked: &str, class: Class) -> GroupIdent {
    let key = serde_json::json!({
        "site": format!("https://{site}"),
        "effective_directive": "connect-src",
        "blocked": blocked,
        "disposition": "report",
        "class": class,
        "reason": "blocked",
    });
    let key: GroupKey = serde_json::from_value(key).unwrap();
    GroupIdent {
        site: site.into(),
        route: "/".into(),
        mark: Some(mark()),
        key,
    }
}

fn connection(origin: &str, path: &str, class: Class) -> ConnectionIdent {
    ConnectionIdent {
        site: "a.example".into(),
        route: "/".into(),
        document: "https://a.example".to_owned(),
        class,
        origin: origin.to_owned(),
        path: path.to_owned(),
    }
}

fn mark() -> Mark {
    Mark {
        revision: RevisionId(7),
        role: Role::Trial,
    }
}

fn change(why: &str) -> Change {
    Change {
        who: "ada".to_owned(),
        at: at(42),
        why: why.to_owned(),
    }
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}
