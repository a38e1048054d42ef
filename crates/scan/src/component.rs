//! Files of Vue, Svelte and Astro: scripts between markup, and markup with expressions in it.

mod canvas;
mod markup;

use std::borrow::Cow;

use connect_src::Api;

use crate::analysis::{FileAnalysis, MarkupConnection};
use crate::block::{Block, BlockKind, ScriptLanguage, analyse_script};
use crate::limits::Limits;
use crate::lines::Lines;
use crate::target::{Part, Target};
use canvas::Canvas;
use markup::{Attribute, Framework, Item, items};

/// Reads a component.
pub(crate) fn analyse(file: &mut FileAnalysis, text: &str, lines: &Lines, limits: &Limits) {
    let framework = Framework::of_path(&file.path);
    let start = if framework == Framework::Astro {
        frontmatter(file, text, lines)
    } else {
        0
    };
    let items = items(text, start, framework);
    let script = |item: &Item| match item {
        Item::Script {
            attributes,
            content,
        } if is_script(text, attributes) => {
            Some((language(text, attributes, framework), content.clone()))
        }
        _ => None,
    };
    let scripts: Vec<_> = items.iter().filter_map(script).collect();
    if framework == Framework::Astro {
        for (language, content) in scripts {
            let block = Block {
                text: Cow::Borrowed(&text[content.clone()]),
                offset: content.start as u32,
                kind: BlockKind::Module,
                language,
            };
            file.scripts.push(analyse_script(&block, lines, limits));
        }
    } else {
        // Scripts and expressions see each other's names, so they are read as one script, each where it stands.
        let language = scripts.iter().map(|(language, _)| *language);
        let language = language
            .max_by_key(|one| rank(*one))
            .unwrap_or(ScriptLanguage::JavaScript);
        let mut canvas = Canvas::new(text, language);
        for (_, content) in &scripts {
            canvas.keep_script(content.clone());
        }
        for item in &items {
            match item {
                Item::Statements(code) => canvas.keep_statements(code.clone()),
                Item::Expression(code) => canvas.keep_expression(code.clone()),
                Item::Script { .. } | Item::Ping(_) => {}
            }
        }
        if let Some(text) = canvas.finish() {
            let block = Block {
                text: Cow::Owned(text),
                offset: 0,
                kind: BlockKind::Module,
                language,
            };
            file.scripts.push(analyse_script(&block, lines, limits));
        }
    }
    for item in &items {
        if let Item::Ping(attribute) = item {
            pings(file, text, lines, attribute, framework);
        }
    }
}

fn rank(language: ScriptLanguage) -> u8 {
    match language {
        ScriptLanguage::JavaScript => 0,
        ScriptLanguage::TypeScript => 1,
        ScriptLanguage::TypeScriptJsx => 2,
    }
}

/// Where the markup of an Astro file begins: what stands before it runs on the server, where no policy applies.
///
/// <https://docs.astro.build/en/basics/astro-components/#the-component-script>
fn frontmatter(file: &mut FileAnalysis, text: &str, lines: &Lines) -> usize {
    const FENCE: &str = "---";
    let begin = text.len()
        - text
            .trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
            .len();
    let Some(rest) = text[begin..].strip_prefix(FENCE) else {
        return 0;
    };
    let Some(length) = rest.find(FENCE) else {
        return 0;
    };
    let connects = ["fetch(", "WebSocket(", "axios", "EventSource("];
    if connects.iter().any(|word| rest[..length].contains(word)) {
        let spot = lines.spot(begin as u32, (begin + FENCE.len()) as u32);
        file.note_at(spot, "what stands between the --- connects from the server, where no policy applies; it is not counted");
    }
    begin + 2 * FENCE.len() + length
}

/// Whether a script element holds code that the page runs.
fn is_script(text: &str, attributes: &[Attribute]) -> bool {
    let kind = attributes
        .iter()
        .find(|one| &text[one.name.clone()] == "type");
    let kind = kind.map_or("", |one| &text[one.value.clone()]);
    matches!(
        kind,
        "" | "module" | "text/javascript" | "text/babel" | "text/typescript"
    )
}

