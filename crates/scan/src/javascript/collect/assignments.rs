//! What names and their properties get: declarations, assignments, and calls that define properties.

use oxc::ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, CallExpression, Expression, ForStatementLeft,
    VariableDeclaration, VariableDeclarationKind,
};
use oxc::ast_visit::VisitJs;
use oxc::syntax::operator::AssignmentOperator;

use super::Collector;
use super::found::{Assignment, DirectUrl, Holder, In, Operator, Root, Source};
use super::mentions::Mentioner;
use crate::javascript::bundle;
use crate::javascript::ir::{ALL, CallKind};
use crate::javascript::patterns;
use crate::merging;

impl<'a> Collector<'a> {
    pub(super) fn assignment(&mut self, assignment: &'a AssignmentExpression<'a>) {
        let operator = match assignment.operator {
            AssignmentOperator::Addition => Operator::Append,
            _ => Operator::Set,
        };
        if let Some(target) = self.target_path(&assignment.left) {
            let value = self.here(&assignment.right);
            if target.path.rsplit('.').next() == Some("ping") {
                self.add_direct(
                    CallKind::Ping,
                    assignment.span,
                    DirectUrl::Expression(value),
                );
            }
            let holder = match target.root {
                Root::Name(name) => Holder::Name(self.scope, name),
                Root::This(Some(function)) => match self.found.functions[function as usize].class {
                    Some(class) => Holder::Class(class),
                    None => self.found.functions[function as usize].holder,
                },
                Root::This(None) => Holder::None,
            };
            // What is assigned within the value is assigned before.
            self.held_by(holder, |this| this.visit_expression(&assignment.right));
            self.add_assignment(target, value, operator);
        } else {
            self.visit_assignment_target(&assignment.left);
            self.held_by(Holder::None, |this| {
                this.visit_expression(&assignment.right);
            });
        }
    }

    pub(super) fn variables(&mut self, variables: &'a VariableDeclaration<'a>) {
        if variables.declare {
            return;
        }
        let scope = match variables.kind {
            VariableDeclarationKind::Var => self.found.scopes.of_function(self.scope),
            _ => self.scope,
        };
        for declarator in &variables.declarations {
            let targets = patterns::targets(&declarator.id);
            let Some(init) = &declarator.init else {
                for target in targets {
                    self.declare(scope, target.name.name, target.name.span);
                }
                continue;
            };
            let value = self.here(init);
            let binding = self.declare_targets(scope, targets, |path, default| {
                Source::Value(value, path, default)
            });
            let holder = binding.map_or(Holder::None, Holder::Binding);
            self.held_by(holder, |this| this.visit_expression(init));
        }
    }

    pub(super) fn declare_left(&mut self, left: &'a ForStatementLeft<'a>, list: In<'a>) {
        if let ForStatementLeft::VariableDeclaration(variables) = left {
            for declarator in &variables.declarations {
                let scope = self.scope;
                let targets = patterns::targets(&declarator.id);
                self.declare_targets(scope, targets, |_, _| Source::Element(list));
            }
        }
    }

    /// What a call defines on its first argument: exports, or the methods of a class.
    pub(super) fn definitions(&mut self, call: &'a CallExpression<'a>) -> Option<Holder<'a>> {
        let (definitions, operator) = match bundle::definitions(call) {
            Some(definitions) => (definitions, Operator::Getter),
            None => (bundle::compiled_methods(call)?, Operator::Set),
        };
        let root = definitions.target.name;
        for (name, value) in definitions.getters {
            let value = self.here(value);
            let target = Path {
                root: Root::Name(root),
                path: name,
            };
            self.add_assignment(target, value, operator);
        }
        Some(Holder::Name(self.scope, root))
    }

    /// `Object.assign(target, source)` gives the target what the source has.
    pub(super) fn merging(&mut self, call: &'a CallExpression<'a>) {
        let Some(member) = call.callee.as_member_expression() else {
            return;
        };
        let (Expression::Identifier(of), Some(name)) =
            (member.object(), member.static_property_name())
        else {
            return;
        };
        if !merging::is_global_member(&of.name, name) {
            return;
        }
        let mut arguments = call.arguments.iter().filter_map(Argument::as_expression);
        let target = arguments.find(|argument| {
            !matches!(
                argument,
                Expression::BooleanLiteral(_) | Expression::UnaryExpression(_)
            )
        });
        let Some(target) = target.and_then(|target| self.path_of(target)) else {
            return;
        };
        for source in arguments {
            let value = self.here(source);
            let path = match (target.root, target.path.as_str()) {
                (Root::This(_), "") => ALL.to_owned(),
                (_, path) => path.to_owned(),
            };
            let root = target.root;
            self.add_assignment(Path { root, path }, value, Operator::Set);
        }
    }

    fn path_of(&self, expression: &'a Expression<'a>) -> Option<Path<'a>> {
        let mut names = Vec::new();
        let root = self.root_of(expression, &mut names)?;
        names.reverse();
        Some(Path {
            root,
            path: names.join("."),
        })
    }

    fn root_of(
        &self,
        mut object: &'a Expression<'a>,
        names: &mut Vec<&'a str>,
    ) -> Option<Root<'a>> {
        loop {
            match object {
                Expression::Identifier(name) => return Some(Root::Name(name.name)),
                Expression::ThisExpression(_) => return Some(Root::This(self.this)),
                _ if names.len() > LONGEST_PATH => return None,
                _ => {
                    let member = object.as_member_expression()?;
                    names.push(member.static_property_name()?);
                    object = member.object();
                }
            }
        }
    }

    fn add_assignment(&mut self, target: Path<'a>, value: In<'a>, operator: Operator) {
        let of = Mentioner::Assignment(self.found.assignments.len() as u32);
        self.mention(value.expression, value.scope, of);
        self.found.assignments.push(Assignment {
            root: target.root,
            path: target.path,
            value,
            operator,
            branch: self.branch,
        });
    }

    fn target_path(&self, target: &'a AssignmentTarget<'a>) -> Option<Path<'a>> {
        if let AssignmentTarget::AssignmentTargetIdentifier(name) = target {
            return Some(Path {
                root: Root::Name(name.name),
                path: String::new(),
            });
        }
        let member = target.as_member_expression()?;
        let mut names = vec![member.static_property_name()?];
        let root = self.root_of(member.object(), &mut names)?;
        names.reverse();
        Some(Path {
            root,
            path: names.join("."),
        })
    }
}

/// `root.a.b` as a root and the path below it.
struct Path<'a> {
    root: Root<'a>,
    path: String,
}

/// Names in a row that are followed in an assignment.
const LONGEST_PATH: usize = 6;
