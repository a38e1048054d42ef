//! Calls, and those that name a module.

use oxc::ast::ast::{Argument, Expression};

use super::{Lowering, clipped, number_text};
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
                let first = first?;
                if !matches!(
                    first,
                    Expression::StringLiteral(_) | Expression::NumericLiteral(_)
                ) {
                    return None;
                }
                let binding = self.code.scopes.resolve(scope, name.name);
                let is_require = match binding {
                    Some(binding) => self.is_require(binding),
                    None => name.name == "require",
                };
                let literal = match first {
                    _ if !is_require => return None,
                    Expression::StringLiteral(text) => clipped(&text.value),
                    Expression::NumericLiteral(number) => number_text(number.value).into(),
                    _ => return None,
                };
                Some(match binding {
                    Some(_) => self.module(&literal),
                    None => self.add(Expr::Import(literal, None)),
                })
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
        let number = node.number();
        if let Some(id) = number.and_then(|number| self.calls.get(number)) {
            return id;
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
        if let Some(number) = number {
            self.calls.insert(number, id);
        }
        let spot = self.spot(node.span());
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
