//! From calls to connections: through wrappers to where their parameters are known.

use std::collections::BTreeSet;
use std::rc::Rc;

use connect_src::Api;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::clients;
use crate::connection::{Confidence, Connection, Step};
use crate::javascript::ir::{CallKind, Expr};
use crate::limits::Limits;
use crate::link::Linked;
use crate::place::Place;
use crate::project::Note;
use crate::sinks;
use crate::target::Target;
use crate::values::{Callee, Context, Evaluator, Key, Shift, Text, Value, ValueStep, entered};

/// The connections of the scripts of a project.
pub(crate) fn follow(linked: &Linked<'_>, limits: Limits) -> (Vec<Connection>, Vec<Note>) {
    let mut follower = Follower {
        evaluator: Evaluator::new(linked, limits),
        linked,
        callers: FxHashMap::default(),
        members: FxHashMap::default(),
        bases: FxHashMap::default(),
        limits,
        contexts: 0,
        notes: Vec::new(),
    };
    follower.index_bases();
    let sinks = follower.index_calls();
    let mut found = BTreeSet::new();
    let mut requests = Vec::new();
    let mut connections = Vec::new();
    for site in sinks {
        for reached in follower.reached_by(site) {
            let made = follower.connection(reached);
            let is_request = follower.is_request(site);
            let url = made.target.to_string();
            let key = (is_request, made.api, made.place.clone(), url);
            if found.insert(key) {
                if is_request {
                    requests.push(made);
                } else {
                    connections.push(made);
                }
            }
        }
    }
    let fetched: FxHashSet<_> = connections
        .iter()
        .map(|connection| connection.target.clone())
        .collect();
    connections.extend(
        requests
            .into_iter()
            .filter(|request| !fetched.contains(&request.target)),
    );
    (connections, follower.notes)
}

struct Follower<'p> {
    evaluator: Evaluator<'p>,
    linked: &'p Linked<'p>,
    callers: FxHashMap<Key, Vec<Caller>>,
    /// What properties of names are where they are called: many calls are of the same.
    members: FxHashMap<(Key, &'p str), Rc<Vec<Callee>>>,
    /// The URLs that clients join their paths to, unless they are told another one.
    bases: FxHashMap<&'static str, Rc<Text>>,
    limits: Limits,
    contexts: usize,
    notes: Vec<Note>,
}

/// A call of a function of the project.
#[derive(Clone)]
struct Caller {
    call: Key,
    shift: Shift,
    /// What the function closed over.
    closure: Context,
    this: Option<Rc<Value>>,
}

/// What a call connects to.
#[derive(Clone)]
struct Reached {
    api: Api,
    text: Text,
    confidence: Confidence,
    client: Option<&'static str>,
    /// The call that connects.
    site: Key,
    /// The calls that led to it, the outermost one last.
    chain: Vec<(Key, Key)>,
}

impl<'p> Follower<'p> {
    /// Finds who calls whom; gives the calls that connect.
    fn index_calls(&mut self) -> Vec<Key> {
        let mut sinks = Vec::new();
        for (script, _, code) in self.linked.scripts() {
            for call in &code.sites {
                let call = Key::call(script, *call);
                self.evaluator.grant(CALLEE_STEPS);
                if self.index_call(call) {
                    sinks.push(call);
                }
            }
            self.index_super_calls(script);
        }
        sinks
    }

    fn index_call(&mut self, call: Key) -> bool {
        let data = &self.linked.script(call.script).calls[call.id as usize];
        if sinks::of_syntax(data.kind).is_some() {
            return true;
        }
        let mut connects = self.looks_like_one(call).is_some()
            || !self.evaluator.open_callees(call, &None).is_empty();
        for callee in self.callees(call).iter() {
            match &callee.value {
                Value::Function(function, closure, this) => self.add_caller(
                    *function,
                    Caller {
                        call,
                        shift: callee.shift,
                        closure: closure.clone(),
                        this: this.clone(),
                    },
                ),
                Value::Class(class, closure) => self.add_construction(*class, call, closure),
                value => connects |= connects_by(value, data.kind),
            }
        }
        connects
    }

