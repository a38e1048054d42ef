//! What bundlers and compilers make of modules.

use oxc::ast::ast::{
    Argument, ArrayExpression, CallExpression, Expression, IdentifierReference, MemberExpression,
    ObjectExpression, ObjectPropertyKind,
};
use oxc::span::Span;

use super::collect::{function_span, key_name};

/// What a bundler passes to the function of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Module,
    Exports,
    Require,
}

impl Role {
    /// webpack's order.
    pub(super) fn of_parameter(index: usize) -> Option<Self> {
        [Self::Module, Self::Exports, Self::Require]
            .get(index)
            .copied()
    }
}

/// The modules in a table of functions: `{ 17: function (module, exports, require) { … } }`.
pub(super) fn modules_of_object(object: &ObjectExpression<'_>) -> Vec<(Box<str>, Span)> {
    let mut modules = Vec::new();
    for property in &object.properties {
        let ObjectPropertyKind::ObjectProperty(property) = property else {
            return Vec::new();
        };
        let Some(span) = module_function(&property.value) else {
            return Vec::new();
        };
        match key_name(&property.key).filter(|key| is_module_id(key)) {
            Some(key) => modules.push((key, span)),
            None => return Vec::new(),
        }
    }
    modules
}

/// The modules in a list of functions, which are called by their positions.
pub(super) fn modules_of_array(array: &ArrayExpression<'_>) -> Vec<(Box<str>, Span)> {
    let elements = array.elements.iter().enumerate();
    let functions = elements.filter_map(|(index, element)| {
        let span = element.as_expression().map(module_function);
        match span {
            Some(Some(span)) => Some(Ok((index.to_string().into(), span))),
            Some(None) => Some(Err(())),
            None => None,
        }
    });
    let modules: Vec<_> = functions.collect::<Result<_, ()>>().unwrap_or_default();
    if modules.len() < 2 {
        Vec::new()
    } else {
        modules
    }
}

/// Names that no method has.
fn is_module_id(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_digit()) || key.contains('/')
}

fn module_function(value: &Expression<'_>) -> Option<Span> {
    let parameters = match value {
        Expression::FunctionExpression(function) => &function.params,
        Expression::ArrowFunctionExpression(function) => &function.params,
        _ => return None,
    };
    (parameters.items.len() <= 3).then(|| function_span(value))?
}

/// A module that exports everything of another, as compilers of TypeScript write it: `star(require(17), exports)`.
pub(super) struct Star<'a> {
    pub(super) require: &'a IdentifierReference<'a>,
    pub(super) module: Box<str>,
    pub(super) exports: &'a IdentifierReference<'a>,
}

pub(super) fn star<'a>(call: &'a CallExpression<'a>) -> Option<Star<'a>> {
    let [
        Argument::CallExpression(import),
        Argument::Identifier(exports),
    ] = call.arguments.as_slice()
    else {
        return None;
    };
    let Expression::Identifier(require) = &import.callee else {
        return None;
    };
    Some(Star {
        require,
        module: module_id(&import.arguments)?,
        exports,
    })
}

/// The only argument of a call, if it may be the name of a module.
pub(super) fn module_id(arguments: &[Argument<'_>]) -> Option<Box<str>> {
    match arguments {
        [Argument::NumericLiteral(number)] => Some(number.value.to_string().into()),
        [Argument::StringLiteral(text)] => Some(text.value.as_str().into()),
        _ => None,
    }
}

/// The module that a shared one stands for: `() => share("default", "name", () => load(2).then(() => () => require(17)))`.
pub(super) fn shared_module(function: &Expression<'_>) -> Option<Box<str>> {
    let mut body = arrow_body(function)?;
    let mut depth = 0;
    while let Some(inner) = next_arrow(body) {
        body = arrow_body(inner)?;
        depth += 1;
        if depth > DEEPEST_SHARE {
            return None;
        }
    }
    let Expression::CallExpression(call) = body else {
        return None;
    };
    let is_required = matches!(call.callee, Expression::Identifier(_)) && depth >= 2;
    is_required.then(|| module_id(&call.arguments))?
}

fn arrow_body<'e>(function: &'e Expression<'e>) -> Option<&'e Expression<'e>> {
    match function.get_inner_expression() {
        Expression::ArrowFunctionExpression(arrow) if arrow.params.items.is_empty() => {
            arrow.body.as_expression()
        }
        _ => None,
    }
}

