//! Paths as text, with `/` between their parts.

/// A path without `.` and, where they lead back, without `..`.
///
/// ```
/// use connect_src_scan::without_steps;
///
/// assert_eq!(without_steps("src/./pages/../api.ts"), "src/api.ts");
/// assert_eq!(without_steps("../../api.ts"), "../../api.ts");
/// assert_eq!(without_steps("/srv/../api.ts"), "/api.ts");
/// ```
pub fn without_steps(path: &str) -> String {
    joined(path.split('/'))
}

/// The same for paths that are compared: without empty parts, so that neither a `/` in front nor a second one counts, and
/// with Windows' separators as well.
pub(crate) fn normal(path: &str) -> String {
    joined(path.split(['/', '\\']).filter(|part| !part.is_empty()))
}

fn joined<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in parts {
        match part {
            "." => {}
            ".." if kept.last().is_some_and(|last| !matches!(*last, ".." | "")) => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    kept.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_are_compared_have_no_empty_parts() {
        for (path, expected) in [
            ("/srv//app/./a.ts", "srv/app/a.ts"),
            ("src\\..\\a.ts", "a.ts"),
            ("../a/../../b.ts", "../../b.ts"),
            ("", ""),
        ] {
            assert_eq!(normal(path), expected, "{path}");
        }
    }
}
