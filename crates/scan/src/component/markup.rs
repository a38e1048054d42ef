//! The markup of a component, as far as code stands in it.
//!
//! It is no HTML: names of elements are case-sensitive, and a `<Title>` is no `<title>`.

use std::ops::Range;

/// Whose file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framework {
    Vue,
    Svelte,
    Astro,
}

impl Framework {
    pub(super) fn of_path(path: &str) -> Self {
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension.to_ascii_lowercase().as_str() {
            "svelte" => Self::Svelte,
            "astro" => Self::Astro,
            _ => Self::Vue,
        }
    }
}

/// An attribute, by the bytes of its name and its value without quotes; an expression has its braces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    pub(super) name: Range<usize>,
    pub(super) value: Range<usize>,
}

/// What of the markup matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    Script {
        attributes: Vec<Attribute>,
        content: Range<usize>,
    },
    /// The code of a Vue attribute, without its quotes.
    Statements(Range<usize>),
    /// The code of an expression, without its braces.
    Expression(Range<usize>),
    Ping(Attribute),
}

/// The items of a text from a byte on, in their order.
pub(super) fn items(text: &str, start: usize, framework: Framework) -> Vec<Item> {
    let mut reader = Reader {
        text,
        at: start,
        framework,
        items: Vec::new(),
    };
    while reader.step() {}
    reader.items
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    framework: Framework,
    items: Vec<Item>,
}

impl Reader<'_> {
    /// Reads on to the next piece of markup; whether there is one.
    fn step(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let braces = self.framework != Framework::Astro;
        let next = rest
            .iter()
            .position(|byte| *byte == b'<' || (braces && *byte == b'{'));
        let Some(next) = next else {
            return false;
        };
        self.at += next;
        if rest[next] == b'{' {
            self.text_expression();
        } else if self.starts_with("<!--") {
            self.at = self.after("-->");
        } else if rest.get(next + 1).is_some_and(u8::is_ascii_alphabetic) {
            self.tag();
        } else {
            self.at += 1;
        }
        true
    }

    fn starts_with(&self, text: &str) -> bool {
        self.text[self.at..].starts_with(text)
    }

    /// The byte after the next occurrence of a text, or the end.
    fn after(&self, text: &str) -> usize {
        let found = memchr::memmem::find(&self.text.as_bytes()[self.at..], text.as_bytes());
        found.map_or(self.text.len(), |found| self.at + found + text.len())
    }

    /// `{{ … }}` of Vue, `{…}` and `{#…}` of Svelte.
    fn text_expression(&mut self) {
        let start = self.at;
        if self.framework == Framework::Vue {
            if !self.starts_with("{{") {
                self.at += 1;
                return;
            }
            self.at = self.after("}}");
            if self.text[start..self.at].ends_with("}}") {
                self.expression(start + 2..self.at - 2);
            }
            return;
        }
        let end = balanced(self.text.as_bytes(), start);
        self.at = end;
        if self.text[..end].ends_with('}') {
            self.expression(start + 1..end - 1);
        }
    }

    /// Code between braces that may call something.
    fn expression(&mut self, code: Range<usize>) {
        let text = &self.text[code.clone()];
        if !text.contains('(') || text.starts_with(['/', '@']) {
            return;
        }
        let skipped = match text.split_once(char::is_whitespace) {
            Some((keyword, _)) if keyword.starts_with(['#', ':']) => keyword.len(),
            _ => 0,
        };
        let end = text.find(" as ").filter(|_| text.starts_with("#each"));
        let end = end.map_or(code.end, |end| code.start + end);
        if skipped == 0 {
            self.items.push(Item::Expression(code.start..end));
        }
    }

    fn tag(&mut self) {
        let name = self.word(self.at + 1, b"/>{");
        let mut at = name.end;
        let mut attributes = Vec::new();
        loop {
            at = self.past_white_space(at);
            match self.text.as_bytes().get(at) {
                None => break,
                Some(b'>') => {
                    at += 1;
                    break;
                }
                Some(b'{') => at = balanced(self.text.as_bytes(), at),
                Some(_) => {
                    let (attribute, end) = self.attribute(at);
                    at = end.max(at + 1);
                    attributes.extend(attribute);
                }
            }
        }
        // A byte that is no whole character was passed over.
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        self.at = at;
        let name = &self.text[name];
        let is_closed = self.text[..at].ends_with("/>");
        if matches!(name, "script" | "style") && !is_closed {
            self.raw(name == "script", attributes);
        } else {
            self.take(name, attributes);
        }
    }

    /// The content of a script or a style.
    fn raw(&mut self, is_script: bool, attributes: Vec<Attribute>) {
        let start = self.at;
        let close = if is_script { "</script" } else { "</style" };
        let end = memchr::memmem::find(&self.text.as_bytes()[start..], close.as_bytes());
        let end = end.map_or(self.text.len(), |end| start + end);
        self.at = end;
        if is_script {
            self.items.push(Item::Script {
                attributes,
                content: start..end,
            });
        }
    }

    fn attribute(&self, start: usize) -> (Option<Attribute>, usize) {
        let bytes = self.text.as_bytes();
        let name = self.word(start, b"=>");
        let equals = self.past_white_space(name.end);
        if bytes.get(equals) != Some(&b'=') {
            return (None, name.end);
        }
        let from = self.past_white_space(equals + 1);
        let (value, end) = match bytes.get(from) {
            Some(quote @ (b'"' | b'\'' | b'`')) => {
                let close = memchr::memchr(*quote, &bytes[from + 1..]);
                let close = close.map_or(bytes.len(), |close| from + 1 + close);
                (from + 1..close, close + 1)
            }
            Some(b'{') => {
                let end = balanced(bytes, from);
                (from..end, end)
            }
            _ => {
                let value = self.word(from, b">");
                (value.clone(), value.end)
            }
        };
        let end = end.min(bytes.len());
        (Some(Attribute { name, value }), end)
    }

    fn take(&mut self, element: &str, attributes: Vec<Attribute>) {
        for attribute in attributes {
            let name = &self.text[attribute.name.clone()];
            let value = &self.text[attribute.value.clone()];
            let bound = name.strip_prefix("v-bind").unwrap_or(name);
            let is_ping = bound == "ping" || bound == ":ping";
            if is_ping && matches!(element, "a" | "area") {
                self.items.push(Item::Ping(attribute));
                continue;
            }
            match self.framework {
                Framework::Vue => {
                    let is_code = name.starts_with(['@', ':', '#']) || name.starts_with("v-");
                    if is_code && value.contains('(') {
                        self.items.push(Item::Statements(attribute.value));
                    }
                }
                Framework::Svelte => {
                    let expression = value
                        .strip_prefix('{')
                        .and_then(|value| value.strip_suffix('}'));
                    if expression.is_some_and(|code| code.contains('(')) {
                        let code = attribute.value.start + 1..attribute.value.end - 1;
                        self.items.push(Item::Expression(code));
                    }
                }
                Framework::Astro => {}
            }
        }
    }

    /// From a byte to white space, or to one of these.
    fn word(&self, start: usize, ends: &[u8]) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let start = start.min(bytes.len());
        let length = bytes[start..]
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || ends.contains(byte));
        start..length.map_or(bytes.len(), |length| start + length)
    }

    fn past_white_space(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let start = start.min(bytes.len());
        let length = bytes[start..]
            .iter()
            .position(|byte| !byte.is_ascii_whitespace());
        length.map_or(bytes.len(), |length| start + length)
    }
}

