//! Express: helmet, <https://helmetjs.github.io/#content-security-policy>.

use connect_src::{DirectiveName, Disposition, Policy};

use super::escape::push;
use super::javascript::string;
use super::{Delivery, Filled};

pub(super) fn fill(delivery: &Delivery) -> Filled {
    let policy = delivery.parsed();
    let mut text =
        "import helmet from 'helmet';\n\napp.use(helmet({\n  contentSecurityPolicy: {\n".to_owned();
    text += "    useDefaults: false, // or helmet adds directives of its own\n";
    if delivery.disposition == Disposition::Report {
        text += "    reportOnly: true,\n";
    }
    text += "    directives: {\n";
    let mut names: Vec<String> = Vec::new();
    for directive in policy.directives() {
        let name = directive.name().to_ascii_lowercase();
        if names.contains(&name) {
            continue; // only the first counts, and helmet refuses a second
        }
        push(
            &mut text,
            format_args!("      {}: {},\n", string(&name), values(directive.value())),
        );
        names.push(name);
    }
    if !has_default(&policy) {
        text += "      'default-src': helmet.contentSecurityPolicy.dangerouslyDisableDefaultSrc, // as before\n";
    }
    text += "    },\n  },\n}));\n";
    if let Some((name, value)) = delivery.headers().get(1) {
        text += "app.use((request, response, next) => {\n";
        push(
            &mut text,
            format_args!(
                "  response.setHeader({}, {});\n",
                string(name),
                string(value)
            ),
        );
        text += "  next();\n});\n";
    }
    Filled::new(text)
}

fn values(value: &str) -> String {
    let words: Vec<_> = value.split_ascii_whitespace().map(string).collect();
    format!("[{}]", words.join(", "))
}

fn has_default(policy: &Policy) -> bool {
    policy
        .directives()
        .any(|one| one.known_name() == Some(DirectiveName::DefaultSrc))
}
