//! `_headers`: <https://docs.netlify.com/routing/headers/>, <https://developers.cloudflare.com/pages/configuration/headers/>.

use super::escape::push;
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let mut text = "/*\n".to_owned();
    for (name, value) in delivery.headers() {
        push(&mut text, format_args!("  {name}: {value}\n"));
    }
    let is_long = text.lines().any(|line| line.len() > LONGEST_LINE);
    Filled::new(text).note_if(
        is_long,
        "Cloudflare Pages does not read lines of more than 2,000 characters: put wildcards in the place of hosts, or \
         send different policies for different paths",
    )
}

/// Of Cloudflare Pages.
const LONGEST_LINE: usize = 2000;
