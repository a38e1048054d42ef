//! Every rule there is.

use crate::rule::Rule;
use crate::rules::RULES;

/// Every rule, sorted by name.
pub fn rules() -> &'static [&'static Rule] {
    RULES
}

/// Finds a rule by its name, or by a name that it had before.
pub fn find_rule(name: &str) -> Option<&'static Rule> {
    let has_name = |rule: &&&'static Rule| rule.name == name || rule.aliases.contains(&name);
    RULES.iter().find(has_name).copied()
}
