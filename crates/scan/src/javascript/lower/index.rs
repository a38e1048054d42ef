//! Where in the lists of the walk the things of a binding, a function or a module stand.

use rustc_hash::FxHashMap;

use crate::javascript::bundle::Role;
use crate::javascript::collect::{Collected, Root};
use crate::javascript::scopes::Scope;

/// Where in the lists of the walk the things of a binding, a function or a module stand.
#[derive(Default)]
pub(in crate::javascript) struct Index {
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
    pub(in crate::javascript) outer: Vec<u32>,
    pub(in crate::javascript) module_ids: FxHashMap<Box<str>, u32>,
}

/// Numbers in lists by another number, in one piece of memory.
#[derive(Default)]
pub(super) struct Lists(Vec<(u32, u32)>);

impl Lists {
    fn push(&mut self, list: u32, item: u32) {
        self.0.push((list, item));
    }

    /// A list; the lists must be sorted.
    pub(super) fn of(&self, list: u32) -> Vec<u32> {
        let first = self.0.partition_point(|(known, _)| *known < list);
        let items = self.0[first..]
            .iter()
            .take_while(|(known, _)| *known == list);
        items.map(|(_, item)| *item).collect()
    }
}

impl Index {
    pub(in crate::javascript) fn of(code: &Collected<'_>) -> Self {
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
