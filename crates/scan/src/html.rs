//! HTML: scripts, event handlers, and the connections that elements make by themselves.

pub(crate) mod attribute;
pub(crate) mod meta;
mod references;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use connect_src::Api;
use lol_html::html_content::{Element, TextChunk};
use lol_html::{HtmlRewriter, Settings, element, text};
use url::Url;

use crate::analysis::{FileAnalysis, FileHint, MarkupConnection};
use crate::block::{Block, BlockKind, ScriptLanguage, analyse_script};
use crate::limits::Limits;
use crate::lines::Lines;
use crate::target::{Part, Target};
use attribute::Value;
use meta::MetaFinder;

/// Reads a document.
pub(crate) fn analyse(file: &mut FileAnalysis, text: &str, lines: &Lines, limits: &Limits) {
    let page = RefCell::new(Page::new(text));
    let in_template = element!("template *", |element: &mut Element| {
        page.borrow_mut().meta.note_template(element);
        Ok(())
    });
    let anywhere = element!("*", |element: &mut Element| {
        page.borrow_mut().visit(element);
        Ok(())
    });
    let scripts = text!("script", |chunk: &mut TextChunk| {
        let bytes = chunk.source_location().bytes();
        page.borrow_mut().script_text(bytes.start, bytes.end);
        Ok(())
    });
    // Not strict: where the parser is not sure what is text, it guesses, and reads on.
    let settings = Settings::new()
        .append_element_content_handler(in_template)
        .append_element_content_handler(anywhere)
        .append_element_content_handler(scripts)
        .with_strict(false);
    let is_whole = rewrite(text.as_bytes(), settings);
    page.into_inner().finish(file, lines, limits);
    if !is_whole {
        file.note("the document cannot be read to its end");
    }
}

/// Whether the document was read to its end.
fn rewrite(html: &[u8], settings: Settings<'_, '_>) -> bool {
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(html).is_ok() && rewriter.end().is_ok()
}

/// What a document has, in its order.
struct Page<'t> {
    text: &'t str,
    meta: MetaFinder,
    base: Option<String>,
    scripts: Vec<Script>,
    handlers: Vec<Value<'t>>,
    links: Vec<Link<'t>>,
    hints: Vec<(&'static str, Value<'t>)>,
}

/// An inline script.
struct Script {
    kind: Option<BlockKind>,
    language: ScriptLanguage,
    is_import_map: bool,
    /// The bytes of its text.
    start: usize,
    end: usize,
}

/// A URL that an element connects to.
struct Link<'t> {
    api: Api,
    url: Value<'t>,
    reason: &'static str,
}