fn language(text: &str, attributes: &[Attribute], framework: Framework) -> ScriptLanguage {
    let language = attributes
        .iter()
        .find(|one| &text[one.name.clone()] == "lang");
    match language.map(|one| &text[one.value.clone()]) {
        Some("ts" | "typescript") => ScriptLanguage::TypeScript,
        Some("tsx") => ScriptLanguage::TypeScriptJsx,
        None if framework == Framework::Astro => ScriptLanguage::TypeScript,
        _ => ScriptLanguage::JavaScript,
    }
}

/// The URLs of a `ping` attribute, written out or as an expression.
fn pings(
    file: &mut FileAnalysis,
    text: &str,
    lines: &Lines,
    attribute: &Attribute,
    framework: Framework,
) {
    let value = &text[attribute.value.clone()];
    let is_bound = framework == Framework::Vue && text[attribute.name.clone()].contains(':');
    let code = if is_bound {
        Some(value)
    } else {
        value
            .strip_prefix('{')
            .and_then(|value| value.strip_suffix('}'))
    };
    let targets = match code {
        Some(code) => match quoted(code.trim()) {
            Some(urls) => urls.split_ascii_whitespace().map(Target::text).collect(),
            None => vec![hole(code.trim())],
        },
        None => value.split_ascii_whitespace().map(Target::text).collect(),
    };
    for target in targets {
        file.markup.push(MarkupConnection {
            api: Cow::Borrowed(Api::Ping.name()),
            target,
            spot: lines.spot(attribute.value.start as u32, attribute.value.end as u32),
            reason: "the `ping` attribute is sent to when the link is followed".to_owned(),
        });
    }
}

/// What a string literal holds that has nothing to decode.
fn quoted(code: &str) -> Option<&str> {
    let quote = code
        .chars()
        .next()
        .filter(|one| matches!(one, '"' | '\'' | '`'))?;
    let inner = code[1..].strip_suffix(quote)?;
    (!inner.contains([quote, '\\', '$'])).then_some(inner)
}

fn hole(code: &str) -> Target {
    let mut target = Target::default();
    target.push(Part::Hole(code.chars().take(80).collect()));
    target
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyse as analyse_file;

    fn pings(path: &str, text: &str) -> Vec<String> {
        let file = analyse_file(path, text.as_bytes(), &Limits::default());
        file.markup
            .iter()
            .map(|found| found.target.to_string())
            .collect()
    }

    #[test]
    fn a_ping_may_be_an_expression() {
        for (path, text, expected) in [
            (
                "a.vue",
                "<template><a ping='/a /b'></a></template>",
                &["/a", "/b"][..],
            ),
            (
                "a.vue",
                "<template><a :ping=\"'/a'\"></a></template>",
                &["/a"],
            ),
            (
                "a.vue",
                "<template><a v-bind:ping=\"url\"></a></template>",
                &["{url}"],
            ),
            ("a.svelte", "<a ping={url + '}'}>", &["{url + '}'}"]),
            ("a.svelte", "<a ping=/a>", &["/a"]),
            (
                "a.astro",
                "---\nconst a = '<a ping=/b>'\n---\n<a ping=\"/a\">",
                &["/a"],
            ),
        ] {
            assert_eq!(pings(path, text), expected, "{text}");
        }
    }

    #[test]
    fn the_server_s_part_of_an_astro_file_is_noted_where_it_connects() {
        let notes = |text: &str| {
            analyse_file("a.astro", text.as_bytes(), &Limits::default())
                .notes
                .len()
        };
        assert_eq!(
            notes("---\nconst a = await fetch('https://a.test/')\n---\n<p/>"),
            1
        );
        assert_eq!(notes("---\nconst a = 1\n---\n<p/>"), 0);
        assert_eq!(notes("<p/>"), 0);
    }

    #[test]
    fn broken_components_are_read_as_far_as_they_go() {
        for text in [
            "<",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<script",
            "<script>a",
            "<!--",
            "{",
            "{a",
            "<a b={",
            "---",
            "---\n--",
            "<é>{é",
            "<a {",
            "{{",
            "<a @b=\"é",
            "<style>",
        ] {
            for path in ["a.vue", "a.svelte", "a.astro"] {
                analyse_file(path, text.as_bytes(), &Limits::default());
            }
        }
    }
}
