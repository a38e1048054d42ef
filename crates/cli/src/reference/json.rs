//! Entries as data. The fields are described in `docs/schema/explain.schema.json`.

use connect_src::{BrowserProfile, Quirk};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::departures;
use super::entries::entries;
use super::entry::{Block, Entry, Group};
use super::example::{Case, Delivery, Example, unescaped};
use super::facts::{Fact, facts};

/// Raised when a field is removed or changes its meaning; a field that is added leaves it.
const SCHEMA_VERSION: u32 = 1;

/// One entry, its examples with the verdict of each profile.
pub(crate) fn entry_as_json(entry: &Entry) -> Value {
    let quirk = departures::quirk(entry);
    let browser = departures::browser(entry);
    let whole = WholeEntry {
        schema_version: SCHEMA_VERSION,
        term: entry.term,
        group: entry.group.folder(),
        summary: &entry.summary.replace('`', ""),
        aliases: &entry.aliases,
        facts: facts(entry),
        departure: quirk.map(quirk_as_json),
        departures: browser.map_or_else(Vec::new, departures_of),
        blocks: entry.blocks.iter().map(block_as_json).collect(),
        related_departures: entry.departures.iter().map(|quirk| quirk.name()).collect(),
        see_also: &entry.see_also,
    };
    serde_json::to_value(whole).expect("strings and lists are JSON")
}

/// Every term with its group and its summary.
pub(crate) fn list_as_json() -> Value {
    let term = |entry: &Entry| {
        json!({
            "term": entry.term,
            "group": entry.group.folder(),
            "summary": entry.summary.replace('`', ""),
            "aliases": entry.aliases,
        })
    };
    let in_group = |group| entries().iter().filter(move |entry| entry.group == group);
    let terms = Group::ALL.iter().copied().flat_map(in_group).map(term);
    json!({ "schema_version": SCHEMA_VERSION, "terms": terms.collect::<Vec<_>>() })
}

#[derive(Serialize)]
struct WholeEntry<'e> {
    schema_version: u32,
    term: &'e str,
    group: &'e str,
    summary: &'e str,
    aliases: &'e [&'e str],
    facts: Vec<Fact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    departure: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    departures: Vec<Value>,
    /// In the order of the text. Text has `code` between backticks.
    blocks: Vec<Value>,
    related_departures: Vec<&'e str>,
    see_also: &'e [&'e str],
}

fn quirk_as_json(quirk: Quirk) -> Value {
    let browsers = departures::of(quirk)
        .into_iter()
        .map(|(profile, departure)| {
            json!({
                "browser": key(profile),
                "does": departure.does,
                "since": departure.since,
                "until": departure.until,
                "vectors": departure.vectors,
                "source": departure.source,
            })
        });
    json!({
        "standard": quirk.standard(),
        "anchor": quirk.anchor(),
        "browsers": browsers.collect::<Vec<_>>(),
    })
}

fn departures_of(profile: BrowserProfile) -> Vec<Value> {
    let departures = profile.departures().iter();
    let as_json = departures.map(|one| {
        json!({
            "name": one.quirk.name(),
            "standard": one.quirk.standard(),
            "does": one.does,
            "since": one.since,
            "until": one.until,
        })
    });
    as_json.collect()
}

fn block_as_json(block: &Block) -> Value {
    match block {
        Block::Heading(text) => json!({ "type": "heading", "text": text }),
        Block::Paragraph(text) => json!({ "type": "paragraph", "text": text }),
        Block::List(items) => json!({ "type": "list", "items": items }),
        Block::Table { header, rows } => json!({ "type": "table", "header": header, "rows": rows }),
        Block::Code { language, text } => {
            json!({ "type": "code", "language": language, "text": text })
        }
        Block::Example(example) => example_as_json(example),
    }
}

fn example_as_json(example: &Example) -> Value {
    let policies = example.policies.iter().map(
        |policy| json!({ "delivery": delivery(policy.delivery), "text": unescaped(policy.text) }),
    );
    let cases = example.cases.iter().map(|case| case_as_json(example, case));
    json!({
        "type": "example",
        "page": example.page,
        "policies": policies.collect::<Vec<_>>(),
        "cases": cases.collect::<Vec<_>>(),
    })
}

fn case_as_json(example: &Example, case: &Case) -> Value {
    let stated = |profile: &BrowserProfile| {
        let verdict = case.stated(*profile).as_str();
        (String::from(key(*profile)), Value::from(verdict))
    };
    let older = case.exceptions.iter().filter(|one| one.version.is_some());
    let older = older.map(|one| {
        json!({
            "browser": key(one.profile),
            "version": one.version,
            "verdict": one.verdict.as_str(),
        })
    });
    let urls: Vec<_> = case.urls.iter().map(|url| unescaped(url)).collect();
    json!({
        "by": case.way.as_str(),
        "url": urls[0],
        "redirects": urls[1..],
        "verdicts": example.profiles.iter().map(stated).collect::<Map<_, _>>(),
        "older_versions": older.collect::<Vec<_>>(),
        "note": case.note,
    })
}

fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Header => "header",
        Delivery::ReportOnlyHeader => "report-only header",
        Delivery::Meta => "meta",
    }
}

fn key(profile: BrowserProfile) -> &'static str {
    match profile {
        BrowserProfile::Standard => "standard",
        BrowserProfile::Chromium => "chromium",
        BrowserProfile::Firefox => "firefox",
        BrowserProfile::WebKit => "webkit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::find;

    #[test]
    fn an_entry_is_data() {
        let entry = entry_as_json(find("websocket").unwrap().entry);
        assert_eq!(entry["schema_version"], 1);
        assert_eq!(entry["group"], "apis");
        let blocks = entry["blocks"].as_array().unwrap();
        let example = blocks
            .iter()
            .find(|block| block["type"] == "example")
            .unwrap();
        let case = &example["cases"][0];
        assert!(case["verdicts"]["firefox"].is_string(), "{case}");
    }

    #[test]
    fn a_departure_has_its_browsers() {
        let entry = entry_as_json(find("self-ignores-websocket").unwrap().entry);
        let browsers = entry["departure"]["browsers"].as_array().unwrap();
        let webkit = browsers
            .iter()
            .find(|one| one["browser"] == "webkit")
            .unwrap();
        assert_eq!(webkit["until"], 16);
    }

    #[test]
    fn everything_fits_the_schema() {
        let schema = include_str!("../../../../docs/schema/explain.schema.json");
        let schema = serde_json::from_str(schema).unwrap();
        let validator = jsonschema::validator_for(&schema).unwrap();
        let all = entries().iter().map(entry_as_json).chain([list_as_json()]);
        for value in all {
            if let Err(error) = validator.validate(&value) {
                panic!("{}: {error} at {}", value["term"], error.instance_path());
            }
        }
    }

    #[test]
    fn the_list_has_every_term() {
        let list = list_as_json();
        assert_eq!(list["terms"].as_array().unwrap().len(), entries().len());
    }
}
