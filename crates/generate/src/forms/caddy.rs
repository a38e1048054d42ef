//! Caddy: the `header` directive, <https://caddyserver.com/docs/caddyfile/directives/header>.

use super::escape::{in_double_quotes, percent_encoded, push};
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let mut text = "header {\n".to_owned();
    for (name, value) in delivery.headers() {
        // Braces hold placeholders, and a backslash before anything but a quote stays.
        let value = percent_encoded(value, &['{', '}', '\\']);
        push(
            &mut text,
            format_args!("\t{name} {}\n", in_double_quotes(&value)),
        );
    }
    Filled::new(text + "}\n")
}
