//! From the syntax tree to values: only what somebody asked for, and what that needs.

use oxc::ast::ast::{
    Argument, ArrayExpressionElement, BinaryExpression, ChainElement, Class, ClassElement,
    Expression, FormalParameter, MethodDefinitionKind, ObjectExpression, ObjectPropertyKind,
    PropertyKind, TSEnumDeclaration, TSEnumMemberName, TSType, TSTypeName, TemplateLiteral,
};
use oxc::span::Span;
use oxc::str::Ident;
use oxc::syntax::operator::{BinaryOperator, LogicalOperator, UnaryOperator};
use oxc::syntax::scope::ScopeId;
use rustc_hash::{FxHashMap, FxHashSet};

use super::bundle::Role;
use super::collect::{CallNode, Collected, In, Operator, Root, Source, key_name};
use super::ir::{
    Binding, BindingId, Call, CallId, Class as ClassIr, ClassId, Expr, ExprId, Function,
    FunctionId, Home, ScriptAnalysis,
};
use super::scopes::Scope;
use crate::lines::{Lines, Spot};

/// Makes values of syntax.
pub(super) struct Lowering<'c, 'a> {
    pub(super) code: &'c Collected<'a>,
    pub(super) index: Index,
    pub(super) out: ScriptAnalysis,
    lines: &'c Lines,
    offset: u32,
    bindings: FxHashMap<BindingId, BindingId>,
    functions: FxHashMap<FunctionId, FunctionId>,
    classes: FxHashMap<ClassId, ClassId>,
    calls: FxHashMap<Span, CallId>,
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

/// Where in the lists of the walk the things of a binding, a function or a module stand.
#[derive(Default)]
pub(super) struct Index {
    pub(super) sources: Lists,
    pub(super) returns: Lists,
    /// Assignments to bindings.
    pub(super) assignments: Lists,
    /// Assignments to properties of `this`, by function.
    pub(super) this: Lists,
    /// Methods of a class.
    pub(super) methods: Lists,
    /// Assignments to the exports of a bundle's module.
    pub(super) modules: Lists,
    /// Assignments to `exports`, `module.exports` and properties of the window.
    pub(super) outer: Vec<u32>,
    pub(super) module_ids: FxHashMap<Box<str>, u32>,
}

/// Numbers in lists by another number, in one piece of memory.
#[derive(Default)]
pub(super) struct Lists(Vec<(u32, u32)>);

impl Lists {
    fn push(&mut self, list: u32, item: u32) {
        self.0.push((list, item));
    }

    /// A list; the lists must be sorted.
    fn of(&self, list: u32) -> Vec<u32> {
        let first = self.0.partition_point(|(known, _)| *known < list);
        let items = self.0[first..]
            .iter()
            .take_while(|(known, _)| *known == list);
        items.map(|(_, item)| *item).collect()
    }
}

impl Index {
    pub(super) fn of(code: &Collected<'_>) -> Self {
        let mut index = Self::default();
        for (at, (binding, _)) in code.sources.iter().enumerate() {
            index.sources.push(*binding, at as u32);
        }
        for (at, (function, _)) in code.returns.iter().enumerate() {
            index.returns.push(*function, at as u32);
        }
        for (at, assignment) in code.assignments.iter().enumerate() {
            index.add_assignment(code, at as u32, assignment.root, assignment.value.scope);
        }
        for (at, function) in code.functions.iter().enumerate() {
            if let Some(class) = function.class {
                index.methods.push(class, at as u32);
            }
        }
        let lists = [
            &mut index.sources,
            &mut index.returns,
            &mut index.assignments,
            &mut index.this,
            &mut index.methods,
            &mut index.modules,
        ];
        for list in lists {
            list.0.sort_unstable();
        }
        let modules = code.modules.iter().zip(0..);
        index.module_ids = modules.map(|(id, at)| (id.clone(), at)).collect();
        index
    }

