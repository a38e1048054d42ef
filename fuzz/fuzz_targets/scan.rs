//! Any text is read as a script, and its connections are followed, without a panic.

#![no_main]

use connect_src_scan::{Limits, Options, Project, analyse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let mut project = Project::new(Options::default());
    for name in ["a.js", "b.tsx"] {
        project.add(analyse(name, bytes, &limits));
    }
    for found in project.scan().connections {
        let page = url::Url::parse("https://page.example/").expect("a constant URL");
        let _ = found.target.witness(&page);
    }
});
