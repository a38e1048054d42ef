//! `connection-allowlist` decides as Chromium did.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use connect_src::CheckResult;
use connection_allowlist::{Allowlist, Connection, Disposition};
use flate2::read::GzDecoder;
use serde::Deserialize;
use url::Url;

/// A row of `vectors/connection-allowlist/`: see `record/README.md`.
#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    #[serde(deserialize_with = "url")]
    page: Url,
    header: String,
    disposition: String,
    api: String,
    #[serde(deserialize_with = "url")]
    url: Url,
    redirect_to: Option<String>,
    chromium: Option<CheckResult>,
}

fn url<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = String::deserialize(deserializer)?;
    Url::parse(&text).map_err(serde::de::Error::custom)
}

impl Row {
    fn parse(&self) -> Option<Allowlist> {
        let disposition = match self.disposition.as_str() {
            "enforce" => Disposition::Enforce,
            _ => Disposition::Report,
        };
        Allowlist::parse(&self.header, &self.page, disposition).allowlist
    }

    fn decide(&self, allowlist: Option<&Allowlist>) -> CheckResult {
        let connection = match (self.api.as_str(), &self.redirect_to) {
            ("webrtc", _) => Connection::WebRtc,
            (_, Some(_)) => Connection::redirected_from(&self.url),
            (_, None) => Connection::to(&self.url),
        };
        let decision = allowlist.map(|list| list.decide(&connection));
        if decision.is_none_or(|decision| decision.is_allowed()) {
            CheckResult::Allowed
        } else {
            CheckResult::Blocked
        }
    }
}

fn rows() -> Vec<Row> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("vectors/connection-allowlist/chromium.jsonl.gz");
    let file = File::open(file).expect("the recordings are there");
    let text = BufReader::new(GzDecoder::new(file));
    let rows = serde_json::Deserializer::from_reader(text).into_iter();
    rows.collect::<Result<_, _>>()
        .expect("the recordings are rows")
}

/// What the recorder adds to the URLs to know them again.
fn with_mark(mut row: Row) -> Row {
    if row.redirect_to.is_none() && row.api != "webrtc" && row.api != "preconnect" {
        row.url.query_pairs_mut().append_pair("mark", "0-0");
    } else if row.redirect_to.is_some() {
        row.url.query_pairs_mut().append_pair("to", "x");
    }
    row
}

#[test]
fn the_allowlist_decides_as_chromium_did() {
    let rows: Vec<_> = rows().into_iter().map(with_mark).collect();
    let answered = rows.iter().filter(|row| row.chromium.is_some()).count();
    assert!(answered > 1_000, "{answered} decisions are too few");
    let mut wrong = Vec::new();
    // Rows of one header stand together, and patterns are slow to build.
    for rows in
        rows.chunk_by(|one, next| one.header == next.header && one.disposition == next.disposition)
    {
        let allowlist = rows[0].parse();
        for row in rows {
            let decided = row.decide(allowlist.as_ref());
            if row.chromium.is_some_and(|chromium| chromium != decided) {
                wrong.push(format!("{}: {row:?}: decided {decided:?}", row.id));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {answered}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
