//! Properties of values.

use std::rc::Rc;

use super::evaluate::{Evaluator, Values};
use super::text::{Piece, Text};
use super::{Client, Context, Home, Key, Value, methods};
use crate::javascript::ir::{ALL, Expr, ExprId};
use crate::target::PagePart;

impl Evaluator<'_> {
    /// A property of what an expression stands for, and what is assigned to it.
    pub(super) fn member_of(&self, of: Key, name: &str, context: &Context) -> Values {
        let mut found = match &self.script(of.script).exprs[of.id as usize] {
            Expr::Binding(binding) => self.assigned(of.script, *binding, name, context),
            Expr::Global(object) if object.as_ref() == "exports" => {
                let exports = self.linked.exports(of.script, name);
                exports
                    .iter()
                    .flat_map(|at| self.eval(*at, &None))
                    .collect()
            }
            Expr::Global(object) => self.assigned_global(object, name),
            _ => Values::new(),
        };
        let is_exports = matches!(&self.script(of.script).exprs[of.id as usize], Expr::Global(name) if name.as_ref() == "exports");
        if is_exports && !found.is_empty() {
            return found;
        }
        let of_name = match &self.script(of.script).exprs[of.id as usize] {
            Expr::Binding(binding) => Some(Key { id: *binding, ..of }),
            _ => None,
        };
        let values = self.eval(of, context);
        let member = |value: &Value| self.member_under(value, name, of_name);
        for value in self.flat(values, member) {
            if value != Value::Nothing && !found.contains(&value) {
                found.push(value);
            }
        }
        if found.is_empty() {
            found.push(Value::Nothing);
        }
        found
    }

    fn assigned_global(&self, object: &str, name: &str) -> Values {
        let values = self
            .linked
            .global(&format!("{object}.{name}"))
            .unwrap_or_default();
        values.iter().flat_map(|at| self.eval(*at, &None)).collect()
    }

    /// A property of a value.
    pub(crate) fn member(&self, of: &Value, name: &str) -> Values {
        self.member_under(of, name, None)
    }

    /// A property of a value, or what is assigned to it where the value goes by a name; not by the one that was asked
    /// already.
    fn member_under(&self, of: &Value, name: &str, asked: Option<Key>) -> Values {
        let found = self.own_member(of, name);
        let (key, context) = match of {
            Value::Data(key, context)
            | Value::Function(key, context, _)
            | Value::Class(key, context) => (*key, context),
            _ => return found,
        };
        if found.iter().any(|value| *value != Value::Nothing) {
            return found;
        }
        let holder = match of {
            Value::Function(..) => self.linked.name_of_function(key),
            Value::Class(..) => self.linked.name_of_class(key),
            _ => self.linked.name_of_object(key),
        };
        let assigned = match holder.filter(|holder| Some(*holder) != asked) {
            Some(holder) => self.assigned(holder.script, holder.id, name, context),
            None => Values::new(),
        };
        if assigned.is_empty() { found } else { assigned }
    }

    fn own_member(&self, of: &Value, name: &str) -> Values {
        match of {
            Value::Nothing | Value::Pattern(_) | Value::Function(..) => vec![Value::Nothing],
            Value::Text(text) => vec![text_member(text, name)],
            Value::Data(key, of_context) => self.data_member(*key, name, of_context, of),
            Value::Merged(values) => {
                self.last_of(values.iter().rev().map(|value| self.member(value, name)))
            }
            Value::Class(class, of_context) => self.static_member(*class, name, of_context),
            Value::Instance(home, of_context) => self.instance_member(*home, name, of_context, of),
            Value::Module(script) => self.export(*script, name),
            Value::BundleModule(script, module) => self.bundle_export(*script, *module, name),
            Value::Native(path) if path.as_ref() == "window" => self.global(name),
            Value::Native(path) => vec![self.native(&format!("{path}.{name}"))],
            Value::Package(package, path) => {
                vec![Value::Package(package.clone(), joined(path, name))]
            }
            Value::Client(client) => vec![Value::Client(Rc::new(Client {
                path: joined(&client.path, name),
                ..client.as_ref().clone()
            }))],
            Value::Param(function, words) => vec![Value::Param(*function, spelled(words, name))],
            Value::Rest(function, first) => match name.parse::<u32>() {
                Ok(index) => vec![Value::Param(
                    *function,
                    format!("arguments[{}]", first + index).into(),
                )],
                Err(_) => vec![Value::Nothing],
            },
            Value::Unknown(words) => vec![Value::Unknown(spelled(words, name))],
        }
    }

    fn data_member(&self, key: Key, name: &str, context: &Context, of: &Value) -> Values {
        let sub = |id: ExprId| self.eval(Key { id, ..key }, context);
        match &self.script(key.script).exprs[key.id as usize] {
            Expr::Array(elements) => match name.parse() {
                Ok(index) => self.positional(key.script, elements, index, context),
                Err(_) => vec![Value::Nothing],
            },
            Expr::Object(properties) => {
                let found = properties.iter().rev().filter_map(|(property, value)| {
                    Some(match property {
                        Some(property) if property.as_ref() == name => with_this(sub(*value), of),
                        Some(_) => return None,
                        None => self.flat(sub(*value), |value| self.member(value, name)),
                    })
                });
                self.last_of(found)
            }
            _ => vec![Value::Nothing],
        }
    }

    /// What a property is where objects are put together, from the last one on: an object that is not known may have it
    /// or not.
    fn last_of(&self, found: impl Iterator<Item = Values>) -> Values {
        let mut all = Values::new();
        for values in found {
            let known = values.iter().filter(|value| **value != Value::Nothing);
            let is_open = |value: &Value| matches!(value, Value::Param(..) | Value::Unknown(_));
            let is_told = known.clone().any(|value| !is_open(value));
            for value in known {
                if !all.contains(value) && all.len() < self.limits.alternatives {
                    all.push(value.clone());
                }
            }
            if is_told {
                break;
            }
        }
        if all.is_empty() {
            all.push(Value::Nothing);
        }
        all
    }

    fn static_member(&self, class: Key, name: &str, context: &Context) -> Values {
        let statics = &self.script(class.script).classes[class.id as usize].statics;
        let found = statics.iter().filter(|(known, _)| known.as_ref() == name);
        let found: Values = found
            .flat_map(|(_, id)| self.eval(Key { id: *id, ..class }, context))
            .collect();
        if !found.is_empty() {
            return found;
        }
        match self.script(class.script).classes[class.id as usize].parent {
            Some(parent) => {
                let parent = self.eval(
                    Key {
                        id: parent,
                        ..class
                    },
                    context,
                );
                self.flat(parent, |parent| self.member(parent, name))
            }
            None => vec![Value::Nothing],
        }
    }

    fn instance_member(&self, home: Home, name: &str, context: &Context, of: &Value) -> Values {
        let found = match home {
            Home::Class(class) => self.class_member(class, name, context),
            Home::Function(function) => self.constructed_member(function, name, context),
            Home::Binding(binding) => self.prototype_member(binding, name, context),
        };
        if found.is_empty() {
            return vec![Value::unknown(format!("this.{name}"))];
        }
        let named = found.into_iter().map(|value| match value {
            Value::Param(function, words) if words.is_empty() => {
                Value::Param(function, format!("this.{name}").into())
            }
            value => value,
        });
        with_this(named.collect(), of)
    }

    fn class_member(&self, class: Key, name: &str, context: &Context) -> Values {
        let data = &self.script(class.script).classes[class.id as usize];
        let mut found = self.properties(class.script, &data.members, name, context);
        if found.is_empty() {
            found = self.of_all(class.script, &data.members, name, context);
        }
        if found.iter().any(|value| *value != Value::Nothing) {
            return found;
        }
        let Some(parent) = data.parent else {
            return found;
        };
        let parent = self.eval(
            Key {
                id: parent,
                ..class
            },
            context,
        );
        self.flat(parent, |parent| match parent {
            Value::Class(parent, _) => self.class_member(*parent, name, context),
            Value::Package(package, path) => vec![Value::Client(Rc::new(Client {
                package: package.clone(),
                path: format!("{path}#.{name}").into(),
                base: None,
            }))],
            _ => Values::new(),
        })
    }

    fn constructed_member(&self, function: Key, name: &str, context: &Context) -> Values {
        let properties = &self.function(function).this_properties;
        let mut found = self.properties(function.script, properties, name, context);
        if found.is_empty() {
            found = self.of_all(function.script, properties, name, context);
        }
        if found.is_empty()
            && let Some(binding) = self.linked.name_of_function(function)
        {
            found = self.prototype_method(binding, name, context);
        }
        found
    }

    /// A property of what gives an object all of its properties.
    fn of_all(
        &self,
        script: u32,
        properties: &[(Box<str>, ExprId)],
        name: &str,
        context: &Context,
    ) -> Values {
        if !properties.iter().any(|(known, _)| known.as_ref() == ALL) {
            return Values::new();
        }
        let all = self.properties(script, properties, ALL, context);
        let mut found = self.flat(all, |all| self.member(all, name));
        found.retain(|value| *value != Value::Nothing);
        found
    }

    fn prototype_member(&self, binding: Key, name: &str, context: &Context) -> Values {
        let found = self.prototype_method(binding, name, context);
        if !found.is_empty() {
            return found;
        }
        let values = &self.script(binding.script).bindings[binding.id as usize].values;
        let functions =
            values.iter().filter_map(
                |id| match &self.script(binding.script).exprs[*id as usize] {
                    Expr::Function(function) => Some(Key {
                        id: *function,
                        ..binding
                    }),
                    _ => None,
                },
            );
        functions
            .flat_map(|function| self.constructed_member(function, name, context))
            .collect()
    }

    fn prototype_method(&self, binding: Key, name: &str, context: &Context) -> Values {
        let mut found = self.assigned(
            binding.script,
            binding.id,
            &format!("prototype.{name}"),
            context,
        );
        if found.is_empty() {
            let whole = self.assigned(binding.script, binding.id, "prototype", context);
            found = self.flat(whole, |prototype| self.member(prototype, name));
            found.retain(|value| *value != Value::Nothing);
        }
        found
    }

    /// What a script exports under a name.
    pub(super) fn export(&self, script: u32, name: &str) -> Values {
        let exports = self.linked.exports(script, name);
        let mut found: Values = exports
            .iter()
            .flat_map(|at| self.eval(*at, &None))
            .collect();
        if found.is_empty() {
            let whole = self.linked.exports(script, "=");
            let whole: Values = whole.iter().flat_map(|at| self.eval(*at, &None)).collect();
            found = match name {
                "default" => whole,
                name => self.flat(whole, |whole| self.member(whole, name)),
            };
        }
        if found.is_empty() {
            vec![Value::unknown(name)]
        } else {
            found
        }
    }

    fn bundle_export(&self, script: u32, module: u32, name: &str) -> Values {
        let module = &self.script(script).modules[module as usize];
        let values = |name: &str| -> Values {
            let found = module
                .exports
                .iter()
                .filter(|(known, _)| known.as_ref() == name);
            found
                .flat_map(|(_, id)| self.eval(Key { script, id: *id }, &None))
                .collect()
        };
        let found = values(name);
        if !found.is_empty() {
            return found;
        }
        for star in &module.stars {
            let star = self.eval(Key { script, id: *star }, &None);
            let mut found = self.flat(star, |star| self.member(star, name));
            found.retain(|value| !matches!(value, Value::Nothing | Value::Unknown(_)));
            if !found.is_empty() {
                return found;
            }
        }
        match (name, values("=")) {
            (_, whole) if whole.is_empty() => vec![Value::Nothing],
            ("default" | "a", whole) => whole,
            (name, whole) => self.flat(whole, |whole| self.member(whole, name)),
        }
    }

    /// What is imported from a module.
    pub(super) fn import(&self, from: u32, module: &str, name: Option<&str>) -> Values {
        if let ("$env/static/public" | "$env/static/private", Some(name)) = (module, name) {
            return vec![self.environment(name)];
        }
        match (self.linked.resolve(from, module), name) {
            (Some(script), Some(name)) => self.export(script, name),
            (Some(script), None) => vec![Value::Module(script)],
            (None, Some(name)) => vec![Value::Package(module.into(), joined("", name))],
            (None, None) => vec![Value::Package(module.into(), "".into())],
        }
    }

    pub(super) fn indexed(&self, of: Values, index: Values) -> Values {
        if index.iter().all(|index| index.exact().is_some()) {
            let names: Vec<_> = index.iter().filter_map(Value::exact).collect();
            return self.flat(of, |of| {
                names
                    .iter()
                    .flat_map(|name| self.member(of, name))
                    .collect()
            });
        }
        self.flat(of, |of| self.elements(of))
    }

    /// Whatever is in a list or an object.
    pub(super) fn elements(&self, of: &Value) -> Values {
        let Value::Data(key, context) = of else {
            return vec![match of {
                Value::Param(function, words) => Value::Param(*function, spelled(words, "[]")),
                Value::Unknown(words) => Value::Unknown(spelled(words, "[]")),
                _ => Value::unknown("…"),
            }];
        };
        let sub = |id: &ExprId| self.eval(Key { id: *id, ..*key }, context);
        match &self.script(key.script).exprs[key.id as usize] {
            Expr::Array(elements) => elements.iter().flat_map(sub).collect(),
            Expr::Object(properties) => properties
                .iter()
                .flat_map(|(_, value)| sub(value))
                .collect(),
            _ => Values::new(),
        }
    }
}

