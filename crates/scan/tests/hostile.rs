//! Code that was written to be hard to read takes bounded work, and stops nothing.

use std::fmt::Write;

use connect_src_scan::{Limits, Options, Project, Scan, analyse};
use proptest::prelude::*;

fn scan(files: &[(&str, &str)]) -> Scan {
    let mut project = Project::new(Options::default());
    for (path, text) in files {
        project.add(analyse(path, text.as_bytes(), &Limits::default()));
    }
    project.scan()
}

fn only_target(text: &str) -> String {
    let scan = scan(&[("a.js", text)]);
    assert_eq!(scan.connections.len(), 1, "{:?}", scan.notes);
    scan.connections[0].target.to_string()
}

#[test]
fn a_long_sum_is_read_to_a_bound() {
    let sum = "\"https://a.example/\" + ".to_owned() + &"\"b\" + ".repeat(100_000) + "\"c\"";
    assert!(only_target(&format!("fetch({sum})")).starts_with("https://a.example/bbb"));
}

#[test]
fn code_that_is_nested_too_deeply_is_noted() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("a=>", ""),
        ("{", "}"),
        ("a?b:", ""),
        ("(\")\",", ")"),
    ] {
        let text = format!("x = {}1{}", open.repeat(100_000), close.repeat(100_000));
        let scan = scan(&[("a.js", &text)]);
        assert_eq!(scan.notes.len(), 1, "{open}");
        assert!(
            scan.notes[0].message.contains("nested"),
            "{open}: {}",
            scan.notes[0].message
        );
    }
}

#[test]
fn code_that_is_nested_below_the_bound_is_read() {
    let text = format!("{}fetch('/a'){}", "(".repeat(3000), ")".repeat(3000));
    assert_eq!(only_target(&text), "/a");
}

#[test]
fn constants_that_double_end_at_the_length_of_a_url() {
    let mut text = String::from("const c0 = \"https://a.example/\";\n");
    for index in 1..30 {
        writeln!(text, "const c{index} = c{} + c{};", index - 1, index - 1).unwrap();
    }
    let found = only_target(&format!("{text}fetch(c29);"));
    assert!(found.starts_with("https://a.example/") && found.len() < 10_000);
}

#[test]
fn constants_in_a_circle_are_not_followed_forever() {
    assert!(only_target("var a = b + '/x', b = c, c = a; fetch('/p' + a)").starts_with("/p"));
    assert!(
        !scan(&[("a.js", "let u = '/'; u = u + u; fetch(u)")])
            .connections
            .is_empty()
    );
    assert_eq!(
        only_target("function f(p) { return f(p + '/x') } fetch('/q' + f('y'))"),
        "/q{f()}"
    );
}

#[test]
fn functions_that_call_each_other_are_not_followed_forever() {
    let text = "function a(p) { b(p + '/1'); fetch(p) } function b(p) { a(p + '/2') } a('/start');";
    let scan = scan(&[("a.js", text)]);
    assert!(!scan.connections.is_empty() && scan.connections.len() < 50);
}

#[test]
fn modules_that_import_each_other_are_not_followed_forever() {
    let scan = scan(&[
        (
            "a.js",
            "import { b } from './b'; export * from './b'; export const a = b; fetch(a)",
        ),
        (
            "b.js",
            "import { a } from './a'; export * from './a'; export const b = a; fetch('/b' + a)",
        ),
    ]);
    assert_eq!(scan.connections.len(), 2);
}

#[test]
fn many_alternatives_end_at_their_bound() {
    let choice = "(x ? '/1' : y ? '/2' : '/3')";
    let text = format!("fetch({})", [choice; 20].join(" + "));
    let scan = scan(&[("a.js", &text)]);
    assert!(scan.connections.len() <= Limits::default().alternatives);
}

#[test]
fn wrappers_of_wrappers_of_many_calls_end_at_their_bound() {
    let mut text = String::from("function f0(p) { fetch(p) }\n");
    for index in 1..12 {
        let before = index - 1;
        for call in 0..6 {
            writeln!(
                text,
                "function f{index}_{call}(p) {{ f{before}(p + '/{call}') }}"
            )
            .unwrap();
        }
        writeln!(text, "function f{index}(p) {{").unwrap();
        for call in 0..6 {
            writeln!(text, "f{index}_{call}(p);").unwrap();
        }
        writeln!(text, "}}").unwrap();
    }
    let scan = scan(&[("a.js", &format!("{text} f11('/start');"))]);
    assert!(
        scan.notes
            .iter()
            .any(|note| note.message.contains("more ways"))
    );
}

#[test]
fn a_file_that_does_not_parse_is_noted_and_the_rest_goes_on() {
    let scan = scan(&[("a.js", "fetch('/a'"), ("b.js", "fetch('/b')")]);
    assert_eq!((scan.connections.len(), scan.notes.len()), (1, 1));
    assert_eq!(scan.notes[0].place.file, "a.js");
}

#[test]
fn an_analysis_that_was_kept_says_the_same() {
    let text = "import { b } from './b'; const w = (p) => fetch(b + p); w('/x'); class A { get() { return fetch(this.u) } }";
    let analysis = analyse("a.ts", text.as_bytes(), &Limits::default());
    let kept = serde_json::to_vec(&analysis).unwrap();
    assert_eq!(
        serde_json::from_slice::<connect_src_scan::FileAnalysis>(&kept).unwrap(),
        analysis
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let mut project = Project::new(Options::default());
        project.add(analyse("a.ts", &bytes, &Limits::default()));
        project.scan();
    }

    #[test]
    fn any_words_of_the_language_are_read_without_a_panic(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..64)
    ) {
        let mut project = Project::new(Options::default());
        project.add(analyse("a.tsx", words.join(" ").as_bytes(), &Limits::default()));
        project.scan();
    }
}

const WORDS: &[&str] = &[
    "fetch",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "=>",
    "=",
    "+",
    "+=",
    ".",
    ",",
    ";",
    ":",
    "?",
    "||",
    "...",
    "const",
    "let",
    "var",
    "function",
    "return",
    "class",
    "extends",
    "super",
    "this",
    "new",
    "a",
    "b",
    "c",
    "base",
    "'https://a.example'",
    "`/x/${a}`",
    "import",
    "export",
    "from",
    "'./a.tsx'",
    "default",
    "await",
    "async",
    "XMLHttpRequest",
    "WebSocket",
    "open",
    "'GET'",
    "location",
    "origin",
    "URL",
    "axios",
    "create",
    "baseURL",
    "get",
    "prototype",
    "arguments",
    "apply",
    "call",
    "0",
    "1",
    "for",
    "of",
    "if",
    "else",
    "<a ping='/'>",
    "</a>",
    "enum",
    "Object",
    "freeze",
    "assign",
    "join",
    "replace",
];
