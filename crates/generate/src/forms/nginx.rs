//! nginx: `add_header`, <https://nginx.org/en/docs/http/ngx_http_headers_module.html>.

use super::escape::{in_double_quotes, percent_encoded};
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let lines = delivery.headers();
    let lines = lines.iter().map(|(name, value)| {
        // `$` begins a variable, and nothing escapes it.
        let value = in_double_quotes(&percent_encoded(value, &['$']));
        format!("add_header {name} {value} always;\n")
    });
    Filled::new(lines.collect::<String>()).note(
        "nginx drops the add_header lines of outer blocks where an inner block has one of its own: repeat this \
         there, or include it from a file",
    )
}