    fn add_assignment(&mut self, code: &Collected<'_>, at: u32, root: Root<'_>, scope: Scope) {
        let name = match root {
            Root::Name(name) => name,
            Root::This(Some(function)) => return self.this.push(function, at),
            Root::This(None) => return,
        };
        let Some(binding) = code.scopes.resolve(scope, name) else {
            return self.outer.push(at);
        };
        match code.roles.get(&binding) {
            Some((Role::Module | Role::Exports, module)) => {
                self.modules.push(*module, at);
            }
            _ => self.assignments.push(binding, at),
        }
    }
}

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn new(code: &'c Collected<'a>, lines: &'c Lines, offset: u32) -> Self {
        Self {
            code,
            index: Index::of(code),
            out: ScriptAnalysis::default(),
            lines,
            offset,
            bindings: FxHashMap::default(),
            functions: FxHashMap::default(),
            classes: FxHashMap::default(),
            calls: FxHashMap::default(),
            modules: FxHashSet::default(),
            pending: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn spot(&self, span: Span) -> Spot {
        self.lines
            .spot(self.offset + span.start, self.offset + span.end)
    }

    pub(super) fn offset(&self) -> u32 {
        self.offset
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
                let id = self.binding(binding);
                self.add(Expr::Binding(id))
            }
            None if matches!(name.as_str(), "undefined" | "NaN") => self.add(Expr::Nothing),
            None => self.add(Expr::Global(name.as_str().into())),
        }
    }

    pub(super) fn binding(&mut self, source: BindingId) -> BindingId {
        if let Some(id) = self.bindings.get(&source) {
            return *id;
        }
        let id = self.out.bindings.len() as BindingId;
        self.bindings.insert(source, id);
        let data = &self.code.bindings[source as usize];
        let spot = self.spot(data.span);
        self.out.bindings.push(Binding {
            name: data.name.as_str().into(),
            spot,
            ..Binding::default()
        });
        self.pending.push(Pending::Binding(source, id));
        id
    }

    pub(super) fn function(&mut self, source: FunctionId) -> FunctionId {
        if let Some(id) = self.functions.get(&source) {
            return *id;
        }
        let data = &self.code.functions[source as usize];
        let parent = data.parent.map(|parent| self.function(parent));
        let id = self.out.functions.len() as FunctionId;
        self.functions.insert(source, id);
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
        if let Some(id) = self.classes.get(&source) {
            return *id;
        }
        let id = self.out.classes.len() as ClassId;
        self.classes.insert(source, id);
        self.out.classes.push(ClassIr::default());
        self.pending.push(Pending::Class(source, id));
        id
    }

    fn module(&mut self, id: &str) -> ExprId {
        if let Some(module) = self.index.module_ids.get(id).copied()
            && self.modules.insert(id.into())
        {
            self.pending.push(Pending::Module(module));
        }
        self.add(Expr::BundleImport(id.into()))
    }

    fn fill_binding(&mut self, source: BindingId, id: BindingId) {
        for at in self.index.sources.of(source) {
            let (_, source) = &self.code.sources[at as usize];
            self.fill_source(id, source);
        }
        for at in self.index.assignments.of(source) {
            self.fill_assignment(id, at);
        }
    }

    fn fill_source(&mut self, id: BindingId, source: &'c Source<'a>) {
        let value = match source {
            Source::Value(value, path, default) => {
                let of = self.lower(value.expression, value.scope);
                let default = default.map(|expression| self.lower(expression, value.scope));
                self.part(of, path, default)
            }
            Source::Parameter(function, index, path, default) => {
                let parameter = self.parameter(*function, *index);
                let default = default.map(|value| self.lower(value.expression, value.scope));
                self.part(parameter, path, default)
            }
            Source::Rest(function, first) => {
                let function = self.function(*function);
                self.add(Expr::Rest(function, *first))
            }
            Source::Element(list) => {
                let list = self.lower(list.expression, list.scope);
                self.add(Expr::Element(list))
            }
            Source::Function(function) => {
                let function = self.function(*function);
                self.add(Expr::Function(function))
            }
            Source::Class(class) => {
                let class = self.class(*class);
                self.add(Expr::Class(class))
            }
            Source::Enum(declaration, scope) => self.enumeration(declaration, *scope),
            Source::Import(module, name) => self.add(Expr::Import((*module).into(), name.clone())),
        };
        self.out.bindings[id as usize].values.push(value);
    }

