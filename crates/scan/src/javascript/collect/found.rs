//! What the walk finds, as references into the tree.

use oxc::ast::ast::{
    Argument, CallExpression, Class, Expression, FormalParameters, NewExpression, TSEnumDeclaration,
};
use oxc::span::Span;
use oxc::str::Ident;
use oxc::syntax::node::NodeId;
use rustc_hash::FxHashMap;

use super::mentions::{Mention, Start};
use crate::javascript::bundle::{Role, Star};
use crate::javascript::ir::{BindingId, CallKind, ClassId, FunctionId};
use crate::javascript::scopes::{Scope, Scopes};

/// What the walk found.
#[derive(Default)]
pub(in crate::javascript) struct Collected<'a> {
    pub(in crate::javascript) scopes: Scopes<'a>,
    pub(in crate::javascript) bindings: Vec<BindingData<'a>>,
    /// What bindings stand for.
    pub(in crate::javascript) sources: Vec<(BindingId, Source<'a>)>,
    pub(in crate::javascript) functions: Vec<FunctionData<'a>>,
    pub(in crate::javascript) classes: Vec<ClassData<'a>>,
    pub(in crate::javascript) returns: Vec<(FunctionId, In<'a>)>,
    pub(in crate::javascript) assignments: Vec<Assignment<'a>>,
    pub(in crate::javascript) calls: Vec<CallData<'a>>,
    pub(in crate::javascript) mentions: Vec<Mention<'a>>,
    pub(in crate::javascript) direct: Vec<Direct<'a>>,
    pub(in crate::javascript) exports: Vec<(String, Export<'a>)>,
    pub(in crate::javascript) stars: Vec<String>,
    pub(in crate::javascript) modules: Vec<Box<str>>,
    /// Modules that stand for others, by name.
    pub(in crate::javascript) shared: Vec<(Box<str>, Box<str>)>,
    /// Modules that export everything of others, each with its scope.
    pub(in crate::javascript) star_calls: Vec<(Scope, Star<'a>)>,
    /// Code that may run or not, each piece by that around it; the first one is the script.
    pub(in crate::javascript) branches: Vec<Branch>,
    /// The parameters that a bundler passes to its modules.
    pub(in crate::javascript) roles: FxHashMap<BindingId, (Role, u32)>,
    pub(in crate::javascript) is_module: bool,
}

pub(in crate::javascript) struct BindingData<'a> {
    pub(in crate::javascript) name: Ident<'a>,
    pub(in crate::javascript) span: Span,
    /// Where it is declared.
    pub(in crate::javascript) branch: Branch,
    /// Whether no call of a function makes another one.
    pub(in crate::javascript) is_only_one: bool,
}

/// The number of a piece of code that may run or not.
pub(in crate::javascript) type Branch = u32;

/// An expression and the scope in which it stands.
#[derive(Clone, Copy)]
pub(in crate::javascript) struct In<'a> {
    pub(in crate::javascript) expression: &'a Expression<'a>,
    pub(in crate::javascript) scope: Scope,
}

/// What a binding stands for.
pub(in crate::javascript) enum Source<'a> {
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

pub(in crate::javascript) struct FunctionData<'a> {
    pub(in crate::javascript) name: &'a str,
    pub(in crate::javascript) span: Span,
    pub(in crate::javascript) scope: Scope,
    pub(in crate::javascript) parent: Option<FunctionId>,
    pub(in crate::javascript) class: Option<ClassId>,
    pub(in crate::javascript) arrow: bool,
    pub(in crate::javascript) holder: Holder<'a>,
    pub(in crate::javascript) params: &'a FormalParameters<'a>,
}

pub(in crate::javascript) struct ClassData<'a> {
    pub(in crate::javascript) node: &'a Class<'a>,
    pub(in crate::javascript) scope: Scope,
    pub(in crate::javascript) holder: Holder<'a>,
}

/// What a function or a class is part of.
#[derive(Clone, Copy)]
pub(in crate::javascript) enum Holder<'a> {
    None,
    Binding(BindingId),
    Name(Scope, Ident<'a>),
    Return(FunctionId),
    Class(ClassId),
}

/// What is assigned to a name, or to a property below it.
pub(in crate::javascript) struct Assignment<'a> {
    pub(in crate::javascript) root: Root<'a>,
    pub(in crate::javascript) path: String,
    pub(in crate::javascript) value: In<'a>,
    pub(in crate::javascript) operator: Operator,
    pub(in crate::javascript) branch: Branch,
}

#[derive(Clone, Copy)]
pub(in crate::javascript) enum Root<'a> {
    Name(Ident<'a>),
    This(Option<FunctionId>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::javascript) enum Operator {
    Set,
    Append,
    /// The value is what a function returns.
    Getter,
}

pub(in crate::javascript) struct CallData<'a> {
    pub(in crate::javascript) node: CallNode<'a>,
    /// What its callee starts from.
    pub(in crate::javascript) start: Start<'a>,
    pub(in crate::javascript) scope: Scope,
    pub(in crate::javascript) function: Option<FunctionId>,
}

#[derive(Clone, Copy)]
pub(in crate::javascript) enum CallNode<'a> {
    Call(&'a CallExpression<'a>),
    New(&'a NewExpression<'a>),
}

impl<'a> CallNode<'a> {
    pub(in crate::javascript) fn callee(self) -> &'a Expression<'a> {
        match self {
            Self::Call(call) => &call.callee,
            Self::New(call) => &call.callee,
        }
    }

    pub(in crate::javascript) fn arguments(self) -> &'a [Argument<'a>] {
        match self {
            Self::Call(call) => &call.arguments,
            Self::New(call) => &call.arguments,
        }
    }

    pub(in crate::javascript) fn span(self) -> Span {
        match self {
            Self::Call(call) => call.span,
            Self::New(call) => call.span,
        }
    }

    /// The number that the walk gave to the call; none if it did not come by.
    pub(in crate::javascript) fn number(self) -> Option<u32> {
        let node = match self {
            Self::Call(call) => &call.node_id,
            Self::New(call) => &call.node_id,
        };
        (node.get().index() as u32).checked_sub(1)
    }

    pub(in crate::javascript) fn set_number(self, number: u32) {
        let node = match self {
            Self::Call(call) => &call.node_id,
            Self::New(call) => &call.node_id,
        };
        node.set(NodeId::from_usize(number as usize + 1));
    }

    pub(in crate::javascript) fn kind(self) -> CallKind {
        match self {
            Self::Call(_) => CallKind::Call,
            Self::New(_) => CallKind::New,
        }
    }
}

/// Syntax that connects without a call.
pub(in crate::javascript) struct Direct<'a> {
    pub(in crate::javascript) kind: CallKind,
    pub(in crate::javascript) span: Span,
    pub(in crate::javascript) function: Option<FunctionId>,
    pub(in crate::javascript) url: DirectUrl<'a>,
}

pub(in crate::javascript) enum DirectUrl<'a> {
    Text(&'a str),
    Expression(In<'a>),
}

pub(in crate::javascript) enum Export<'a> {
    Name(Ident<'a>),
    Value(In<'a>),
    Function(FunctionId),
    Class(ClassId),
    From(&'a str, Option<Box<str>>),
}
