//! What expressions stand for: values, with what is not known left open.

mod call;
mod evaluate;
mod member;
mod methods;
mod page;
mod text;

use std::rc::Rc;

use crate::javascript::ir::{CallId, ExprId, FunctionId};

pub(crate) use call::Callee;
pub(crate) use evaluate::Evaluator;
pub(crate) use methods::with_holes;
pub(crate) use text::{Piece, Text, ValueStep};

/// Something with a number in a script of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The number of the script in the project.
    pub(crate) script: u32,
    /// The number of the thing in the script.
    pub(crate) id: u32,
}

/// What an expression stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `undefined`, `null`, `false`.
    Nothing,
    Text(Rc<Text>),
    /// A regular expression.
    Pattern(Rc<str>),
    /// An object or array literal.
    Data(Key, Context),
    /// Objects of which later ones go before earlier ones.
    Merged(Rc<Vec<Value>>),
    Function(Key, Context, Option<Rc<Value>>),
    Class(Key, Context),
    Instance(Home, Context),
    /// All that a script exports.
    Module(u32),
    /// All that a module of a bundle exports.
    BundleModule(u32, u32),
    /// Something of the browser, by its path from `window`; instances end with `#`.
    Native(Rc<str>),
    /// Something of a package, by its path from the package's exports.
    Package(Rc<str>, Rc<str>),
    /// What a client's function made, such as an instance of axios.
    Client(Rc<Client>),
    /// Something of a parameter that no call gave a value yet, in the words of the code.
    Param(Key, Rc<str>),
    /// The parameters of a function from one on.
    Rest(Key, u32),
    /// In the words of the code.
    Unknown(Rc<str>),
}

/// What a client's function made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Client {
    pub(crate) package: Rc<str>,
    /// The path from the package's exports to what it is.
    pub(crate) path: Rc<str>,
    /// The URL that its paths are joined to.
    pub(crate) base: Option<Rc<Text>>,
}

/// Of what something is an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    Class(Key),
    /// A function that is called with `new`.
    Function(Key),
    /// The name of a function that is called with `new`.
    Binding(Key),
}

/// The calls by which functions got the values of their parameters, the last one first.
pub(crate) type Context = Option<Rc<Frame>>;

/// One call.
#[derive(Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) function: Key,
    pub(crate) call: Key,
    pub(crate) shift: Shift,
    pub(crate) this: Option<Rc<Value>>,
    pub(crate) next: Context,
    pub(crate) length: usize,
}

/// Where in a call's arguments those of the function stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    None,
    /// `function.call(this, …)`.
    Call,
    /// `function.apply(this, […])`.
    Apply,
}

/// The call by which a function got its parameters, if a context knows it.
pub(crate) fn frame_of(context: &Context, function: Key) -> Option<&Frame> {
    let mut next = context.as_deref();
    while let Some(frame) = next {
        if frame.function == function {
            return Some(frame);
        }
        next = frame.next.as_deref();
    }
    None
}

/// A context with one more call; what the function closed over goes before what is known at the call.
pub(crate) fn entered(
    at: &Context,
    closure: &Context,
    function: Key,
    call: (Key, Shift),
    this: Option<Rc<Value>>,
) -> Context {
    let mut frames = Vec::new();
    let mut next = closure.as_deref();
    while let Some(frame) = next {
        if frame_of(at, frame.function).is_none_or(|known| known.call != frame.call) {
            frames.push(frame);
        }
        next = frame.next.as_deref();
    }
    let mut made = at.clone();
    for frame in frames.into_iter().rev() {
        made = pushed(
            made,
            frame.function,
            (frame.call, frame.shift),
            frame.this.clone(),
        );
    }
    pushed(made, function, call, this)
}

fn pushed(
    next: Context,
    function: Key,
    (call, shift): (Key, Shift),
    this: Option<Rc<Value>>,
) -> Context {
    let length = next.as_ref().map_or(0, |frame| frame.length) + 1;
    if length > MOST_FRAMES {
        return next;
    }
    Some(Rc::new(Frame {
        function,
        call,
        shift,
        this,
        next,
        length,
    }))
}

impl Value {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(Rc::new(Text::exact(text)))
    }

    pub(crate) fn unknown(words: impl Into<Rc<str>>) -> Self {
        Self::Unknown(words.into())
    }

    pub(crate) fn native(path: impl Into<Rc<str>>) -> Self {
        Self::Native(path.into())
    }

    /// The text that the value is where text is wanted.
    pub(crate) fn to_text(&self) -> Text {
        match self {
            Self::Nothing => Text::default(),
            Self::Text(text) => text.as_ref().clone(),
            Self::Native(path) => page::text_of(path).unwrap_or_else(|| Text::hole(path)),
            Self::Param(function, words) => Text::of(Piece::Param(*function, words.to_string())),
            Self::Unknown(words) => Text::hole(words),
            Self::Rest(function, _) => Text::of(Piece::Param(*function, "arguments".to_owned())),
            _ => Text::hole("…"),
        }
    }

    /// The text, if it is one and all of it is known.
    pub(crate) fn exact(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_exact(),
            _ => None,
        }
    }
}

/// The calls that a context holds at most.
const MOST_FRAMES: usize = 32;

impl Key {
    pub(crate) fn function(script: u32, id: FunctionId) -> Self {
        Self { script, id }
    }

    pub(crate) fn call(script: u32, id: CallId) -> Self {
        Self { script, id }
    }

    pub(crate) fn expression(script: u32, id: ExprId) -> Self {
        Self { script, id }
    }
}
