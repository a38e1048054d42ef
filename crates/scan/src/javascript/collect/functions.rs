//! Functions and classes, and what their parameters get.

use oxc::ast::ast::{
    Argument, ArrowFunctionBody, ArrowFunctionExpression, CallExpression, Class, ClassElement,
    Expression, FormalParameters, Function,
};
use oxc::ast_visit::{VisitJs, walk_js};
use oxc::span::Span;
use oxc::syntax::scope::ScopeId;

use super::Collector;
use super::found::{ClassData, FunctionData, Holder, In, Source};
use super::mentions::Mentioner;
use crate::javascript::bundle::Role;
use crate::javascript::ir::{ClassId, FunctionId};
use crate::javascript::patterns;
use crate::javascript::scopes::Scope;

impl<'a> Collector<'a> {
    pub(super) fn function(&mut self, function: &'a Function<'a>) {
        let Some(body) = &function.body else {
            return;
        };
        let id = self.found.functions.len() as FunctionId;
        function
            .scope_id
            .set(Some(ScopeId::from_usize(id as usize)));
        let name = function.id.as_ref();
        if let Some(name) = name
            && function.is_declaration()
        {
            let binding = self.declare_from(self.scope, name.name, name.span, Source::Function(id));
            self.holder = Holder::Binding(binding);
        }
        let held = self.holder;
        let outer = self.enter_function(
            function.span,
            name.map_or("", |name| name.name.as_str()),
            &function.params,
            false,
        );
        if let Some(name) = name
            && !function.is_declaration()
        {
            self.declare_from(self.scope, name.name, name.span, Source::Function(id));
        }
        walk_js::walk_formal_parameters(self, &function.params);
        self.visit_function_body(body);
        self.leave_function(outer);
        self.holder = if function.is_declaration() {
            Holder::None
        } else {
            held
        };
    }

    pub(super) fn arrow_function(&mut self, function: &'a ArrowFunctionExpression<'a>) {
        let id = self.found.functions.len() as FunctionId;
        function
            .scope_id
            .set(Some(ScopeId::from_usize(id as usize)));
        let outer = self.enter_function(function.span, "", &function.params, true);
        walk_js::walk_formal_parameters(self, &function.params);
        match &function.body {
            ArrowFunctionBody::FunctionBody(body) => self.visit_function_body(body),
            body => {
                if let Some(expression) = body.as_expression() {
                    let value = self.here(expression);
                    self.add_return(id, value);
                    self.held_by(Holder::Return(id), |this| this.visit_expression(expression));
                }
            }
        }
        self.leave_function(outer);
    }

    pub(super) fn class(&mut self, class: &'a Class<'a>) {
        if class.declare {
            return;
        }
        let id = self.found.classes.len() as ClassId;
        class.scope_id.set(Some(ScopeId::from_usize(id as usize)));
        let outer_scope = self.scope;
        let mut holder = self.holder;
        if let Some(name) = class.id.as_ref().filter(|_| !class.is_expression()) {
            let binding = self.declare_from(outer_scope, name.name, name.span, Source::Class(id));
            holder = Holder::Binding(binding);
        }
        self.scope = self.found.scopes.open(outer_scope, None);
        if let Some(name) = class.id.as_ref().filter(|_| class.is_expression()) {
            self.declare_from(self.scope, name.name, name.span, Source::Class(id));
        }
        self.found.classes.push(ClassData {
            node: class,
            scope: self.scope,
            holder,
        });
        self.mention_parents(class, id);
        let outer_class = self.class.replace(id);
        self.held_by(Holder::Class(id), |this| walk_js::walk_class(this, class));
        self.class = outer_class;
        self.scope = outer_scope;
    }

    /// Notes what a class extends, and what its fields hold.
    fn mention_parents(&mut self, class: &'a Class<'a>, id: ClassId) {
        if let Some(heritage) = &class.heritage {
            self.mention(&heritage.expression, self.scope, Mentioner::Class(id));
        }
        for element in &class.body.body {
            if let ClassElement::PropertyDefinition(property) = element
                && let Some(value) = &property.value
            {
                self.mention(value, self.scope, Mentioner::Class(id));
            }
        }
    }

    fn enter_function(
        &mut self,
        span: Span,
        name: &'a str,
        params: &'a FormalParameters<'a>,
        arrow: bool,
    ) -> Outer<'a> {
        let id = self.found.functions.len() as FunctionId;
        let scope = self.found.scopes.open(self.scope, Some(id));
        let outer = Outer {
            scope: self.scope,
            function: self.function,
            this: self.this,
            class: self.class,
            holder: self.holder,
            runs_once: self.runs_once,
        };
        self.runs_once &=
            self.invoked.contains_key(&span) || self.module_functions.contains_key(&span);
        self.found.functions.push(FunctionData {
            name,
            span,
            scope,
            parent: self.function,
            class: self.class.filter(|_| !arrow),
            arrow,
            holder: self.holder,
            params,
        });
        self.scope = scope;
        self.function = Some(id);
        self.holder = Holder::None;
        if !arrow {
            self.this = Some(id);
            self.class = None;
        }
        self.declare_parameters(id, span, params);
        outer
    }

    fn leave_function(&mut self, outer: Outer<'a>) {
        Outer {
            scope: self.scope,
            function: self.function,
            this: self.this,
            class: self.class,
            holder: self.holder,
            runs_once: self.runs_once,
        } = outer;
    }

    fn declare_parameters(&mut self, id: FunctionId, span: Span, params: &'a FormalParameters<'a>) {
        let invoked = self.invoked.remove(&span);
        let module = self.module_functions.remove(&span);
        let scope = self.scope;
        for (index, parameter) in params.items.iter().enumerate() {
            let given = invoked.and_then(|(arguments, scope)| {
                let expression = arguments.get(index)?.as_expression()?;
                Some(In { expression, scope })
            });
            let initializer = parameter.initializer.as_deref();
            let targets = patterns::targets(&parameter.pattern);
            let binding = self.declare_targets(scope, targets, |path, default| match given {
                Some(given) => Source::Value(given, path, default.or(initializer)),
                None => Source::Parameter(
                    id,
                    index as u32,
                    path,
                    default
                        .or(initializer)
                        .map(|expression| In { expression, scope }),
                ),
            });
            if let (Some(module), Some(role), Some(binding)) =
                (module, Role::of_parameter(index), binding)
            {
                self.found.roles.insert(binding, (role, module));
            }
        }
        if let Some(rest) = &params.rest {
            let targets = patterns::targets(&rest.rest.argument);
            let first = params.items.len() as u32;
            self.declare_targets(scope, targets, |_, _| Source::Rest(id, first));
        }
    }

    pub(super) fn note_invoked(&mut self, call: &'a CallExpression<'a>) {
        let span = match call.callee.get_inner_expression() {
            Expression::FunctionExpression(function) => function.span,
            Expression::ArrowFunctionExpression(function) => function.span,
            _ => return,
        };
        if !call.arguments.iter().any(Argument::is_spread) {
            self.invoked.insert(span, (&call.arguments, self.scope));
        }
    }
}

struct Outer<'a> {
    scope: Scope,
    function: Option<FunctionId>,
    this: Option<FunctionId>,
    class: Option<ClassId>,
    holder: Holder<'a>,
    runs_once: bool,
}
