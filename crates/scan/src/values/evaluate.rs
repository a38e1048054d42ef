//! From an expression to what it stands for.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::text::{Piece, Text, ValueStep};
use super::{Context, Home, Key, Shift, Value, frame_of, page};
use crate::javascript::ir::{
    BindingId, Expr, ExprId, Function, Home as CodeHome, ScriptAnalysis, appended,
};
use crate::limits::Limits;
use crate::link::Linked;
use crate::sinks;

/// Evaluates expressions of a project, within bounds.
pub(crate) struct Evaluator<'p> {
    pub(crate) linked: &'p Linked<'p>,
    pub(crate) limits: Limits,
    steps: Cell<usize>,
    /// What was granted for the question that is being answered, and what is left for all.
    granted: Cell<usize>,
    left: Cell<usize>,
    depth: Cell<usize>,
    /// The bindings that are being evaluated.
    active: RefCell<Vec<Active>>,
    /// What bindings stand for where no call is known.
    memo: RefCell<FxHashMap<Key, Rc<Vec<Value>>>>,
    /// How often something was not followed to its end.
    cuts: Cell<usize>,
}

/// A binding that is being evaluated.
struct Active {
    key: Key,
    /// What it had before the value that is being evaluated, if that is made of it.
    before: Option<Values>,
    /// How often that was asked for.
    asked: usize,
}

/// What a binding had before the value that is being evaluated.
enum Before {
    Known(Values),
    Unknown,
}

impl Active {
    fn of(key: Key) -> Self {
        Self {
            key,
            before: None,
            asked: 0,
        }
    }
}

/// What an expression may stand for.
pub(crate) type Values = Vec<Value>;

impl<'p> Evaluator<'p> {
    pub(crate) fn new(linked: &'p Linked<'p>, limits: Limits) -> Self {
        Self {
            linked,
            limits,
            steps: Cell::new(0),
            granted: Cell::new(0),
            left: Cell::new(limits.all_steps),
            depth: Cell::new(0),
            active: RefCell::default(),
            memo: RefCell::default(),
            cuts: Cell::new(0),
        }
    }

    /// Grants steps for one more question, out of those that are left for all.
    pub(crate) fn grant(&self, steps: usize) {
        let used = self.granted.get().saturating_sub(self.steps.get());
        let left = self.left.get().saturating_sub(used);
        let steps = steps.min(left);
        self.left.set(left);
        self.granted.set(steps);
        self.steps.set(steps);
    }

