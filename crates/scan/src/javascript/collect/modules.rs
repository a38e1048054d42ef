//! Imports and exports.

use oxc::ast::ast::{
    Declaration, ExportAllDeclaration, ExportDeclaration, ExportDefaultDeclaration,
    ExportDefaultDeclarationKind, ExportFromDeclaration, ExportNamedDeclaration,
    ImportAttributeKey, ImportDeclaration, ImportDeclarationSpecifier, ImportExpression,
    ModuleExportName, WithClause,
};
use oxc::ast_visit::{VisitJs, walk_js};
use oxc::syntax::scope::ScopeFlags;

use super::Collector;
use super::found::{DirectUrl, Export, Source};
use crate::javascript::bundle;
use crate::javascript::ir::{CallKind, ClassId, FunctionId};
use crate::javascript::patterns;

impl<'a> Collector<'a> {
    pub(super) fn import(&mut self, import: &'a ImportDeclaration<'a>) {
        self.found.is_module = true;
        if import.import_kind.is_type() {
            return;
        }
        let module = import.source.value.as_str();
        if let Some(kind) = Self::import_kind(import.with_clause.as_deref()) {
            self.add_direct(kind, import.span, DirectUrl::Text(module));
        }
        for specifier in import.specifiers.iter().flatten() {
            let imported = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(specifier) => {
                    Some(specifier.imported.name().as_str().into())
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => Some("default".into()),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => None,
            };
            let local = specifier.local();
            self.declare_from(0, local.name, local.span, Source::Import(module, imported));
        }
    }

    pub(super) fn import_call(&mut self, import: &'a ImportExpression<'a>) {
        if let Some(kind) = import
            .options
            .as_ref()
            .and_then(bundle::type_of_import)
            .and_then(kind_of_type)
        {
            let url = self.here(&import.source);
            self.add_direct(kind, import.span, DirectUrl::Expression(url));
        }
        walk_js::walk_import_expression(self, import);
    }

    pub(super) fn export_of_declaration(&mut self, export: &'a ExportDeclaration<'a>) {
        self.export_declaration(&export.declaration);
        self.visit_declaration(&export.declaration);
    }

    pub(super) fn export_names(&mut self, export: &'a ExportNamedDeclaration<'a>) {
        for specifier in &export.specifiers {
            let name = match &specifier.local {
                ModuleExportName::IdentifierReference(name) => name.name,
                ModuleExportName::IdentifierName(name) => name.name,
                ModuleExportName::StringLiteral(_) => continue,
            };
            self.export(specifier.exported.name().as_str(), Export::Name(name));
        }
    }

    pub(super) fn export_from(&mut self, export: &'a ExportFromDeclaration<'a>) {
        for specifier in &export.specifiers {
            let from = Export::From(
                export.source.value.as_str(),
                Some(specifier.local.name().as_str().into()),
            );
            self.export(specifier.exported.name().as_str(), from);
        }
    }

    pub(super) fn export_all(&mut self, export: &'a ExportAllDeclaration<'a>) {
        let source = export.source.value.as_str();
        match &export.exported {
            Some(name) => self.export(name.name().as_str(), Export::From(source, None)),
            None => self.found.stars.push(source.to_owned()),
        }
        self.found.is_module = true;
    }

    pub(super) fn export_default(&mut self, export: &'a ExportDefaultDeclaration<'a>) {
        match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                let id = self.found.functions.len() as FunctionId;
                self.export("default", Export::Function(id));
                self.visit_function(function, ScopeFlags::Function);
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                let id = self.found.classes.len() as ClassId;
                self.export("default", Export::Class(id));
                self.visit_class(class);
            }
            declaration => {
                if let Some(expression) = declaration.as_expression() {
                    let value = self.here(expression);
                    self.export("default", Export::Value(value));
                    self.visit_expression(expression);
                }
            }
        }
    }

    fn export(&mut self, name: impl Into<String>, export: Export<'a>) {
        self.found.is_module = true;
        self.found.exports.push((name.into(), export));
    }

    fn export_declaration(&mut self, declaration: &'a Declaration<'a>) {
        let mut names = Vec::new();
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                for declarator in &variables.declarations {
                    names.extend(patterns::targets(&declarator.id).map(|target| target.name.name));
                }
            }
            Declaration::FunctionDeclaration(function) => {
                names.extend(function.id.as_ref().map(|id| id.name));
            }
            Declaration::ClassDeclaration(class) => {
                names.extend(class.id.as_ref().map(|id| id.name));
            }
            Declaration::TSEnumDeclaration(declaration) => names.push(declaration.id.name),
            _ => {}
        }
        for name in names {
            self.export(name.as_str(), Export::Name(name));
        }
    }

    /// Whether a module is imported as data, and the API that does it.
    fn import_kind(with: Option<&WithClause<'a>>) -> Option<CallKind> {
        let entry = with?.with_entries.iter().find(|entry| match &entry.key {
            ImportAttributeKey::Identifier(name) => name.name == "type",
            ImportAttributeKey::StringLiteral(name) => name.value == "type",
        })?;
        kind_of_type(&entry.value.value)
    }
}

fn kind_of_type(text: &str) -> Option<CallKind> {
    match text {
        "json" => Some(CallKind::JsonModule),
        "text" => Some(CallKind::TextModule),
        _ => None,
    }
}