    /// What a call calls, wherever it stands.
    fn callees(&mut self, call: Key) -> Rc<Vec<Callee>> {
        let member = self.member(call);
        if let Some(known) = member.and_then(|member| self.members.get(&member)) {
            return Rc::clone(known);
        }
        let callees = Rc::new(self.evaluator.callees(call, &None));
        if let Some(member) = member {
            self.members.insert(member, Rc::clone(&callees));
        }
        callees
    }

    /// The property of a name that a call calls, unless steps were spent on the call already because of how it looks.
    fn member(&self, call: Key) -> Option<(Key, &'p str)> {
        let script = self.linked.script(call.script);
        let data = &script.calls[call.id as usize];
        let Expr::Member(of, name) = &script.exprs[data.callee as usize] else {
            return None;
        };
        let Expr::Binding(id) = script.exprs[*of as usize] else {
            return None;
        };
        let is_looked_at = name.as_ref() == "open" || sinks::is_name(name, data.kind);
        (!is_looked_at).then_some((Key { id, ..call }, name.as_ref()))
    }

    fn add_caller(&mut self, function: Key, caller: Caller) {
        let callers = self.callers.entry(function).or_default();
        if callers.len() < MOST_CALLERS && !callers.iter().any(|known| known.call == caller.call) {
            callers.push(caller);
        }
    }

    /// `new` calls the constructor of the class, or the one that it has from its parents.
    fn add_construction(&mut self, class: Key, call: Key, closure: &Context) {
        let mut class = class;
        for _ in 0..MOST_PARENTS {
            let data = &self.linked.script(class.script).classes[class.id as usize];
            if let Some(constructor) = data.constructor {
                let caller = Caller {
                    call,
                    shift: Shift::None,
                    closure: closure.clone(),
                    this: None,
                };
                return self.add_caller(
                    Key {
                        id: constructor,
                        ..class
                    },
                    caller,
                );
            }
            match self.evaluator.parent_class(class) {
                Some(parent) => class = parent,
                None => return,
            }
        }
    }

    fn index_super_calls(&mut self, script: u32) {
        let classes = &self.linked.script(script).classes;
        for (id, class) in classes.iter().enumerate() {
            let key = Key {
                script,
                id: id as u32,
            };
            if let Some(super_call) = class.super_call
                && let Some(parent) = self.evaluator.parent_class(key)
            {
                self.add_construction(parent, Key::call(script, super_call), &None);
            }
        }
    }

    /// What a call connects to, wherever the parameters on which that depends are given.
    fn reached_by(&mut self, site: Key) -> Vec<Reached> {
        self.contexts = 0;
        let found = self.reached_in(site, &[]);
        if self.contexts >= MOST_CONTEXTS {
            self.note(site, "the call is reached in more ways than are followed");
        } else if !found.is_empty() && self.evaluator.is_exhausted() {
            self.note(
                site,
                "the URL of the call takes more steps than are followed",
            );
        }
        self.without_repeats(found)
    }

    fn reached_in(&mut self, site: Key, chain: &[(Key, Key)]) -> Vec<Reached> {
        self.contexts += 1;
        self.evaluator.grant(self.limits.steps);
        let context = self.context_of(chain);
        let found = self.urls(site, &context, chain);
        let open = self.evaluator.open_callees(site, &context);
        let Some(function) = self.next_function(&found, &open, site, chain) else {
            return found;
        };
        if chain.len() >= DEEPEST_CHAIN || self.contexts >= MOST_CONTEXTS {
            return found;
        }
        let mut further = Vec::new();
        for caller in self.callers.get(&function).cloned().unwrap_or_default() {
            let mut chain = chain.to_vec();
            chain.push((caller.call, function));
            further.extend(self.reached_in(site, &chain));
        }
        if is_no_better(&found, &further) {
            found
        } else {
            further
        }
    }

    /// What is known within the innermost of some calls, of which the outermost is the last.
    fn context_of(&self, chain: &[(Key, Key)]) -> Context {
        let mut context = None;
        for (call, function) in chain.iter().rev() {
            let caller = self.caller_in(*call, *function, &context);
            let shift = (*call, caller.shift);
            context = entered(&context, &caller.closure, *function, shift, caller.this);
        }
        context
    }

