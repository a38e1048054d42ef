//! Console sessions, in `tests/sessions/`: what is typed, what is printed, and the exit status.
//!
//! After a change that is meant: `TRYCMD=overwrite cargo test -p connect-src-cli --test cli sessions`, and read the diff.

#[test]
fn console_sessions_go_as_they_are_written() {
    trycmd::TestCases::new()
        .case("tests/sessions/*.md")
        .env("NO_COLOR", "1")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
}
