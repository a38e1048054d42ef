//! What bindings, functions and modules of a bundle get.

use super::{Lowering, declared_type, export_name};
use crate::javascript::collect::{Operator, Source};
use crate::javascript::ir::{BindingId, BundleModule, Expr, ExprId, FunctionId, Home};

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn fill_binding(&mut self, source: BindingId, id: BindingId) {
        for at in self.index.sources.get(source).to_vec() {
            let (_, source) = &self.code.sources[at as usize];
            self.fill_source(id, source);
        }
        for at in self.index.assignments.get(source).to_vec() {
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
        for at in self.index.returns.get(source).to_vec() {
            let (_, value) = &self.code.returns[at as usize];
            let value = self.lower(value.expression, value.scope);
            self.out.functions[id as usize].returns.push(value);
        }
        if self.code.functions[source as usize].class.is_some() {
            return;
        }
        for at in self.index.this.get(source).to_vec() {
            let value = self.assigned(at);
            let path = self.code.assignments[at as usize].path.as_str().into();
            self.out.functions[id as usize]
                .this_properties
                .push((path, value));
        }
    }

    pub(super) fn fill_module(&mut self, module: u32) {
        let mut exports = Vec::new();
        for at in self.index.modules.get(module).to_vec() {
            let value = self.assigned(at);
            let path = &self.code.assignments[at as usize].path;
            exports.push((export_name(path).into(), value));
        }
        let id = self.code.modules[module as usize].clone();
        self.out.modules.push(BundleModule { id, exports });
    }
}
