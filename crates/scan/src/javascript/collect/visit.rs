//! What is looked at on the way through the tree.

use oxc::ast::ast::{
    Argument, ArrayExpression, ArrowFunctionExpression, AssignmentExpression, BinaryExpression,
    BlockStatement, CallExpression, CatchClause, Class, ConditionalExpression,
    ExportAllDeclaration, ExportDeclaration, ExportDefaultDeclaration, ExportFromDeclaration,
    ExportNamedDeclaration, Expression, ForInStatement, ForOfStatement, ForStatement, Function,
    IfStatement, ImportDeclaration, ImportExpression, JSXAttribute, JSXAttributeName,
    JSXAttributeValue, LogicalExpression, NewExpression, ObjectExpression, ObjectPropertyKind,
    ReturnStatement, SwitchStatement, TSEnumDeclaration, VariableDeclaration,
};
use oxc::ast_visit::{VisitJs, walk_js};
use oxc::syntax::operator::BinaryOperator;
use oxc::syntax::scope::ScopeFlags;

use super::found::{CallNode, DirectUrl, Holder, Source};
use super::{Collector, key_name};
use crate::javascript::ir::CallKind;
use crate::javascript::{bundle, patterns};

impl<'a> VisitJs<'a> for Collector<'a> {
    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
        let it = self.alloc(it);
        self.function(it);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        let it = self.alloc(it);
        self.arrow_function(it);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        let it = self.alloc(it);
        self.class(it);
    }

    fn visit_block_statement(&mut self, it: &BlockStatement<'a>) {
        self.within(|this| walk_js::walk_block_statement(this, it));
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.within(|this| walk_js::walk_switch_statement(this, it));
    }

    fn visit_catch_clause(&mut self, it: &CatchClause<'a>) {
        let clause = self.alloc(it);
        self.within(|this| {
            if let Some(parameter) = &clause.param {
                for target in patterns::targets(&parameter.pattern) {
                    this.declare(this.scope, target.name.name, target.name.span);
                }
            }
            this.visit_block_statement(&clause.body);
        });
    }

    fn visit_if_statement(&mut self, it: &IfStatement<'a>) {
        self.visit_expression(&it.test);
        self.maybe(|this| this.visit_statement(&it.consequent));
        if let Some(alternate) = &it.alternate {
            self.maybe(|this| this.visit_statement(alternate));
        }
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.visit_expression(&it.test);
        self.maybe(|this| this.visit_expression(&it.consequent));
        self.maybe(|this| this.visit_expression(&it.alternate));
    }

    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        self.visit_expression(&it.left);
        self.maybe(|this| this.visit_expression(&it.right));
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.within(|this| walk_js::walk_for_statement(this, it));
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.within(|this| walk_js::walk_for_in_statement(this, it));
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        let statement = self.alloc(it);
        self.within(|this| {
            let list = this.here(&statement.right);
            this.declare_left(&statement.left, list);
            walk_js::walk_for_of_statement(this, statement);
        });
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        let it = self.alloc(it);
        self.variables(it);
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        let declaration = self.alloc(it);
        let (name, scope) = (&declaration.id, self.scope);
        self.declare_from(
            scope,
            name.name,
            name.span,
            Source::Enum(declaration, scope),
        );
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        let it = self.alloc(it);
        self.assignment(it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        let call = self.alloc(it);
        self.note_invoked(call);
        self.add_call(CallNode::Call(call));
        self.merging(call);
        let scope = self.scope;
        let star = bundle::star(call).map(|star| (scope, star));
        self.found.star_calls.extend(star);
        if bundle::is_set_ping(call)
            && let Some(url) = call.arguments.get(1).and_then(Argument::as_expression)
        {
            let url = self.here(url);
            self.add_direct(CallKind::Ping, call.span, DirectUrl::Expression(url));
        }
        match self.definitions(call) {
            Some(holder) => self.held_by(holder, |this| walk_js::walk_call_expression(this, call)),
            None => walk_js::walk_call_expression(self, call),
        }
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        let call = self.alloc(it);
        self.add_call(CallNode::New(call));
        walk_js::walk_new_expression(self, call);
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        let statement = self.alloc(it);
        if let (Some(value), Some(function)) = (&statement.argument, self.function) {
            let value_in = self.here(value);
            self.add_return(function, value_in);
            self.held_by(Holder::Return(function), |this| {
                this.visit_expression(value);
            });
        }
    }

    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        // Long sums lean to the left: they are walked without a frame for each.
        let mut current = self.alloc(it);
        if !matches!(current.left, Expression::BinaryExpression(_)) {
            return walk_js::walk_binary_expression(self, current);
        }
        let mut rights = vec![&current.right];
        while let Expression::BinaryExpression(left) = &current.left {
            if left.operator != BinaryOperator::Addition {
                break;
            }
            current = left;
            rights.push(&current.right);
        }
        self.visit_expression(&current.left);
        for right in rights.into_iter().rev() {
            self.visit_expression(right);
        }
    }

    fn visit_object_expression(&mut self, it: &ObjectExpression<'a>) {
        let object = self.alloc(it);
        let modules = bundle::modules_of_object(object);
        let is_table = !modules.is_empty();
        for (id, span) in modules {
            self.add_module(id, span);
        }
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    if is_table
                        && let Some(id) = key_name(&property.key)
                        && let Some(shared) = bundle::shared_module(&property.value)
                    {
                        self.found.shared.push((id, shared));
                    }
                    if property.computed
                        && let Some(key) = property.key.as_expression()
                    {
                        self.visit_expression(key);
                    }
                    self.visit_expression(&property.value);
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    self.visit_expression(&spread.argument);
                }
            }
        }
    }

    fn visit_array_expression(&mut self, it: &ArrayExpression<'a>) {
        let array = self.alloc(it);
        for (id, span) in bundle::modules_of_array(array) {
            self.add_module(id, span);
        }
        walk_js::walk_array_expression(self, array);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let it = self.alloc(it);
        self.import(it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        let it = self.alloc(it);
        self.import_call(it);
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        let it = self.alloc(it);
        self.export_of_declaration(it);
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        let it = self.alloc(it);
        self.export_names(it);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        let it = self.alloc(it);
        self.export_from(it);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        let it = self.alloc(it);
        self.export_all(it);
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let it = self.alloc(it);
        self.export_default(it);
    }

    fn visit_jsx_attribute(&mut self, it: &JSXAttribute<'a>) {
        let attribute = self.alloc(it);
        if matches!(&attribute.name, JSXAttributeName::Identifier(name) if name.name == "ping") {
            let url = match &attribute.value {
                Some(JSXAttributeValue::StringLiteral(text)) => {
                    Some(DirectUrl::Text(text.value.as_str()))
                }
                Some(JSXAttributeValue::ExpressionContainer(container)) => {
                    let expression = container.expression.as_expression();
                    expression.map(|expression| DirectUrl::Expression(self.here(expression)))
                }
                _ => None,
            };
            if let Some(url) = url {
                self.add_direct(CallKind::Ping, attribute.span, url);
            }
        }
        walk_js::walk_jsx_attribute(self, attribute);
    }
}
