//! One walk over the syntax tree: what is declared, assigned, returned, exported and called, as references into the tree.

use oxc::ast::ast::{
    Argument, ArrowFunctionBody, ArrowFunctionExpression, AssignmentExpression, AssignmentTarget,
    BinaryExpression, BlockStatement, CallExpression, CatchClause, Class, Declaration,
    ExportAllDeclaration, ExportDeclaration, ExportDefaultDeclaration,
    ExportDefaultDeclarationKind, ExportFromDeclaration, ExportNamedDeclaration, Expression,
    ForInStatement, ForOfStatement, ForStatement, ForStatementLeft, FormalParameters, Function,
    ImportAttributeKey, ImportDeclaration, ImportDeclarationSpecifier, ImportExpression,
    JSXAttribute, JSXAttributeName, JSXAttributeValue, JSXOpeningElement, ModuleExportName,
    NewExpression, ObjectExpression, ObjectPropertyKind, Program, PropertyKey, ReturnStatement,
    SwitchStatement, TSEnumDeclaration, VariableDeclaration, VariableDeclarationKind, WithClause,
};
use oxc::ast_visit::{VisitJs, walk_js};
use oxc::span::{GetSpan, Span};
use oxc::str::Ident;
use oxc::syntax::operator::{AssignmentOperator, BinaryOperator};
use oxc::syntax::scope::{ScopeFlags, ScopeId};
use rustc_hash::FxHashMap;

use super::bundle::{self, Role};
use super::ir::{BindingId, CallKind, ClassId, FunctionId};
use super::patterns::{self, Target};
use super::scopes::{Scope, Scopes};

/// What the walk found.
#[derive(Default)]
pub(super) struct Collected<'a> {
    pub(super) scopes: Scopes<'a>,
    pub(super) bindings: Vec<BindingData<'a>>,
    /// What bindings stand for.
    pub(super) sources: Vec<(BindingId, Source<'a>)>,
    pub(super) functions: Vec<FunctionData<'a>>,
    pub(super) classes: Vec<ClassData<'a>>,
    pub(super) returns: Vec<(FunctionId, In<'a>)>,
    pub(super) assignments: Vec<Assignment<'a>>,
    pub(super) calls: Vec<CallData<'a>>,
    pub(super) direct: Vec<Direct<'a>>,
    pub(super) exports: Vec<(String, Export<'a>)>,
    pub(super) stars: Vec<String>,
    pub(super) modules: Vec<Box<str>>,
    /// The parameters that a bundler passes to its modules.
    pub(super) roles: FxHashMap<BindingId, (Role, u32)>,
    pub(super) is_module: bool,
}

pub(super) struct BindingData<'a> {
    pub(super) name: Ident<'a>,
    pub(super) span: Span,
}

/// An expression and the scope in which it stands.
#[derive(Clone, Copy)]
pub(super) struct In<'a> {
    pub(super) expression: &'a Expression<'a>,
    pub(super) scope: Scope,
}

/// What a binding stands for.
pub(super) enum Source<'a> {
    /// A part of a value.
    Value(In<'a>, Vec<Box<str>>, Option<&'a Expression<'a>>),
    /// A part of a parameter.
    Parameter(FunctionId, u32, Vec<Box<str>>, Option<In<'a>>),
    Rest(FunctionId, u32),
    Element(In<'a>),
    Function(FunctionId),
    Class(ClassId),
    Enum(&'a TSEnumDeclaration<'a>, Scope),
    Import(&'a str, Option<Box<str>>),
}

pub(super) struct FunctionData<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    pub(super) scope: Scope,
    pub(super) parent: Option<FunctionId>,
    pub(super) class: Option<ClassId>,
    pub(super) arrow: bool,
    pub(super) holder: Holder<'a>,
    pub(super) params: &'a FormalParameters<'a>,
}

pub(super) struct ClassData<'a> {
    pub(super) node: &'a Class<'a>,
    pub(super) scope: Scope,
    pub(super) holder: Holder<'a>,
}

/// What a function or a class is part of.
#[derive(Clone, Copy)]
pub(super) enum Holder<'a> {
    None,
    Binding(BindingId),
    Name(Scope, Ident<'a>),
    Return(FunctionId),
    Class(ClassId),
}

/// What is assigned to a name, or to a property below it.
pub(super) struct Assignment<'a> {
    pub(super) root: Root<'a>,
    pub(super) path: String,
    pub(super) value: In<'a>,
    pub(super) operator: Operator,
}

