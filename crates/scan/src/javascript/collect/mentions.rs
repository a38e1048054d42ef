//! What values are made of, as far as something may connect through it.

use oxc::ast::ast::{
    Argument, ArrayExpressionElement, AssignmentTarget, CallExpression, ChainElement, Expression,
    MemberExpression, ObjectPropertyKind,
};
use oxc::str::Ident;

use super::Collector;
use crate::javascript::ir::{ClassId, FunctionId};
use crate::javascript::scopes::Scope;

/// What an expression starts from: `a` of `a.b.c()`.
#[derive(Clone, Copy)]
pub(in crate::javascript) enum Start<'a> {
    /// Something through which nothing connects.
    None,
    /// A module that is imported here.
    Seed,
    /// A name, and the property of it that is asked for.
    Name(Ident<'a>, Option<&'a MemberExpression<'a>>),
    This,
    /// A function expression.
    Function(&'a Expression<'a>),
    /// `require("name")`, or what is called in that form, which the declarations of the whole script tell.
    Call(&'a CallExpression<'a>),
}

/// Something of which a value is made. It is noted while the walk has the expression at hand, so that the tree is gone through
/// once.
pub(in crate::javascript) struct Mention<'a> {
    pub(in crate::javascript) start: Start<'a>,
    pub(in crate::javascript) scope: Scope,
    pub(in crate::javascript) of: Mentioner,
}

/// Whose value it is.
#[derive(Clone, Copy)]
pub(in crate::javascript) enum Mentioner {
    /// That of a binding, by the place in the list of what bindings stand for.
    Source(u32),
    Return(FunctionId),
    /// That which is assigned, by the place in the list of assignments.
    Assignment(u32),
    Class(ClassId),
}

impl<'a> Start<'a> {
    /// What an expression starts from.
    pub(in crate::javascript) fn of(mut expression: &'a Expression<'a>) -> Self {
        // The property of it that was asked for last.
        let mut property = None;
        loop {
            let below = std::mem::take(&mut property);
            let next = match expression.get_inner_expression() {
                Expression::Identifier(name) => return Self::Name(name.name, below),
                Expression::ThisExpression(_) => return Self::This,
                Expression::ImportExpression(_) => return Self::Seed,
                Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) => {
                    return Self::Function(expression);
                }
                Expression::CallExpression(call) => match Self::of_call(call) {
                    Some(start) => return start,
                    None => Some(&call.callee),
                },
                Expression::NewExpression(call) => Some(&call.callee),
                Expression::SequenceExpression(sequence) => sequence.expressions.last(),
                Expression::AwaitExpression(awaited) => Some(&awaited.argument),
                Expression::LogicalExpression(logical) => Some(&logical.left),
                Expression::AssignmentExpression(assignment) => Some(&assignment.right),
                Expression::ChainExpression(chain) => match &chain.expression {
                    ChainElement::CallExpression(call) => Some(&call.callee),
                    ChainElement::TSNonNullExpression(inner) => Some(&inner.expression),
                    element => {
                        property = element.as_member_expression();
                        property.map(MemberExpression::object)
                    }
                },
                inner => {
                    property = inner.as_member_expression();
                    property.map(MemberExpression::object)
                }
            };
            match next {
                Some(next) => expression = next,
                None => return Self::None,
            }
        }
    }

    /// A call that may name a module.
    fn of_call(call: &'a CallExpression<'a>) -> Option<Self> {
        let Expression::Identifier(name) = &call.callee else {
            return None;
        };
        match call.arguments.first()? {
            Argument::StringLiteral(module)
                if name.name == "require" && is_without_clients(&module.value) =>
            {
                Some(Self::None)
            }
            Argument::StringLiteral(_) | Argument::NumericLiteral(_) => Some(Self::Call(call)),
            _ => None,
        }
    }
}

impl<'a> Collector<'a> {
    /// Notes what an expression is made of.
    pub(super) fn mention(&mut self, expression: &'a Expression<'a>, scope: Scope, of: Mentioner) {
        self.mention_at(expression, scope, of, 0);
    }

    fn mention_at(
        &mut self,
        expression: &'a Expression<'a>,
        scope: Scope,
        of: Mentioner,
        depth: usize,
    ) {
        if depth > DEEPEST_MENTION {
            return;
        }
        let start = Start::of(expression);
        if !matches!(start, Start::None) {
            self.found.mentions.push(Mention { start, scope, of });
        }
        let each = |this: &mut Self, expression| this.mention_at(expression, scope, of, depth + 1);
        match expression.get_inner_expression() {
            Expression::CallExpression(call) => {
                for argument in call.arguments.iter().filter_map(Argument::as_expression) {
                    each(self, argument);
                }
            }
            Expression::NewExpression(call) => {
                for argument in call.arguments.iter().filter_map(Argument::as_expression) {
                    each(self, argument);
                }
            }
            Expression::ConditionalExpression(choice) => {
                each(self, &choice.consequent);
                each(self, &choice.alternate);
            }
            Expression::LogicalExpression(logical) => {
                each(self, &logical.left);
                each(self, &logical.right);
            }
            Expression::ObjectExpression(object) => {
                for property in &object.properties {
                    match property {
                        ObjectPropertyKind::ObjectProperty(property) => each(self, &property.value),
                        ObjectPropertyKind::SpreadProperty(spread) => each(self, &spread.argument),
                    }
                }
            }
            Expression::ArrayExpression(array) => {
                for element in array
                    .elements
                    .iter()
                    .filter_map(ArrayExpressionElement::as_expression)
                {
                    each(self, element);
                }
            }
            Expression::AssignmentExpression(assignment) => {
                each(self, &assignment.right);
                // What is assigned to the properties of the name later.
                if let AssignmentTarget::AssignmentTargetIdentifier(name) = &assignment.left {
                    let start = Start::Name(name.name, None);
                    self.found.mentions.push(Mention { start, scope, of });
                }
            }
            Expression::AwaitExpression(awaited) => each(self, &awaited.argument),
            Expression::SequenceExpression(sequence) => {
                if let Some(last) = sequence.expressions.last() {
                    each(self, last);
                }
            }
            _ => {}
        }
    }
}

/// Whether a module's functions connect to nothing, and are called in every file.
pub(in crate::javascript) fn is_without_clients(module: &str) -> bool {
    NO_CLIENTS.contains(&module)
}

const NO_CLIENTS: &[&str] = &[
    "react",
    "react-dom",
    "react/jsx-runtime",
    "vue",
    "svelte",
    "lodash",
    "classnames",
    "clsx",
    "moment",
    "dayjs",
    "date-fns",
    "rxjs",
    "rxjs/operators",
    "zod",
    "immer",
];

/// Expressions within each other in which mentions are looked for.
const DEEPEST_MENTION: usize = 5;
