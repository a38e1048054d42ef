//! Where in the lists of the walk the things of a binding, a function or a module stand.

use oxc::ast::ast::Expression;
use oxc::syntax::operator::LogicalOperator;
use rustc_hash::FxHashMap;

use crate::javascript::bundle::Role;
use crate::javascript::collect::{Collected, Root, Source};
use crate::javascript::ir::BindingId;
use crate::javascript::lists::Lists;

/// Where in the lists of the walk the things of a binding, a function or a module stand.
pub(in crate::javascript) struct Index {
    pub(in crate::javascript) sources: Lists,
    pub(super) returns: Lists,
    /// Assignments to bindings.
    pub(super) assignments: Lists,
    /// Assignments to properties of `this`, by function.
    pub(super) this: Lists,
    /// Methods of a class.
    pub(super) methods: Lists,
    /// Assignments to the exports of a bundle's module.
    pub(super) modules: Lists,
    /// Modules that modules of the bundle export all of.
    pub(in crate::javascript) module_stars: Lists,
    /// Those that the script exports all of.
    pub(in crate::javascript) script_stars: Vec<u32>,
    /// Assignments to `exports`, `module.exports` and properties of the window.
    pub(in crate::javascript) outer: Vec<u32>,
    pub(in crate::javascript) module_ids: FxHashMap<Box<str>, u32>,
}

impl Index {
    pub(in crate::javascript) fn of(code: &Collected<'_>) -> Self {
        let sources = code.sources.iter().map(|(binding, _)| Some(*binding));
        let sources = Lists::of(code.bindings.len(), &numbered(sources));
        let assigned = Assigned::of(code, &sources);
        let modules = code.modules.iter().zip(0..);
        let (of_modules, of_script) = stars(code);
        let methods: Vec<_> = numbered(code.functions.iter().map(|function| function.class));
        let (bindings, functions) = (code.bindings.len(), code.functions.len());
        let returns = code.returns.iter().map(|(function, _)| Some(*function));
        Self {
            sources,
            returns: Lists::of(functions, &numbered(returns)),
            assignments: Lists::of(bindings, &assigned.bindings),
            this: Lists::of(functions, &assigned.this),
            methods: Lists::of(code.classes.len(), &methods),
            modules: Lists::of(code.modules.len(), &assigned.modules),
            module_stars: Lists::of(code.modules.len(), &of_modules),
            script_stars: of_script,
            outer: assigned.outer,
            module_ids: modules.map(|(id, at)| (id.clone(), at)).collect(),
        }
    }
}

/// The stars of modules of the bundle, and those of the script.
fn stars(code: &Collected<'_>) -> (Vec<(u32, u32)>, Vec<u32>) {
    let (mut of_modules, mut of_script) = (Vec::new(), Vec::new());
    for ((scope, star), at) in code.star_calls.iter().zip(0..) {
        let exports = code.scopes.resolve(*scope, star.exports.name);
        let require = code.scopes.resolve(*scope, star.require.name);
        let role = |binding: Option<BindingId>| code.roles.get(&binding?);
        match (role(require), role(exports)) {
            (Some((Role::Require, _)), Some((Role::Exports, module))) => {
                of_modules.push((*module, at));
            }
            _ if require.is_none() && exports.is_none() => of_script.push(at),
            _ => {}
        }
    }
    (of_modules, of_script)
}

/// Things that something has, each with its place among all.
fn numbered(things: impl Iterator<Item = Option<u32>>) -> Vec<(u32, u32)> {
    let numbered = things.zip(0..);
    numbered
        .filter_map(|(thing, at)| Some((thing?, at)))
        .collect()
}

/// Assignments by what they assign to.
#[derive(Default)]
struct Assigned {
    bindings: Vec<(u32, u32)>,
    this: Vec<(u32, u32)>,
    modules: Vec<(u32, u32)>,
    outer: Vec<u32>,
}

impl Assigned {
    fn of(code: &Collected<'_>, sources: &Lists) -> Self {
        let mut assigned = Self::default();
        for (assignment, at) in code.assignments.iter().zip(0..) {
            let name = match assignment.root {
                Root::Name(name) => name,
                Root::This(Some(function)) => {
                    assigned.this.push((function, at));
                    continue;
                }
                Root::This(None) => continue,
            };
            match code.scopes.resolve(assignment.value.scope, name) {
                None => assigned.outer.push(at),
                Some(binding) => {
                    if let Some((Role::Module | Role::Exports, module)) = code.roles.get(&binding) {
                        assigned.modules.push((*module, at));
                        continue;
                    }
                    assigned.bindings.push((binding, at));
                    if !assignment.path.is_empty() {
                        let other = other_name(code, sources, binding);
                        assigned.bindings.extend(other.map(|other| (other, at)));
                    }
                }
            }
        }
        assigned
    }
}

/// The other name of an object: `A` of `(function (a) { … })(A || (A = {}))`, as compilers write namespaces.
pub(in crate::javascript) fn other_name(
    code: &Collected<'_>,
    sources: &Lists,
    binding: BindingId,
) -> Option<BindingId> {
    let [source] = sources.get(binding) else {
        return None;
    };
    let (_, Source::Value(value, path, None)) = &code.sources[*source as usize] else {
        return None;
    };
    let Expression::LogicalExpression(logical) = value.expression.get_inner_expression() else {
        return None;
    };
    match (&logical.left, logical.operator) {
        (Expression::Identifier(name), LogicalOperator::Or) if path.is_empty() => {
            code.scopes.resolve(value.scope, name.name)
        }
        _ => None,
    }
}