#[derive(Clone, Copy)]
pub(super) enum Root<'a> {
    Name(Ident<'a>),
    This(Option<FunctionId>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Set,
    Append,
    /// The value is what a function returns.
    Getter,
}

pub(super) struct CallData<'a> {
    pub(super) node: CallNode<'a>,
    pub(super) scope: Scope,
    pub(super) function: Option<FunctionId>,
}

#[derive(Clone, Copy)]
pub(super) enum CallNode<'a> {
    Call(&'a CallExpression<'a>),
    New(&'a NewExpression<'a>),
}

impl<'a> CallNode<'a> {
    pub(super) fn callee(self) -> &'a Expression<'a> {
        match self {
            Self::Call(call) => &call.callee,
            Self::New(call) => &call.callee,
        }
    }

    pub(super) fn arguments(self) -> &'a [Argument<'a>] {
        match self {
            Self::Call(call) => &call.arguments,
            Self::New(call) => &call.arguments,
        }
    }

    pub(super) fn span(self) -> Span {
        match self {
            Self::Call(call) => call.span,
            Self::New(call) => call.span,
        }
    }

    pub(super) fn kind(self) -> CallKind {
        match self {
            Self::Call(_) => CallKind::Call,
            Self::New(_) => CallKind::New,
        }
    }
}

/// Syntax that connects without a call.
pub(super) struct Direct<'a> {
    pub(super) kind: CallKind,
    pub(super) span: Span,
    pub(super) function: Option<FunctionId>,
    pub(super) url: DirectUrl<'a>,
}

pub(super) enum DirectUrl<'a> {
    Text(&'a str),
    Expression(In<'a>),
}

pub(super) enum Export<'a> {
    Name(Ident<'a>),
    Value(In<'a>),
    Function(FunctionId),
    Class(ClassId),
    From(&'a str, Option<Box<str>>),
}

/// Walks over a program.
pub(super) fn collect<'a>(program: &Program<'a>) -> Collected<'a> {
    let mut collector = Collector {
        found: Collected::default(),
        scope: 0,
        function: None,
        this: None,
        class: None,
        holder: Holder::None,
        invoked: FxHashMap::default(),
        module_functions: FxHashMap::default(),
    };
    collector.found.scopes.open(0, None);
    collector.visit_program(program);
    collector.found
}

struct Collector<'a> {
    found: Collected<'a>,
    scope: Scope,
    function: Option<FunctionId>,
    /// The function whose `this` is seen.
    this: Option<FunctionId>,
    class: Option<ClassId>,
    holder: Holder<'a>,
    /// Functions that are called where they stand, by their span.
    invoked: FxHashMap<Span, (&'a [Argument<'a>], Scope)>,
    /// Functions that are modules of a bundle, by their span.
    module_functions: FxHashMap<Span, u32>,
}

