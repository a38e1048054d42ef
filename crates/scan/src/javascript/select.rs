//! Which calls may lead to a connection: those of the APIs and clients, those of what is imported, and those of functions
//! of the script whose parameters go into one of them.

use oxc::ast::ast::{Argument, CallExpression, Expression, MemberExpression};

use super::built_in::{self, is_built_in};
use super::bundle::{self, Role};
use super::collect::{
    Assignment, CallNode, Collected, Direct, DirectUrl, Export, FunctionData, Holder, Mentioner,
    Operator, Root, Source, Start, is_without_clients,
};
use super::dependence::Dependence;
use super::ir::{BindingId, Call, CallId, Expr, FunctionId, ScriptAnalysis};
use super::lists::Lists;
use super::lower::index::other_name;
use super::lower::{Index, Lowering, declared_type, export_name};
use super::scopes::Scope;
use crate::block::BlockKind;
use crate::lines::Lines;
use crate::sinks;

/// What of a script matters to the project.
pub(super) fn select(
    code: &Collected<'_>,
    kind: BlockKind,
    lines: &Lines,
    offset: u32,
) -> ScriptAnalysis {
    let index = Index::of(code);
    let mut selection = Selection::new(code, &index, lines, offset);
    selection.lower_direct();
    selection.lower_exports(kind);
    selection.lowering.finish();
    selection.follow();
    selection.lowering.out
}

/// Something through which a call may lead to a connection, as a number: the seed, bindings, functions, classes and
/// modules of a bundle, in this order.
type Node = u32;

/// The APIs, the clients and what is imported.
const SEED: Node = 0;

struct Selection<'c, 'a> {
    code: &'c Collected<'a>,
    lowering: Lowering<'c, 'a>,
    /// From what to what interest spreads, as it is found.
    found: Vec<(Node, Node)>,
    /// The same, by what it spreads from.
    edges: Lists,
    /// The calls by what they call.
    calls: Lists,
    interesting: Vec<bool>,
    queue: Vec<Node>,
    /// The calls that were examined for parameters, and on which they depend.
    examined: usize,
    dependence: Dependence,
}

impl<'c, 'a> Selection<'c, 'a> {
    fn new(code: &'c Collected<'a>, index: &'c Index, lines: &'c Lines, offset: u32) -> Self {
        let nodes = 1
            + code.bindings.len()
            + code.functions.len()
            + code.classes.len()
            + code.modules.len();
        let mut selection = Self {
            code,
            lowering: Lowering::new(code, index, lines, offset),
            found: Vec::new(),
            edges: Lists::default(),
            calls: Lists::default(),
            interesting: vec![false; nodes],
            queue: Vec::new(),
            examined: 0,
            dependence: Dependence::default(),
        };
        selection.connect();
        selection
    }

    fn binding(&self, id: BindingId) -> Node {
        match self.code.roles.get(&id) {
            Some((Role::Module | Role::Exports, module)) => self.module(*module),
            _ => 1 + id,
        }
    }

    fn function(&self, id: FunctionId) -> Node {
        1 + self.code.bindings.len() as Node + id
    }

    fn class(&self, id: u32) -> Node {
        1 + (self.code.bindings.len() + self.code.functions.len()) as Node + id
    }

    fn module(&self, id: u32) -> Node {
        1 + (self.code.bindings.len() + self.code.functions.len() + self.code.classes.len()) as Node
            + id
    }

    fn holder(&self, holder: Holder<'a>) -> Option<Node> {
        match holder {
            Holder::None => None,
            Holder::Binding(binding) => Some(self.binding(binding)),
            Holder::Name(scope, name) => self
                .code
                .scopes
                .resolve(scope, name)
                .map(|binding| self.binding(binding)),
            Holder::Return(function) => Some(self.function(function)),
            Holder::Class(class) => Some(self.class(class)),
        }
    }

    /// Finds the edges, and what each call calls.
    fn connect(&mut self) {
        for (id, function) in self.code.functions.iter().enumerate() {
            let from = self.function(id as FunctionId);
            let holder = self.holder(function.holder);
            self.found.extend(holder.map(|to| (from, to)));
            let class = function.class.map(|class| self.class(class));
            self.found.extend(class.map(|to| (from, to)));
            self.connect_types(function, class);
        }
        for (id, class) in self.code.classes.iter().enumerate() {
            let from = self.class(id as u32);
            let holder = self.holder(class.holder);
            self.found.extend(holder.map(|to| (from, to)));
        }
        for (binding, source) in &self.code.sources {
            self.connect_source(*binding, source);
        }
        self.connect_mentions();
        self.connect_modules();
        let calls = self.code.calls.iter().zip(0..);
        let calls = calls.filter_map(|(call, at)| {
            if is_named_as_sink(call.node) {
                return Some((SEED, at));
            }
            let root = self.root(call.start, call.scope);
            root.map(|root| (root, at))
        });
        let nodes = self.interesting.len();
        self.calls = Lists::of(nodes, &calls.collect::<Vec<_>>());
        self.edges = Lists::of(nodes, &std::mem::take(&mut self.found));
    }