    fn fill_assignment(&mut self, id: BindingId, at: u32) {
        let assignment = &self.code.assignments[at as usize];
        let value = self.assigned(at);
        let binding = &mut self.out.bindings[id as usize];
        match (assignment.path.as_str(), assignment.operator) {
            ("", Operator::Append) => binding.appends.push(value),
            ("", _) => return self.set(id, value),
            (path, _) => binding.properties.push((path.into(), value)),
        }
        if let (Some(_), Expr::Function(function)) = (
            assignment.path.strip_prefix("prototype."),
            &self.out.exprs[value as usize],
        ) {
            self.out.functions[*function as usize].home = Home::Prototype(id);
        }
    }

    /// `a = b`, and `a = a + b`, which appends.
    fn set(&mut self, id: BindingId, value: ExprId) {
        let appended = match &self.out.exprs[value as usize] {
            Expr::Concat(parts) => match parts.split_first() {
                Some((first, rest)) if self.out.exprs[*first as usize] == Expr::Binding(id) => {
                    Some(rest.to_vec())
                }
                _ => None,
            },
            _ => None,
        };
        match appended {
            Some(rest) => {
                let rest = self.add(Expr::Concat(rest));
                self.out.bindings[id as usize].appends.push(rest);
            }
            None => self.out.bindings[id as usize].values.push(value),
        }
    }

    fn assigned(&mut self, at: u32) -> ExprId {
        let assignment = &self.code.assignments[at as usize];
        let value = self.lower(assignment.value.expression, assignment.value.scope);
        match (assignment.operator, &self.out.exprs[value as usize]) {
            (Operator::Getter, Expr::Function(function)) => {
                let getter = Expr::Getter(*function);
                self.add(getter)
            }
            _ => value,
        }
    }

    fn parameter(&mut self, function: FunctionId, index: u32) -> ExprId {
        let data = &self.code.functions[function as usize];
        let declared = data
            .params
            .items
            .get(index as usize)
            .and_then(declared_type);
        let declared = declared.map(|name| self.name(name, data.scope));
        let function = self.function(function);
        self.add(Expr::Param(function, index, declared))
    }

    /// A part of a value, or a default.
    fn part(&mut self, of: ExprId, path: &[Box<str>], default: Option<ExprId>) -> ExprId {
        let part = path
            .iter()
            .fold(of, |of, name| self.add(Expr::Member(of, name.clone())));
        match default {
            Some(default) => self.add(Expr::Choice(None, vec![part, default])),
            None => part,
        }
    }

    fn fill_function(&mut self, source: FunctionId, id: FunctionId) {
        for at in self.index.returns.of(source) {
            let (_, value) = &self.code.returns[at as usize];
            let value = self.lower(value.expression, value.scope);
            self.out.functions[id as usize].returns.push(value);
        }
        if self.code.functions[source as usize].class.is_some() {
            return;
        }
        for at in self.index.this.of(source) {
            let value = self.assigned(at);
            let path = self.code.assignments[at as usize].path.as_str().into();
            self.out.functions[id as usize]
                .this_properties
                .push((path, value));
        }
    }

    fn fill_module(&mut self, module: u32) {
        let mut exports = Vec::new();
        for at in self.index.modules.of(module) {
            let value = self.assigned(at);
            let path = &self.code.assignments[at as usize].path;
            exports.push((export_name(path).into(), value));
        }
        let id = self.code.modules[module as usize].clone();
        self.out
            .modules
            .push(super::ir::BundleModule { id, exports });
    }

    fn fill_class(&mut self, source: ClassId, id: ClassId) {
        let data = &self.code.classes[source as usize];
        let (class, scope) = (data.node, data.scope);
        let parent = class
            .heritage
            .as_ref()
            .map(|heritage| self.lower(&heritage.expression, scope));
        let mut made = ClassIr {
            parent,
            ..ClassIr::default()
        };
        for element in &class.body.body {
            self.add_element(&mut made, element, scope);
        }
        for function in self.index.methods.of(source) {
            for at in self.index.this.of(function) {
                let value = self.assigned(at);
                made.members.push((
                    self.code.assignments[at as usize].path.as_str().into(),
                    value,
                ));
            }
        }
        self.add_parameter_properties(&mut made, class);
        made.super_call = self.super_call(class);
        self.out.classes[id as usize] = made;
    }

