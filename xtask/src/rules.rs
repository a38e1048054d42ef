//! `docs/rules/`: a page for each rule of the linter, and their index.

use std::fmt::Write as _;

use connect_src_lint::{Group, Kind, Pin, Rule, receivers, rules};

/// The page of a rule.
pub(crate) fn page(rule: &Rule) -> String {
    let level = rule
        .severity
        .map_or("off unless it is asked for", |severity| severity.as_str());
    let mut page = format!(
        "# {}\n\n{}: {}. Group [{}](README.md#{}), {level}.\n",
        rule.name,
        "This rule finds",
        rule.summary,
        rule.group.as_str(),
        rule.group.as_str(),
    );
    if !rule.aliases.is_empty() {
        let _ = write!(page, "\nOlder names: `{}`.\n", rule.aliases.join("`, `"));
    }
    page.push('\n');
    for line in rule.documentation.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        // What the tests read after the language is noise to a reader.
        match line.strip_prefix("```csp ") {
            Some(info) => page.push_str(&fence(info)),
            None => page.push_str(line.trim_end()),
        }
        page.push('\n');
    }
    page
}

/// What an example is, in words, and the beginning of its block.
fn fence(info: &str) -> String {
    let mut words = info.split_ascii_whitespace();
    let found = if words.next() == Some("fires") {
        "Found"
    } else {
        "Not found"
    };
    let known: Vec<String> = words.map(known).collect();
    let known = if known.is_empty() {
        String::new()
    } else {
        format!(" {}", known.join(", "))
    };
    format!("{found}{known}:\n\n```text")
}

fn known(word: &str) -> String {
    match word.split_once('=') {
        Some(("page", url)) => format!("on `{url}`"),
        Some(("browser", browser)) => format!("for `--browser {browser}`"),
        Some(("connects", url)) => format!("where the page connects to `{url}`"),
        Some(("repeat", times)) => format!("{times} times over"),
        _ if word == "meta" => "in a `<meta>` element".to_owned(),
        _ if word == "report-only" => "report-only".to_owned(),
        _ => "with a service worker".to_owned(),
    }
}

/// The index.
pub(crate) fn index() -> String {
    let mut page = String::from(INTRODUCTION);
    for group in Group::ALL {
        let _ = write!(
            page,
            "\n## {}\n\nRules about {}.\n\n",
            group.as_str(),
            group.summary()
        );
        page.push_str("| rule | finds | by itself | fix |\n|---|---|---|---|\n");
        for rule in rules().iter().filter(|rule| rule.group == group) {
            let level = rule.severity.map_or("off", |severity| severity.as_str());
            let _ = writeln!(
                page,
                "| [{0}]({0}.md) | {1} | {level} | {2} |",
                rule.name,
                rule.summary,
                fix(rule)
            );
        }
    }
    page
}

/// What the documentation says of the fix, in a word.
fn fix(rule: &Rule) -> &'static str {
    let section = rule
        .documentation
        .split("## Fix")
        .nth(1)
        .unwrap_or_default();
    match section.trim_start() {
        text if text.starts_with("Safe") => "safe",
        text if text.starts_with("A suggestion") || text.contains("a suggestion") => "suggestion",
        _ => "",
    }
}

/// The hosts where anyone can receive data.
pub(crate) fn hosts() -> String {
    let mut page = String::from(HOSTS);
    for one in receivers() {
        let source = match one.source {
            "psl" => "[Public Suffix List](https://publicsuffix.org/list/)".to_owned(),
            url => format!("<{url}>"),
        };
        let _ = writeln!(
            page,
            "| `{}{}` | {} | {} | {source} |",
            one.suffix,
            one.path,
            kind(one.kind),
            pin(one.pin)
        );
    }
    page
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Storage => "object storage",
        Kind::Function => "hosting",
        Kind::Tunnel => "tunnel",
        Kind::Database => "database",
        Kind::Webhook => "webhooks",
        Kind::Telemetry => "telemetry",
        Kind::KeyedApi => "API with keys",
        Kind::Cdn => "anyone's files",
        _ => "other",
    }
}

fn pin(pin: Pin) -> &'static str {
    match pin {
        Pin::Subdomain => "a name below it",
        Pin::Path => "the path, but not after a redirect",
        Pin::Either => "a name below it, or the path, but not after a redirect",
        _ => "cannot be named",
    }
}

const INTRODUCTION: &str = "\
# Rules of the linter

`connect-src lint` looks at a policy with these rules; `connect-src explain RULE` prints the page of one. The pages are generated from the
rules' source, and their examples are run as tests (`cargo xtask generate`).

A rule that is *off* says nothing unless it is asked for, by `--warn RULE` or in `connect-src.toml`:

```toml
[lint]
warn = ['ungoverned-channels']
allow = ['unsafe-inline-style']

[[lint.suppress]]
rule = 'multi-tenant-host'
source = 'https://acme.supabase.co'
reason = 'our own project'
```

A fix that is *safe* changes no decision of any browser; `--fix` applies it. A *suggestion* changes what the policy decides; `--fix --unsafe` applies it too.

The hosts that the rules of `exposure` know are [listed with their sources](hosts.md). How often the rules fire on policies in the wild is
[measured](frequency.md).
";

const HOSTS: &str = "\
# Hosts where anyone can receive data

Whoever opens an account at one of these hosts receives what is sent there. The linter's rules `multi-tenant-host`, `any-account-collector`,
`any-key-api` and `broad-vendor-wildcard` look for them, and the Public Suffix List's private section for all others.

This page is generated (`cargo xtask generate`) from `crates/lint/src/data/receivers.toml`.

| host, and all below it | what is received there | what names one account | source |
|---|---|---|---|
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_in_the_index_and_has_its_sections() {
        let index = index();
        for rule in rules() {
            assert!(
                index.contains(&format!("| [{0}]({0}.md) |", rule.name)),
                "{}",
                rule.name
            );
            let page = page(rule);
            for section in connect_src_lint::SECTIONS {
                assert!(page.contains(&format!("\n## {section}\n")), "{}", rule.name);
            }
        }
    }

    #[test]
    fn an_example_tells_what_is_known() {
        assert_eq!(
            fence("fires page=https://a.test/"),
            "Found on `https://a.test/`:\n\n```text"
        );
    }
}