    /// A parameter of the type of a client is one, and a class whose constructor takes it has it.
    fn connect_types(&mut self, function: &FunctionData<'a>, class: Option<Node>) {
        for parameter in &function.params.items {
            let Some(declared) = declared_type(parameter) else {
                continue;
            };
            let Some(declared) = self.code.scopes.resolve(function.scope, declared) else {
                continue;
            };
            let from = self.binding(declared);
            for target in super::patterns::targets(&parameter.pattern) {
                let to = self.code.scopes.resolve(function.scope, target.name.name);
                self.found.extend(to.map(|to| (from, self.binding(to))));
            }
            self.found.extend(class.map(|to| (from, to)));
        }
    }

    fn connect_source(&mut self, binding: BindingId, source: &Source<'a>) {
        let to = self.binding(binding);
        match source {
            Source::Import(module, _) if !is_without_clients(module) => {
                self.found.push((SEED, to));
            }
            Source::Function(function) => self.found.push((self.function(*function), to)),
            Source::Class(class) => self.found.push((self.class(*class), to)),
            _ => {}
        }
    }

    /// Edges from what values are made of to what they are the values of.
    fn connect_mentions(&mut self) {
        let assignments = self.code.assignments.iter();
        let assigned: Vec<_> = assignments.map(|one| self.assigned(one)).collect();
        for (assignment, to) in self.code.assignments.iter().zip(&assigned) {
            let Some(to) = to else {
                continue;
            };
            self.connect_other_name(assignment);
            if assignment.operator == Operator::Getter
                && let Some(id) = function_id(assignment.value.expression)
            {
                self.found.push((self.function(id), *to));
            }
        }
        for mention in &self.code.mentions {
            let to = match mention.of {
                Mentioner::Source(source) => {
                    Some(self.binding(self.code.sources[source as usize].0))
                }
                Mentioner::Return(function) => Some(self.function(function)),
                Mentioner::Assignment(at) => assigned[at as usize],
                Mentioner::Class(class) => Some(self.class(class)),
            };
            let from = self.root(mention.start, mention.scope);
            self.found.extend(from.zip(to));
        }
    }

    /// To what a value is assigned.
    fn assigned(&self, assignment: &Assignment<'a>) -> Option<Node> {
        match assignment.root {
            Root::Name(name) => self.holder(Holder::Name(assignment.value.scope, name)),
            Root::This(Some(function)) => Some(self.this(function)),
            Root::This(None) => None,
        }
    }

    /// Modules of a bundle that export what others do.
    fn connect_modules(&mut self) {
        let ids = &self.lowering.index.module_ids;
        let node = |id: &str| ids.get(id).map_or(SEED, |module| self.module(*module));
        let shared = self.code.shared.iter();
        let shared = shared.map(|(id, shared)| (node(shared), node(id)));
        let stars = self.lowering.index.module_stars.pairs();
        let stars = stars.map(|(module, at)| {
            let (_, star) = &self.code.star_calls[at as usize];
            (node(&star.module), self.module(module))
        });
        let found: Vec<_> = shared.chain(stars).collect();
        self.found.extend(found);
    }

    /// What is assigned to a property of one name of an object can be called by the other.
    fn connect_other_name(&mut self, assignment: &Assignment<'a>) {
        let Root::Name(name) = assignment.root else {
            return;
        };
        if assignment.path.is_empty() {
            return;
        }
        let binding = self.code.scopes.resolve(assignment.value.scope, name);
        let sources = &self.lowering.index.sources;
        let other = binding.and_then(|binding| {
            let other = other_name(self.code, sources, binding)?;
            Some((self.binding(binding), self.binding(other)))
        });
        self.found.extend(other);
    }

    /// What `this` is in a function that is no arrow function.
    fn this(&self, function: FunctionId) -> Node {
        let data = &self.code.functions[function as usize];
        match data.class {
            Some(class) => self.class(class),
            None => self
                .holder(data.holder)
                .unwrap_or_else(|| self.function(function)),
        }
    }