    fn add_element(&mut self, class: &mut ClassIr, element: &'a ClassElement<'a>, scope: Scope) {
        let (name, value, is_static) = match element {
            ClassElement::MethodDefinition(method) => {
                let Some(function) = method.value.scope_id.get() else {
                    return;
                };
                let function = self.function(function.index() as FunctionId);
                if method.kind == MethodDefinitionKind::Constructor {
                    class.constructor = Some(function);
                    return;
                }
                let value = match method.kind {
                    MethodDefinitionKind::Get => Expr::Getter(function),
                    MethodDefinitionKind::Set => return,
                    _ => Expr::Function(function),
                };
                (key_name(&method.key), self.add(value), method.r#static)
            }
            ClassElement::PropertyDefinition(property) => {
                let Some(value) = &property.value else {
                    return;
                };
                (
                    key_name(&property.key),
                    self.lower(value, scope),
                    property.r#static,
                )
            }
            _ => return,
        };
        let members = if is_static {
            &mut class.statics
        } else {
            &mut class.members
        };
        members.extend(name.map(|name| (name, value)));
    }

    /// `constructor(private base: string)`.
    fn add_parameter_properties(&mut self, made: &mut ClassIr, class: &'a Class<'a>) {
        let constructor = class.body.body.iter().find_map(|element| match element {
            ClassElement::MethodDefinition(method) if method.kind.is_constructor() => {
                Some(&method.value)
            }
            _ => None,
        });
        let Some(function) = constructor.and_then(|function| function.scope_id.get()) else {
            return;
        };
        let function = function.index() as FunctionId;
        let parameters = &self.code.functions[function as usize].params.items;
        for (index, parameter) in parameters.iter().enumerate() {
            let is_property = parameter.accessibility.is_some() || parameter.readonly;
            if is_property && let Some(name) = parameter.pattern.get_identifier_name() {
                let mut value = self.parameter(function, index as u32);
                if let Some(default) = &parameter.initializer {
                    let scope = self.code.functions[function as usize].scope;
                    let default = self.lower(default, scope);
                    value = self.add(Expr::Choice(None, vec![value, default]));
                }
                made.members.push((name.as_str().into(), value));
            }
        }
    }

    fn super_call(&mut self, class: &'a Class<'a>) -> Option<CallId> {
        class.heritage.as_ref()?;
        let inside = |span: Span| class.span.start <= span.start && span.end <= class.span.end;
        // Calls stand in the order of the walk: those of the class stand together.
        let first = self
            .code
            .calls
            .partition_point(|call| call.node.span().start < class.span.start);
        let calls = self.code.calls[first..]
            .iter()
            .take_while(|call| inside(call.node.span()));
        let mut calls = calls.filter(|call| matches!(call.node.callee(), Expression::Super(_)));
        let call = calls.next()?;
        Some(self.call(call.node, call.scope, call.function))
    }

    fn enumeration(&mut self, declaration: &'a TSEnumDeclaration<'a>, scope: Scope) -> ExprId {
        let mut members = Vec::new();
        for member in &declaration.body.members {
            let name: Box<str> = match &member.id {
                TSEnumMemberName::Identifier(name) => name.name.as_str().into(),
                TSEnumMemberName::String(name) | TSEnumMemberName::ComputedString(name) => {
                    name.value.as_str().into()
                }
                TSEnumMemberName::ComputedTemplateString(_) => continue,
            };
            if let Some(value) = &member.initializer {
                let value = self.lower(value, scope);
                members.push((Some(name), value));
            }
        }
        self.add(Expr::Object(members))
    }

    /// A value.
    pub(super) fn lower(&mut self, expression: &'a Expression<'a>, scope: Scope) -> ExprId {
        if self.depth > DEEPEST || self.out.exprs.len() > MOST_EXPRESSIONS {
            return self.unknown("…");
        }
        self.depth += 1;
        let made = self.lower_any(expression, scope);
        self.depth -= 1;
        made
    }

    fn lower_any(&mut self, expression: &'a Expression<'a>, scope: Scope) -> ExprId {
        match expression {
            Expression::StringLiteral(text) => self.text(&text.value),
            Expression::NumericLiteral(number) => self.text(&number.value.to_string()),
            Expression::BooleanLiteral(_) | Expression::NullLiteral(_) => self.add(Expr::Nothing),
            Expression::RegExpLiteral(pattern) => {
                self.add(Expr::Pattern(clipped(&pattern.regex.pattern.text)))
            }
            Expression::TemplateLiteral(template) => self.template(template, scope),
            Expression::Identifier(name) => match name.name.as_str() {
                "arguments" => self.arguments_object(scope),
                _ => self.name(name.name, scope),
            },
            Expression::ThisExpression(_) => self.this(scope),
            Expression::Super(_) => self.unknown("super"),
            Expression::BinaryExpression(binary) => self.binary(binary, scope),
            Expression::LogicalExpression(logical) => {
                let right = self.lower(&logical.right, scope);
                if logical.operator == LogicalOperator::And {
                    return right;
                }
                let left = self.lower(&logical.left, scope);
                self.add(Expr::Choice(None, vec![left, right]))
            }
            Expression::ConditionalExpression(conditional) => {
                let test = self.subject(&conditional.test, scope);
                let yes = self.lower(&conditional.consequent, scope);
                let no = self.lower(&conditional.alternate, scope);
                self.add(Expr::Choice(test, vec![yes, no]))
            }
            Expression::ObjectExpression(object) => self.object(object, scope),
            Expression::ArrayExpression(array) => {
                let mut elements = Vec::new();
                for element in array.elements.iter().take(MOST_ELEMENTS) {
                    elements.push(match element {
                        ArrayExpressionElement::SpreadElement(spread) => {
                            let of = self.lower(&spread.argument, scope);
                            self.add(Expr::Spread(of))
                        }
                        ArrayExpressionElement::Elision(_) => self.add(Expr::Nothing),
                        element => match element.as_expression() {
                            Some(element) => self.lower(element, scope),
                            None => self.add(Expr::Nothing),
                        },
                    });
                }
                self.add(Expr::Array(elements))
            }
            Expression::FunctionExpression(function) => {
                self.function_value(function.scope_id.get().map(ScopeId::index))
            }
            Expression::ArrowFunctionExpression(function) => {
                self.function_value(function.scope_id.get().map(ScopeId::index))
            }
            Expression::ClassExpression(class) => match class.scope_id.get() {
                Some(id) => {
                    let class = self.class(id.index() as ClassId);
                    self.add(Expr::Class(class))
                }
                None => self.unknown("class"),
            },
            Expression::CallExpression(call) => self.call_value(CallNode::Call(call), scope),
            Expression::NewExpression(call) => self.call_value(CallNode::New(call), scope),
            Expression::AssignmentExpression(assignment) => self.lower(&assignment.right, scope),
            Expression::SequenceExpression(sequence) => match sequence.expressions.last() {
                Some(last) => self.lower(last, scope),
                None => self.add(Expr::Nothing),
            },
            Expression::AwaitExpression(awaited) => self.lower(&awaited.argument, scope),
            Expression::ParenthesizedExpression(inner) => self.lower(&inner.expression, scope),
            Expression::TSAsExpression(inner) => self.lower(&inner.expression, scope),
            Expression::TSSatisfiesExpression(inner) => self.lower(&inner.expression, scope),
            Expression::TSNonNullExpression(inner) => self.lower(&inner.expression, scope),
            Expression::TSTypeAssertion(inner) => self.lower(&inner.expression, scope),
            Expression::TSInstantiationExpression(inner) => self.lower(&inner.expression, scope),
            Expression::UnaryExpression(unary) => match unary.operator {
                UnaryOperator::Void | UnaryOperator::LogicalNot | UnaryOperator::Delete => {
                    self.add(Expr::Nothing)
                }
                _ => self.unknown("…"),
            },
            Expression::ImportExpression(import) => match &import.source {
                Expression::StringLiteral(module) => {
                    self.add(Expr::Import(clipped(&module.value), None))
                }
                _ => self.unknown("import()"),
            },
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => self.call_value(CallNode::Call(call), scope),
                ChainElement::TSNonNullExpression(inner) => self.lower(&inner.expression, scope),
                element => match element.as_member_expression() {
                    Some(member) => self.member(member, scope),
                    None => self.unknown("…"),
                },
            },
            Expression::ImportMeta(_) => self.add(Expr::Global("import.meta".into())),
            expression => match expression.as_member_expression() {
                Some(member) => self.member(member, scope),
                None => self.unknown("…"),
            },
        }
    }