    /// How a call calls a function, where the calls that led there are known.
    fn caller_in(&self, call: Key, function: Key, context: &Context) -> Caller {
        let callees = self.evaluator.callees(call, context).into_iter();
        let mut found = callees.filter_map(|callee| match callee.value {
            Value::Function(known, closure, this) if known == function => Some(Caller {
                call,
                shift: callee.shift,
                closure,
                this,
            }),
            _ => None,
        });
        found.next().unwrap_or_else(|| {
            let known = self.callers.get(&function).into_iter().flatten();
            let mut known = known.filter(|known| known.call == call);
            known.next().cloned().unwrap_or(Caller {
                call,
                shift: Shift::None,
                closure: None,
                this: None,
            })
        })
    }

    /// The next function on whose parameters it depends where it goes, and of which a call is known: that around the
    /// outermost call, if it is one of them.
    fn next_function(
        &self,
        found: &[Reached],
        callees: &[Key],
        site: Key,
        chain: &[(Key, Key)],
    ) -> Option<Key> {
        let outermost = chain.last().map_or(site, |(call, _)| *call);
        let around = self.linked.script(outermost.script).calls[outermost.id as usize].function;
        let around = around.map(|id| Key { id, ..outermost });
        let open = found
            .iter()
            .flat_map(|reached| reached.text.open_functions());
        let mut open: Vec<_> = open
            .chain(callees.iter().copied())
            .filter(|function| {
                self.callers.contains_key(function)
                    && !chain.iter().any(|(_, known)| known == function)
            })
            .collect();
        open.sort_by_key(|function| Some(*function) != around);
        open.first().copied()
    }

    /// What a call connects to, where some of the calls that lead to it are known.
    fn urls(&self, site: Key, context: &Context, chain: &[(Key, Key)]) -> Vec<Reached> {
        let data = &self.linked.script(site.script).calls[site.id as usize];
        let mut found = Vec::new();
        let mut add = |api, texts: Vec<Text>, confidence, client| {
            found.extend(texts.into_iter().map(|text| Reached {
                api,
                text,
                confidence,
                client,
                site,
                chain: chain.to_vec(),
            }));
        };
        if let Some(api) = sinks::of_syntax(data.kind) {
            add(
                api,
                self.argument(site, Shift::None, 0, context),
                Confidence::High,
                None,
            );
            return found;
        }
        for callee in self.evaluator.callees(site, context) {
            let (client, path, base) = match &callee.value {
                Value::Native(path) => {
                    if let Some(sink) = sinks::sink(path, data.kind) {
                        let texts = self.argument(site, callee.shift, sink.url, context);
                        add(sink.api, texts, Confidence::High, None);
                        continue;
                    }
                    if path.as_ref() == "Request" && data.kind == CallKind::New {
                        add(
                            Api::Fetch,
                            self.argument(site, callee.shift, 0, context),
                            Confidence::Medium,
                            None,
                        );
                        continue;
                    }
                    match clients::of_global(path) {
                        Some((client, path)) => (Some(client), path, None),
                        None => continue,
                    }
                }
                Value::Package(package, path) => {
                    (clients::of_package(package), path.as_ref(), None)
                }
                Value::Client(client) => (
                    clients::of_package(&client.package),
                    client.path.as_ref(),
                    client.base.as_ref(),
                ),
                _ => continue,
            };
            let Some(client) = client else {
                continue;
            };
            let base = base.or_else(|| self.bases.get(client.name.as_str()));
            let filler = self.evaluator.filler(site, base, context);
            let mut answered = Vec::new();
            for connect in client.connects(path) {
                let texts = connect.urls(&filler);
                let open = texts.iter().all(|text| text.known() == 0);
                if texts.is_empty() || (open && answered.contains(&connect.api())) {
                    continue;
                }
                answered.push(connect.api());
                let confidence = if connect.usual {
                    Confidence::Medium
                } else {
                    Confidence::High
                };
                add(connect.api(), texts, confidence, Some(client.name.as_str()));
            }
        }
        if found.is_empty()
            && let Some((api, shift, index, confidence)) = self.looks_like_one(site)
        {
            found.extend(
                self.argument(site, shift, index, context)
                    .into_iter()
                    .map(|text| Reached {
                        api,
                        text,
                        confidence,
                        client: None,
                        site,
                        chain: chain.to_vec(),
                    }),
            );
        }
        found
    }

