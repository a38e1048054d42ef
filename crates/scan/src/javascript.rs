//! JavaScript, TypeScript and JSX.

use serde::{Deserialize, Serialize};

use crate::block::Block;
use crate::limits::Limits;
use crate::lines::Lines;

/// What of a script matters to the project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScriptAnalysis {}

/// Reads a script.
pub(crate) fn analyse(_block: &Block<'_>, _lines: &Lines, _limits: &Limits) -> ScriptAnalysis {
    ScriptAnalysis {}
}