    /// What an expression starts from.
    fn root(&self, start: Start<'a>, scope: Scope) -> Option<Node> {
        match start {
            Start::None => None,
            Start::Seed => Some(SEED),
            Start::This => self.this_around(scope),
            Start::Function(function) => function_id(function).map(|id| self.function(id)),
            Start::Name(name, member) => {
                if let Some(binding) = self.code.scopes.resolve(scope, name) {
                    return Some(self.binding(binding));
                }
                let property = member.and_then(MemberExpression::static_property_name);
                built_in::may_connect(&name, property).then_some(SEED)
            }
            Start::Call(call) => {
                if let Some(module) = self.bundle_import(&call.callee, &call.arguments, scope) {
                    return Some(self.module(module));
                }
                if self.is_import_of_other_bundle(call, scope) {
                    return Some(SEED);
                }
                self.root(Start::of(&call.callee), scope)
            }
        }
    }

    fn this_around(&self, scope: Scope) -> Option<Node> {
        let mut function = self.code.scopes.function_around(scope)?;
        while self.code.functions[function as usize].arrow {
            function = self.code.functions[function as usize].parent?;
        }
        Some(self.this(function))
    }

    /// Whether `require(17)` within a bundle names a module that is not in it.
    fn is_import_of_other_bundle(&self, call: &'a CallExpression<'a>, scope: Scope) -> bool {
        let Expression::Identifier(name) = &call.callee else {
            return false;
        };
        let is_require = |binding| self.lowering.is_require(binding);
        is_literal(&call.arguments)
            && self
                .code
                .scopes
                .resolve(scope, name.name)
                .is_some_and(is_require)
    }

    /// The module that `require(17)` within a bundle names.
    fn bundle_import(
        &self,
        callee: &'a Expression<'a>,
        arguments: &'a [Argument<'a>],
        scope: Scope,
    ) -> Option<u32> {
        let Expression::Identifier(name) = callee else {
            return None;
        };
        if self.code.modules.is_empty() || !is_literal(arguments) {
            return None;
        }
        let binding = self.code.scopes.resolve(scope, name.name)?;
        if !self.lowering.is_require(binding) {
            return None;
        }
        let id = bundle::module_id(arguments)?;
        self.lowering.index.module_ids.get(&id).copied()
    }

    fn lower_direct(&mut self) {
        for direct in &self.code.direct {
            let Direct {
                kind,
                span,
                function,
                url,
            } = direct;
            let url = match url {
                DirectUrl::Text(text) => self.lowering.text(text),
                DirectUrl::Expression(value) => self.lowering.lower_in(*value),
            };
            let function = function.map(|function| self.lowering.function(function));
            let spot = self.lowering.spot(*span);
            self.add_site(Call {
                kind: *kind,
                spot,
                function,
                callee: url,
                arguments: vec![url],
            });
        }
    }

    fn add_site(&mut self, call: Call) {
        let id = self.lowering.out.calls.len() as CallId;
        self.lowering.out.calls.push(call);
        self.lowering.out.sites.push(id);
    }

    fn lower_exports(&mut self, kind: BlockKind) {
        for (name, export) in &self.code.exports {
            let value = match export {
                Export::Name(binding) => self.lowering.name(*binding, 0),
                Export::Value(value) => self.lowering.lower_in(*value),
                Export::Function(function) => {
                    let function = self.lowering.function(*function);
                    self.lowering.add(Expr::Function(function))
                }
                Export::Class(class) => {
                    let class = self.lowering.class(*class);
                    self.lowering.add(Expr::Class(class))
                }
                Export::From(module, name) => self
                    .lowering
                    .add(Expr::Import((*module).into(), name.clone())),
            };
            self.lowering.out.exports.push((name.clone(), value));
        }
        self.lowering.out.stars.clone_from(&self.code.stars);
        for at in &self.lowering.index.script_stars {
            let (_, star) = &self.code.star_calls[*at as usize];
            if star.require.name == "require" && star.exports.name == "exports" {
                self.lowering.out.stars.push(star.module.to_string());
            }
        }
        self.lower_entries();
        self.lower_outer_assignments();
        if !self.code.is_module && !self.is_commonjs() && kind != BlockKind::EventHandler {
            self.lower_globals();
        }
    }

    /// The modules of a bundle that nothing in it requires: other scripts may.
    fn lower_entries(&mut self) {
        let mut required = vec![false; self.code.modules.len()];
        for call in &self.code.calls {
            let CallNode::Call(node) = call.node else {
                continue;
            };
            if let Some(module) = self.bundle_import(&node.callee, &node.arguments, call.scope) {
                required[module as usize] = true;
            }
        }
        for (id, required) in self.code.modules.iter().zip(required) {
            if !required && self.code.modules.len() > 1 {
                self.lowering.module(id);
            }
        }
    }

    /// Whether the script is a module of `CommonJS`, whose names are its own.
    fn is_commonjs(&self) -> bool {
        let mut calls = self.code.calls.iter();
        !self.lowering.out.exports.is_empty()
            || calls.any(|call| {
                matches!(call.node.callee(), Expression::Identifier(name) if name.name == "require"
                    && self.code.scopes.resolve(call.scope, name.name).is_none())
            })
    }

    /// `module.exports = …`, `exports.name = …` and `window.name = …`.
    fn lower_outer_assignments(&mut self) {
        let index = self.lowering.index;
        for at in index.outer.iter().copied() {
            let assignment = &self.code.assignments[at as usize];
            let Root::Name(root) = assignment.root else {
                continue;
            };
            let path = assignment.path.as_str();
            match root.as_str() {
                "module" | "exports" if root != "module" || path.starts_with("exports") => {
                    let value = self.lowering.assigned_value(at);
                    self.lowering
                        .out
                        .exports
                        .push((export_name(path).to_owned(), value));
                }
                "window" | "self" | "globalThis" if !path.is_empty() => self.add_global(path, at),
                name if path.is_empty() => self.add_global(name, at),
                name if !is_built_in(name) => self.add_global(&format!("{name}.{path}"), at),
                _ => {}
            }
        }
    }

    fn add_global(&mut self, name: &str, at: u32) {
        let value = self.lowering.assigned_value(at);
        self.lowering.out.globals.push((name.to_owned(), value));
    }

    /// A classic script declares for every script of the page.
    fn lower_globals(&mut self) {
        let mut declared: Vec<_> = self.code.scopes.of_script().collect();
        declared.sort_unstable_by_key(|(_, binding)| *binding);
        for (name, binding) in declared.into_iter().take(MOST_GLOBALS) {
            let id = self.lowering.binding(binding);
            let value = self.lowering.add(Expr::Binding(id));
            self.lowering.out.globals.push((name.to_owned(), value));
        }
    }

    /// Spreads interest until nothing new becomes interesting.
    fn follow(&mut self) {
        self.mark(SEED);
        self.examine();
        while let Some(node) = self.queue.pop() {
            for call in self.calls.get(node) {
                let data = &self.code.calls[*call as usize];
                let id = self.lowering.call(data.node, data.scope, data.function);
                self.lowering.out.sites.push(id);
            }
            let mut reached = self.edges.get(node).to_vec();
            reached.sort_unstable();
            for node in reached {
                self.mark(node);
            }
            if self.lowering.out.sites.len() > MOST_SITES {
                return;
            }
            self.lowering.finish();
            self.examine();
        }
    }

    fn mark(&mut self, node: Node) {
        if !std::mem::replace(&mut self.interesting[node as usize], true) {
            self.queue.push(node);
        }
    }

    /// Marks the functions whose parameters go into the calls that were found since the last time.
    fn examine(&mut self) {
        let out = &self.lowering.out;
        for site in &out.sites[self.examined..] {
            let call = &out.calls[*site as usize];
            self.dependence.examine(out, call);
        }
        self.examined = out.sites.len();
        for function in self.dependence.take() {
            let source = self.lowering.sources_of_functions[function as usize];
            self.mark(self.function(source));
        }
    }
}

