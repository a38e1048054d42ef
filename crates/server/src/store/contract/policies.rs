//! Drafts, the audit log, sessions.

use super::*;

fn key() -> RouteKey {
    RouteKey::new("a.example", "/")
}

fn edit(text: &str, based_on: BasedOn) -> DraftEdit {
    DraftEdit {
        route: key(),
        text: Some(PolicyText::parse(text).unwrap()),
        action: DraftAction::Write,
        change: change(text),
        based_on,
    }
}

fn write(store: &impl Store, text: &str) -> DraftEditId {
    let edit = edit(text, BasedOn::Anything);
    store.edit_draft(&edit).unwrap().unwrap()
}

fn text(store: &impl Store) -> Option<String> {
    let draft = store.draft(&key()).unwrap();
    draft.map(|draft| draft.text.to_string())
}

fn log(store: &impl Store) -> Vec<AuditRow> {
    let page = store.audit_log(&AuditQuery::default(), &PageRequest::default());
    page.unwrap().items
}

fn group(store: &impl Store) -> GroupId {
    let mut batch = Batch::default();
    let host = "https://x.example";
    add(&mut batch, "a.example", host, Class::Genuine, at(1));
    store.commit(Arc::new(batch)).unwrap().new_groups[0]
}

pub(in super::super) fn every_edit_of_a_draft_is_kept(store: &impl Store) {
    let first = write(store, "connect-src a");
    let second = write(store, "connect-src b");
    store.save_draft(&key(), None, &change("away")).unwrap();
    assert_eq!(text(store), None);
    let page = store.draft_edits(&key(), &PageRequest::first(2)).unwrap();
    assert_eq!((page.total, page.items.len()), (3, 2));
    assert_eq!(
        (page.items[0].text.as_deref(), page.items[1].id),
        (None, second)
    );
    assert_eq!(page.items[1].change, change("connect-src b"));
    let request = PageRequest {
        after: page.next,
        limit: None,
    };
    let page = store.draft_edits(&key(), &request).unwrap();
    assert_eq!((page.items[0].id, page.next), (first, None));
    let other = RouteKey::new("a.example", "/admin");
    let page = store.draft_edits(&other, &PageRequest::default()).unwrap();
    assert!(page.items.is_empty());
}

pub(in super::super) fn an_edit_that_is_based_on_another_draft_is_refused(store: &impl Store) {
    let edits = |text, based_on| store.edit_draft(&edit(text, based_on)).unwrap();
    let first = edits("connect-src a", BasedOn::NoDraft).unwrap();
    assert_eq!(edits("connect-src b", BasedOn::NoDraft), None);
    let second = edits("connect-src b", BasedOn::Edit(first)).unwrap();
    assert_eq!(edits("connect-src c", BasedOn::Edit(first)), None);
    assert_eq!(text(store).as_deref(), Some("connect-src b"));
    assert_eq!(store.draft(&key()).unwrap().unwrap().edit, second);
    assert_eq!(log(store).len(), 2, "what was refused changed nothing");
    store.save_draft(&key(), None, &change("away")).unwrap();
    assert!(edits("connect-src d", BasedOn::NoDraft).is_some());
}

pub(in super::super) fn the_edits_of_a_draft_are_bounded(store: &impl Store) {
    for number in 0..210 {
        write(store, &format!("connect-src h{number}.example"));
    }
    let page = store.draft_edits(&key(), &PageRequest::first(1)).unwrap();
    assert_eq!(page.total, 200);
    assert_eq!(text(store).as_deref(), Some("connect-src h209.example"));
}

pub(in super::super) fn an_edit_is_taken_back_unless_it_was_changed_since(store: &impl Store) {
    write(store, "connect-src a");
    write(store, "connect-src b");
    let [second, first] = <[AuditRow; 2]>::try_from(log(store)).unwrap();
    assert_eq!(second.entry.before.as_deref(), Some("connect-src a"));
    assert_eq!(second.entry.after.as_deref(), Some("connect-src b"));
    let undo = |id| store.undo(id, &change("oops")).unwrap();
    assert_eq!(undo(first.id), Undone::Changed);
    let Undone::Done { by, .. } = undo(second.id) else {
        panic!("it was not changed since");
    };
    assert_eq!(text(store).as_deref(), Some("connect-src a"));
    assert_eq!(undo(second.id), Undone::Already(by));
    assert!(matches!(undo(first.id), Undone::Done { .. }));
    assert_eq!(
        text(store),
        None,
        "there was no draft before the first edit"
    );
    let row = log(store).into_iter().find(|row| row.id == by).unwrap();
    assert_eq!((row.undoes, &*row.entry.action), (Some(second.id), "undo"));
    assert_eq!(row.entry.change, change("oops"));
    assert!(!row.can_be_undone());
    assert_eq!(undo(by), Undone::NotUndoable);
}