    /// `axios.defaults.baseURL = …`, wherever it is assigned.
    fn index_bases(&mut self) {
        self.evaluator.grant(self.limits.steps);
        for (script, _, code) in self.linked.scripts() {
            for (id, binding) in (0..).zip(&code.bindings) {
                if !binding
                    .properties
                    .iter()
                    .any(|(path, _)| path.as_ref() == DEFAULT_BASE)
                {
                    continue;
                }
                let of = self.evaluator.binding_of(Key { script, id });
                let client = of.iter().find_map(|value| match value {
                    Value::Package(package, path) if path.is_empty() => {
                        clients::of_package(package)
                    }
                    _ => None,
                });
                let base = self.evaluator.assigned(script, id, DEFAULT_BASE, &None);
                if let (Some(client), Some(base)) = (client, base.first()) {
                    self.bases
                        .insert(client.name.as_str(), Rc::new(base.to_text()));
                }
            }
        }
    }

    fn argument(&self, site: Key, shift: Shift, index: usize, context: &Context) -> Vec<Text> {
        let values = self.evaluator.argument(site, shift, index, context);
        let mut texts: Vec<_> = values
            .iter()
            .filter(|value| **value != Value::Nothing)
            .map(Value::to_text)
            .collect();
        if texts.is_empty() {
            texts.push(Text::hole("nothing"));
        }
        texts
    }

    /// A call that has the form of one that connects, on an object that is not known.
    fn looks_like_one(&self, site: Key) -> Option<(Api, Shift, usize, Confidence)> {
        let script = self.linked.script(site.script);
        let data = &script.calls[site.id as usize];
        let (name, shift) = self.evaluator.called_name(site)?;
        if data.kind == CallKind::New {
            let api = sinks::constructor(name)?;
            return Some((api, shift, 0, Confidence::Medium));
        }
        let text = |index: usize| {
            let values = self.evaluator.argument(site, shift, index, &None);
            values.first().map(Value::to_text)
        };
        match (name, data.arguments.len()) {
            ("open", 2..) => {
                let method = text(0)?;
                sinks::is_http_method(method.as_exact()?).then_some((
                    Api::XmlHttpRequest,
                    shift,
                    1,
                    Confidence::Medium,
                ))
            }
            ("fetch" | "sendBeacon", 1..) => {
                let url = text(0)?;
                let api = if name == "fetch" {
                    Api::Fetch
                } else {
                    Api::SendBeacon
                };
                (url.prefix().starts_with('/') || url.prefix().contains("://")).then_some((
                    api,
                    shift,
                    0,
                    Confidence::Low,
                ))
            }
            _ => None,
        }
    }

    fn is_request(&self, site: Key) -> bool {
        let data = &self.linked.script(site.script).calls[site.id as usize];
        let callee = &self.linked.script(site.script).exprs[data.callee as usize];
        data.kind == CallKind::New
            && match callee {
                Expr::Global(name) | Expr::Member(_, name) => name.as_ref() == "Request",
                _ => false,
            }
    }

    fn place(&self, call: Key) -> Place {
        let spot = self.linked.script(call.script).calls[call.id as usize].spot;
        spot.in_file(self.linked.path(call.script))
    }

    fn note(&mut self, site: Key, message: &str) {
        let place = self.place(site);
        self.notes.push(Note {
            place,
            message: message.to_owned(),
        });
    }

    fn connection(&self, mut reached: Reached) -> Connection {
        if reached.api == Api::WebSocket {
            let text = reached.text.for_web_socket();
            if text != reached.text {
                let words = format!(
                    "a WebSocket to `{}` connects to `{}`",
                    reached.text.target(),
                    text.target()
                );
                reached.text = text.with_step(ValueStep {
                    text: words,
                    place: None,
                });
            }
        }
        let target = reached.text.target();
        Connection {
            api: reached.api,
            place: self.place(self.shown_at(&reached)),
            generated: None,
            confidence: reached.confidence,
            reasoning: self.reasoning(&reached, &target),
            client: reached.client.map(str::to_owned),
            target,
        }
    }