impl<'a> Collector<'a> {
    fn declare(&mut self, scope: Scope, name: Ident<'a>, span: Span) -> BindingId {
        let new = self.found.bindings.len() as BindingId;
        let binding = self.found.scopes.declare(scope, name, new);
        if binding == new {
            self.found.bindings.push(BindingData { name, span });
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

    fn held_by(&mut self, holder: Holder<'a>, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.holder, holder);
        walk(self);
        self.holder = outer;
    }

    /// Declares the names of a pattern, each with its part of a value.
    fn declare_targets(
        &mut self,
        scope: Scope,
        targets: Vec<Target<'a>>,
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
        };
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

    fn walk_parameters(&mut self, params: &'a FormalParameters<'a>) {
        walk_js::walk_formal_parameters(self, params);
    }

    fn add_call(&mut self, node: CallNode<'a>) {
        self.found.calls.push(CallData {
            node,
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

    fn add_assignment(&mut self, target: Path<'a>, value: In<'a>, operator: Operator) {
        self.found.assignments.push(Assignment {
            root: target.root,
            path: target.path,
            value,
            operator,
        });
    }

    fn export(&mut self, name: impl Into<String>, export: Export<'a>) {
        self.found.is_module = true;
        self.found.exports.push((name.into(), export));
    }

    fn export_declaration(&mut self, declaration: &'a Declaration<'a>) {
        let mut names = Vec::new();
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                for declarator in &variables.declarations {
                    names.extend(
                        patterns::targets(&declarator.id)
                            .iter()
                            .map(|target| target.name.name),
                    );
                }
            }
            Declaration::FunctionDeclaration(function) => {
                names.extend(function.id.as_ref().map(|id| id.name));
            }
            Declaration::ClassDeclaration(class) => {
                names.extend(class.id.as_ref().map(|id| id.name));
            }
            Declaration::TSEnumDeclaration(declaration) => names.push(declaration.id.name),
            _ => {}
        }
        for name in names {
            self.export(name.as_str(), Export::Name(name));
        }
    }

    /// Whether a module is imported as data, and the API that does it.
    fn import_kind(with: Option<&WithClause<'a>>) -> Option<CallKind> {
        let entry = with?.with_entries.iter().find(|entry| match &entry.key {
            ImportAttributeKey::Identifier(name) => name.name == "type",
            ImportAttributeKey::StringLiteral(name) => name.value == "type",
        })?;
        kind_of_type(&entry.value.value)
    }

    /// What a call defines on its first argument: exports, or the methods of a class.
    fn definitions(&mut self, call: &'a CallExpression<'a>) -> Option<Holder<'a>> {
        let (definitions, operator) = match bundle::definitions(call) {
            Some(definitions) => (definitions, Operator::Getter),
            None => (bundle::compiled_methods(call)?, Operator::Set),
        };
        let root = definitions.target.name;
        for (name, value) in definitions.getters {
            let value = self.here(value);
            let target = Path {
                root: Root::Name(root),
                path: name,
            };
            self.add_assignment(target, value, operator);
        }
        Some(Holder::Name(self.scope, root))
    }

    fn note_invoked(&mut self, call: &'a CallExpression<'a>) {
        let span = match call.callee.get_inner_expression() {
            Expression::FunctionExpression(function) => function.span,
            Expression::ArrowFunctionExpression(function) => function.span,
            _ => return,
        };
        if !call.arguments.iter().any(Argument::is_spread) {
            self.invoked.insert(span, (&call.arguments, self.scope));
        }
    }

    fn declare_left(&mut self, left: &'a ForStatementLeft<'a>, list: In<'a>) {
        if let ForStatementLeft::VariableDeclaration(variables) = left {
            for declarator in &variables.declarations {
                let scope = self.scope;
                let targets = patterns::targets(&declarator.id);
                self.declare_targets(scope, targets, |_, _| Source::Element(list));
            }
        }
    }
}

struct Outer<'a> {
    scope: Scope,
    function: Option<FunctionId>,
    this: Option<FunctionId>,
    class: Option<ClassId>,
    holder: Holder<'a>,
}

/// `root.a.b` as a root and the path below it.
struct Path<'a> {
    root: Root<'a>,
    path: String,
}

fn kind_of_type(text: &str) -> Option<CallKind> {
    match text {
        "json" => Some(CallKind::JsonModule),
        "text" => Some(CallKind::TextModule),
        _ => None,
    }
}

impl<'a> Collector<'a> {
    fn target_path(&self, target: &'a AssignmentTarget<'a>) -> Option<Path<'a>> {
        if let AssignmentTarget::AssignmentTargetIdentifier(name) = target {
            return Some(Path {
                root: Root::Name(name.name),
                path: String::new(),
            });
        }
        let member = target.as_member_expression()?;
        let mut names = vec![member.static_property_name()?];
        let mut object = member.object();
        let root = loop {
            match object {
                Expression::Identifier(name) => break Root::Name(name.name),
                Expression::ThisExpression(_) => break Root::This(self.this),
                _ => {
                    let member = object.as_member_expression()?;
                    names.push(member.static_property_name()?);
                    object = member.object();
                }
            }
            if names.len() > LONGEST_PATH {
                return None;
            }
        };
        names.reverse();
        Some(Path {
            root,
            path: names.join("."),
        })
    }
}

/// Names in a row that are followed in an assignment.
const LONGEST_PATH: usize = 6;

