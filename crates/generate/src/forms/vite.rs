//! Vite: `server.headers` and `preview.headers`, <https://vite.dev/config/server-options.html#server-headers>.

use super::escape::push;
use super::javascript::string;
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let mut text = "const headers = {\n".to_owned();
    for (name, value) in delivery.headers() {
        push(
            &mut text,
            format_args!("  {}: {},\n", string(name), string(value)),
        );
    }
    text += "};\n\nexport default {\n  server: { headers },\n  preview: { headers },\n};\n";
    Filled::new(text).note(
        "Vite builds files and does not serve them in production: whatever serves them has to send the headers",
    )
}