pub(in super::super) fn an_allowed_source_is_taken_out_of_a_later_draft(store: &impl Store) {
    write(store, "connect-src a");
    let allow = DraftEdit {
        action: DraftAction::Allow {
            group: GroupId(1),
            source: "b".to_owned(),
        },
        ..edit("connect-src a b", BasedOn::Anything)
    };
    store.edit_draft(&allow).unwrap();
    let allowed = log(store).remove(0);
    assert_eq!(
        (&*allowed.entry.action, &*allowed.entry.detail["source"]),
        ("allow", "b")
    );
    write(store, "connect-src a b c");
    let undone = store.undo(allowed.id, &change("oops")).unwrap();
    assert!(matches!(undone, Undone::Done { .. }), "{undone:?}");
    assert_eq!(text(store).as_deref(), Some("connect-src a c"));
}

pub(in super::super) fn a_label_is_taken_back_with_its_note(store: &impl Store) {
    let id = group(store);
    let label = Some(Label::Expected);
    store
        .label_group(id, label, &change("a test tool"))
        .unwrap();
    let labelled = store.group(id).unwrap().unwrap().labelled.unwrap();
    assert_eq!(
        (&*labelled.who, labelled.at, &*labelled.why),
        ("ada", at(42), "a test tool")
    );
    let first = log(store).remove(0);
    assert_eq!(
        (first.entry.before, first.entry.after),
        (None, Some("expected".to_owned()))
    );
    store
        .label_group(id, Some(Label::Noise), &change(""))
        .unwrap();
    let undo = |id| store.undo(id, &change("oops")).unwrap();
    assert_eq!(undo(first.id), Undone::Changed);
    let second = log(store).remove(0);
    assert!(matches!(undo(second.id), Undone::Done { .. }));
    assert_eq!(store.group(id).unwrap().unwrap().group.label, label);
    assert!(matches!(undo(first.id), Undone::Done { .. }));
    let detail = store.group(id).unwrap().unwrap();
    assert_eq!((detail.group.label, detail.labelled), (None, None));
}

pub(in super::super) fn what_cannot_be_taken_back_is_told(store: &impl Store) {
    assert_eq!(
        store.undo(AuditId(7), &change("")).unwrap(),
        Undone::Unknown
    );
    let hostile = |action: &str, target: &str| AuditEntry {
        change: change(""),
        action: action.to_owned(),
        target: target.to_owned(),
        detail: [("source".to_owned(), "'; --".to_owned())].into(),
        before: Some("x".to_owned()),
        after: Some("y".to_owned()),
    };
    for (action, target, expected) in [
        ("advance", "a.example/", Undone::NotUndoable),
        ("draft", "no slash", Undone::Changed),
        ("allow", "a.example/", Undone::Changed),
        ("label-group", "x", Undone::Changed),
        ("label-group", "999", Undone::Changed),
    ] {
        store.audit(&hostile(action, target)).unwrap();
        let row = log(store).remove(0);
        assert_eq!(
            store.undo(row.id, &change("")).unwrap(),
            expected,
            "{action} {target}"
        );
    }
}

pub(in super::super) fn the_audit_log_is_filtered(store: &impl Store) {
    write(store, "connect-src a");
    let id = group(store);
    store
        .label_group(id, Some(Label::Noise), &change(""))
        .unwrap();
    let total = |target: Option<&str>, action: Option<&str>| {
        let query = AuditQuery {
            target: target.map(str::to_owned),
            action: action.map(str::to_owned),
        };
        store
            .audit_log(&query, &PageRequest::first(1))
            .unwrap()
            .total
    };
    assert_eq!(total(None, None), 2);
    assert_eq!(total(Some("a.example/"), None), 1);
    assert_eq!(total(None, Some("label-group")), 1);
    assert_eq!(total(Some("a.example/"), Some("label-group")), 0);
    assert_eq!(total(Some("' OR 1 --"), None), 0);
}

