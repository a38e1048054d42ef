//! Destructuring: which part of a value each name gets.

use oxc::ast::ast::{BindingIdentifier, BindingPattern, Expression};

/// One name of a pattern.
pub(super) struct Target<'a> {
    pub(super) name: &'a BindingIdentifier<'a>,
    /// The properties on the way to it; `...` for what is left over.
    pub(super) path: Vec<Box<str>>,
    /// What it gets where there is nothing.
    pub(super) default: Option<&'a Expression<'a>>,
}

/// The names of a pattern.
pub(super) fn targets<'a>(pattern: &'a BindingPattern<'a>) -> impl Iterator<Item = Target<'a>> {
    // Most patterns are a name, for which no list is needed.
    let (name, rest) = match pattern {
        BindingPattern::BindingIdentifier(name) => (Some(&**name), Vec::new()),
        pattern => {
            let mut found = Vec::new();
            walk(pattern, &mut Vec::new(), None, &mut found);
            (None, found)
        }
    };
    let only = name.map(|name| Target {
        name,
        path: Vec::new(),
        default: None,
    });
    only.into_iter().chain(rest)
}

fn walk<'a>(
    pattern: &'a BindingPattern<'a>,
    path: &mut Vec<Box<str>>,
    default: Option<&'a Expression<'a>>,
    found: &mut Vec<Target<'a>>,
) {
    match pattern {
        BindingPattern::BindingIdentifier(name) => found.push(Target {
            name,
            path: path.clone(),
            default,
        }),
        BindingPattern::AssignmentPattern(pattern) => {
            walk(&pattern.left, path, Some(&pattern.right), found);
        }
        BindingPattern::ObjectPattern(object) => {
            for property in &object.properties {
                let key = property.key.static_name().unwrap_or_else(|| "[]".into());
                within(path, &key, |path| walk(&property.value, path, None, found));
            }
            if let Some(rest) = &object.rest {
                walk(&rest.argument, path, None, found);
            }
        }
        BindingPattern::ArrayPattern(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                if let Some(element) = element {
                    within(path, &index.to_string(), |path| {
                        walk(element, path, None, found);
                    });
                }
            }
        }
    }
}

fn within(path: &mut Vec<Box<str>>, key: &str, walk: impl FnOnce(&mut Vec<Box<str>>)) {
    path.push(key.into());
    walk(path);
    path.pop();
}
