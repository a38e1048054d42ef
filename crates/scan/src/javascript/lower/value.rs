//! Expressions.

use oxc::ast::ast::{
    ArrayExpressionElement, AssignmentExpression, AssignmentTarget, BinaryExpression, ChainElement,
    Expression, MemberExpression, ObjectExpression, ObjectPropertyKind, PropertyKind,
    RegExpLiteral, TemplateLiteral,
};
use oxc::syntax::operator::{AssignmentOperator, BinaryOperator, LogicalOperator, UnaryOperator};
use oxc::syntax::scope::ScopeId;

use super::{Lowering, MOST_EXPRESSIONS, clipped, number_text};
use crate::javascript::collect::{CallNode, key_name};
use crate::javascript::ir::{ClassId, Expr, ExprId, FunctionId, Home};
use crate::javascript::scopes::Scope;

impl<'a> Lowering<'_, 'a> {
    /// A value.
    pub(in crate::javascript) fn lower(
        &mut self,
        expression: &'a Expression<'a>,
        scope: Scope,
    ) -> ExprId {
        if self.depth > DEEPEST || self.out.exprs.len() > MOST_EXPRESSIONS {
            return self.unknown("…");
        }
        self.depth += 1;
        let made = self.lower_any(expression, scope);
        self.depth -= 1;
        made
    }

    fn lower_any(&mut self, expression: &'a Expression<'a>, scope: Scope) -> ExprId {
        match expression {
            Expression::StringLiteral(text) => self.text(&text.value),
            Expression::NumericLiteral(number) => self.text(&number_text(number.value)),
            Expression::BooleanLiteral(_) | Expression::NullLiteral(_) => self.add(Expr::Nothing),
            Expression::RegExpLiteral(pattern) => self.pattern(pattern),
            Expression::TemplateLiteral(template) => self.template(template, scope),
            Expression::Identifier(name) => match name.name.as_str() {
                "arguments" => self.arguments_object(scope),
                _ => self.name(name.name, scope),
            },
            Expression::ThisExpression(_) => self.this(scope),
            Expression::Super(_) => self.unknown("super"),
            Expression::BinaryExpression(binary) => self.binary(binary, scope),
            Expression::LogicalExpression(logical) => {
                let right = self.lower(&logical.right, scope);
                if logical.operator == LogicalOperator::And {
                    return right;
                }
                let left = self.lower(&logical.left, scope);
                self.add(Expr::Choice(None, vec![left, right]))
            }
            Expression::ConditionalExpression(conditional) => {
                let test = self.subject(&conditional.test, scope);
                let yes = self.lower(&conditional.consequent, scope);
                let no = self.lower(&conditional.alternate, scope);
                self.add(Expr::Choice(test, vec![yes, no]))
            }
            Expression::ObjectExpression(object) => self.object(object, scope),
            Expression::ArrayExpression(array) => {
                let mut elements = Vec::new();
                for element in array.elements.iter().take(MOST_ELEMENTS) {
                    elements.push(match element {
                        ArrayExpressionElement::SpreadElement(spread) => {
                            let of = self.lower(&spread.argument, scope);
                            self.add(Expr::Spread(of))
                        }
                        ArrayExpressionElement::Elision(_) => self.add(Expr::Nothing),
                        element => match element.as_expression() {
                            Some(element) => self.lower(element, scope),
                            None => self.add(Expr::Nothing),
                        },
                    });
                }
                self.add(Expr::Array(elements))
            }
            Expression::FunctionExpression(function) => {
                self.function_value(function.scope_id.get().map(ScopeId::index))
            }
            Expression::ArrowFunctionExpression(function) => {
                self.function_value(function.scope_id.get().map(ScopeId::index))
            }
            Expression::ClassExpression(class) => match class.scope_id.get() {
                Some(id) => {
                    let class = self.class(id.index() as ClassId);
                    self.add(Expr::Class(class))
                }
                None => self.unknown("class"),
            },
            Expression::CallExpression(call) => self.call_value(CallNode::Call(call), scope),
            Expression::NewExpression(call) => self.call_value(CallNode::New(call), scope),
            Expression::AssignmentExpression(assignment) => self.assignment(assignment, scope),
            Expression::SequenceExpression(sequence) => match sequence.expressions.last() {
                Some(last) => self.lower(last, scope),
                None => self.add(Expr::Nothing),
            },
            Expression::AwaitExpression(awaited) => self.lower(&awaited.argument, scope),
            Expression::ParenthesizedExpression(inner) => self.lower(&inner.expression, scope),
            Expression::TSAsExpression(inner) => self.lower(&inner.expression, scope),
            Expression::TSSatisfiesExpression(inner) => self.lower(&inner.expression, scope),
            Expression::TSNonNullExpression(inner) => self.lower(&inner.expression, scope),
            Expression::TSTypeAssertion(inner) => self.lower(&inner.expression, scope),
            Expression::TSInstantiationExpression(inner) => self.lower(&inner.expression, scope),
            Expression::UnaryExpression(unary) => match unary.operator {
                UnaryOperator::Void | UnaryOperator::LogicalNot | UnaryOperator::Delete => {
                    self.add(Expr::Nothing)
                }
                _ => self.unknown("…"),
            },
            Expression::ImportExpression(import) => match &import.source {
                Expression::StringLiteral(module) => {
                    self.add(Expr::Import(clipped(&module.value), None))
                }
                _ => self.unknown("import()"),
            },
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => self.call_value(CallNode::Call(call), scope),
                ChainElement::TSNonNullExpression(inner) => self.lower(&inner.expression, scope),
                element => match element.as_member_expression() {
                    Some(member) => self.member(member, scope),
                    None => self.unknown("…"),
                },
            },
            Expression::ImportMeta(_) => self.add(Expr::Global("import.meta".into())),
            expression => match expression.as_member_expression() {
                Some(member) => self.member(member, scope),
                None => self.unknown("…"),
            },
        }
    }

    fn pattern(&mut self, pattern: &RegExpLiteral<'a>) -> ExprId {
        let (text, flags) = (&pattern.regex.pattern.text, pattern.regex.flags);
        self.add(Expr::Pattern(clipped(&format!("/{text}/{flags}"))))
    }

    /// What an assignment gives: the name, where a new object gets its properties later.
    fn assignment(&mut self, assignment: &'a AssignmentExpression<'a>, scope: Scope) -> ExprId {
        let is_step = assignment.operator == AssignmentOperator::Addition;
        let is_new = matches!(&assignment.right,
            Expression::ObjectExpression(object) if object.properties.is_empty());
        match &assignment.left {
            AssignmentTarget::AssignmentTargetIdentifier(name) if is_step || is_new => {
                self.name(name.name, scope)
            }
            _ if is_step => {
                let before = self.unknown("…");
                let right = self.lower(&assignment.right, scope);
                self.add(Expr::Concat(vec![before, right]))
            }
            _ => self.lower(&assignment.right, scope),
        }
    }

    fn member(&mut self, member: &'a MemberExpression<'a>, scope: Scope) -> ExprId {
        let object = self.lower(member.object(), scope);
        let name: Option<Box<str>> = match member {
            MemberExpression::PrivateFieldExpression(private) => {
                Some(format!("#{}", private.field.name).into())
            }
            member => member.static_property_name().map(clipped),
        };
        match (name, member) {
            (Some(name), _) => self.add(Expr::Member(object, name)),
            (None, MemberExpression::ComputedMemberExpression(computed)) => {
                let index = self.lower(&computed.expression, scope);
                self.add(Expr::Index(object, index))
            }
            (None, _) => self.unknown("…"),
        }
    }

    fn function_value(&mut self, id: Option<usize>) -> ExprId {
        match id {
            Some(id) => {
                let function = self.function(id as FunctionId);
                self.add(Expr::Function(function))
            }
            None => self.unknown("function"),
        }
    }

    /// The function whose `this` and `arguments` are seen from a scope.
    fn this_function(&self, scope: Scope) -> Option<FunctionId> {
        let mut function = self.code.scopes.function_around(scope);
        while let Some(id) = function {
            let data = &self.code.functions[id as usize];
            if !data.arrow {
                return Some(id);
            }
            function = data.parent;
        }
        None
    }

    fn this(&mut self, scope: Scope) -> ExprId {
        let function = self.this_function(scope).map(|id| self.function(id));
        self.add(Expr::This(function))
    }

    fn arguments_object(&mut self, scope: Scope) -> ExprId {
        match self.this_function(scope) {
            Some(function) => {
                let function = self.function(function);
                self.add(Expr::Rest(function, 0))
            }
            None => self.unknown("arguments"),
        }
    }

    fn template(&mut self, template: &'a TemplateLiteral<'a>, scope: Scope) -> ExprId {
        let mut parts = Vec::new();
        for (index, quasi) in template.quasis.iter().enumerate() {
            let text = quasi.value.cooked.as_ref().unwrap_or(&quasi.value.raw);
            if !text.is_empty() {
                parts.push(self.text(text));
            }
            if let Some(expression) = template.expressions.get(index) {
                parts.push(self.lower(expression, scope));
            }
        }
        self.add(Expr::Concat(parts))
    }

    fn binary(&mut self, binary: &'a BinaryExpression<'a>, scope: Scope) -> ExprId {
        if binary.operator != BinaryOperator::Addition {
            return self.unknown("…");
        }
        let mut parts = vec![&binary.right];
        let mut left = &binary.left;
        while let Expression::BinaryExpression(inner) = left {
            if inner.operator != BinaryOperator::Addition {
                break;
            }
            parts.push(&inner.right);
            left = &inner.left;
        }
        parts.push(left);
        parts.reverse();
        let parts: Vec<_> = parts
            .into_iter()
            .take(MOST_ELEMENTS)
            .map(|part| self.lower(part, scope))
            .collect();
        self.add(Expr::Concat(parts))
    }

    /// What a condition asks about: `location.protocol` of `location.protocol === "https:"`.
    fn subject(&mut self, test: &'a Expression<'a>, scope: Scope) -> Option<ExprId> {
        let subject = match test {
            Expression::BinaryExpression(binary) if binary.operator.is_equality() => {
                match &binary.left {
                    Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => &binary.right,
                    left => left,
                }
            }
            Expression::CallExpression(call) => {
                match (call.callee.as_member_expression()?, call.arguments.first()) {
                    (member, _) if !matches!(member.object(), Expression::RegExpLiteral(_)) => {
                        member.object()
                    }
                    (_, Some(argument)) => argument.as_expression()?,
                    _ => return None,
                }
            }
            Expression::Identifier(_) => test,
            test if test.is_member_expression() => test,
            _ => return None,
        };
        let named = matches!(subject, Expression::Identifier(_)) || subject.is_member_expression();
        named.then(|| self.lower(subject, scope))
    }

    fn object(&mut self, object: &'a ObjectExpression<'a>, scope: Scope) -> ExprId {
        let id = self.add(Expr::Nothing);
        let mut properties = Vec::new();
        for property in object.properties.iter().take(MOST_ELEMENTS) {
            match property {
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let value = self.lower(&spread.argument, scope);
                    properties.push((None, value));
                }
                ObjectPropertyKind::ObjectProperty(property) => {
                    let name = key_name(&property.key).unwrap_or_else(|| "[]".into());
                    let mut value = self.lower(&property.value, scope);
                    if let Expr::Function(function) = &self.out.exprs[value as usize] {
                        let function = *function;
                        if !matches!(property.value, Expression::ArrowFunctionExpression(_)) {
                            self.out.functions[function as usize].home = Home::Object(id);
                        }
                        if property.kind == PropertyKind::Get {
                            value = self.add(Expr::Getter(function));
                        }
                    }
                    properties.push((Some(name), value));
                }
            }
        }
        self.out.exprs[id as usize] = Expr::Object(properties);
        id
    }
}

/// Expressions within each other that are followed.
const DEEPEST: usize = 200;
/// Elements of a list, parts of a sum or properties of an object that are kept.
const MOST_ELEMENTS: usize = 1024;