    /// Of several URLs that differ in the words for what is unknown, one for each place is enough.
    fn without_repeats(&self, found: Vec<Reached>) -> Vec<Reached> {
        let mut shapes = FxHashSet::default();
        let kept = found.into_iter().filter(|reached| {
            let shape = match reached.text.known() {
                0 => String::new(),
                _ => reached.text.target().shape(),
            };
            shapes.insert((reached.api, self.shown_at(reached), shape))
        });
        kept.collect()
    }

    /// The call that is shown for it: the outermost one that is not in a constructor.
    fn shown_at(&self, reached: &Reached) -> Key {
        let mut chain = reached.chain.iter().rev();
        let outermost = chain.find(|(_, function)| !self.is_constructor(*function));
        outermost.map_or(reached.site, |(call, _)| *call)
    }

    /// Whether a function makes instances: what a method connects to stands in the method, or where that is called.
    fn is_constructor(&self, function: Key) -> bool {
        let classes = &self.linked.script(function.script).classes;
        classes
            .iter()
            .any(|class| class.constructor == Some(function.id))
    }

    fn reasoning(&self, reached: &Reached, target: &Target) -> Vec<Step> {
        let mut steps = Vec::new();
        for (call, function) in reached.chain.iter().rev() {
            let callee = self.linked.script(call.script).calls[call.id as usize].callee;
            let spot = self.linked.script(function.script).functions[function.id as usize].spot;
            steps.push(Step {
                text: format!(
                    "`{}` passes it on",
                    self.evaluator.words(Key {
                        id: callee,
                        ..*call
                    })
                ),
                place: Some(spot.in_file(self.linked.path(function.script))),
            });
        }
        let site = self.place(reached.site);
        steps.push(Step {
            text: match reached.client {
                Some(client) => format!("{client} connects by {}", reached.api),
                None => format!("{} connects", reached.api),
            },
            place: Some(site.clone()),
        });
        if target.to_string().ends_with(".request}") && target.parts.len() == 1 {
            steps.push(Step {
                text: "it passes through what the page asks for".to_owned(),
                place: Some(site),
            });
        }
        steps.extend(reached.text.steps.iter().map(|step| {
            Step {
                text: step.text.clone(),
                place: step
                    .place
                    .map(|(script, spot)| spot.in_file(self.linked.path(script))),
            }
        }));
        steps
    }
}

/// Whether calls of a value may connect.
fn connects_by(value: &Value, kind: CallKind) -> bool {
    match value {
        Value::Native(path) => {
            sinks::sink(path, kind).is_some()
                || path.as_ref() == "Request"
                || clients::of_global(path).is_some()
        }
        Value::Package(package, _) => clients::of_package(package).is_some(),
        Value::Client(client) => clients::of_package(&client.package).is_some(),
        _ => false,
    }
}

/// Whether the callers tell nothing that the call itself does not tell.
fn is_no_better(open: &[Reached], further: &[Reached]) -> bool {
    if further.is_empty() || open.is_empty() {
        return further.is_empty();
    }
    let known = |reached: &[Reached]| {
        reached
            .iter()
            .map(|reached| reached.text.known())
            .max()
            .unwrap_or(0)
    };
    let host_known = open
        .iter()
        .all(|reached| reached.text.target().host_known());
    known(further) == 0 || (host_known && known(further) <= known(open))
}

/// Where axios keeps it.
const DEFAULT_BASE: &str = "defaults.baseURL";
/// Calls of one function that are followed.
const MOST_CALLERS: usize = 2000;
/// Steps to find out what a call calls.
const CALLEE_STEPS: usize = 400;
/// Functions through which a URL is passed on.
const DEEPEST_CHAIN: usize = 12;
/// Ways to one call that are followed.
const MOST_CONTEXTS: usize = 4000;
/// Classes that a class extends.
const MOST_PARENTS: usize = 16;
