//! From the syntax tree to values: only what somebody asked for, and what that needs.

mod call;
mod class;
mod fill;
pub(super) mod index;
mod value;

use oxc::ast::ast::{FormalParameter, TSType, TSTypeName};
use oxc::span::Span;
use oxc::str::Ident;
use rustc_hash::FxHashSet;

use super::bundle::Role;
use super::collect::{Collected, In};
use super::ir::{
    Binding, BindingId, Class, ClassId, Expr, ExprId, Function, FunctionId, Home, ScriptAnalysis,
};
use super::scopes::Scope;
use crate::lines::{Lines, Spot};
pub(super) use index::Index;

/// Makes values of syntax.
pub(super) struct Lowering<'c, 'a> {
    pub(super) code: &'c Collected<'a>,
    pub(super) index: &'c Index,
    pub(super) out: ScriptAnalysis,
    /// What each function in `out` is among those of the code.
    pub(super) sources_of_functions: Vec<FunctionId>,
    lines: &'c Lines,
    offset: u32,
    /// The numbers that things of the code have in `out`.
    bindings: Numbers,
    functions: Numbers,
    classes: Numbers,
    calls: Numbers,
    modules: FxHashSet<Box<str>>,
    pending: Vec<Pending>,
    depth: usize,
}

/// What was named and is still to be filled.
#[derive(Clone, Copy)]
enum Pending {
    Binding(BindingId, BindingId),
    Function(FunctionId, FunctionId),
    Class(ClassId, ClassId),
    Module(u32),
}

/// The numbers that things got, by the numbers that they have in the code.
struct Numbers(Vec<u32>);

impl Numbers {
    fn of(count: usize) -> Self {
        Self(vec![u32::MAX; count])
    }

    fn get(&self, source: u32) -> Option<u32> {
        let number = self.0.get(source as usize).copied();
        number.filter(|number| *number != u32::MAX)
    }