    fn member(&mut self, member: &'a oxc::ast::ast::MemberExpression<'a>, scope: Scope) -> ExprId {
        use oxc::ast::ast::MemberExpression;
        let object = self.lower(member.object(), scope);
        let name: Option<Box<str>> = match member {
            MemberExpression::PrivateFieldExpression(private) => {
                Some(format!("#{}", private.field.name).into())
            }
            member => member.static_property_name().map(clipped),
        };
        match (name, member) {
            (Some(name), _) => self.add(Expr::Member(object, name)),
            (None, MemberExpression::ComputedMemberExpression(computed)) => {
                let index = self.lower(&computed.expression, scope);
                self.add(Expr::Index(object, index))
            }
            (None, _) => self.unknown("…"),
        }
    }

    fn function_value(&mut self, id: Option<usize>) -> ExprId {
        match id {
            Some(id) => {
                let function = self.function(id as FunctionId);
                self.add(Expr::Function(function))
            }
            None => self.unknown("function"),
        }
    }

    /// The function whose `this` and `arguments` are seen from a scope.
    fn this_function(&self, scope: Scope) -> Option<FunctionId> {
        let mut function = self.code.scopes.function_around(scope);
        while let Some(id) = function {
            let data = &self.code.functions[id as usize];
            if !data.arrow {
                return Some(id);
            }
            function = data.parent;
        }
        None
    }

