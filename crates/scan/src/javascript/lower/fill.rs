//! What bindings, functions and modules of a bundle get.

use super::{Lowering, declared_type, export_name};
use crate::javascript::collect::{Branch, Operator, Source};
use crate::javascript::ir::{
    BindingId, BundleModule, Expr, ExprId, FunctionId, Home, Step, appended,
};

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn fill_binding(&mut self, source: BindingId, id: BindingId) {
        let mut branches = Vec::new();
        let index = self.index;
        for at in index.sources.get(source) {
            let (binding, source) = &self.code.sources[*at as usize];
            self.fill_source(id, source);
            branches.push(self.code.bindings[*binding as usize].branch);
        }
        for at in index.assignments.get(source) {
            if self.code.assignments[*at as usize].path.is_empty() {
                self.set(id, *at, &mut branches);
            } else {
                self.fill_assignment(id, *at);
            }
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
        let path = self.property(at);
        self.out.bindings[id as usize]
            .properties
            .push((path, value));
        if let (Some(_), Expr::Function(function)) = (
            assignment.path.strip_prefix("prototype."),
            &self.out.exprs[value as usize],
        ) {
            self.out.functions[*function as usize].home = Home::Prototype(id);
        }
    }

    /// `a = b`, and what makes a value of the one before: `a += b`, `a = a + b`, `a = a.trim()`.
    fn set(&mut self, id: BindingId, at: u32, branches: &mut Vec<Branch>) {
        let assignment = &self.code.assignments[at as usize];
        let mut value = self.lower(assignment.value.expression, assignment.value.scope);
        let is_step = assignment.operator == Operator::Append || self.is_made_of(value, id, 0);
        if assignment.operator == Operator::Append {
            let mut parts = vec![self.add(Expr::Binding(id))];
            match &self.out.exprs[value as usize] {
                Expr::Concat(added) => parts.extend(added),
                _ => parts.push(value),
            }
            value = self.add(Expr::Concat(parts));
        }
        let step = is_step.then(|| self.step(assignment.branch, branches));
        let binding = &mut self.out.bindings[id as usize];
        binding.steps.extend(step);
        binding.values.push(value);
        branches.push(assignment.branch);
    }

    /// Whether a value is made of what the name had before.
    fn is_made_of(&self, value: ExprId, id: BindingId, depth: usize) -> bool {
        if depth > DEEPEST_STEP {
            return false;
        }
        let within = |value: &ExprId| self.is_made_of(*value, id, depth + 1);
        match &self.out.exprs[value as usize] {
            Expr::Binding(binding) => *binding == id,
            Expr::Concat(parts) | Expr::Choice(_, parts) => parts.iter().any(within),
            Expr::Call(call) => {
                let call = &self.out.calls[*call as usize];
                let is_method = matches!(&self.out.exprs[call.callee as usize],
                    Expr::Member(of, _) if within(of));
                is_method || call.arguments.iter().any(within)
            }
            _ => false,
        }
    }

    /// Which of the values before the step it is made of: the last one that it surely follows, and those after that.
    fn step(&self, branch: Branch, before: &[Branch]) -> Step {
        let is_within = |mut inner: Branch, outer: Branch| {
            while inner > outer {
                inner = self.code.branches[inner as usize];
            }
            inner == outer
        };
        let last = before.iter().rposition(|before| is_within(branch, *before));
        let from = last.unwrap_or(0);
        let kept = (from..before.len()).filter(|at| !is_within(before[*at], branch));
        Step {
            at: before.len() as u32,
            from: from as u32,
            kept: kept.map(|at| at as u32).collect(),
        }
    }

    pub(super) fn assigned(&mut self, at: u32) -> ExprId {
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

    /// The property that is assigned to; what is appended to one is another.
    pub(super) fn property(&self, at: u32) -> Box<str> {
        let assignment = &self.code.assignments[at as usize];
        match assignment.operator {
            Operator::Append => appended(&assignment.path).into(),
            _ => assignment.path.as_str().into(),
        }
    }

    pub(super) fn parameter(&mut self, function: FunctionId, index: u32) -> ExprId {
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

    pub(super) fn fill_function(&mut self, source: FunctionId, id: FunctionId) {
        let index = self.index;
        for at in index.returns.get(source) {
            let (_, value) = &self.code.returns[*at as usize];
            let value = self.lower(value.expression, value.scope);
            self.out.functions[id as usize].returns.push(value);
        }
        if self.code.functions[source as usize].class.is_some() {
            return;
        }
        for at in index.this.get(source) {
            let value = self.assigned(*at);
            let path = self.property(*at);
            self.out.functions[id as usize]
                .this_properties
                .push((path, value));
        }
    }

    pub(super) fn fill_module(&mut self, module: u32) {
        let mut exports = Vec::new();
        let index = self.index;
        for at in index.modules.get(module) {
            let value = self.assigned(*at);
            let path = &self.code.assignments[*at as usize].path;
            exports.push((export_name(path).into(), value));
        }
        let id = self.code.modules[module as usize].clone();
        let shared = self.code.shared.iter().filter(|(known, _)| *known == id);
        for (_, shared) in shared {
            let shared = self.module(shared);
            exports.push(("=".into(), shared));
        }
        let stars = index.module_stars.get(module).iter();
        let stars = stars.map(|at| {
            let (_, star) = &self.code.star_calls[*at as usize];
            self.module(&star.module)
        });
        let stars = stars.collect();
        self.out.modules.push(BundleModule { id, exports, stars });
    }
}

/// Expressions within each other in which the name that they are given to is looked for.
const DEEPEST_STEP: usize = 6;