pub(in super::super) fn a_step_of_a_rollout_is_in_the_audit_log(store: &impl Store) {
    let to = State {
        stage: Stage::Trial(RevisionId(3)),
        ..State::new()
    };
    let transition = Transition {
        route: key(),
        from: State::new(),
        to,
        cause: TransitionCause::Propose,
        change: change("let us see"),
    };
    let route = StoredRoute {
        key: key(),
        observe: RevisionId(1),
        state: to,
        since: at(5),
        configured: None,
    };
    store.save_route(&route, Some(&transition)).unwrap();
    let entry = log(store).remove(0).entry;
    assert_eq!((&*entry.action, &*entry.target), ("propose", "a.example/"));
    assert_eq!(entry.before.as_deref(), Some("observe"));
    assert_eq!(entry.after.as_deref(), Some("trial"));
    assert_eq!(
        (&*entry.detail["revision"], entry.change),
        ("3", change("let us see"))
    );
}

fn session(number: u16) -> StoredSession {
    let [high, low] = number.to_be_bytes();
    let mut hash = [0; 32];
    (hash[0], hash[1]) = (high, low);
    StoredSession {
        hash,
        token: format!("token {}", number % 2),
        name: "ada".to_owned(),
        role: TokenRole::Change,
        created: at(i64::from(number)),
        last_used: at(i64::from(number)),
        expires: at(10_000),
    }
}

pub(in super::super) fn sessions_end_and_are_bounded(store: &impl Store) {
    for number in 0..210 {
        store.add_session(&session(number)).unwrap();
    }
    let find = |number, now| store.session(&session(number).hash, at(now)).unwrap();
    assert_eq!(find(9, 600), None, "the oldest ones are gone");
    assert_eq!(find(10, 600), Some(session(10)));
    assert_eq!(find(10, 10_000), None, "it has ended");
    store.use_session(&session(10).hash, at(700)).unwrap();
    assert_eq!(find(10, 800).unwrap().last_used, at(700));
    store.add_session(&session(211)).unwrap();
    assert!(
        find(10, 800).is_some() && find(11, 800).is_none(),
        "the unused go first"
    );
    assert!(store.remove_session(&session(10).hash).unwrap());
    assert!(!store.remove_session(&session(10).hash).unwrap());
    assert_eq!(find(10, 800), None);
}

pub(in super::super) fn a_removed_token_ends_its_sessions(store: &impl Store) {
    let token = StoredToken {
        id: "token 1".to_owned(),
        name: "ci".to_owned(),
        role: TokenRole::Change,
        hash: "$argon2id$…".to_owned(),
        created: at(1),
    };
    store.add_token(&token, &change("")).unwrap();
    store.add_session(&session(1)).unwrap();
    store.add_session(&session(2)).unwrap();
    store.remove_token("token 1", &change("leaked")).unwrap();
    assert_eq!(store.session(&session(1).hash, at(5)).unwrap(), None);
    assert!(store.session(&session(2).hash, at(5)).unwrap().is_some());
    let entry = log(store).remove(0).entry;
    assert_eq!(
        (entry.before.as_deref(), entry.after),
        (Some("change"), None)
    );
}

pub(in super::super) fn failures_are_counted_and_bounded(store: &impl Store) {
    let key = |number: u16| {
        let mut key = [0; 16];
        key[..2].copy_from_slice(&number.to_be_bytes());
        key
    };
    assert_eq!(store.failures(&key(1)).unwrap(), Failures::default());
    store.add_failure(&key(1), at(1)).unwrap();
    let failures = store.add_failure(&key(1), at(3)).unwrap();
    assert_eq!((failures.count, failures.last), (2, at(3)));
    assert_eq!(store.failures(&key(1)).unwrap(), failures);
    for number in 2..=1001 {
        store
            .add_failure(&key(number), at(i64::from(number) + 3))
            .unwrap();
    }
    assert_eq!(
        store.failures(&key(1)).unwrap().count,
        0,
        "the oldest is gone"
    );
    assert_eq!(store.failures(&key(2)).unwrap().count, 1);
    store.clear_failures(&key(2)).unwrap();
    assert_eq!(store.failures(&key(2)).unwrap().count, 0);
}
