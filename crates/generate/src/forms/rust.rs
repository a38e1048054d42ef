//! Rust: the crate `connect-src-tower`.

use connect_src::Disposition;

use super::escape::push;
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let method = match delivery.disposition {
        Disposition::Enforce => "enforce",
        Disposition::Report => "report_only",
    };
    let policy = format!("{:?}", delivery.policy);
    let mut text = "use connect_src_tower::{ConnectSrcLayer, Error, PolicyHeaders};\n".to_owned();
    if delivery.allowlist.is_some() {
        text += "use http::{HeaderName, HeaderValue};\n";
    }
    text += "\n/// The policy of every page.\npub fn connect_src() -> Result<ConnectSrcLayer, Error> {\n";
    text += "    let headers = PolicyHeaders::new()\n";
    push(
        &mut text,
        format_args!("        .{method}(\n            {policy},\n        )?"),
    );
    for (name, value) in delivery.headers().into_iter().skip(1) {
        let name = name.to_ascii_lowercase();
        push(
            &mut text,
            format_args!(
                "\n        .header(\n            HeaderName::from_static({name:?}),\n            \
             HeaderValue::from_static(\n                {value:?},\n            ),\n        )"
            ),
        );
    }
    text += ";\n    Ok(ConnectSrcLayer::new(headers))\n}\n";
    Filled::new(text)
}