impl<'t> Page<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            meta: MetaFinder::default(),
            base: None,
            scripts: Vec::new(),
            handlers: Vec::new(),
            links: Vec::new(),
            hints: Vec::new(),
        }
    }

    fn visit(&mut self, element: &Element<'_, '_>) {
        self.meta.visit(element);
        let name = element.tag_name();
        match name.as_str() {
            "script" => self.script(element),
            "link" => self.link(element),
            "base" if self.base.is_none() => {
                self.base = self
                    .value(element, "href")
                    .map(|href| href.text.trim().to_owned());
            }
            "a" | "area" => self.pings(element),
            _ => {}
        }
        for attribute in element.attributes() {
            let name = attribute.name();
            let is_handler = name.len() > 2
                && name.starts_with("on")
                && name.bytes().all(|byte| byte.is_ascii_lowercase());
            if is_handler {
                self.handlers.extend(Value::of(attribute, self.text));
            } else if matches!(name.as_str(), "action" | "formaction" | "href" | "src") {
                let value = Value::of(attribute, self.text);
                self.handlers
                    .extend(value.and_then(Value::without_javascript_scheme));
            }
        }
        self.extensions(element);
    }

    fn value(&self, element: &Element<'_, '_>, name: &str) -> Option<Value<'t>> {
        let attribute = element.attributes().iter().find(|one| one.name() == name)?;
        Value::of(attribute, self.text)
    }

    fn script(&mut self, element: &Element<'_, '_>) {
        let kind = element.get_attribute("type");
        let is_import_map = kind
            .as_deref()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("importmap"));
        let (kind, language) = script_kind(kind.as_deref().unwrap_or_default());
        let has_source = element.has_attribute("src");
        let location = element.source_location().bytes();
        self.scripts.push(Script {
            kind: kind.filter(|_| !has_source),
            language,
            is_import_map,
            start: location.end,
            end: location.end,
        });
    }

    fn script_text(&mut self, start: usize, end: usize) {
        if let Some(script) = self.scripts.last_mut() {
            if script.start == script.end {
                script.start = start;
            }
            script.end = end;
        }
    }

    /// <https://html.spec.whatwg.org/multipage/links.html#ping>
    fn pings(&mut self, element: &Element<'_, '_>) {
        let Some(ping) = self.value(element, "ping") else {
            return;
        };
        let links = ping.words().map(|url| Link {
            api: Api::Ping,
            url,
            reason: "the `ping` attribute is sent to when the link is followed",
        });
        self.links.extend(links);
    }

    fn link(&mut self, element: &Element<'_, '_>) {
        let (Some(rel), Some(href)) = (self.value(element, "rel"), self.value(element, "href"))
        else {
            return;
        };
        let kind = element.get_attribute("as").unwrap_or_default();
        for rel in rel.text.split_ascii_whitespace() {
            let rel = rel.to_ascii_lowercase();
            match rel.as_str() {
                "prefetch" => self.links.push(Link {
                    api: Api::Prefetch,
                    url: href.clone(),
                    reason: "`<link rel=prefetch>` fetches it for a later page",
                }),
                // Its destination is the empty string, which connect-src governs.
                "preload" if kind.eq_ignore_ascii_case("fetch") => self.links.push(Link {
                    api: Api::Fetch,
                    url: href.clone(),
                    reason: "`<link rel=preload as=fetch>` fetches it for a script",
                }),
                "preconnect" => self.hints.push(("preconnect", href.clone())),
                "dns-prefetch" => self.hints.push(("dns-prefetch", href.clone())),
                "modulepreload" => self.hints.push(("modulepreload", href.clone())),
                _ => {}
            }
        }
    }

    /// Attributes by which a library connects for the page.
    ///
    /// <https://htmx.org/reference/#attributes>
    fn extensions(&mut self, element: &Element<'_, '_>) {
        for attribute in element.attributes() {
            let name = attribute.name();
            let name = name.strip_prefix("data-").unwrap_or(&name);
            let api = match name {
                "hx-get" | "hx-post" | "hx-put" | "hx-patch" | "hx-delete" => Api::XmlHttpRequest,
                "sse-connect" => Api::EventSource,
                "ws-connect" => Api::WebSocket,
                _ => continue,
            };
            self.links
                .extend(Value::of(attribute, self.text).map(|url| Link {
                    api,
                    url,
                    reason: "htmx connects to what this attribute names",
                }));
        }
    }

    fn finish(self, file: &mut FileAnalysis, lines: &Lines, limits: &Limits) {
        let base = self.base.as_deref();
        for script in &self.scripts {
            let text = self.text.get(script.start..script.end).unwrap_or_default();
            if script.is_import_map {
                file.import_map.extend(import_map(text));
            }
            let Some(kind) = script.kind else { continue };
            if !text.trim().is_empty() {
                let block = Block {
                    text: Cow::Borrowed(text),
                    offset: script.start as u32,
                    kind,
                    language: script.language,
                };
                file.scripts.push(analyse_script(&block, lines, limits));
            }
        }
        for handler in self.handlers {
            let block = Block {
                offset: handler.start as u32,
                text: handler.text,
                kind: BlockKind::EventHandler,
                language: ScriptLanguage::JavaScript,
            };
            file.scripts.push(analyse_script(&block, lines, limits));
        }
        for Link { api, url, reason } in self.links {
            file.markup.push(MarkupConnection {
                api: Cow::Borrowed(api.name()),
                target: Target::text(based(url.text.trim(), base)),
                spot: url.spot(lines),
                reason: reason.to_owned(),
            });
        }
        for (rel, url) in self.hints {
            file.hints.push(FileHint {
                rel: Cow::Borrowed(rel),
                url: based(url.text.trim(), base),
                spot: url.spot(lines),
            });
        }
        for (is_ignored, policy) in self.meta.found(lines) {
            if is_ignored {
                file.note_at(policy.spot, "browsers ignore this `<meta>` policy, because it is not in the head of the document");
            } else {
                file.meta_policies.push(policy);
            }
        }
        file.base = self.base;
    }
}

/// A URL with the document's base before it, where that changes it.
///
/// <https://html.spec.whatwg.org/multipage/urls-and-fetching.html#document-base-url>
pub(crate) fn based(url: &str, base: Option<&str>) -> String {
    let Some(base) = base else {
        return url.to_owned();
    };
    match Url::parse(base) {
        Ok(base) => base.join(url).map_or_else(|_| url.to_owned(), String::from),
        // The base is the page's too: what it makes of the URL is seen on a page of any name.
        Err(_) => joined_on_page(url, base).unwrap_or_else(|| url.to_owned()),
    }
}

