//! One source file: its functions from the syntax tree, its lines from the tokens.

use std::ops::RangeInclusive;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{
    Attribute, Block, ImplItemFn, ItemFn, ItemImpl, ItemMod, Meta, Signature, TraitItemFn,
    spanned::Spanned,
    visit::{self, Visit},
};

use super::figures::Figures;

/// What one file says.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) figures: Figures,
    /// The modules in files of their own that are declared under `#[cfg(test)]`.
    pub(super) test_modules: Vec<String>,
}

/// Measures a file; `in_tests` when all of it is test code.
pub(super) fn read(text: &str, in_tests: bool) -> syn::Result<Source> {
    let file = syn::parse_file(text)?;
    let mut items = Items::default();
    items.visit_file(&file);
    let mut figures = Figures {
        files: vec![text.lines().count() as u32],
        ..Figures::default()
    };
    let lines = classify(text)?;
    if in_tests || is_test(&file.attrs) {
        figures.files.clear();
        figures.tests = lines.iter().filter(|line| **line == Line::Code).count() as u32;
    } else {
        for (number, line) in (1..).zip(&lines) {
            count(
                &mut figures,
                *line,
                items.tests.iter().any(|range| range.contains(&number)),
            );
        }
        figures.functions = items.functions;
    }
    Ok(Source {
        figures,
        test_modules: items.test_modules,
    })
}

fn count(figures: &mut Figures, line: Line, in_tests: bool) {
    match (line, in_tests) {
        (Line::Code, true) => figures.tests += 1,
        (Line::Code, false) => figures.code += 1,
        (Line::Doc, false) => figures.docs += 1,
        (Line::Comment, false) => figures.comments += 1,
        (Line::Blank, _) | (_, true) => {}
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Blank,
    /// Neither blank nor part of a token: a comment that no tool reads.
    Comment,
    Doc,
    Code,
}

fn classify(text: &str) -> syn::Result<Vec<Line>> {
    let text_lines: Vec<&str> = text.lines().collect();
    let first = |line: &&str| {
        if line.trim().is_empty() {
            Line::Blank
        } else {
            Line::Comment
        }
    };
    let mut lines = text_lines.iter().map(first).collect();
    mark_tokens(text.parse::<TokenStream>()?, &text_lines, &mut lines);
    Ok(lines)
}

fn mark_tokens(tokens: TokenStream, text: &[&str], lines: &mut Vec<Line>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if !is_doc_comment(group.span(), text) => {
                mark(group.span_open(), text, lines);
                mark(group.span_close(), text, lines);
                mark_tokens(group.stream(), text, lines);
            }
            _ => mark(token.span(), text, lines),
        }
    }
}

fn mark(span: Span, text: &[&str], lines: &mut [Line]) {
    let is_doc = is_doc_comment(span, text);
    for line in lines
        .iter_mut()
        .take(span.end().line)
        .skip(span.start().line - 1)
    {
        match (is_doc, *line) {
            (true, Line::Code) => {}
            (true, _) => *line = Line::Doc,
            (false, _) => *line = Line::Code,
        }
    }
}

/// Whether a token comes from a doc comment, which becomes an attribute with the comment's span.
fn is_doc_comment(span: Span, text: &[&str]) -> bool {
    let start = span.start();
    let line = text.get(start.line - 1).unwrap_or(&"");
    let opening: String = line.chars().skip(start.column).take(2).collect();
    opening == "//" || opening == "/*"
}

/// The functions outside of tests, and the tests.
#[derive(Default)]
struct Items {
    functions: Vec<u32>,
    tests: Vec<RangeInclusive<usize>>,
    test_modules: Vec<String>,
}

impl Items {
    fn add_function(&mut self, signature: &Signature, block: &Block) {
        let first = signature.fn_token.span.start().line;
        let last = block.brace_token.span.close().end().line;
        self.functions.push((last - first + 1) as u32);
    }

