//! Apache httpd: `Header`, <https://httpd.apache.org/docs/2.4/mod/mod_headers.html>.

use super::escape::{in_double_quotes, percent_encoded};
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let lines = delivery.headers();
    let lines = lines.iter().map(|(name, value)| {
        // `${` begins a variable of the configuration, and `%` a format specifier.
        let value = percent_encoded(value, &['$']).replace('%', "%%");
        format!("Header always set {name} {}\n", in_double_quotes(&value))
    });
    Filled::new(lines.collect::<String>()).note(
        "`a2enmod headers` turns the module on; a policy that the application sends too is then sent twice, and a \
         connection must be allowed by both",
    )
}
