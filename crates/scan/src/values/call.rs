//! What calls give.

use std::rc::Rc;

use super::evaluate::{Evaluator, Values};
use super::text::Text;
use super::{Context, Home, Key, Shift, Value, entered, frame_of, methods};
use crate::clients::{self, Filler};
use crate::javascript::ir::{CallKind, Expr};
use crate::{merging, sinks};

/// What a call calls.
pub(crate) struct Callee {
    pub(crate) value: Value,
    pub(crate) shift: Shift,
}

impl<'p> Evaluator<'p> {
    /// What a call calls.
    pub(crate) fn callees(&self, call: Key, context: &Context) -> Vec<Callee> {
        let callee = self.script(call.script).calls[call.id as usize].callee;
        if let Expr::Member(of, name) = &self.script(call.script).exprs[callee as usize] {
            let shift = match name.as_ref() {
                "call" => Shift::Call,
                "apply" => Shift::Apply,
                _ => Shift::None,
            };
            if shift != Shift::None {
                let values = self.eval(Key { id: *of, ..call }, context);
                let callable = values.into_iter().filter(is_callable);
                return callable.map(|value| Callee { value, shift }).collect();
            }
        }
        let values = self.eval(Key { id: callee, ..call }, context);
        let callees = values.into_iter().map(|value| Callee {
            value: self.whole_export(value),
            shift: Shift::None,
        });
        callees.collect()
    }

    /// The name of the property that is called, where a call has one, seen through `call` and `apply`.
    pub(crate) fn called_name(&self, call: Key) -> Option<(&str, Shift)> {
        let script = self.script(call.script);
        let callee = script.calls[call.id as usize].callee;
        let Expr::Member(of, name) = &script.exprs[callee as usize] else {
            return None;
        };
        match (name.as_ref(), &script.exprs[*of as usize]) {
            ("call", Expr::Member(_, name)) => Some((name, Shift::Call)),
            ("apply", Expr::Member(_, name)) => Some((name, Shift::Apply)),
            (name, _) => Some((name, Shift::None)),
        }
    }

    /// The functions whose parameters say what is called, where that goes by the name of an API.
    pub(crate) fn open_callees(&self, call: Key, context: &Context) -> Vec<Key> {
        let script = self.script(call.script);
        let data = &script.calls[call.id as usize];
        let (name, of) = match (self.called_name(call), &script.exprs[data.callee as usize]) {
            (Some((name, Shift::None)), _) => (name, data.callee),
            (Some((name, _)), Expr::Member(of, _)) => (name, *of),
            (None, Expr::Binding(binding)) => {
                let name = &script.bindings[*binding as usize].name;
                (name.as_ref(), data.callee)
            }
            _ => return Vec::new(),
        };
        if !sinks::is_name(name, data.kind) {
            return Vec::new();
        }
        let values = self.eval(Key { id: of, ..call }, context).into_iter();
        let open = values.filter_map(|value| match value {
            Value::Param(function, _) => Some(function),
            _ => None,
        });
        open.collect()
    }

    /// A module of `CommonJS` that is called is its `module.exports`.
    fn whole_export(&self, value: Value) -> Value {
        let exports = match &value {
            Value::Module(script) => self.linked.exports(*script, "="),
            _ => return value,
        };
        let found = exports.iter().flat_map(|at| self.eval(*at, &None)).next();
        found.unwrap_or(value)
    }

    pub(super) fn call(&self, call: Key, context: &Context) -> Values {
        let data = &self.script(call.script).calls[call.id as usize];
        let callee = Key {
            id: data.callee,
            ..call
        };
        let callees = self.callees(call, context);
        let mut found = Values::new();
        for Callee { value, shift } in callees {
            let made = match data.kind {
                CallKind::New => self.construct(call, &value, context),
                _ => self.invoke(call, &value, shift, context),
            };
            for value in made.unwrap_or_default() {
                if found.len() < self.limits.alternatives && !found.contains(&value) {
                    found.push(value);
                }
            }
        }
        if let Some(made) = self
            .method_call(call, callee, context)
            .filter(|_| found.is_empty())
        {
            found = made;
        }
        if found.is_empty() {
            found.push(self.opened(call, callee, context));
        }
        let found = self.without_vague(found, callee);
        match self.joined_path(call, context) {
            Some(joined) if is_better(&joined, &found) => joined,
            _ => found,
        }
    }

