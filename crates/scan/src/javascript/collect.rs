//! One walk over the syntax tree: what is declared, assigned, returned, exported and called, as references into the tree.

mod assignments;
mod found;
mod functions;
mod mentions;
mod modules;
mod visit;

use oxc::ast::ast::{Argument, Expression, Program, PropertyKey};
use oxc::ast_visit::VisitJs;
use oxc::span::{GetSpan, Span};
use oxc::str::Ident;
use rustc_hash::FxHashMap;

pub(super) use self::found::{
    Assignment, BindingData, Branch, CallData, CallNode, Collected, Direct, DirectUrl, Export,
    FunctionData, Holder, In, Operator, Root, Source,
};
pub(super) use self::mentions::{Mentioner, Start, is_without_clients};
use super::ir::{BindingId, CallKind, ClassId, FunctionId};
use super::patterns::Target;
use super::scopes::Scope;

/// Walks over a program.
pub(super) fn collect<'a>(program: &Program<'a>) -> Collected<'a> {
    let mut collector = Collector {
        found: Collected::default(),
        scope: 0,
        function: None,
        this: None,
        class: None,
        branch: 0,
        runs_once: true,
        holder: Holder::None,
        invoked: FxHashMap::default(),
        module_functions: FxHashMap::default(),
    };
    collector.found.scopes.open(0, None);
    collector.found.branches.push(0);
    collector.visit_program(program);
    collector.found.scopes.settle();
    collector.found
}

struct Collector<'a> {
    found: Collected<'a>,
    scope: Scope,
    function: Option<FunctionId>,
    /// The function whose `this` is seen.
    this: Option<FunctionId>,
    class: Option<ClassId>,
    branch: Branch,
    /// Whether every function around is called where it stands, or by a bundler.
    runs_once: bool,
    holder: Holder<'a>,
    /// Functions that are called where they stand, by their span.
    invoked: FxHashMap<Span, (&'a [Argument<'a>], Scope)>,
    /// Functions that are modules of a bundle, by their span.
    module_functions: FxHashMap<Span, u32>,
}

impl<'a> Collector<'a> {
    fn declare(&mut self, scope: Scope, name: Ident<'a>, span: Span) -> BindingId {
        let binding = self.found.scopes.declare(scope, name);
        if binding as usize == self.found.bindings.len() {
            self.found.bindings.push(BindingData {
                name,
                span,
                branch: self.branch,
                is_only_one: self.runs_once,
            });
        }
        binding
    }

    fn declare_from(
        &mut self,
        scope: Scope,
        name: Ident<'a>,
        span: Span,
        source: Source<'a>,
    ) -> BindingId {
        let binding = self.declare(scope, name, span);
        let of = Mentioner::Source(self.found.sources.len() as u32);
        match &source {
            Source::Value(value, _, default) => {
                self.mention(value.expression, value.scope, of);
                if let Some(default) = default {
                    self.mention(default, value.scope, of);
                }
            }
            Source::Parameter(_, _, _, Some(value)) | Source::Element(value) => {
                self.mention(value.expression, value.scope, of);
            }
            _ => {}
        }
        self.found.sources.push((binding, source));
        binding
    }

    fn here(&self, expression: &'a Expression<'a>) -> In<'a> {
        In {
            expression,
            scope: self.scope,
        }
    }

    fn within(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = self.scope;
        self.scope = self.found.scopes.open(outer, None);
        walk(self);
        self.scope = outer;
    }

    /// Walks through code that may run or not.
    fn maybe(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = self.branch;
        self.branch = self.found.branches.len() as Branch;
        self.found.branches.push(outer);
        walk(self);
        self.branch = outer;
    }

    fn held_by(&mut self, holder: Holder<'a>, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.holder, holder);
        walk(self);
        self.holder = outer;
    }

    /// Declares the names of a pattern, each with its part of a value.
    fn declare_targets(
        &mut self,
        scope: Scope,
        targets: impl Iterator<Item = Target<'a>>,
        source: impl Fn(Vec<Box<str>>, Option<&'a Expression<'a>>) -> Source<'a>,
    ) -> Option<BindingId> {
        let mut last = None;
        for Target {
            name,
            path,
            default,
        } in targets
        {
            last = Some(self.declare_from(scope, name.name, name.span, source(path, default)));
        }
        last
    }

    fn add_call(&mut self, node: CallNode<'a>) {
        node.set_number(self.found.calls.len() as u32);
        self.found.calls.push(CallData {
            node,
            start: Start::of(node.callee()),
            scope: self.scope,
            function: self.function,
        });
    }

    fn add_direct(&mut self, kind: CallKind, span: Span, url: DirectUrl<'a>) {
        self.found.direct.push(Direct {
            kind,
            span,
            function: self.function,
            url,
        });
    }

    fn add_return(&mut self, function: FunctionId, value: In<'a>) {
        self.mention(value.expression, value.scope, Mentioner::Return(function));
        self.found.returns.push((function, value));
    }

    fn add_module(&mut self, id: Box<str>, function: Span) {
        let index = self.found.modules.len() as u32;
        self.found.modules.push(id);
        self.module_functions.insert(function, index);
    }
}

/// The name of a property, if it is written down.
pub(super) fn key_name(key: &PropertyKey<'_>) -> Option<Box<str>> {
    match key {
        PropertyKey::PrivateIdentifier(name) => Some(format!("#{}", name.name).into()),
        key => key.static_name().map(|name| name.as_ref().into()),
    }
}

/// The span of a function expression.
pub(super) fn function_span(expression: &Expression<'_>) -> Option<Span> {
    matches!(
        expression,
        Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_)
    )
    .then(|| expression.span())
}