/// Methods that know whose they are.
fn with_this(values: Values, this: &Value) -> Values {
    let bound = values.into_iter().map(|value| match value {
        Value::Function(function, context, None) => {
            Value::Function(function, context, Some(Rc::new(this.clone())))
        }
        value => value,
    });
    bound.collect()
}

/// A path with one more name; the default export is the package itself.
fn joined(path: &str, name: &str) -> Rc<str> {
    match (path, name) {
        (path, "default") => path.into(),
        ("", name) => name.into(),
        (path, name) => format!("{path}.{name}").into(),
    }
}

fn spelled(words: &Rc<str>, name: &str) -> Rc<str> {
    if words.len() > LONGEST_WORDS {
        return words.clone();
    }
    if words.is_empty() {
        name.into()
    } else {
        format!("{words}.{name}").into()
    }
}

/// Bytes of the words for something unknown.
const LONGEST_WORDS: usize = 80;

/// A part of a URL.
fn text_member(text: &Text, name: &str) -> Value {
    if let Some(Piece::Page(PagePart::Href | PagePart::Origin)) = text.pieces.first() {
        let part = match name {
            "origin" => Some(PagePart::Origin),
            "host" => Some(PagePart::Host),
            "hostname" => Some(PagePart::Hostname),
            "protocol" => Some(PagePart::Protocol),
            "port" => Some(PagePart::Port),
            _ => None,
        };
        if let Some(part) = part {
            return Evaluator::piece(Piece::Page(part));
        }
    }
    if name == "href" {
        return Value::Text(Rc::new(text.clone()));
    }
    match methods::url_part(text, name) {
        Some(part) => Value::Text(Rc::new(part)),
        None if name.bytes().all(|byte| byte.is_ascii_digit()) => Value::unknown("…"),
        None => Value::unknown(format!("{}.{name}", short(text))),
    }
}

fn short(text: &Text) -> String {
    let whole = text.target().to_string();
    if whole.len() > LONGEST_WORDS {
        "…".to_owned()
    } else {
        whole
    }
}