    /// What is unknown but for signs between is as good as unknown.
    fn without_vague(&self, found: Values, callee: Key) -> Values {
        let vague = |value: &Value| match value {
            Value::Text(text) => text.is_vague(),
            _ => false,
        };
        if !found.iter().any(vague) {
            return found;
        }
        let words = format!("{}()", self.words(callee));
        let mut kept = Values::new();
        for value in found {
            let told = match &value {
                Value::Text(text) if text.is_vague() => match text.open_functions().next() {
                    Some(function) => Value::Param(function, words.as_str().into()),
                    None => Value::unknown(words.as_str()),
                },
                _ => value,
            };
            if !kept.contains(&told) {
                kept.push(told);
            }
        }
        kept
    }

    /// What `path.join(base, "users", id)` gives: nothing else goes by the name with more than a separator. It is asked
    /// where the function itself does not tell.
    fn joined_path(&self, call: Key, context: &Context) -> Option<Values> {
        let script = self.script(call.script);
        let data = &script.calls[call.id as usize];
        let name = match &script.exprs[data.callee as usize] {
            Expr::Member(_, name) => name.as_ref(),
            Expr::Binding(binding) => script.bindings[*binding as usize].name.as_ref(),
            _ => return None,
        };
        if data.kind != CallKind::Call || data.arguments.len() < 2 || !joins_paths(name) {
            return None;
        }
        let mut made = vec![Text::default()];
        for part in self.arguments(call, context) {
            let parts: Vec<_> = part.iter().map(Value::to_text).collect();
            let each = made
                .iter()
                .flat_map(|before| parts.iter().map(|part| clients::joined(before, part)));
            made = each.take(self.limits.alternatives).collect();
        }
        let made = made
            .into_iter()
            .map(|text| text.cut(self.limits.url_length));
        Some(made.map(|text| Value::Text(Rc::new(text))).collect())
    }

    /// What is not known, but may depend on a parameter: that of the arguments, if there is one.
    fn opened(&self, call: Key, callee: Key, context: &Context) -> Value {
        let words = format!("{}()", self.words(callee));
        let data = &self.script(call.script).calls[call.id as usize];
        for argument in data.arguments.iter().take(2) {
            if let [Value::Param(function, _)] = self
                .eval(
                    Key {
                        id: *argument,
                        ..call
                    },
                    context,
                )
                .as_slice()
            {
                return Value::Param(*function, words.into());
            }
        }
        Value::unknown(words)
    }

    fn arguments(&self, call: Key, context: &Context) -> Vec<Values> {
        let data = &self.script(call.script).calls[call.id as usize];
        let arguments = data.arguments.iter().take(MOST_ARGUMENTS);
        arguments
            .map(|argument| {
                self.eval(
                    Key {
                        id: *argument,
                        ..call
                    },
                    context,
                )
            })
            .collect()
    }

    /// `text.concat(…)` and the like.
    fn method_call(&self, call: Key, callee: Key, context: &Context) -> Option<Values> {
        let Expr::Member(of, name) = &self.script(call.script).exprs[callee.id as usize] else {
            return None;
        };
        let of = self.eval(Key { id: *of, ..call }, context);
        let arguments = self.arguments(call, context);
        let mut found = Values::new();
        for of in &of {
            if let Value::Param(function, words) = of {
                found.push(Value::Param(*function, format!("{words}.{name}()").into()));
                continue;
            }
            found.extend(self.method(of, name, &arguments)?);
        }
        Some(found)
    }

