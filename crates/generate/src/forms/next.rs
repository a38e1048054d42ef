//! Next.js: `headers`, <https://nextjs.org/docs/app/api-reference/config/next-config-js/headers>.

use super::escape::push;
use super::javascript::string;
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let mut text = "/** @type {import('next').NextConfig} */\nexport default {\n".to_owned();
    text += "  async headers() {\n    return [{\n      source: '/:path*',\n      headers: [\n";
    for (name, value) in delivery.headers() {
        push(
            &mut text,
            format_args!(
                "        {{ key: {}, value: {} }},\n",
                string(name),
                string(value)
            ),
        );
    }
    text += "      ],\n    }];\n  },\n};\n";
    Filled::new(text).note(
        "Next.js does not send these headers for a static export (`output: 'export'`): whatever serves the files has to",
    )
}
