//! On the parameters of which functions the values of a call depend.

use super::ir::{Call, Expr, ExprId, FunctionId, ScriptAnalysis};

/// Looks for the functions on whose parameters values depend, at each value once.
#[derive(Default)]
pub(super) struct Dependence {
    seen: Vec<bool>,
    found: Vec<FunctionId>,
}

impl Dependence {
    /// Looks at what a call calls, and at its arguments.
    pub(super) fn examine(&mut self, script: &ScriptAnalysis, call: &Call) {
        self.seen.resize(script.exprs.len(), false);
        let mut values = call.arguments.clone();
        values.push(call.callee);
        while let Some(value) = values.pop() {
            if !std::mem::replace(&mut self.seen[value as usize], true) {
                self.look(script, value, &mut values);
            }
        }
    }

    /// The functions that were found since the last time.
    pub(super) fn take(&mut self) -> Vec<FunctionId> {
        std::mem::take(&mut self.found)
    }

    /// Looks at one value; adds those of which it is made.
    fn look(&mut self, script: &ScriptAnalysis, value: ExprId, values: &mut Vec<ExprId>) {
        match &script.exprs[value as usize] {
            Expr::Param(function, ..) | Expr::Rest(function, _) | Expr::This(Some(function)) => {
                self.found.push(*function);
            }
            Expr::Concat(parts) | Expr::Array(parts) => values.extend(parts),
            Expr::Choice(test, parts) => values.extend(parts.iter().chain(test)),
            Expr::Binding(binding) => {
                let binding = &script.bindings[*binding as usize];
                values.extend(&binding.values);
                values.extend(binding.properties.iter().map(|(_, value)| value));
            }
            Expr::Member(of, _) | Expr::Element(of) | Expr::Spread(of) => values.push(*of),
            Expr::Index(of, index) => values.extend([of, index]),
            Expr::Object(properties) => {
                values.extend(properties.iter().map(|(_, value)| value));
            }
            Expr::Call(call) => {
                let call = &script.calls[*call as usize];
                values.push(call.callee);
                values.extend(&call.arguments);
            }
            Expr::Function(function) | Expr::Getter(function) => {
                values.extend(&script.functions[*function as usize].returns);
            }
            _ => {}
        }
    }
}
