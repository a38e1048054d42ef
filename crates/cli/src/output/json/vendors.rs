//! Services of others as one JSON object.

use std::io::{self, Write as _};

use connect_src_generate::{Drift, Vendor};
use serde::Serialize;

use super::SCHEMA_VERSION;
use super::gathered::{JsonSource, sources};
use crate::commands::vendors::VendorReport;
use crate::output::Output;

/// Prints the services.
pub(crate) fn vendors(report: &VendorReport, out: &mut Output) -> io::Result<()> {
    let told = report.told.iter().map(|told| JsonTold {
        vendor: told.vendor,
        seen: told.seen,
        drift: told.drift.as_ref(),
    });
    let json = Json {
        schema_version: SCHEMA_VERSION,
        vendors: told.collect(),
        from: report.gathered.as_ref().map(sources).unwrap_or_default(),
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Json<'a> {
    schema_version: u32,
    vendors: Vec<JsonTold<'a>>,
    from: Vec<JsonSource<'a>>,
}

#[derive(Serialize)]
struct JsonTold<'a> {
    #[serde(flatten)]
    vendor: &'a Vendor,
    seen: Option<u64>,
    drift: Option<&'a Drift<'static>>,
}