    fn this(&mut self, scope: Scope) -> ExprId {
        let function = self.this_function(scope).map(|id| self.function(id));
        self.add(Expr::This(function))
    }

    fn arguments_object(&mut self, scope: Scope) -> ExprId {
        match self.this_function(scope) {
            Some(function) => {
                let function = self.function(function);
                self.add(Expr::Rest(function, 0))
            }
            None => self.unknown("arguments"),
        }
    }

    fn template(&mut self, template: &'a TemplateLiteral<'a>, scope: Scope) -> ExprId {
        let mut parts = Vec::new();
        for (index, quasi) in template.quasis.iter().enumerate() {
            let text = quasi.value.cooked.as_ref().unwrap_or(&quasi.value.raw);
            if !text.is_empty() {
                parts.push(self.text(text));
            }
            if let Some(expression) = template.expressions.get(index) {
                parts.push(self.lower(expression, scope));
            }
        }
        self.add(Expr::Concat(parts))
    }

    fn binary(&mut self, binary: &'a BinaryExpression<'a>, scope: Scope) -> ExprId {
        if binary.operator != BinaryOperator::Addition {
            return self.unknown("…");
        }
        let mut parts = vec![&binary.right];
        let mut left = &binary.left;
        while let Expression::BinaryExpression(inner) = left {
            if inner.operator != BinaryOperator::Addition {
                break;
            }
            parts.push(&inner.right);
            left = &inner.left;
        }
        parts.push(left);
        parts.reverse();
        let parts: Vec<_> = parts
            .into_iter()
            .take(MOST_ELEMENTS)
            .map(|part| self.lower(part, scope))
            .collect();
        self.add(Expr::Concat(parts))
    }

    /// What a condition asks about: `location.protocol` of `location.protocol === "https:"`.
    fn subject(&mut self, test: &'a Expression<'a>, scope: Scope) -> Option<ExprId> {
        let subject = match test {
            Expression::BinaryExpression(binary) if binary.operator.is_equality() => {
                match &binary.left {
                    Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => &binary.right,
                    left => left,
                }
            }
            Expression::CallExpression(call) => {
                match (call.callee.as_member_expression()?, call.arguments.first()) {
                    (member, _) if !matches!(member.object(), Expression::RegExpLiteral(_)) => {
                        member.object()
                    }
                    (_, Some(argument)) => argument.as_expression()?,
                    _ => return None,
                }
            }
            Expression::Identifier(_) => test,
            test if test.is_member_expression() => test,
            _ => return None,
        };
        let named = matches!(subject, Expression::Identifier(_)) || subject.is_member_expression();
        named.then(|| self.lower(subject, scope))
    }