    /// What a function returns to a call.
    fn invoke(&self, call: Key, value: &Value, shift: Shift, context: &Context) -> Option<Values> {
        match value {
            Value::Function(function, closure, this) => {
                if frame_of(context, *function).is_some_and(|frame| frame.call == call) {
                    return None;
                }
                let inside = entered(context, closure, *function, (call, shift), this.clone());
                Some(self.returns(*function, &inside))
            }
            Value::Native(path) => self.invoke_native(call, path, context).or_else(|| {
                let (client, path) = clients::of_global(path)?;
                self.invoke_package(call, client.package(), path, None, context)
            }),
            Value::Package(package, path) => {
                self.invoke_package(call, package, path, None, context)
            }
            Value::Client(client) => self.invoke_package(
                call,
                &client.package,
                &client.path,
                client.base.as_ref(),
                context,
            ),
            Value::Module(_) | Value::BundleModule(..) => Some(vec![value.clone()]),
            _ => None,
        }
    }

    fn invoke_native(&self, call: Key, path: &str, context: &Context) -> Option<Values> {
        let argument = |index| self.argument(call, Shift::None, index, context);
        match path {
            "Object.freeze" | "Object.seal" | "Promise.resolve" | "String" | "encodeURI"
            | "decodeURI" | "decodeURIComponent" | "structuredClone" | "Object" => {
                Some(argument(0))
            }
            path if merging::is_global(path) => Some(self.merged(call, path, context)),
            "encodeURIComponent" | "escape" => {
                let encoded = argument(0).into_iter().map(|value| match value.exact() {
                    Some(text) => Value::text(
                        url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>(),
                    ),
                    None => value,
                });
                Some(encoded.collect())
            }
            "URL.createObjectURL" => Some(vec![Value::text("blob:")]),
            _ => None,
        }
    }

    /// The objects that a call puts together.
    fn merged(&self, call: Key, path: &str, context: &Context) -> Values {
        let count = self.script(call.script).calls[call.id as usize]
            .arguments
            .len();
        let values = (0..count).flat_map(|index| {
            let mut values = self.argument(call, Shift::None, index, context);
            values.truncate(1);
            values
        });
        let mut values: Vec<_> = values.take(MOST_ARGUMENTS).collect();
        if merging::fills(path) {
            values.reverse();
        }
        vec![Value::Merged(Rc::new(values))]
    }

    fn invoke_package(
        &self,
        call: Key,
        package: &str,
        path: &str,
        base: Option<&Rc<Text>>,
        context: &Context,
    ) -> Option<Values> {
        if merging::is_package(package, path) {
            return Some(self.merged(call, path, context));
        }
        if clients::returns_its_argument(package, path) {
            return Some(self.argument(call, Shift::None, 0, context));
        }
        let maker = clients::maker(package, path)?;
        let bases = match &maker.base {
            Some(template) => self.filler(call, base, context).template(template),
            None => Vec::new(),
        };
        let made = |base: Option<Rc<Text>>| {
            Value::Client(Rc::new(super::Client {
                package: package.into(),
                path: maker.makes.as_str().into(),
                base,
            }))
        };
        if bases.is_empty() {
            return Some(vec![made(base.cloned())]);
        }
        Some(
            bases
                .into_iter()
                .map(|base| made(Some(Rc::new(base))))
                .collect(),
        )
    }