    /// Notes a test item; the caller goes into it only when it is none.
    fn is_test(&mut self, attributes: &[Attribute], item: &impl Spanned) -> bool {
        let is_test = is_test(attributes);
        if is_test {
            let span = item.span();
            self.tests.push(span.start().line..=span.end().line);
        }
        is_test
    }
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !self.is_test(&item.attrs, item) {
            visit::visit_item_mod(self, item);
        } else if item.content.is_none() {
            self.test_modules.push(item.ident.to_string());
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if !self.is_test(&item.attrs, item) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !self.is_test(&item.attrs, item) {
            self.add_function(&item.sig, &item.block);
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        if !self.is_test(&item.attrs, item) {
            self.add_function(&item.sig, &item.block);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.add_function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

/// Whether attributes say `#[test]`, `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) => list.path.is_ident("cfg") && requires_test(list.tokens.clone()),
        Meta::NameValue(_) => false,
    })
}

fn requires_test(condition: TokenStream) -> bool {
    let mut tokens = condition.into_iter();
    let Some(TokenTree::Ident(name)) = tokens.next() else {
        return false;
    };
    match tokens.next() {
        Some(TokenTree::Group(group)) if name == "all" => {
            let parts = group.stream().into_iter();
            parts
                .into_iter()
                .any(|part| matches!(part, TokenTree::Ident(it) if it == "test"))
        }
        _ => name == "test",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(text: &str) -> Figures {
        read(text, false).unwrap().figures
    }

    const SAMPLE: &str = r#"//! A crate.

// Why.
use std::fmt; // beside code

/// A function.
#[inline]
pub fn long(
    a: u32,
) -> &'static str {
    // Inside.
    "a
     // b"
}

#[doc = "A trait."]
trait Short {
    fn given(&self) {}
    fn wanted(&self);
}

#[cfg(test)]
mod tests {
    // Not counted.
    #[test]
    fn case() {}
}
"#;

    #[test]
    fn each_line_is_counted_once_as_what_it_is() {
        let figures = figures(SAMPLE);
        assert_eq!(figures.files, [27]);
        assert_eq!(
            (figures.code, figures.docs, figures.comments, figures.tests),
            (13, 2, 2, 5)
        );
    }

    #[test]
    fn functions_are_measured_from_fn_to_the_closing_brace() {
        assert_eq!(figures(SAMPLE).functions, [7, 1]);
    }

    #[test]
    fn methods_and_inner_functions_are_measured() {
        let figures = figures("impl A {\n fn a() {\n  fn b() {}\n }\n}");
        assert_eq!(figures.functions, [3, 1]);
    }

    #[test]
    fn a_file_of_tests_is_only_tests() {
        let figures = read("// Why.\nfn helper() {\n}\n", true).unwrap().figures;
        assert_eq!(
            figures,
            Figures {
                tests: 2,
                ..Figures::default()
            }
        );
    }

    #[test]
    fn block_doc_comments_are_documentation() {
        let figures = figures("/** One\n\n two */\nfn a() {}\n/* three */");
        assert_eq!((figures.code, figures.docs, figures.comments), (1, 3, 1));
    }

    #[test]
    fn test_conditions_are_told_from_others() {
        for (condition, expected) in [
            ("test", true),
            ("all(test, unix)", true),
            ("all(unix, test)", true),
            ("not(test)", false),
            ("any(test, unix)", false),
            ("feature = \"test\"", false),
        ] {
            let text = format!("#[cfg({condition})]\nfn a() {{}}");
            assert_eq!(figures(&text).functions.is_empty(), expected, "{condition}");
        }
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_named() {
        let source = read("#[cfg(test)]\nmod tests;\nmod other;", false).unwrap();
        assert_eq!(source.test_modules, ["tests"]);
    }

    #[test]
    fn a_file_that_does_not_parse_is_an_error() {
        assert!(read("fn (", false).is_err());
    }
}