    fn object(&mut self, object: &'a ObjectExpression<'a>, scope: Scope) -> ExprId {
        let id = self.add(Expr::Nothing);
        let mut properties = Vec::new();
        for property in object.properties.iter().take(MOST_ELEMENTS) {
            match property {
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let value = self.lower(&spread.argument, scope);
                    properties.push((None, value));
                }
                ObjectPropertyKind::ObjectProperty(property) => {
                    let name = key_name(&property.key).unwrap_or_else(|| "[]".into());
                    let mut value = self.lower(&property.value, scope);
                    if let Expr::Function(function) = &self.out.exprs[value as usize] {
                        let function = *function;
                        if !matches!(property.value, Expression::ArrowFunctionExpression(_)) {
                            self.out.functions[function as usize].home = Home::Object(id);
                        }
                        if property.kind == PropertyKind::Get {
                            value = self.add(Expr::Getter(function));
                        }
                    }
                    properties.push((Some(name), value));
                }
            }
        }
        self.out.exprs[id as usize] = Expr::Object(properties);
        id
    }

    fn call_value(&mut self, node: CallNode<'a>, scope: Scope) -> ExprId {
        if let Some(special) = self.special_call(node, scope) {
            return special;
        }
        let function = self.code.scopes.function_around(scope);
        let call = self.call(node, scope, function);
        self.add(Expr::Call(call))
    }

    /// `require("name")`, and what bundlers make of it.
    fn special_call(&mut self, node: CallNode<'a>, scope: Scope) -> Option<ExprId> {
        let first = node.arguments().first().and_then(Argument::as_expression);
        match node.callee().get_inner_expression() {
            Expression::Identifier(name) => {
                let literal: Box<str> = match first? {
                    Expression::StringLiteral(text) => clipped(&text.value),
                    Expression::NumericLiteral(number) => number.value.to_string().into(),
                    _ => return None,
                };
                match self.code.scopes.resolve(scope, name.name) {
                    None if name.name == "require" => Some(self.add(Expr::Import(literal, None))),
                    Some(binding) if self.is_require(binding) => Some(self.module(&literal)),
                    _ => None,
                }
            }
            callee => {
                let member = callee.as_member_expression()?;
                let Expression::Identifier(name) = member.object() else {
                    return None;
                };
                let binding = self.code.scopes.resolve(scope, name.name)?;
                let is_wrapped = self.is_require(binding) && member.static_property_name()? == "n";
                if !is_wrapped {
                    return None;
                }
                Some(self.lower(first?, scope))
            }
        }
    }

    pub(super) fn is_require(&self, binding: BindingId) -> bool {
        matches!(self.code.roles.get(&binding), Some((Role::Require, _)))
    }

    /// A call and its arguments.
    pub(super) fn call(
        &mut self,
        node: CallNode<'a>,
        scope: Scope,
        function: Option<FunctionId>,
    ) -> CallId {
        let span = node.span();
        if let Some(id) = self.calls.get(&span) {
            return *id;
        }
        let callee = self.lower(node.callee(), scope);
        let mut arguments = Vec::new();
        for argument in node.arguments().iter().take(MOST_ARGUMENTS) {
            arguments.push(match argument {
                Argument::SpreadElement(spread) => {
                    let of = self.lower(&spread.argument, scope);
                    self.add(Expr::Spread(of))
                }
                argument => match argument.as_expression() {
                    Some(argument) => self.lower(argument, scope),
                    None => self.add(Expr::Nothing),
                },
            });
        }
        let function = function.map(|function| self.function(function));
        let id = self.out.calls.len() as CallId;
        self.calls.insert(span, id);
        let spot = self.spot(span);
        self.out.calls.push(Call {
            kind: node.kind(),
            spot,
            function,
            callee,
            arguments,
        });
        id
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

fn clipped(text: &str) -> Box<str> {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => text[..end].into(),
        None => text.into(),
    }
}

/// Characters of a text that are kept: no URL is longer.
const LONGEST_TEXT: usize = 8 << 10;
/// Expressions within each other that are followed.
const DEEPEST: usize = 200;
/// Elements of a list, parts of a sum or properties of an object that are kept.
const MOST_ELEMENTS: usize = 1024;
/// Arguments of a call that are kept.
const MOST_ARGUMENTS: usize = 16;
/// Expressions that are kept of a script.
const MOST_EXPRESSIONS: usize = 2 << 20;
