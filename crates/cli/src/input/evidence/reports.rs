//! Violation reports in either format: one, an array of them, or one after the other. Each is judged, and noise is set
//! aside.

use std::fmt;
use std::io::{self, BufReader, Read};

use connect_src::Api;
use connect_src_generate::{Sighting, Standing};
use connect_src_report::{
    Blocked, Class, JudgeContext, Judgement, NoiseList, NotAReport, Record, judge, parse,
};
use connect_src_server::clock::Clock;
use serde::Deserialize as _;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use url::Url;

use super::collector::{Collector, Found};

/// More than this is not read: a report is held in memory, and its size is whatever its sender chose.
const MAX_BYTES: u64 = 1 << 30;

pub(super) fn read(reader: impl Read, collector: &mut Collector<'_>) -> io::Result<()> {
    let reader = BufReader::with_capacity(256 << 10, reader.take(MAX_BYTES));
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut reports = Reports {
        number: 0,
        context: JudgeContext::new(Clock::system().now().to_system_time(), NoiseList::builtin()),
        collector,
    };
    while deserializer.end().is_err() {
        match Posts(&mut reports).deserialize(&mut deserializer) {
            Ok(()) => {}
            Err(error) if error.is_io() => return Err(error.into()),
            Err(error) => {
                let place = format!("line {}", error.line());
                let message = format!("{error}; what follows in the file is not read");
                reports.collector.bad(&place, &message);
                break;
            }
        }
    }
    Ok(())
}

struct Reports<'r, 'c> {
    number: u64,
    context: JudgeContext<'r>,
    collector: &'r mut Collector<'c>,
}

impl Reports<'_, '_> {
    fn post(&mut self, post: &Value) {
        self.number += 1;
        let place = self.collector.place(self.number);
        let parsed = parse("application/reports+json", post.to_string().as_bytes());
        match parsed.map_err(|error: NotAReport| error.to_string()) {
            Err(message) => self.collector.bad(&place, &message),
            Ok(parsed) => {
                self.collector.pass_over(parsed.others.len() as u64);
                for unreadable in &parsed.unreadable {
                    self.collector.bad(&place, unreadable.kind.as_str());
                }
                for record in &parsed.records {
                    self.record(record, &place);
                }
            }
        }
    }

    fn record(&mut self, record: &Record, place: &str) {
        let judgement = judge(record, &self.context);
        let is_connection = record.effective_directive.as_deref() == Some("connect-src");
        match found(record, &judgement, place) {
            Some(found) if is_connection => {
                if found.standing == Standing::SetAside {
                    self.collector.note(NOISE);
                }
                self.collector.add(found);
            }
            _ => self.collector.pass_over(1),
        }
    }
}

fn found(record: &Record, judgement: &Judgement, place: &str) -> Option<Found> {
    let page = record.url.as_deref().and_then(|page| Url::parse(page).ok());
    let (url, is_whole) = match record.blocked.as_ref()? {
        Blocked::Url(text) => (Url::parse(text).ok()?, true),
        Blocked::Origin(text) => (Url::parse(text).ok()?, false),
        Blocked::Scheme(scheme) if scheme == "blob" => {
            let origin = page.as_ref()?.origin().ascii_serialization();
            (Url::parse(&format!("blob:{origin}/0")).ok()?, false)
        }
        Blocked::Scheme(scheme) => (Url::parse(&format!("{scheme}:x")).ok()?, false),
        _ => return None,
    };
    Some(Found {
        page,
        sighting: match (judgement.reason.code(), is_whole) {
            ("redirected", _) => Sighting::RedirectedElsewhere,
            (_, true) => Sighting::Requested,
            (_, false) => Sighting::OriginOnly,
        },
        standing: match judgement.class {
            Class::Genuine | Class::StalePolicy => Standing::Genuine,
            _ => Standing::SetAside,
        },
        // Reports do not tell the API; WebSockets show by their scheme.
        ..Found::new(Api::implied_by(&url), url, place.to_owned())
    })
}

/// One value of the file: a report, or an array of reports.
struct Posts<'p, 'r, 'c>(&'p mut Reports<'r, 'c>);

impl<'de> DeserializeSeed<'de> for Posts<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Posts<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a violation report, or an array of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0
            .post(&Value::deserialize(MapAccessDeserializer::new(map))?);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(post) = seq.next_element::<Value>()? {
            self.0.post(&post);
        }
        Ok(())
    }
}

const NOISE: &str =
    "reports that are judged to be noise, such as those of extensions, are left out";