/// The byte after the brace that closes the one at `start`, or the end. Braces in strings and comments do not count.
fn balanced(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            quote @ (b'"' | b'\'' | b'`') => at = string_end(bytes, at, quote),
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = memchr::memmem::find(&bytes[at + 2..], b"*/");
                at = end.map_or(bytes.len(), |end| at + 3 + end);
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The quote that closes the string at `start`. A `'` in a text is no quote: a string ends with its line, unless it is a
/// template.
fn string_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if quote != b'`' => return start,
            byte if byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str, framework: Framework) -> Vec<&str> {
        let code = |item: Item| match item {
            Item::Script { content, .. } => &text[content],
            Item::Statements(code) | Item::Expression(code) => &text[code],
            Item::Ping(attribute) => &text[attribute.value],
        };
        items(text, 0, framework).into_iter().map(code).collect()
    }

    #[test]
    fn code_of_vue_stands_in_scripts_directives_and_double_braces() {
        let text = "<script setup lang=\"ts\">a < b</script>\n<template>\n<Title @click=\"fetch('/x')\" v-on:y='z()' :p=\"q\"/>\
                    {{ f(1) }} <!-- {{ g() }} --></template><style>a { b: c() }</style>";
        assert_eq!(
            code(text, Framework::Vue),
            ["a < b", "fetch('/x')", "z()", " f(1) "]
        );
    }

    #[test]
    fn code_of_svelte_stands_in_scripts_and_braces() {
        let text = "<script>a</script>\n<button on:click={() => fetch(`/${x}`)} {...rest} class=\"a\">it's {f('}')}</button>\
                    {#if g()}<p/>{/if}{@html h()}";
        assert_eq!(
            code(text, Framework::Svelte),
            ["a", "() => fetch(`/${x}`)", "f('}')"]
        );
    }

    #[test]
    fn code_of_astro_stands_in_scripts() {
        let text = "{a.map(b => <p>{f()}</p>)}<script>a</script><script src=x />";
        assert_eq!(code(text, Framework::Astro), ["a"]);
    }
}
