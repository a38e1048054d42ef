//! `connect-src reports`: what was reported, in groups.

use std::io::Write as _;

use connect_src_report::Class;
use connect_src_server::export::{Export, ExportFormat};
use connect_src_server::store::{Group, GroupQuery, Page, PageRequest, ReportStore, SqliteStore};

use crate::args::operations::{ReportFormat, Reports};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::output::{self, Output};

pub(crate) fn run(reports: &Reports, out: &mut Output) -> Result<ExitStatus, Error> {
    let store = SqliteStore::open_to_read(&reports.database)?;
    let query = GroupQuery {
        site: reports.place.site.clone(),
        route: reports.place.route.clone(),
        classes: reports
            .classes
            .iter()
            .filter_map(|class| Class::parse(class))
            .collect(),
        ..GroupQuery::default()
    };
    match reports.format {
        ReportFormat::Json => export(&store, query, ExportFormat::Json, out)?,
        ReportFormat::Csv => export(&store, query, ExportFormat::Csv, out)?,
        ReportFormat::Human => {
            let page: Page<Group> = store.groups(&query, &PageRequest::first(MOST_ROWS))?;
            output::human::reports(&page, out)?;
        }
    }
    Ok(ExitStatus::Success)
}

fn export(
    store: &SqliteStore,
    query: GroupQuery,
    format: ExportFormat,
    out: &mut Output,
) -> Result<(), Error> {
    for piece in Export::new(store, query, format) {
        out.write_all(piece?.as_bytes())?;
    }
    Ok(())
}

/// What people read; programs get all of it.
const MOST_ROWS: u32 = 50;
