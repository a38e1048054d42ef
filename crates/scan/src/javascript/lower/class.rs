//! Classes and enumerations.

use oxc::ast::ast::{
    Class, ClassElement, Expression, MethodDefinitionKind, TSEnumDeclaration, TSEnumMemberName,
};
use oxc::span::Span;

use super::Lowering;
use crate::javascript::collect::key_name;
use crate::javascript::ir::{CallId, Class as ClassIr, ClassId, Expr, ExprId, FunctionId};
use crate::javascript::scopes::Scope;

impl<'a> Lowering<'_, 'a> {
    pub(super) fn fill_class(&mut self, source: ClassId, id: ClassId) {
        let data = &self.code.classes[source as usize];
        let (class, scope) = (data.node, data.scope);
        let parent = class
            .heritage
            .as_ref()
            .map(|heritage| self.lower(&heritage.expression, scope));
        let mut made = ClassIr {
            parent,
            ..ClassIr::default()
        };
        for element in &class.body.body {
            self.add_element(&mut made, element, scope);
        }
        let index = self.index;
        for function in index.methods.get(source) {
            for at in index.this.get(*function) {
                let value = self.assigned(*at);
                made.members.push((self.property(*at), value));
            }
        }
        self.add_parameter_properties(&mut made, class);
        made.super_call = self.super_call(class);
        self.out.classes[id as usize] = made;
    }

    fn add_element(&mut self, class: &mut ClassIr, element: &'a ClassElement<'a>, scope: Scope) {
        let (name, value, is_static) = match element {
            ClassElement::MethodDefinition(method) => {
                let Some(function) = method.value.scope_id.get() else {
                    return;
                };
                let function = self.function(function.index() as FunctionId);
                if method.kind == MethodDefinitionKind::Constructor {
                    class.constructor = Some(function);
                    return;
                }
                let value = match method.kind {
                    MethodDefinitionKind::Get => Expr::Getter(function),
                    MethodDefinitionKind::Set => return,
                    _ => Expr::Function(function),
                };
                (key_name(&method.key), self.add(value), method.r#static)
            }
            ClassElement::PropertyDefinition(property) => {
                let Some(value) = &property.value else {
                    return;
                };
                (
                    key_name(&property.key),
                    self.lower(value, scope),
                    property.r#static,
                )
            }
            _ => return,
        };
        let members = if is_static {
            &mut class.statics
        } else {
            &mut class.members
        };
        members.extend(name.map(|name| (name, value)));
    }

    /// `constructor(private base: string)`.
    fn add_parameter_properties(&mut self, made: &mut ClassIr, class: &'a Class<'a>) {
        let constructor = class.body.body.iter().find_map(|element| match element {
            ClassElement::MethodDefinition(method) if method.kind.is_constructor() => {
                Some(&method.value)
            }
            _ => None,
        });
        let Some(function) = constructor.and_then(|function| function.scope_id.get()) else {
            return;
        };
        let function = function.index() as FunctionId;
        let parameters = &self.code.functions[function as usize].params.items;
        for (index, parameter) in parameters.iter().enumerate() {
            let is_property = parameter.accessibility.is_some() || parameter.readonly;
            if is_property && let Some(name) = parameter.pattern.get_identifier_name() {
                let mut value = self.parameter(function, index as u32);
                if let Some(default) = &parameter.initializer {
                    let scope = self.code.functions[function as usize].scope;
                    let default = self.lower(default, scope);
                    value = self.add(Expr::Choice(None, vec![value, default]));
                }
                made.members.push((name.as_str().into(), value));
            }
        }
    }

    fn super_call(&mut self, class: &'a Class<'a>) -> Option<CallId> {
        class.heritage.as_ref()?;
        let inside = |span: Span| class.span.start <= span.start && span.end <= class.span.end;
        // Calls stand in the order of the walk: those of the class stand together.
        let first = self
            .code
            .calls
            .partition_point(|call| call.node.span().start < class.span.start);
        let calls = self.code.calls[first..]
            .iter()
            .take_while(|call| inside(call.node.span()));
        let mut calls = calls.filter(|call| matches!(call.node.callee(), Expression::Super(_)));
        let call = calls.next()?;
        Some(self.call(call.node, call.scope, call.function))
    }

    pub(super) fn enumeration(
        &mut self,
        declaration: &'a TSEnumDeclaration<'a>,
        scope: Scope,
    ) -> ExprId {
        let mut members = Vec::new();
        for member in &declaration.body.members {
            let name: Box<str> = match &member.id {
                TSEnumMemberName::Identifier(name) => name.name.as_str().into(),
                TSEnumMemberName::String(name) | TSEnumMemberName::ComputedString(name) => {
                    name.value.as_str().into()
                }
                TSEnumMemberName::ComputedTemplateString(_) => continue,
            };
            if let Some(value) = &member.initializer {
                let value = self.lower(value, scope);
                members.push((Some(name), value));
            }
        }
        self.add(Expr::Object(members))
    }
}
