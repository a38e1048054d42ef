//! How much each rule's findings matter to a caller.

use hashbrown::HashMap;

use crate::diagnostic::Severity;
use crate::rule::{Group, Rule};

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// They are not looked for.
    Allow,
    /// They are of the severity that the rule has by itself.
    Default,
    /// They are shown, and change nothing.
    Info,
    /// They are warnings.
    Warn,
    /// They are errors.
    Deny,
}

impl Level {
    /// Finds a level by its name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "allow" => Self::Allow,
            "default" => Self::Default,
            "info" => Self::Info,
            "warn" => Self::Warn,
            "deny" => Self::Deny,
            _ => return None,
        })
    }
}

/// The levels of all rules: those that they have by themselves, unless set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    set: HashMap<&'static str, Level>,
}

impl Levels {
    /// Sets the level of a rule, of a group, or of `all` rules; later calls win. Fails for a name that is none.
    ///
    /// ```
    /// use connect_src_lint::{Level, Levels};
    ///
    /// let mut levels = Levels::default();
    /// levels.set("exposure", Level::Deny).unwrap();
    /// levels.set("any-host-source", Level::Allow).unwrap();
    /// assert!(levels.set("any-hots-source", Level::Allow).is_err());
    /// ```
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), UnknownRule> {
        if name == "all" {
            self.set_where(|_| true, level);
        } else if let Some(group) = Group::ALL.into_iter().find(|one| one.as_str() == name) {
            self.set_where(|rule| rule.group == group, level);
        } else {
            let rule = crate::find_rule(name).ok_or_else(|| UnknownRule::new(name))?;
            self.set.insert(rule.name, level);
        }
        Ok(())
    }

    fn set_where(&mut self, is_meant: impl Fn(&Rule) -> bool, level: Level) {
        for rule in crate::rules().iter().filter(|rule| is_meant(rule)) {
            self.set.insert(rule.name, level);
        }
    }

    /// How much a rule's findings matter; `None` when it is off.
    pub fn severity(&self, rule: &Rule) -> Option<Severity> {
        match self.set.get(rule.name).copied().unwrap_or(Level::Default) {
            Level::Allow => None,
            Level::Default => rule.severity,
            Level::Info => Some(Severity::Info),
            Level::Warn => Some(Severity::Warning),
            Level::Deny => Some(Severity::Error),
        }
    }
}

/// A name that is no rule's, no group's, and not `all`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRule {
    /// What was given.
    pub name: String,
    /// The name that was probably meant.
    pub nearest: Option<&'static str>,
}

impl UnknownRule {
    fn new(name: &str) -> Self {
        const ALIKE: f64 = 0.6;
        let likeness =
            |rule: &&'static Rule| strsim::normalized_damerau_levenshtein(name, rule.name);
        let nearest = crate::rules()
            .iter()
            .copied()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        Self {
            name: name.to_owned(),
            nearest: nearest
                .filter(|rule| likeness(rule) >= ALIKE)
                .map(|rule| rule.name),
        }
    }
}

impl std::fmt::Display for UnknownRule {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "there is no rule `{}`", self.name)?;
        match self.nearest {
            Some(nearest) => write!(formatter, "; did you mean `{nearest}`?"),
            None => formatter.write_str("; `connect-src explain rules` lists them"),
        }
    }
}

impl std::error::Error for UnknownRule {}