    /// What fills templates with the arguments of a call.
    pub(crate) fn filler<'f>(
        &'f self,
        call: Key,
        base: Option<&'f Rc<Text>>,
        context: &'f Context,
    ) -> Filler<'f, 'p> {
        Filler {
            evaluator: self,
            call,
            base,
            context,
        }
    }

    /// What `new` makes.
    fn construct(&self, call: Key, value: &Value, context: &Context) -> Option<Values> {
        match value {
            Value::Class(class, closure) => Some(vec![Value::Instance(
                Home::Class(*class),
                self.constructed(*class, call, context, closure),
            )]),
            Value::Function(function, closure, _) => {
                let inside = entered(context, closure, *function, (call, Shift::None), None);
                Some(vec![Value::Instance(Home::Function(*function), inside)])
            }
            Value::Param(..) | Value::Unknown(_) => match self.called_name(call)? {
                ("XMLHttpRequest", _) => Some(vec![Value::native("XMLHttpRequest#")]),
                ("Request", _) => Some(self.argument(call, Shift::None, 0, context)),
                _ => None,
            },
            Value::Native(path) => match path.as_ref() {
                "URL" => Some(self.url(call, context)),
                "Request" => Some(self.argument(call, Shift::None, 0, context)),
                path => Some(vec![Value::native(format!("{path}#"))]),
            },
            Value::Package(package, path) => self
                .invoke_package(call, package, path, None, context)
                .or_else(|| {
                    Some(vec![Value::Client(Rc::new(super::Client {
                        package: package.clone(),
                        path: format!("{path}#").into(),
                        base: None,
                    }))])
                }),
            _ => None,
        }
    }

    /// The calls by which the constructors of a class and of those it extends got their parameters.
    pub(crate) fn constructed(
        &self,
        class: Key,
        call: Key,
        context: &Context,
        closure: &Context,
    ) -> Context {
        self.constructed_by(class, Some(call), context, closure)
    }

    /// The same for an instance of which it is not known who made it.
    pub(super) fn extended(&self, class: Key, context: &Context) -> Context {
        self.constructed_by(class, None, context, &None)
    }

    fn constructed_by(
        &self,
        class: Key,
        call: Option<Key>,
        context: &Context,
        closure: &Context,
    ) -> Context {
        let mut inside = context.clone();
        let (mut class, mut call) = (class, call);
        for _ in 0..MOST_PARENTS {
            let data = &self.script(class.script).classes[class.id as usize];
            if let Some(constructor) = data.constructor {
                let key = Key {
                    id: constructor,
                    ..class
                };
                if let Some(call) = call
                    .filter(|call| frame_of(&inside, key).is_none_or(|frame| frame.call != *call))
                {
                    inside = entered(&inside, closure, key, (call, Shift::None), None);
                }
                match data.super_call {
                    Some(super_call) => {
                        call = Some(Key {
                            id: super_call,
                            ..class
                        });
                    }
                    None => break,
                }
            }
            match self.parent_class(class) {
                Some(parent) => class = parent,
                None => break,
            }
        }
        inside
    }

    /// The class that a class extends.
    pub(crate) fn parent_class(&self, class: Key) -> Option<Key> {
        let parent = self.script(class.script).classes[class.id as usize].parent?;
        let values = self.eval(
            Key {
                id: parent,
                ..class
            },
            &None,
        );
        values.into_iter().find_map(|value| match value {
            Value::Class(parent, _) if parent != class => Some(parent),
            _ => None,
        })
    }

    fn url(&self, call: Key, context: &Context) -> Values {
        let count = self.script(call.script).calls[call.id as usize]
            .arguments
            .len();
        let paths = self.argument(call, Shift::None, 0, context);
        if count < 2 {
            return paths
                .iter()
                .map(|path| Value::Text(Rc::new(path.to_text())))
                .collect();
        }
        let bases = self.argument(call, Shift::None, 1, context);
        let mut found = Values::new();
        for path in &paths {
            for base in &bases {
                let made = match base {
                    Value::Native(base) if base.as_ref() == "import.meta.url" => path.to_text(),
                    base => methods::joined_url(&path.to_text(), &base.to_text()),
                };
                if found.len() < self.limits.alternatives {
                    found.push(Value::Text(Rc::new(made)));
                }
            }
        }
        found
    }
}

fn is_callable(value: &Value) -> bool {
    matches!(
        value,
        Value::Function(..) | Value::Native(_) | Value::Package(..) | Value::Client(_)
    )
}

/// Whether joining the arguments tells more than the function does.
fn is_better(joined: &[Value], found: &[Value]) -> bool {
    let known = |values: &[Value]| values.iter().map(|value| value.to_text().known()).max();
    joined.len() < found.len() || known(joined) > known(found)
}

/// Whether functions of a name join paths.
fn joins_paths(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "join",
        "urljoin",
        "joinurl",
        "joinpath",
        "joinpaths",
        "pathjoin",
        "joinurls",
    ];
    let name = name.replace('_', "").to_ascii_lowercase();
    NAMES.contains(&name.as_str())
}

/// Arguments that are looked at.
const MOST_ARGUMENTS: usize = 8;
/// Classes that a class extends.
const MOST_PARENTS: usize = 16;