/// Whether what is called has the name of an API, whoever has it: `settings.fetch(url)`, `new this.WebSocket(url)`.
fn is_named_as_sink(call: CallNode<'_>) -> bool {
    let callee = call.callee().get_inner_expression();
    let name = match callee {
        Expression::Identifier(name) => Some(name.name.as_str()),
        callee => callee
            .as_member_expression()
            .and_then(MemberExpression::static_property_name),
    };
    let name = match (name, callee.as_member_expression()) {
        (Some("call" | "apply"), Some(member)) => member
            .object()
            .get_inner_expression()
            .as_member_expression()
            .and_then(MemberExpression::static_property_name),
        (name, _) => name,
    };
    let is_member = callee.is_member_expression();
    name.is_some_and(|name| {
        sinks::is_name(name, call.kind())
            || (is_member && name == "open" && call.arguments().len() >= 2)
    })
}

/// Whether a call has the form of `require(17)`.
fn is_literal(arguments: &[Argument<'_>]) -> bool {
    matches!(
        arguments,
        [Argument::NumericLiteral(_) | Argument::StringLiteral(_)]
    )
}

/// The number that the walk gave to a function expression.
fn function_id(expression: &Expression<'_>) -> Option<FunctionId> {
    let id = match expression.get_inner_expression() {
        Expression::FunctionExpression(function) => function.scope_id.get(),
        Expression::ArrowFunctionExpression(function) => function.scope_id.get(),
        _ => None,
    };
    id.map(|id| id.index() as FunctionId)
}

/// Names of a classic script that other scripts may use.
const MOST_GLOBALS: usize = 4096;
/// Calls of a script that are followed.
const MOST_SITES: usize = 200_000;
