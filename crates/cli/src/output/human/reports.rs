//! What was reported.

use std::io::{self, Write as _};

use anstyle::Style;
use connect_src_server::store::{Group, Page};

use super::table::{Cell, minute, table};
use crate::output::Output;
use crate::output::style::{ALLOWED, CODE, DIM};

/// Prints groups of reports.
pub(crate) fn reports(page: &Page<Group>, out: &mut Output) -> io::Result<()> {
    if page.items.is_empty() {
        return writeln!(out, "nothing was reported");
    }
    let rows: Vec<_> = page.items.iter().map(row).collect();
    let titles = [
        "class",
        "reports",
        "stage",
        "page of",
        "blocked",
        "last seen",
        "why",
    ];
    table(titles, &rows, out)?;
    let more = page.total.saturating_sub(page.items.len() as u64);
    if more > 0 {
        writeln!(
            out,
            "\n  {DIM}and {more} more; --format json and csv have all of them{DIM:#}"
        )?;
    }
    Ok(())
}

fn row(group: &Group) -> [Cell; 7] {
    [
        Cell::text(&group.class).styled(of_class(&group.class)),
        Cell::number(group.count),
        Cell::text(group.role.as_deref().unwrap_or("")),
        Cell::text(&group.origin),
        Cell::text(&group.blocked).styled(CODE),
        Cell::text(minute(&group.last_seen.to_string())),
        Cell::text(&group.reason).styled(DIM),
    ]
}

/// What is the site's own stands out.
pub(super) fn of_class(class: &str) -> Style {
    match class {
        "genuine" => ALLOWED,
        _ => DIM,
    }
}
