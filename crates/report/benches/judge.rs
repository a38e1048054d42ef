//! Reports per second.

fn main() {
    divan::main();
}