/// The function in a call, or the one that is the expression.
fn next_arrow<'e>(body: &'e Expression<'e>) -> Option<&'e Expression<'e>> {
    match body.get_inner_expression() {
        Expression::CallExpression(call) => {
            let last = call.arguments.last()?.as_expression()?;
            arrow_body(last).map(|_| last)
        }
        inner => arrow_body(inner).map(|_| inner),
    }
}

/// Functions within each other around a shared module.
const DEEPEST_SHARE: usize = 8;

/// Exports that are defined by functions that return them.
pub(super) struct Definitions<'a> {
    pub(super) target: &'a IdentifierReference<'a>,
    pub(super) getters: Vec<(String, &'a Expression<'a>)>,
}

/// `n.d(exports, { name: () => value })`, `n.d(exports, "name", function () { return value })` and
/// `Object.defineProperty(exports, "name", { get: function () { return value } })`.
pub(super) fn definitions<'a>(call: &'a CallExpression<'a>) -> Option<Definitions<'a>> {
    let method = call.callee.as_member_expression()?.static_property_name()?;
    if method != "d" && method != "defineProperty" {
        return None;
    }
    let Expression::Identifier(target) = call.arguments.first()?.as_expression()? else {
        return None;
    };
    let arguments = |index: usize| call.arguments.get(index).and_then(Argument::as_expression);
    let getters = match (arguments(1)?, arguments(2)) {
        (Expression::ObjectExpression(object), None) => getters_of(object),
        (Expression::StringLiteral(name), Some(Expression::ObjectExpression(descriptor))) => {
            let mut getters = getters_of(descriptor);
            getters.retain(|(key, _)| key == "get");
            for (key, _) in &mut getters {
                name.value.as_str().clone_into(key);
            }
            getters
        }
        (Expression::StringLiteral(name), Some(getter)) if function_span(getter).is_some() => {
            vec![(name.value.as_str().to_owned(), getter)]
        }
        _ => return None,
    };
    Some(Definitions { target, getters })
}

/// The methods in `_createClass(Name, [{ key: "name", value: function () { … } }])`, as compilers write classes.
pub(super) fn compiled_methods<'a>(call: &'a CallExpression<'a>) -> Option<Definitions<'a>> {
    let Expression::Identifier(target) = call.arguments.first()?.as_expression()? else {
        return None;
    };
    let Expression::ArrayExpression(methods) = call.arguments.get(1)?.as_expression()? else {
        return None;
    };
    let methods = methods.elements.iter().filter_map(|method| {
        let method = method.as_expression()?;
        let Expression::StringLiteral(name) = property(method, "key")? else {
            return None;
        };
        let value = property(method, "value")?;
        function_span(value)?;
        Some((format!("prototype.{}", name.value), value))
    });
    let getters: Vec<_> = methods.collect();
    (!getters.is_empty()).then_some(Definitions { target, getters })
}

fn getters_of<'a>(object: &'a ObjectExpression<'a>) -> Vec<(String, &'a Expression<'a>)> {
    let properties = object
        .properties
        .iter()
        .filter_map(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => Some(property),
            ObjectPropertyKind::SpreadProperty(_) => None,
        });
    let getters = properties.filter_map(|property| {
        function_span(&property.value)?;
        Some((key_name(&property.key)?.into_string(), &property.value))
    });
    getters.collect()
}

/// `link.setAttribute("ping", url)`.
pub(super) fn is_set_ping(call: &CallExpression<'_>) -> bool {
    let method = call
        .callee
        .as_member_expression()
        .and_then(MemberExpression::static_property_name);
    method.is_some_and(|method| method == "setAttribute")
        && matches!(call.arguments.first(), Some(Argument::StringLiteral(name)) if name.value == "ping")
}

/// The type in `import(url, { with: { type: "json" } })`.
pub(super) fn type_of_import<'a>(options: &'a Expression<'a>) -> Option<&'a str> {
    match property(property(options, "with")?, "type")? {
        Expression::StringLiteral(text) => Some(text.value.as_str()),
        _ => None,
    }
}

fn property<'a>(object: &'a Expression<'a>, name: &str) -> Option<&'a Expression<'a>> {
    let Expression::ObjectExpression(object) = object else {
        return None;
    };
    object
        .properties
        .iter()
        .find_map(|property| match property {
            ObjectPropertyKind::ObjectProperty(property) => {
                (key_name(&property.key)?.as_ref() == name).then_some(&property.value)
            }
            ObjectPropertyKind::SpreadProperty(_) => None,
        })
}