impl<'a> VisitJs<'a> for Collector<'a> {
    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
        let function = self.alloc(it);
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
        self.walk_parameters(&function.params);
        self.visit_function_body(body);
        self.leave_function(outer);
        self.holder = if function.is_declaration() {
            Holder::None
        } else {
            held
        };
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        let function = self.alloc(it);
        let id = self.found.functions.len() as FunctionId;
        function
            .scope_id
            .set(Some(ScopeId::from_usize(id as usize)));
        let outer = self.enter_function(function.span, "", &function.params, true);
        self.walk_parameters(&function.params);
        match &function.body {
            ArrowFunctionBody::FunctionBody(body) => self.visit_function_body(body),
            body => {
                if let Some(expression) = body.as_expression() {
                    let value = self.here(expression);
                    self.found.returns.push((id, value));
                    self.held_by(Holder::Return(id), |this| this.visit_expression(expression));
                }
            }
        }
        self.leave_function(outer);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        let class = self.alloc(it);
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
        let outer_class = self.class.replace(id);
        self.held_by(Holder::Class(id), |this| walk_js::walk_class(this, class));
        self.class = outer_class;
        self.scope = outer_scope;
    }

    fn visit_block_statement(&mut self, it: &BlockStatement<'a>) {
        self.within(|this| walk_js::walk_block_statement(this, it));
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.within(|this| walk_js::walk_switch_statement(this, it));
    }

    fn visit_catch_clause(&mut self, it: &CatchClause<'a>) {
        let clause = self.alloc(it);
        self.within(|this| {
            if let Some(parameter) = &clause.param {
                for target in patterns::targets(&parameter.pattern) {
                    this.declare(this.scope, target.name.name, target.name.span);
                }
            }
            this.visit_block_statement(&clause.body);
        });
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.within(|this| walk_js::walk_for_statement(this, it));
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.within(|this| walk_js::walk_for_in_statement(this, it));
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        let statement = self.alloc(it);
        self.within(|this| {
            let list = this.here(&statement.right);
            this.declare_left(&statement.left, list);
            walk_js::walk_for_of_statement(this, statement);
        });
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        let variables = self.alloc(it);
        if variables.declare {
            return;
        }
        let scope = match variables.kind {
            VariableDeclarationKind::Var => self.found.scopes.of_function(self.scope),
            _ => self.scope,
        };
        for declarator in &variables.declarations {
            let targets = patterns::targets(&declarator.id);
            let Some(init) = &declarator.init else {
                for target in targets {
                    self.declare(scope, target.name.name, target.name.span);
                }
                continue;
            };
            let value = self.here(init);
            let binding = self.declare_targets(scope, targets, |path, default| {
                Source::Value(value, path, default)
            });
            let holder = binding.map_or(Holder::None, Holder::Binding);
            self.held_by(holder, |this| this.visit_expression(init));
        }
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        let declaration = self.alloc(it);
        let (name, scope) = (&declaration.id, self.scope);
        self.declare_from(
            scope,
            name.name,
            name.span,
            Source::Enum(declaration, scope),
        );
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        let assignment = self.alloc(it);
        let operator = match assignment.operator {
            AssignmentOperator::Addition => Operator::Append,
            _ => Operator::Set,
        };
        let mut holder = Holder::None;
        if let Some(target) = self.target_path(&assignment.left) {
            let value = self.here(&assignment.right);
            if target.path.rsplit('.').next() == Some("ping") {
                self.add_direct(
                    CallKind::Ping,
                    assignment.span,
                    DirectUrl::Expression(value),
                );
            }
            holder = match target.root {
                Root::Name(name) => Holder::Name(self.scope, name),
                Root::This(Some(function)) => match self.found.functions[function as usize].class {
                    Some(class) => Holder::Class(class),
                    None => self.found.functions[function as usize].holder,
                },
                Root::This(None) => Holder::None,
            };
            self.add_assignment(target, value, operator);
        } else {
            self.visit_assignment_target(&assignment.left);
        }
        self.held_by(holder, |this| this.visit_expression(&assignment.right));
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        let call = self.alloc(it);
        self.note_invoked(call);
        self.add_call(CallNode::Call(call));
        if bundle::is_set_ping(call)
            && let Some(url) = call.arguments.get(1).and_then(Argument::as_expression)
        {
            let url = self.here(url);
            self.add_direct(CallKind::Ping, call.span, DirectUrl::Expression(url));
        }
        match self.definitions(call) {
            Some(holder) => self.held_by(holder, |this| walk_js::walk_call_expression(this, call)),
            None => walk_js::walk_call_expression(self, call),
        }
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        let call = self.alloc(it);
        self.add_call(CallNode::New(call));
        walk_js::walk_new_expression(self, call);
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        let statement = self.alloc(it);
        if let (Some(value), Some(function)) = (&statement.argument, self.function) {
            let value_in = self.here(value);
            self.found.returns.push((function, value_in));
            self.held_by(Holder::Return(function), |this| {
                this.visit_expression(value);
            });
        }
    }

    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        // Long sums lean to the left: they are walked without a frame for each.
        let mut current = self.alloc(it);
        let mut rights = vec![&current.right];
        while let Expression::BinaryExpression(left) = &current.left {
            if left.operator != BinaryOperator::Addition {
                break;
            }
            current = left;
            rights.push(&current.right);
        }
        self.visit_expression(&current.left);
        for right in rights.into_iter().rev() {
            self.visit_expression(right);
        }
    }

    fn visit_object_expression(&mut self, it: &ObjectExpression<'a>) {
        let object = self.alloc(it);
        for (id, span) in bundle::modules_of_object(object) {
            self.add_module(id, span);
        }
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    if property.computed
                        && let Some(key) = property.key.as_expression()
                    {
                        self.visit_expression(key);
                    }
                    self.visit_expression(&property.value);
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    self.visit_expression(&spread.argument);
                }
            }
        }
    }

    fn visit_array_expression(&mut self, it: &oxc::ast::ast::ArrayExpression<'a>) {
        let array = self.alloc(it);
        for (id, span) in bundle::modules_of_array(array) {
            self.add_module(id, span);
        }
        walk_js::walk_array_expression(self, array);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let import = self.alloc(it);
        self.found.is_module = true;
        if import.import_kind.is_type() {
            return;
        }
        let module = import.source.value.as_str();
        if let Some(kind) = Self::import_kind(import.with_clause.as_deref()) {
            self.add_direct(kind, import.span, DirectUrl::Text(module));
        }
        for specifier in import.specifiers.iter().flatten() {
            let imported = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(specifier) => {
                    Some(specifier.imported.name().as_str().into())
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => Some("default".into()),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => None,
            };
            let local = specifier.local();
            self.declare_from(0, local.name, local.span, Source::Import(module, imported));
        }
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        let import = self.alloc(it);
        if let Some(kind) = import
            .options
            .as_ref()
            .and_then(bundle::type_of_import)
            .and_then(kind_of_type)
        {
            let url = self.here(&import.source);
            self.add_direct(kind, import.span, DirectUrl::Expression(url));
        }
        walk_js::walk_import_expression(self, import);
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        let export = self.alloc(it);
        self.export_declaration(&export.declaration);
        self.visit_declaration(&export.declaration);
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        let export = self.alloc(it);
        for specifier in &export.specifiers {
            let name = match &specifier.local {
                ModuleExportName::IdentifierReference(name) => name.name,
                ModuleExportName::IdentifierName(name) => name.name,
                ModuleExportName::StringLiteral(_) => continue,
            };
            self.export(specifier.exported.name().as_str(), Export::Name(name));
        }
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        let export = self.alloc(it);
        for specifier in &export.specifiers {
            let from = Export::From(
                export.source.value.as_str(),
                Some(specifier.local.name().as_str().into()),
            );
            self.export(specifier.exported.name().as_str(), from);
        }
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        let export = self.alloc(it);
        let source = export.source.value.as_str();
        match &export.exported {
            Some(name) => self.export(name.name().as_str(), Export::From(source, None)),
            None => self.found.stars.push(source.to_owned()),
        }
        self.found.is_module = true;
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let export = self.alloc(it);
        match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                let id = self.found.functions.len() as FunctionId;
                self.export("default", Export::Function(id));
                self.visit_function(function, ScopeFlags::Function);
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                let id = self.found.classes.len() as ClassId;
                self.export("default", Export::Class(id));
                self.visit_class(class);
            }
            declaration => {
                if let Some(expression) = declaration.as_expression() {
                    let value = self.here(expression);
                    self.export("default", Export::Value(value));
                    self.visit_expression(expression);
                }
            }
        }
    }

    fn visit_jsx_opening_element(&mut self, it: &JSXOpeningElement<'a>) {
        walk_js::walk_jsx_opening_element(self, it);
    }

    fn visit_jsx_attribute(&mut self, it: &JSXAttribute<'a>) {
        let attribute = self.alloc(it);
        if matches!(&attribute.name, JSXAttributeName::Identifier(name) if name.name == "ping") {
            let url = match &attribute.value {
                Some(JSXAttributeValue::StringLiteral(text)) => {
                    Some(DirectUrl::Text(text.value.as_str()))
                }
                Some(JSXAttributeValue::ExpressionContainer(container)) => {
                    let expression = container.expression.as_expression();
                    expression.map(|expression| DirectUrl::Expression(self.here(expression)))
                }
                _ => None,
            };
            if let Some(url) = url {
                self.add_direct(CallKind::Ping, attribute.span, url);
            }
        }
        walk_js::walk_jsx_attribute(self, attribute);
    }
}

impl Collector<'_> {
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
