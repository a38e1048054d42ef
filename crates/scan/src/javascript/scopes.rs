//! Which name means which binding: blocks, functions, and what they declare.

use oxc::str::Ident;
use rustc_hash::FxHashMap;

use super::ir::{BindingId, FunctionId};

/// The number of a scope.
pub(super) type Scope = u32;

/// The scopes of a script, from the outermost on.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    scopes: Vec<ScopeData>,
    names: FxHashMap<(Scope, Ident<'a>), BindingId>,
}

#[derive(Clone, Copy, Debug)]
struct ScopeData {
    parent: Scope,
    /// The function of which this is the body.
    body_of: Option<FunctionId>,
    declares: bool,
}

impl<'a> Scopes<'a> {
    /// Opens a scope within another; the first one is its own parent.
    pub(super) fn open(&mut self, parent: Scope, body_of: Option<FunctionId>) -> Scope {
        self.scopes.push(ScopeData {
            parent,
            body_of,
            declares: false,
        });
        self.scopes.len() as Scope - 1
    }

    /// Declares a name, or finds it declared in that very scope.
    pub(super) fn declare(&mut self, scope: Scope, name: Ident<'a>, new: BindingId) -> BindingId {
        self.scopes[scope as usize].declares = true;
        *self.names.entry((scope, name)).or_insert(new)
    }

    /// The binding that a name means, seen from a scope.
    pub(super) fn resolve(&self, mut scope: Scope, name: Ident<'a>) -> Option<BindingId> {
        loop {
            let data = self.scopes[scope as usize];
            if data.declares
                && let Some(binding) = self.names.get(&(scope, name))
            {
                return Some(*binding);
            }
            if data.parent == scope {
                return None;
            }
            scope = data.parent;
        }
    }

    /// The scope in which `var` declares.
    pub(super) fn of_function(&self, mut scope: Scope) -> Scope {
        loop {
            let data = self.scopes[scope as usize];
            if data.body_of.is_some() || data.parent == scope {
                return scope;
            }
            scope = data.parent;
        }
    }

    /// The function in whose body or parameters a scope lies.
    pub(super) fn function_around(&self, scope: Scope) -> Option<FunctionId> {
        self.scopes[self.of_function(scope) as usize].body_of
    }

    /// What the outermost scope declares.
    pub(super) fn of_script(&self) -> impl Iterator<Item = (&str, BindingId)> {
        let outermost = self.names.iter().filter(|((scope, _), _)| *scope == 0);
        outermost.map(|((_, name), binding)| (name.as_str(), *binding))
    }
}
