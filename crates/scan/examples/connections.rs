//! Prints the connections of the files that are named: `cargo run --example connections -- FILE…`.

#![expect(
    clippy::disallowed_methods,
    reason = "an example reads the files that its user names"
)]
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::{env, fs, io};

use connect_src_scan::{Limits, Options, Project, analyse};

fn main() -> io::Result<()> {
    let mut project = Project::new(Options::default());
    for path in env::args().skip(1) {
        let bytes = fs::read(&path)?;
        project.add(analyse(&path, &bytes, &Limits::default()));
    }
    let scan = project.scan();
    for found in &scan.connections {
        let place = &found.place;
        println!(
            "{}:{}:{} {} {} {:?} {}",
            place.file,
            place.line,
            place.column,
            found.api.name(),
            found.target,
            found.confidence,
            found.client.as_deref().unwrap_or("")
        );
        for step in &found.reasoning {
            let line = step.place.as_ref().map_or(String::new(), |place| {
                format!("{}:{}", place.file, place.line)
            });
            println!("    {} {line}", step.text);
        }
    }
    for note in &scan.notes {
        println!(
            "note {}:{} {}",
            note.place.file, note.place.line, note.message
        );
    }
    Ok(())
}
