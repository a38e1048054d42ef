//! Calls, and those that name a module.

use oxc::ast::ast::{Argument, Expression};

use super::{Lowering, clipped};
use crate::javascript::bundle::Role;
use crate::javascript::collect::CallNode;
use crate::javascript::ir::{BindingId, Call, CallId, Expr, ExprId, FunctionId};
use crate::javascript::scopes::Scope;

impl<'a> Lowering<'_, 'a> {
    pub(super) fn call_value(&mut self, node: CallNode<'a>, scope: Scope) -> ExprId {
        if let Some(special) = self.special_call(node, scope) {
            return special;
        }
        let function = self.code.scopes.function_around(scope);
        let call = self.call(node, scope, function);
        self.add(Expr::Call(call))
    }

    /// `require("name")`, and what bundlers make of it.
    fn special_call(&mut self, node: CallNode<'a>, scope: Scope) -> Option<ExprId> {
        let first = node.arguments().first().and_then(Argument::as_expression);
        match node.callee().get_inner_expression() {
            Expression::Identifier(name) => {
                let literal: Box<str> = match first? {
                    Expression::StringLiteral(text) => clipped(&text.value),
                    Expression::NumericLiteral(number) => number.value.to_string().into(),
                    _ => return None,
                };
                match self.code.scopes.resolve(scope, name.name) {
                    None if name.name == "require" => Some(self.add(Expr::Import(literal, None))),
                    Some(binding) if self.is_require(binding) => Some(self.module(&literal)),
                    _ => None,
                }
            }
            callee => {
                let member = callee.as_member_expression()?;
                let Expression::Identifier(name) = member.object() else {
                    return None;
                };
                let binding = self.code.scopes.resolve(scope, name.name)?;
                let is_wrapped = self.is_require(binding) && member.static_property_name()? == "n";
                if !is_wrapped {
                    return None;
                }
                Some(self.lower(first?, scope))
            }
        }
    }

    pub(in crate::javascript) fn is_require(&self, binding: BindingId) -> bool {
        matches!(self.code.roles.get(&binding), Some((Role::Require, _)))
    }

    /// A call and its arguments.
    pub(in crate::javascript) fn call(
        &mut self,
        node: CallNode<'a>,
        scope: Scope,
        function: Option<FunctionId>,
    ) -> CallId {
        let span = node.span();
        if let Some(id) = self.calls.get(&span) {
            return *id;
        }
        let callee = self.lower(node.callee(), scope);
        let mut arguments = Vec::new();
        for argument in node.arguments().iter().take(MOST_ARGUMENTS) {
            arguments.push(match argument {
                Argument::SpreadElement(spread) => {
                    let of = self.lower(&spread.argument, scope);
                    self.add(Expr::Spread(of))
                }
                argument => match argument.as_expression() {
                    Some(argument) => self.lower(argument, scope),
                    None => self.add(Expr::Nothing),
                },
            });
        }
        let function = function.map(|function| self.function(function));
        let id = self.out.calls.len() as CallId;
        self.calls.insert(span, id);
        let spot = self.spot(span);
        self.out.calls.push(Call {
            kind: node.kind(),
            spot,
            function,
            callee,
            arguments,
        });
        id
    }
}

/// Arguments of a call that are kept.
const MOST_ARGUMENTS: usize = 16;
