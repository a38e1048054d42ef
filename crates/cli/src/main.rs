//! The `connect-src` command.
fn main() {}
