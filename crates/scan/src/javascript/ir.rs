//! What of a script matters to the project: values, functions and calls, without the syntax around them.

use serde::{Deserialize, Serialize};

use crate::analysis::FileNote;
use crate::lines::Spot;

/// The number of an expression in its script.
pub(crate) type ExprId = u32;
/// The number of a binding in its script.
pub(crate) type BindingId = u32;
/// The number of a function in its script.
pub(crate) type FunctionId = u32;
/// The number of a class in its script.
pub(crate) type ClassId = u32;
/// The number of a call in its script.
pub(crate) type CallId = u32;

/// What of a script matters to the project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScriptAnalysis {
    pub(crate) exprs: Vec<Expr>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) functions: Vec<Function>,
    pub(crate) classes: Vec<Class>,
    pub(crate) calls: Vec<Call>,
    /// The calls that may connect, or lead to a function that does.
    pub(crate) sites: Vec<CallId>,
    /// What the module exports, by name; a module of `CommonJS` exports `module.exports` as `=`.
    pub(crate) exports: Vec<(String, ExprId)>,
    /// The modules of which everything is exported again.
    pub(crate) stars: Vec<String>,
    /// The modules within a bundle.
    pub(crate) modules: Vec<BundleModule>,
    /// What the script declares for all scripts of the page.
    pub(crate) globals: Vec<(String, ExprId)>,
    /// What could not be read.
    pub(crate) notes: Vec<FileNote>,
}

/// A value, as the code writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Expr {
    /// `undefined`, `null`, `false`.
    Nothing,
    Text(Box<str>),
    /// A regular expression, with its slashes and flags.
    Pattern(Box<str>),
    Concat(Vec<ExprId>),
    /// One of several, after a test of something.
    Choice(Option<ExprId>, Vec<ExprId>),
    Binding(BindingId),
    /// A name that the script does not declare.
    Global(Box<str>),
    /// `this` in this function, which is no arrow function; at the top of the script without one.
    This(Option<FunctionId>),
    Member(ExprId, Box<str>),
    Index(ExprId, ExprId),
    /// An element of a list, whichever.
    Element(ExprId),
    /// Properties in their order; a spread has no name.
    Object(Vec<(Option<Box<str>>, ExprId)>),
    Array(Vec<ExprId>),
    /// What stands after three dots.
    Spread(ExprId),
    Function(FunctionId),
    /// What a function returns when a property is read.
    Getter(FunctionId),
    Class(ClassId),
    Call(CallId),
    /// A parameter, and its declared type.
    Param(FunctionId, u32, Option<ExprId>),
    /// The parameters from this one on.
    Rest(FunctionId, u32),
    /// What a module exports under a name; all of it without one.
    Import(Box<str>, Option<Box<str>>),
    /// A module of the same bundle.
    BundleImport(Box<str>),
    /// What nothing is known of, in the words of the code.
    Unknown(Box<str>),
}

/// A name and what it may stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Binding {
    pub(crate) name: Box<str>,
    pub(crate) spot: Spot,
    /// Whether no call of a function makes another one: then no call tells more of it.
    pub(crate) is_only_one: bool,
    /// Every value that it is given.
    pub(crate) values: Vec<ExprId>,
    /// Which of the values are made of those before them: `a += b`, `a = a.trim()`.
    pub(crate) steps: Vec<Step>,
    /// What is assigned to its properties, by path (`defaults.baseURL`, `prototype.get`, and as [`appended`] has it).
    pub(crate) properties: Vec<(Box<str>, ExprId)>,
}

/// The name of what is appended to a property with `+=`.
pub(crate) fn appended(path: &str) -> String {
    format!("{path} +")
}

/// The name of what gives an object all of its properties, as `Object.assign(this, options)` does.
pub(crate) const ALL: &str = "...";

/// A value of a name that is made of the values before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Its place among the values.
    pub(crate) at: u32,
    /// The first of the values that it is made of.
    pub(crate) from: u32,
    /// Those of them that the name may keep, because the step may be passed over.
    pub(crate) kept: Box<[u32]>,
}

/// A function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Function {
    pub(crate) name: Box<str>,
    pub(crate) spot: Spot,
    /// The function around it.
    pub(crate) parent: Option<FunctionId>,
    pub(crate) home: Home,
    pub(crate) returns: Vec<ExprId>,
    /// What it assigns to properties of `this`.
    pub(crate) this_properties: Vec<(Box<str>, ExprId)>,
}

/// Whose `this` a function has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Home {
    #[default]
    None,
    Class(ClassId),
    /// An object literal.
    Object(ExprId),
    /// The prototype of a function that this name stands for.
    Prototype(BindingId),
}

/// A class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Class {
    pub(crate) parent: Option<ExprId>,
    pub(crate) constructor: Option<FunctionId>,
    /// The call of `super` in the constructor.
    pub(crate) super_call: Option<CallId>,
    /// Fields, methods and what methods assign to `this`.
    pub(crate) members: Vec<(Box<str>, ExprId)>,
    pub(crate) statics: Vec<(Box<str>, ExprId)>,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) kind: CallKind,
    pub(crate) spot: Spot,
    /// The function in which it stands.
    pub(crate) function: Option<FunctionId>,
    pub(crate) callee: ExprId,
    pub(crate) arguments: Vec<ExprId>,
}

/// How something is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CallKind {
    Call,
    /// With `new`.
    New,
    /// No call: syntax that connects to its only argument.
    JsonModule,
    TextModule,
    Ping,
}

/// A module within a bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BundleModule {
    pub(crate) id: Box<str>,
    pub(crate) exports: Vec<(Box<str>, ExprId)>,
    /// The modules of which everything is exported again.
    pub(crate) stars: Vec<ExprId>,
}
