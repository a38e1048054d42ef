//! What the engine knows of a term, so that no entry has to repeat it.

use connect_src::{DirectiveName, fetch_directive_fallback_list};

use super::entry::{Entry, Group};

/// A short line under an entry's title.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) value: String,
}

pub(super) fn facts(entry: &Entry) -> Vec<Fact> {
    let mut facts = Vec::new();
    if entry.group == Group::Directive
        && let Some(directive) = DirectiveName::parse(entry.term)
    {
        facts.extend(fallback(directive).map(|value| Fact {
            name: "fallback",
            value,
        }));
        if !directive.is_allowed_in_meta() {
            facts.push(Fact {
                name: "in <meta>",
                value: "ignored".into(),
            });
        }
    }
    if let Some(standard) = entry.standard {
        facts.push(Fact {
            name: "standard",
            value: standard.into(),
        });
    }
    facts
}

/// Which directives stand in where this one is missing; `None` for a directive that fetches nothing.
fn fallback(directive: DirectiveName) -> Option<String> {
    let list = fetch_directive_fallback_list(directive);
    let after = list.iter().skip(1).map(|name| name.as_str());
    let names: Vec<_> = after.collect();
    match (list, names.as_slice()) {
        ([], _) => None,
        (_, []) => Some("none; without it, nothing is restricted".into()),
        (_, names) => Some(format!(
            "{}; without any, nothing is restricted",
            names.join(", then ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fallbacks_are_told_as_the_engine_knows_them() {
        let told = |directive| fallback(directive).unwrap_or_default();
        assert!(told(DirectiveName::ConnectSrc).starts_with("default-src;"));
        assert!(
            told(DirectiveName::WorkerSrc)
                .starts_with("child-src, then script-src, then default-src;")
        );
        assert!(told(DirectiveName::DefaultSrc).starts_with("none;"));
        assert_eq!(fallback(DirectiveName::Sandbox), None);
    }
}