/// Puts the document's base before a URL that a script has, if that is relative and begins with text.
pub(crate) fn rebase(target: &mut Target, base: &str) {
    const MARK: char = 'x';
    let Some(Part::Text(text)) = target.parts.first_mut() else {
        return;
    };
    // What follows the text may be unknown; the mark holds its place.
    let joined = based(&format!("{text}{MARK}"), Some(base));
    if let Some(joined) = joined.strip_suffix(MARK) {
        joined.clone_into(text);
    }
}

fn joined_on_page(url: &str, base: &str) -> Option<String> {
    let page = Url::parse("https://page.example/").ok()?;
    let joined = page.join(base).ok()?.join(url).ok()?;
    let is_of_page = joined.origin() == page.origin() && Url::parse(url).is_err();
    is_of_page.then(|| joined[url::Position::BeforePath..].to_owned())
}

/// The names of modules in an import map, and what they stand for. Its scopes are passed over.
///
/// <https://html.spec.whatwg.org/multipage/webappapis.html#import-map>
fn import_map(text: &str) -> Vec<(String, String)> {
    #[derive(serde::Deserialize)]
    struct ImportMap {
        #[serde(default)]
        imports: BTreeMap<String, String>,
    }
    let map: Option<ImportMap> = serde_json::from_str(text).ok();
    let imports = map.map(|map| map.imports).unwrap_or_default();
    imports.into_iter().take(MOST_IMPORTS).collect()
}

/// Names of an import map that are kept.
const MOST_IMPORTS: usize = 4096;

/// How a page runs a script of this type; nothing for data.
///
/// <https://html.spec.whatwg.org/multipage/scripting.html#attr-script-type>
fn script_kind(kind: &str) -> (Option<BlockKind>, ScriptLanguage) {
    let essence = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let javascript = ScriptLanguage::JavaScript;
    match essence.as_str() {
        "module" => (Some(BlockKind::Module), javascript),
        // Compiled in the page by TypeScript; the next one by Babel.
        "text/typescript" | "text/tsx" => (Some(BlockKind::Classic), ScriptLanguage::TypeScriptJsx),
        "" | "text/babel" | "text/jsx" => (Some(BlockKind::Classic), javascript),
        essence => {
            let kind = is_javascript(essence).then_some(BlockKind::Classic);
            (kind, javascript)
        }
    }
}

