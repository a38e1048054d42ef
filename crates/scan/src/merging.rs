//! Functions that put objects together.

/// Whether something of the page puts the objects that it is given together.
pub(crate) fn is_global(path: &str) -> bool {
    GLOBALS.contains(&path)
}

/// The same of a function by the name of its object and its own.
pub(crate) fn is_global_member(object: &str, name: &str) -> bool {
    let parts = GLOBALS.iter().filter_map(|path| path.split_once('.'));
    parts.into_iter().any(|parts| parts == (object, name))
}

/// Whether something of a package does.
pub(crate) fn is_package(package: &str, path: &str) -> bool {
    match path {
        "" => {
            let name = package.rsplit(['/', '.']).next().unwrap_or(package);
            WHOLE_PACKAGES.contains(&package)
                || (is_toolbox(package)
                    && package.contains(['/', '.'])
                    && FUNCTIONS.contains(&name))
        }
        "extend" if package == "jquery" => true,
        path => is_toolbox(package) && FUNCTIONS.contains(&path),
    }
}

/// Whether what is given first goes before what is given later: such functions fill what is missing.
pub(crate) fn fills(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path);
    name.starts_with("defaults") || name == "defu"
}

fn is_toolbox(package: &str) -> bool {
    let name = package.split(['/', '.']).next().unwrap_or(package);
    matches!(name, "lodash" | "lodash-es" | "underscore")
}

const GLOBALS: &[&str] = &[
    "Object.assign",
    "$.extend",
    "jQuery.extend",
    "_.extend",
    "_.assign",
    "_.assignIn",
    "_.merge",
    "_.defaults",
    "_.defaultsDeep",
    "angular.extend",
    "angular.merge",
];

/// Functions of Lodash and Underscore.
const FUNCTIONS: &[&str] = &[
    "extend",
    "assign",
    "assignIn",
    "merge",
    "defaults",
    "defaultsDeep",
];

/// Packages that are such a function.
const WHOLE_PACKAGES: &[&str] = &[
    "object-assign",
    "extend",
    "xtend",
    "deepmerge",
    "defu",
    "@babel/runtime/helpers/extends",
    "@babel/runtime/helpers/esm/extends",
    "@babel/runtime/helpers/objectSpread2",
    "@babel/runtime/helpers/esm/objectSpread2",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_put_objects_together_are_known_by_name() {
        for (package, path, expected) in [
            ("lodash", "merge", true),
            ("lodash/merge", "", true),
            ("lodash.defaults", "", true),
            ("lodash-es", "assign", true),
            ("underscore", "extend", true),
            ("jquery", "extend", true),
            ("object-assign", "", true),
            ("lodash", "", false),
            ("lodash", "map", false),
            ("other", "merge", false),
        ] {
            assert_eq!(is_package(package, path), expected, "{package} {path}");
        }
    }
}