    /// Whether the steps were used up.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.steps.get() == 0
    }

    pub(crate) fn script(&self, script: u32) -> &'p ScriptAnalysis {
        self.linked.script(script)
    }

    pub(super) fn function(&self, function: Key) -> &'p Function {
        &self.script(function.script).functions[function.id as usize]
    }

    /// What an expression may stand for, where these calls are known.
    pub(crate) fn eval(&self, at: Key, context: &Context) -> Values {
        let (steps, depth) = (self.steps.get(), self.depth.get());
        if steps == 0 || depth >= self.limits.depth {
            self.cuts.set(self.cuts.get() + 1);
            return vec![Value::unknown("…")];
        }
        self.steps.set(steps - 1);
        self.depth.set(depth + 1);
        let mut values = self.eval_any(at, context);
        self.depth.set(depth);
        values.truncate(self.limits.alternatives);
        values
    }

    fn eval_any(&self, at: Key, context: &Context) -> Values {
        let script = self.script(at.script);
        let sub = |id: ExprId| self.eval(Key::expression(at.script, id), context);
        let Some(expr) = script.exprs.get(at.id as usize) else {
            return vec![Value::Nothing];
        };
        match expr {
            Expr::Nothing => vec![Value::Nothing],
            Expr::Text(text) => vec![Value::text(text.as_ref())],
            Expr::Pattern(pattern) => vec![Value::Pattern(pattern.as_ref().into())],
            Expr::Concat(parts) => self.concat(parts.iter().map(|part| {
                let key = Key { id: *part, ..at };
                self.in_text(sub(*part), key)
            })),
            Expr::Choice(test, of) => self.choice(
                test.map(sub),
                of.iter().map(|choice| sub(*choice)).collect(),
            ),
            Expr::Binding(binding) => self.binding(Key { id: *binding, ..at }, context),
            Expr::Global(name) => self.global(name),
            Expr::This(function) => self.this(at.script, *function, context),
            Expr::Member(of, name) => self.member_of(Key { id: *of, ..at }, name, context),
            Expr::Index(of, index) => self.indexed(sub(*of), sub(*index)),
            Expr::Element(of) => self.flat(sub(*of), |value| self.elements(value)),
            Expr::Object(_) | Expr::Array(_) => vec![Value::Data(at, context.clone())],
            Expr::Spread(of) => sub(*of),
            Expr::Function(function) => {
                vec![Value::Function(
                    Key {
                        id: *function,
                        ..at
                    },
                    context.clone(),
                    None,
                )]
            }
            Expr::Getter(function) => self.returns(
                Key {
                    id: *function,
                    ..at
                },
                context,
            ),
            Expr::Class(class) => vec![Value::Class(Key { id: *class, ..at }, context.clone())],
            Expr::Call(call) => self.call(Key { id: *call, ..at }, context),
            Expr::Param(function, index, declared) => self.parameter(
                Key {
                    id: *function,
                    ..at
                },
                *index,
                *declared,
                context,
            ),
            Expr::Rest(function, first) => vec![Value::Rest(
                Key {
                    id: *function,
                    ..at
                },
                *first,
            )],
            Expr::Import(module, name) => self.import(at.script, module, name.as_deref()),
            Expr::BundleImport(id) => vec![match self.linked.bundle_module(at.script, id) {
                Some((script, module)) => Value::BundleModule(script, module),
                None => Value::unknown(format!("module {id}")),
            }],
            Expr::Unknown(words) => vec![Value::unknown(words.as_ref())],
        }
    }

    /// What stands in a text: no code means to write `undefined` there, so it is something else that is not known.
    fn in_text(&self, mut values: Values, at: Key) -> Values {
        values.retain(|value| *value != Value::Nothing);
        if values.is_empty() {
            values.push(Value::unknown(self.words(at)));
        }
        values
    }

    /// Every value that something gives for each of some values, once.
    pub(super) fn flat(&self, values: Values, each: impl Fn(&Value) -> Values) -> Values {
        let mut found = Values::new();
        for value in &values {
            for value in each(value) {
                if found.len() < self.limits.alternatives && !found.contains(&value) {
                    found.push(value);
                }
            }
        }
        found
    }

    /// Texts after each other, each with each.
    pub(super) fn concat(&self, parts: impl Iterator<Item = Values>) -> Values {
        let mut made = vec![Text::default()];
        for part in parts {
            let texts: Vec<_> = part.iter().map(Value::to_text).collect();
            let mut next = Vec::new();
            for before in &made {
                for text in before.followed_by(&texts) {
                    let mut whole = before.clone();
                    whole.append(text);
                    let whole = whole.cut(self.limits.url_length);
                    if next.len() < self.limits.alternatives && !next.contains(&whole) {
                        next.push(whole);
                    }
                }
            }
            made = next;
        }
        made.into_iter()
            .map(|text| Value::Text(Rc::new(text)))
            .collect()
    }

    /// Texts after each other, each with each.
    pub(crate) fn concat_values(&self, parts: impl Iterator<Item = Values>) -> Values {
        self.concat(parts)
    }

    fn choice(&self, test: Option<Values>, choices: Vec<Values>) -> Values {
        if let (Some(test), [one, other]) = (&test, choices.as_slice())
            && test.iter().any(|test| page::tells_scheme(&test.to_text()))
            && let ([one], [other]) = (one.as_slice(), other.as_slice())
            && let (Some(one), Some(other)) = (one.exact(), other.exact())
            && let Some(text) = page::by_scheme(one, other)
        {
            return vec![Value::Text(Rc::new(text))];
        }
        let mut all = self.flat(choices.into_iter().flatten().collect(), |value| {
            vec![value.clone()]
        });
        if all.iter().any(|value| *value != Value::Nothing) {
            all.retain(|value| *value != Value::Nothing);
        }
        all
    }

    /// What a name stands for.
    pub(crate) fn binding_of(&self, key: Key) -> Values {
        self.binding(key, &None)
    }

    fn binding(&self, key: Key, context: &Context) -> Values {
        let binding = &self.script(key.script).bindings[key.id as usize];
        let context = if binding.is_only_one { &None } else { context };
        if context.is_none()
            && let Some(known) = self.memo.borrow().get(&key)
        {
            return known.to_vec();
        }
        if let Some(before) = self.before(key) {
            return match before {
                Before::Known(before) => before,
                Before::Unknown => vec![Value::unknown(binding.name.as_ref())],
            };
        }
        let cuts = self.cuts.get();
        self.active.borrow_mut().push(Active::of(key));
        let values = self.binding_values(key, context);
        let asked = self.active.borrow_mut().pop().map_or(0, |done| done.asked);
        if self.cuts.get() == cuts + asked {
            self.cuts.set(cuts);
        }
        // What took too many steps once is not tried again.
        if context.is_none() && (self.cuts.get() == cuts || self.is_exhausted()) {
            self.memo.borrow_mut().insert(key, Rc::new(values.clone()));
        }
        values
    }

    /// What a binding that is being evaluated had before, if it is one, and as far as that is known.
    fn before(&self, key: Key) -> Option<Before> {
        let mut active = self.active.borrow_mut();
        let active = active.iter_mut().find(|active| active.key == key)?;
        self.cuts.set(self.cuts.get() + 1);
        Some(match &active.before {
            Some(before) => {
                active.asked += 1;
                Before::Known(before.clone())
            }
            None => Before::Unknown,
        })
    }

    fn set_before(&self, before: Option<Values>) {
        if let Some(active) = self.active.borrow_mut().last_mut() {
            active.before = before;
        }
    }

    fn binding_values(&self, key: Key, context: &Context) -> Values {
        let binding = &self.script(key.script).bindings[key.id as usize];
        let mut steps = binding.steps.iter().peekable();
        // What each value gives, and whether the name surely has another one where it is used.
        let mut given: Vec<(Values, bool)> = Vec::new();
        let most = MOST_VALUES + binding.steps.len().min(MOST_STEPS);
        for (at, id) in (0..).zip(binding.values.iter().take(most)) {
            let step = steps.next_if(|step| step.at == at);
            self.set_before(step.and_then(|step| {
                let before = given.get(step.from as usize..)?.iter();
                let before = before.filter(|(_, is_past)| !is_past);
                let before: Values = before.flat_map(|(values, _)| values.clone()).collect();
                (!before.is_empty()).then(|| self.choice(None, vec![before]))
            }));
            let made = self.eval(Key { id: *id, ..key }, context);
            self.set_before(None);
            if let Some(step) = step {
                let kept = |at: usize| step.kept.contains(&(at as u32));
                let before = given.iter_mut().enumerate().skip(step.from as usize);
                for (at, (values, is_past)) in before {
                    *is_past |= !kept(at) || only_adds_query(values, &made);
                }
            }
            given.push((made, false));
        }
        let last = given.into_iter().filter(|(_, is_past)| !is_past);
        let last = last.flat_map(|(values, _)| values).collect();
        let mut values = self.choice(None, vec![last]);
        if values.is_empty() {
            return vec![Value::unknown(binding.name.as_ref())];
        }
        for value in &mut values {
            *value = self.named(std::mem::replace(value, Value::Nothing), key);
        }
        values
    }

    /// A value, as the name that it goes by tells of it.
    fn named(&self, value: Value, key: Key) -> Value {
        let binding = &self.script(key.script).bindings[key.id as usize];
        let exprs = &self.script(key.script).exprs;
        let mut given = binding
            .values
            .iter()
            .filter_map(|id| exprs.get(*id as usize));
        let is_imported = given.any(|given| matches!(given, Expr::Import(..)));
        match value {
            // The module that exports it tells the same.
            Value::Text(text) if is_imported => Value::Text(text),
            Value::Text(text) => {
                let text = match self.protocol_of(key) {
                    Some(scheme) => scheme.swapped(&text),
                    None => text.as_ref().clone(),
                };
                let step = ValueStep {
                    text: format!("`{}` is `{}`", binding.name, text.target()),
                    place: Some((key.script, binding.spot)),
                };
                Value::Text(Rc::new(text.with_step(step)))
            }
            Value::Param(function, words) if words.is_empty() => {
                Value::Param(function, binding.name.as_ref().into())
            }
            Value::Unknown(words) if words.as_ref() == "…" => {
                Value::unknown(binding.name.as_ref())
            }
            value => value,
        }
    }

    /// `url.protocol = "wss:"`, and what else is assigned to the scheme of a URL.
    fn protocol_of(&self, key: Key) -> Option<page::Scheme> {
        let binding = &self.script(key.script).bindings[key.id as usize];
        let (_, value) = binding
            .properties
            .iter()
            .find(|(path, _)| path.as_ref() == "protocol")?;
        Some(page::Scheme::of_expression(self.script(key.script), *value))
    }

    pub(super) fn global(&self, name: &str) -> Values {
        // What is put in the place of an API watches it, and passes on to it.
        if let Some(values) = self.linked.global(name).filter(|_| !sinks::is_api(name)) {
            let values: Values = values.iter().flat_map(|at| self.eval(*at, &None)).collect();
            if !values.is_empty() {
                return values;
            }
        }
        vec![self.native(name)]
    }

    /// Something of the browser.
    pub(super) fn native(&self, path: &str) -> Value {
        let path = page::canonical(path);
        if let Some(text) = page::text_of(&path) {
            return if path == "location" {
                Value::native(path)
            } else {
                Value::Text(Rc::new(text))
            };
        }
        for prefix in ["process.env.", "import.meta.env."] {
            if let Some(name) = path.strip_prefix(prefix) {
                return self.environment(name);
            }
        }
        Value::native(path)
    }

    pub(super) fn environment(&self, name: &str) -> Value {
        match self.linked.environment(name) {
            Some(value) => {
                let step = ValueStep {
                    text: format!("`{name}` of the environment is `{value}`"),
                    place: None,
                };
                Value::Text(Rc::new(Text::exact(value).with_step(step)))
            }
            None => Value::unknown(name),
        }
    }

    fn this(&self, script: u32, function: Option<u32>, context: &Context) -> Values {
        let Some(function) = function else {
            return vec![Value::unknown("this")];
        };
        let key = Key::function(script, function);
        if let Some(this) = frame_of(context, key).and_then(|frame| frame.this.clone()) {
            return vec![this.as_ref().clone()];
        }
        let data = self.function(key);
        vec![match data.home {
            CodeHome::Class(class) => {
                let class = Key { script, id: class };
                Value::Instance(Home::Class(class), self.extended(class, context))
            }
            CodeHome::Object(object) => Value::Data(Key { script, id: object }, context.clone()),
            CodeHome::Prototype(binding) => Value::Instance(
                Home::Binding(Key {
                    script,
                    id: binding,
                }),
                context.clone(),
            ),
            CodeHome::None if data.this_properties.is_empty() => Value::unknown("this"),
            CodeHome::None => Value::Instance(Home::Function(key), context.clone()),
        }]
    }

    fn parameter(
        &self,
        function: Key,
        index: u32,
        declared: Option<ExprId>,
        context: &Context,
    ) -> Values {
        if let Some(frame) = frame_of(context, function) {
            return self.argument(frame.call, frame.shift, index as usize, context);
        }
        if let Some(declared) = declared
            && let [Value::Package(package, path)] = self
                .eval(
                    Key {
                        id: declared,
                        ..function
                    },
                    &None,
                )
                .as_slice()
        {
            return vec![Value::Client(Rc::new(super::Client {
                package: package.clone(),
                path: format!("{path}#").into(),
                base: None,
            }))];
        }
        vec![Value::Param(function, "".into())]
    }

    /// What a call passes to a function as one of its parameters.
    pub(crate) fn argument(
        &self,
        call: Key,
        shift: Shift,
        index: usize,
        context: &Context,
    ) -> Values {
        let arguments = &self.script(call.script).calls[call.id as usize].arguments;
        match shift {
            Shift::None => self.positional(call.script, arguments, index, context),
            Shift::Call => self.positional(call.script, arguments, index + 1, context),
            Shift::Apply => match arguments.get(1) {
                Some(list) => {
                    let list = self.eval(Key::expression(call.script, *list), context);
                    self.flat(list, |list| self.nth(list, index, context))
                }
                None => vec![Value::Nothing],
            },
        }
    }

    pub(super) fn positional(
        &self,
        script: u32,
        list: &[ExprId],
        index: usize,
        context: &Context,
    ) -> Values {
        for (position, item) in list.iter().enumerate().take(index + 1) {
            let key = Key::expression(script, *item);
            if matches!(self.script(script).exprs[*item as usize], Expr::Spread(_)) {
                let rest = self.eval(key, context);
                return self.flat(rest, |list| self.nth(list, index - position, context));
            }
            if position == index {
                return self.eval(key, context);
            }
        }
        vec![Value::Nothing]
    }

    /// An element of what is a list.
    fn nth(&self, list: &Value, index: usize, context: &Context) -> Values {
        match list {
            Value::Rest(function, first) => {
                let index = *first as usize + index;
                match frame_of(context, *function) {
                    Some(frame) => self.argument(frame.call, frame.shift, index, context),
                    None => vec![Value::Param(
                        *function,
                        format!("arguments[{index}]").into(),
                    )],
                }
            }
            Value::Data(key, of) => match &self.script(key.script).exprs[key.id as usize] {
                Expr::Array(elements) => self.positional(key.script, elements, index, of),
                _ => vec![Value::Nothing],
            },
            Value::Param(function, words) => {
                vec![Value::Param(*function, format!("{words}[{index}]").into())]
            }
            value => vec![Value::unknown(value.to_text().target().to_string())],
        }
    }

    /// What a function returns.
    pub(super) fn returns(&self, function: Key, context: &Context) -> Values {
        let returns = &self.function(function).returns;
        let values = returns
            .iter()
            .flat_map(|id| self.eval(Key::expression(function.script, *id), context));
        let values = self.choice(None, vec![values.collect()]);
        if values.is_empty() {
            vec![Value::Nothing]
        } else {
            values
        }
    }

    /// What a path below a name was given (`defaults.baseURL`).
    pub(crate) fn assigned(
        &self,
        script: u32,
        binding: BindingId,
        path: &str,
        context: &Context,
    ) -> Values {
        let data = &self.script(script).bindings[binding as usize];
        if data.properties.is_empty() {
            return Values::new();
        }
        // A property may be assigned from itself.
        let mark = Key {
            script,
            id: binding | ASSIGNED,
        };
        if self.before(mark).is_some() {
            return Values::new();
        }
        self.active.borrow_mut().push(Active::of(mark));
        let values = self.properties(script, &data.properties, path, context);
        self.active.borrow_mut().pop();
        values
    }

    /// What some properties have under a name, with what is appended to it.
    pub(super) fn properties(
        &self,
        script: u32,
        properties: &[(Box<str>, ExprId)],
        name: &str,
        context: &Context,
    ) -> Values {
        let named = |name: &str| -> Vec<Values> {
            let named = properties
                .iter()
                .filter(|(known, _)| known.as_ref() == name);
            named
                .map(|(_, id)| self.eval(Key::expression(script, *id), context))
                .collect()
        };
        let mut values: Values = named(name).into_iter().flatten().collect();
        if !properties.iter().any(|(known, _)| known.ends_with('+')) {
            return values;
        }
        let added = named(&appended(name));
        if !added.is_empty() {
            values.retain(|value| *value != Value::Nothing);
            if values.is_empty() {
                values.push(Value::unknown(name));
            }
            values = self.concat(std::iter::once(values).chain(added));
        }
        values
    }

    /// How the code spells an expression, shortly.
    pub(crate) fn words(&self, at: Key) -> String {
        let script = self.script(at.script);
        let sub = |id: ExprId| self.words(Key { id, ..at });
        match script.exprs.get(at.id as usize) {
            Some(Expr::Binding(binding)) => script.bindings[*binding as usize].name.to_string(),
            Some(Expr::Global(name)) => name.to_string(),
            Some(Expr::This(_)) => "this".to_owned(),
            Some(Expr::Member(of, name)) => format!("{}.{name}", sub(*of)),
            Some(Expr::Call(call)) => format!("{}()", sub(script.calls[*call as usize].callee)),
            _ => "…".to_owned(),
        }
    }

    pub(super) fn piece(piece: Piece) -> Value {
        Value::Text(Rc::new(Text::of(piece)))
    }
}

/// Values of one name that are looked at: a name that is given more is used again for other things.
const MOST_VALUES: usize = 12;
/// Values of one name that are made of those before.
const MOST_STEPS: usize = 16;
/// Tells the properties of a binding from the binding.
const ASSIGNED: u32 = 1 << 31;

/// Whether texts became others that have more of a query only, which changes nothing for a policy.
fn only_adds_query(before: &[Value], made: &[Value]) -> bool {
    let paths = |values: &[Value]| -> Vec<_> {
        let texts = values.iter().map(Value::to_text);
        texts.map(|text| text.without_query().pieces).collect()
    };
    let made = paths(made);
    let before = paths(before);
    !before.is_empty() && before.iter().all(|before| made.contains(before))
}