    fn insert(&mut self, source: u32, number: u32) {
        if let Some(place) = self.0.get_mut(source as usize) {
            *place = number;
        }
    }
}

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn new(
        code: &'c Collected<'a>,
        index: &'c Index,
        lines: &'c Lines,
        offset: u32,
    ) -> Self {
        Self {
            code,
            index,
            out: ScriptAnalysis::default(),
            sources_of_functions: Vec::new(),
            lines,
            offset,
            bindings: Numbers::of(code.bindings.len()),
            functions: Numbers::of(code.functions.len()),
            classes: Numbers::of(code.classes.len()),
            calls: Numbers::of(code.calls.len()),
            modules: FxHashSet::default(),
            pending: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn spot(&self, span: Span) -> Spot {
        self.lines
            .spot(self.offset + span.start, self.offset + span.end)
    }

    pub(super) fn add(&mut self, expr: Expr) -> ExprId {
        self.out.exprs.push(expr);
        self.out.exprs.len() as ExprId - 1
    }

    pub(super) fn text(&mut self, text: &str) -> ExprId {
        self.add(Expr::Text(clipped(text)))
    }

    fn unknown(&mut self, words: &str) -> ExprId {
        self.add(Expr::Unknown(words.into()))
    }

    /// Fills what was named so far, and what that names.
    pub(super) fn finish(&mut self) {
        while let Some(pending) = self.pending.pop() {
            if self.out.exprs.len() > MOST_EXPRESSIONS {
                break;
            }
            match pending {
                Pending::Binding(source, id) => self.fill_binding(source, id),
                Pending::Function(source, id) => self.fill_function(source, id),
                Pending::Class(source, id) => self.fill_class(source, id),
                Pending::Module(module) => self.fill_module(module),
            }
        }
    }

    /// A name, as it is seen from a scope.
    pub(super) fn name(&mut self, name: Ident<'a>, scope: Scope) -> ExprId {
        match self.code.scopes.resolve(scope, name) {
            Some(binding) => {
                if let Some((Role::Exports, module)) = self.code.roles.get(&binding) {
                    let id = &self.code.modules[*module as usize];
                    return self.module(id);
                }
                let id = self.binding(binding);
                self.add(Expr::Binding(id))
            }
            None if matches!(name.as_str(), "undefined" | "NaN") => self.add(Expr::Nothing),
            None => self.add(Expr::Global(name.as_str().into())),
        }
    }

    pub(super) fn binding(&mut self, source: BindingId) -> BindingId {
        if let Some(id) = self.bindings.get(source) {
            return id;
        }
        let id = self.out.bindings.len() as BindingId;
        self.bindings.insert(source, id);
        let data = &self.code.bindings[source as usize];
        let spot = self.spot(data.span);
        self.out.bindings.push(Binding {
            name: data.name.as_str().into(),
            spot,
            is_only_one: data.is_only_one,
            ..Binding::default()
        });
        self.pending.push(Pending::Binding(source, id));
        id
    }

    pub(super) fn function(&mut self, source: FunctionId) -> FunctionId {
        if let Some(id) = self.functions.get(source) {
            return id;
        }
        let data = &self.code.functions[source as usize];
        let parent = data.parent.map(|parent| self.function(parent));
        let id = self.out.functions.len() as FunctionId;
        self.functions.insert(source, id);
        self.sources_of_functions.push(source);
        let spot = self.spot(data.span);
        self.out.functions.push(Function {
            name: data.name.into(),
            spot,
            parent,
            ..Function::default()
        });
        if let Some(class) = data.class {
            let class = self.class(class);
            self.out.functions[id as usize].home = Home::Class(class);
        }
        self.pending.push(Pending::Function(source, id));
        id
    }

    pub(super) fn class(&mut self, source: ClassId) -> ClassId {
        if let Some(id) = self.classes.get(source) {
            return id;
        }
        let id = self.out.classes.len() as ClassId;
        self.classes.insert(source, id);
        self.out.classes.push(Class::default());
        self.pending.push(Pending::Class(source, id));
        id
    }

    pub(super) fn module(&mut self, id: &str) -> ExprId {
        if let Some(module) = self.index.module_ids.get(id).copied()
            && self.modules.insert(id.into())
        {
            self.pending.push(Pending::Module(module));
        }
        self.add(Expr::BundleImport(id.into()))
    }

    pub(super) fn lower_in(&mut self, value: In<'a>) -> ExprId {
        self.lower(value.expression, value.scope)
    }

    pub(super) fn assigned_value(&mut self, at: u32) -> ExprId {
        self.assigned(at)
    }
}

/// The name of the type of a parameter.
pub(super) fn declared_type<'a>(parameter: &'a FormalParameter<'a>) -> Option<Ident<'a>> {
    match &parameter.type_annotation.as_ref()?.type_annotation {
        TSType::TSTypeReference(reference) => match &reference.type_name {
            TSTypeName::IdentifierReference(name) => Some(name.name),
            _ => None,
        },
        _ => None,
    }
}

/// The name of an export, from the path that was assigned: `module.exports` itself is `=`.
pub(super) fn export_name(path: &str) -> &str {
    match path {
        "exports" | "" => "=",
        path => path.strip_prefix("exports.").unwrap_or(path),
    }
}

/// A number as texts have it.
pub(super) fn number_text(number: f64) -> String {
    // Most are small and whole, which is written much faster.
    let is_small = number.is_sign_positive() && number < LARGEST_SMALL && number.fract() == 0.0;
    if is_small {
        (number as i64).to_string()
    } else {
        number.to_string()
    }
}

fn clipped(text: &str) -> Box<str> {
    if text.len() <= LONGEST_TEXT {
        return text.into();
    }
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => text[..end].into(),
        None => text.into(),
    }
}

/// A number that is surely whole where it has no fraction.
const LARGEST_SMALL: f64 = 1e9;
/// Characters of a text that are kept: no URL is longer.
const LONGEST_TEXT: usize = 8 << 10;
/// Expressions that are kept of a script.
const MOST_EXPRESSIONS: usize = 2 << 20;
