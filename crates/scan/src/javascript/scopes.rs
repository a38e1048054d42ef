//! Which name means which binding: blocks, functions, and what they declare.

use std::hash::BuildHasher as _;

use oxc::str::{Ident, IdentBuildHasher};
use rustc_hash::FxHashMap;

use super::ir::{BindingId, FunctionId};

/// The number of a scope.
pub(super) type Scope = u32;

/// The scopes of a script, from the outermost on.
#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    scopes: Vec<ScopeData>,
    /// What is declared, by the number of its binding.
    names: Vec<Declared<'a>>,
    /// What is declared in scopes that declare more than a few names.
    many: FxHashMap<(Scope, Ident<'a>), BindingId>,
}

#[derive(Clone, Copy, Debug)]
struct ScopeData {
    parent: Scope,
    /// The nearest scope around it that declares anything.
    outwards: Scope,
    /// The function of which this is the body.
    body_of: Option<FunctionId>,
    /// How many names it declares, and the last of them.
    count: u32,
    last: BindingId,
    /// A bit for each name that it declares; several names may have the same.
    filter: u64,
}

/// A name, and the one that the same scope declared before it.
#[derive(Clone, Copy, Debug)]
struct Declared<'a> {
    name: Ident<'a>,
    previous: BindingId,
}

impl<'a> Scopes<'a> {
    /// Opens a scope within another; the first one is its own parent.
    pub(super) fn open(&mut self, parent: Scope, body_of: Option<FunctionId>) -> Scope {
        self.scopes.push(ScopeData {
            parent,
            outwards: parent,
            body_of,
            count: 0,
            last: 0,
            filter: 0,
        });
        self.scopes.len() as Scope - 1
    }

    /// Declares a name as the next binding, or finds it declared in that very scope.
    pub(super) fn declare(&mut self, scope: Scope, name: Ident<'a>) -> BindingId {
        if let Some(binding) = self.declared(scope, name) {
            return binding;
        }
        let new = self.names.len() as BindingId;
        let data = &mut self.scopes[scope as usize];
        self.names.push(Declared {
            name,
            previous: data.last,
        });
        data.last = new;
        data.count += 1;
        data.filter |= bit(name);
        if data.count > FEW + 1 {
            self.many.insert((scope, name), new);
        } else if data.count > FEW {
            let all: Vec<_> = self.chain(scope).collect();
            let all = all
                .into_iter()
                .map(|(name, binding)| ((scope, name), binding));
            self.many.extend(all);
        }
        new
    }

    /// Once all is declared: lets names be looked for where something is declared only.
    pub(super) fn settle(&mut self) {
        for scope in 1..self.scopes.len() {
            let parent = self.scopes[self.scopes[scope].parent as usize];
            if parent.count == 0 {
                self.scopes[scope].outwards = parent.outwards;
            }
        }
    }

    /// The binding that a name means, seen from a scope.
    pub(super) fn resolve(&self, mut scope: Scope, name: Ident<'a>) -> Option<BindingId> {
        let bit = bit(name);
        loop {
            let data = &self.scopes[scope as usize];
            if data.filter & bit != 0
                && let Some(binding) = self.declared(scope, name)
            {
                return Some(binding);
            }
            if data.outwards == scope {
                return None;
            }
            scope = data.outwards;
        }
    }

    fn declared(&self, scope: Scope, name: Ident<'a>) -> Option<BindingId> {
        if self.scopes[scope as usize].count > FEW {
            return self.many.get(&(scope, name)).copied();
        }
        self.chain(scope)
            .find_map(|(known, binding)| (known == name).then_some(binding))
    }

    /// What a scope declares, from the last on.
    fn chain(&self, scope: Scope) -> impl Iterator<Item = (Ident<'a>, BindingId)> {
        let data = self.scopes[scope as usize];
        let mut binding = data.last;
        (0..data.count).map(move |_| {
            let this = binding;
            let declared = self.names[this as usize];
            binding = declared.previous;
            (declared.name, this)
        })
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
    pub(super) fn of_script(&self) -> impl Iterator<Item = (&'a str, BindingId)> {
        self.chain(0)
            .map(|(name, binding)| (name.as_str(), binding))
    }
}

/// The bit of a name in the filters of scopes.
fn bit(name: Ident<'_>) -> u64 {
    // The uppermost bits are few and tell tables apart; those in the middle are spread as well as any.
    1 << (IdentBuildHasher.hash_one(name) >> 20 & 63)
}

/// Names of a scope that are looked through one by one.
const FEW: u32 = 8;