/// <https://mimesniff.spec.whatwg.org/#javascript-mime-type>
fn is_javascript(essence: &str) -> bool {
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let subtype = subtype.strip_prefix("x-").unwrap_or(subtype);
    match kind {
        "application" => matches!(subtype, "ecmascript" | "javascript"),
        "text" => {
            matches!(subtype, "ecmascript" | "jscript" | "livescript")
                || subtype.starts_with("javascript")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyse as analyse_file;

    fn read(html: &str) -> FileAnalysis {
        analyse_file("page.html", html.as_bytes(), &Limits::default())
    }

    /// API, URL, line and column of what the markup connects to.
    fn links(html: &str) -> Vec<(String, String, u32, u32)> {
        let file = read(html);
        let one = |found: &MarkupConnection| {
            let (line, column) = (found.spot.line, found.spot.column);
            (
                found.api.to_string(),
                found.target.to_string(),
                line,
                column,
            )
        };
        file.markup.iter().map(one).collect()
    }

    #[test]
    fn a_ping_names_every_url_with_its_place() {
        // With references among them, the place of the whole value.
        assert_eq!(
            links("<p>é</p>\n<a href=# PING=' /a\n  https://b.test/?x&amp;y '>"),
            [
                ("ping".to_owned(), "/a".to_owned(), 2, 17),
                ("ping".to_owned(), "https://b.test/?x&y".to_owned(), 2, 17),
            ]
        );
        assert_eq!(
            links("<area ping='/a https://b.test/'>")[1],
            ("ping".to_owned(), "https://b.test/".to_owned(), 1, 16)
        );
        assert_eq!(links("<p ping=/a>"), []);
    }

    #[test]
    fn links_that_fetch_are_connections_and_hints_are_none() {
        let html = "<link rel=prefetch href=/next><link rel='preload' as=fetch href=/data.json>\
                    <link rel=preload as=image href=/i.png><link rel=stylesheet href=/s.css>\
                    <link rel='preconnect dns-prefetch' href=https://a.test>";
        let found: Vec<_> = links(html)
            .into_iter()
            .map(|(api, url, ..)| (api, url))
            .collect();
        let own = |api: &str, url: &str| (api.to_owned(), url.to_owned());
        assert_eq!(
            found,
            [own("prefetch", "/next"), own("fetch", "/data.json")]
        );
        let hints = read(html).hints;
        let hints: Vec<_> = hints
            .iter()
            .map(|hint| (&*hint.rel, hint.url.as_str()))
            .collect();
        assert_eq!(
            hints,
            [
                ("preconnect", "https://a.test"),
                ("dns-prefetch", "https://a.test")
            ]
        );
    }

    #[test]
    fn the_base_is_put_before_relative_urls() {
        for (base, url, expected) in [
            ("https://cdn.test/app/", "x", "https://cdn.test/app/x"),
            ("https://cdn.test/app/", "/x", "https://cdn.test/x"),
            ("/app/", "x?y", "/app/x?y"),
            ("/app/", "https://a.test/x", "https://a.test/x"),
            ("//cdn.test/", "x", "x"),
        ] {
            assert_eq!(based(url, Some(base)), expected, "{base} {url}");
        }
        assert_eq!(links("<base href=/app/><a ping=p>")[0].1, "/app/p");
    }

    #[test]
    fn the_base_holds_for_scripts_too() {
        for (base, parts, expected) in [
            (
                "https://cdn.test/a/",
                vec![Part::Text("b/".into()), Part::Hole("c".into())],
                "https://cdn.test/a/b/{c}",
            ),
            (
                "/a/",
                vec![Part::Text("b?c=".into()), Part::Hole("d".into())],
                "/a/b?c={d}",
            ),
            (
                "/a/",
                vec![Part::Text("https://b.test/".into())],
                "https://b.test/",
            ),
            ("/a/", vec![Part::Hole("b".into())], "{b}"),
        ] {
            let mut target = Target { parts };
            rebase(&mut target, base);
            assert_eq!(target.to_string(), expected);
        }
    }

    #[test]
    fn scripts_of_other_types_are_data() {
        for (kind, expected) in [
            ("", Some(BlockKind::Classic)),
            ("text/javascript; charset=utf-8", Some(BlockKind::Classic)),
            ("TEXT/JavaScript1.5", Some(BlockKind::Classic)),
            ("application/x-javascript", Some(BlockKind::Classic)),
            ("module", Some(BlockKind::Module)),
            ("application/json", None),
            ("application/ld+json", None),
            ("importmap", None),
            ("text/template", None),
        ] {
            assert_eq!(script_kind(kind).0, expected, "{kind}");
        }
    }

    #[test]
    fn scripts_and_handlers_are_read_and_data_is_not() {
        for (html, expected) in [
            ("<script>a</script>", 1),
            ("<script type=module>a</script><script>b</script>", 2),
            ("<script src=a.js>a</script>", 0),
            ("<script type=application/json>{}</script>", 0),
            ("<script> </script>", 0),
            ("<body onload='a()'><a href=' JavaScript:b()'>", 2),
            ("<div once=a on-x=b on=c>", 1),
            (
                "<!-- <script>a</script> --><title><script>a</script></title>",
                0,
            ),
            ("<script>a", 1),
        ] {
            assert_eq!(read(html).scripts.len(), expected, "{html}");
        }
    }

    #[test]
    fn an_import_map_names_modules() {
        for (map, expected) in [
            (
                r#"{"imports":{"a":"./a.js","b/":"/vendor/b/"}}"#,
                &[("a", "./a.js"), ("b/", "/vendor/b/")][..],
            ),
            (r#"{"scopes":{}}"#, &[]),
            ("[", &[]),
            (r#"{"imports":{"a":1}}"#, &[]),
        ] {
            let file = read(&format!("<script type=importmap>{map}</script>"));
            let found: Vec<_> = file
                .import_map
                .iter()
                .map(|(name, url)| (name.as_str(), url.as_str()))
                .collect();
            assert_eq!(found, expected, "{map}");
        }
    }

    #[test]
    fn policies_of_the_head_are_found_with_their_place() {
        let file = read(
            "<title>a</title>\n <meta http-equiv=content-security-policy content='connect-src &#39;self&#39;'>",
        );
        let [policy] = file.meta_policies.as_slice() else {
            panic!("{file:?}")
        };
        assert_eq!(
            (policy.text.as_str(), policy.spot.line, policy.spot.column),
            ("connect-src 'self'", 2, 2)
        );
        let file = read("<body><meta http-equiv=content-security-policy content='connect-src *'>");
        assert_eq!((file.meta_policies.len(), file.notes.len()), (0, 1));
    }
}
