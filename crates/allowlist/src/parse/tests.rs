use super::*;

fn parse(value: impl AsRef<[u8]>) -> Parsed {
    let page = Url::parse("https://app.example.com:8443/cart?a#b").unwrap();
    Allowlist::parse(value, &page, Disposition::Enforce)
}

fn patterns(value: &str) -> Vec<String> {
    let list = parse(value).allowlist.unwrap();
    let patterns = list.patterns().iter();
    patterns.map(|one| one.text().to_owned()).collect()
}

/// What each note is about, and its kind without what the parsers of others say.
fn notes(value: &str) -> Vec<(&str, &'static str)> {
    let kind = |kind: &NoteKind| match kind {
        NoteKind::NoList { .. } => "no list",
        NoteKind::Empty => "empty",
        NoteKind::NoInnerList => "no inner list",
        NoteKind::MoreThanOneList => "more than one list",
        NoteKind::WrongItem => "wrong item",
        NoteKind::NoPattern { .. } => "no pattern",
        NoteKind::RegularExpression => "regular expression",
        NoteKind::NoToken { .. } => "no token",
        NoteKind::UnknownParameter { .. } => "unknown parameter",
        NoteKind::OddToggle { .. } => "odd toggle",
    };
    let notes = parse(value).notes;
    let note = |note: &Note| (&value[note.span.clone()], kind(&note.kind));
    notes.iter().map(note).collect()
}

#[test]
fn a_header_that_cannot_be_read_blocks_everything_and_an_empty_one_is_absent() {
    for (value, is_there, is_ignored_by_draft) in [
        ("", false, true),
        (" \t", false, true),
        ("()", true, false),
        ("(response-origin)", true, false),
        ("response-origin", true, true),
        ("\"https://api.test\"", true, true),
        ("(\"https://api.test\"", true, true),
        ("(https://api.test)", true, false),
        ("(\"https://api.test\"),", true, true),
        ("('self')", true, true),
    ] {
        let parsed = parse(value);
        assert_eq!(parsed.allowlist.is_some(), is_there, "{value:?}");
        assert_eq!(parsed.is_ignored_by_draft, is_ignored_by_draft, "{value:?}");
        if let Some(list) = parsed.allowlist.filter(|_| is_ignored_by_draft) {
            assert!(list.patterns().is_empty(), "{value:?}");
            assert_eq!(
                (list.redirects(), list.webrtc()),
                (Toggle::Block, Toggle::Block)
            );
        }
    }
}

#[test]
fn response_origin_stands_for_the_origin_with_its_port() {
    assert_eq!(
        patterns("(response-origin)"),
        ["https://app.example.com:8443"]
    );
    let list = parse("(response-origin \"https://app.example.com:8443\")");
    let list = list.allowlist.unwrap();
    let is_own: Vec<_> = list
        .patterns()
        .iter()
        .map(Pattern::is_response_origin)
        .collect();
    assert_eq!(is_own, [true, false]);
}

#[test]
fn what_is_ignored_is_noted_with_its_place() {
    for (value, expected) in [
        (
            "(response-origin 1 ?1 :YQ==: \"https://a.test\")",
            &[
                ("1", "wrong item"),
                ("?1", "wrong item"),
                (":YQ==:", "wrong item"),
            ][..],
        ),
        ("(Response-Origin)", &[("Response-Origin", "wrong item")]),
        (
            "(\"https://{\" \"https://a.test\")",
            &[("\"https://{\"", "no pattern")],
        ),
        ("(\"/v1/*\")", &[("\"/v1/*\"", "no pattern")]),
        ("(\"\")", &[("\"\"", "no pattern")]),
        (
            "(\"https://a.test/v(1|2)\")",
            &[("\"https://a.test/v(1|2)\"", "regular expression")],
        ),
        ("(\"https://a.test\";x=\"a b)\" 7)", &[("7", "wrong item")]),
        (
            "(\"a\\\"b\" 7)",
            &[("\"a\\\"b\"", "no pattern"), ("7", "wrong item")],
        ),
        (
            "(response-origin);redirects=\"allow\"",
            &[("redirects", "no token")],
        ),
        (
            "(response-origin);webrtc=?1;report-to=1",
            &[("webrtc", "no token"), ("report-to", "no token")],
        ),
        (
            "(response-origin);webrtc=maybe",
            &[("webrtc", "odd toggle")],
        ),
        (
            "(response-origin);future=soon;odd=1",
            &[
                ("future", "unknown parameter"),
                ("odd", "unknown parameter"),
            ],
        ),
        (
            "(response-origin), (\"https://a.test\")",
            &[("(\"https://a.test\")", "more than one list")],
        ),
        (
            "response-origin, (\"https://a.test\")",
            &[("response-origin, (\"https://a.test\")", "no inner list")],
        ),
        ("", &[("", "empty")]),
        ("a=(", &[("a=(", "no list")]),
        (
            "(response-origin \"https://a.test\");redirects=allow;webrtc=block;report-to=main",
            &[],
        ),
    ] {
        let found = notes(value);
        let kinds: Vec<_> = found.iter().map(|(_, kind)| *kind).collect();
        let expected_kinds: Vec<_> = expected.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(kinds, expected_kinds, "{value}");
        if kinds != ["more than one list"] {
            assert_eq!(found, expected, "{value}");
        }
    }
}

#[test]
fn a_bad_pattern_leaves_the_others() {
    let value = "(\"https://{\" 1 \"https://a.test\" \"https://b.test/(x)\" \"https://*.c.test\")";
    assert_eq!(patterns(value), ["https://a.test", "https://*.c.test"]);
}

#[test]
fn parameters_are_words_and_the_last_one_counts() {
    for (parameters, redirects, webrtc) in [
        ("", Toggle::Block, Toggle::Block),
        (";redirects=allow", Toggle::Allow, Toggle::Block),
        (";webrtc=allow", Toggle::Block, Toggle::Allow),
        (
            ";redirects=block;redirects=allow",
            Toggle::Allow,
            Toggle::Block,
        ),
        (
            ";redirects=allow;redirects=block",
            Toggle::Block,
            Toggle::Block,
        ),
        (";redirects=BLOCK", Toggle::Allow, Toggle::Block),
        (";redirects", Toggle::Block, Toggle::Block),
        (";webrtc=\"allow\"", Toggle::Block, Toggle::Block),
        (";webrtc=?1", Toggle::Block, Toggle::Block),
    ] {
        let list = parse(format!("(response-origin){parameters}"));
        let list = list.allowlist.unwrap();
        assert_eq!(
            (list.redirects(), list.webrtc()),
            (redirects, webrtc),
            "{parameters}"
        );
    }
    let list = parse("(response-origin);report-to=main").allowlist.unwrap();
    assert_eq!(list.reporting_endpoint(), Some("main"));
}

#[test]
fn no_bytes_make_it_panic() {
    for value in [
        &b"(\"\xff\")"[..],
        b"(\"",
        b"(\"\\",
        b"\x00",
        b"((((((",
        b"(a;b=\"",
        b";;",
        "(\"b\u{fc}cher\")".as_bytes(),
    ] {
        let parsed = parse(value);
        for note in parsed.notes {
            assert!(value.get(note.span).is_some());
        }
    }
}
