//! Groups as lines of CSV, safe to open in a spreadsheet.

use csv::WriterBuilder;

use crate::store::{Group, Label};

/// The names of the columns.
const NAMES: [&str; 20] = [
    "id",
    "site",
    "route",
    "revision",
    "role",
    "origin",
    "directive",
    "blocked",
    "blocked_url",
    "disposition",
    "class",
    "reason",
    "place",
    "score",
    "count",
    "first_seen",
    "last_seen",
    "pages",
    "browsers",
    "label",
];

/// Lines for these groups, the first time after a line of names.
pub(super) fn lines(groups: &[Group], with_names: bool) -> String {
    let names = with_names.then(|| line(NAMES.map(str::to_owned)));
    names
        .into_iter()
        .chain(groups.iter().map(group_line))
        .collect()
}

/// One group as a line.
fn group_line(group: &Group) -> String {
    let optional = |text: Option<String>| text.unwrap_or_default();
    line([
        group.id.0.to_string(),
        group.site.clone(),
        group.route.clone(),
        optional(group.revision.map(|id| id.to_string())),
        optional(group.role.clone()),
        group.origin.clone(),
        group.directive.clone(),
        group.blocked.clone(),
        group.blocked_url.clone(),
        group.disposition.clone(),
        group.class.clone(),
        group.reason.clone(),
        optional(group.place.clone()),
        group.score.to_string(),
        group.count.to_string(),
        group.first_seen.to_string(),
        group.last_seen.to_string(),
        group.pages.to_string(),
        group.browsers.to_string(),
        group.label.map_or("", Label::as_str).to_owned(),
    ])
}

fn line(fields: [String; 20]) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let fields = fields.map(|field| harmless(&field));
    let bytes = match writer.write_record(&fields) {
        Ok(()) => writer.into_inner().unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    String::from_utf8(bytes).unwrap_or_default()
}

/// Without control characters, and with a quote before what a spreadsheet takes for a formula.
fn harmless(field: &str) -> String {
    let text: String = field
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .collect();
    match text.trim_start().chars().next() {
        Some('=' | '+' | '-' | '@') => format!("'{text}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_no_formula_and_no_line() {
        let table = [
            ("=HYPERLINK(\"http://a\")", "'=HYPERLINK(\"http://a\")"),
            (" @SUM(1)", "' @SUM(1)"),
            ("a\r\nb\u{0}", "a  b "),
            ("https://a.example", "https://a.example"),
        ];
        for (field, expected) in table {
            assert_eq!(harmless(field), expected);
        }
        let mut fields = NAMES.map(str::to_owned);
        fields[0] = "a,\"b\"".to_owned();
        assert!(line(fields).starts_with("\"a,\"\"b\"\"\",site,"));
    }
}
