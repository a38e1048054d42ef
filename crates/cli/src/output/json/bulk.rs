//! The summary of many decisions as one JSON object.

use std::io::{self, Write as _};

use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::commands::check::Question;
use crate::commands::check::bulk::{Cause, CauseTally, HostTally, Summary};
use crate::output::{Output, Prose};

/// More hosts than this are counted together.
const MOST_HOSTS: usize = 1000;

/// Prints the summary.
pub(crate) fn bulk(question: &Question, summary: &Summary, out: &mut Output) -> io::Result<()> {
    let hosts = summary.hosts();
    let rest: u64 = hosts
        .iter()
        .skip(MOST_HOSTS)
        .map(|(_, tally)| tally.blocked)
        .sum();
    let report = Report {
        schema_version: SCHEMA_VERSION,
        page: question.page.as_ref().map(ToString::to_string),
        notes: question
            .policies
            .notes
            .iter()
            .map(Prose::to_plain)
            .collect(),
        file: &summary.name,
        unit: summary.unit,
        decided: summary.decided(),
        blocked_anywhere: summary.blocked().anywhere,
        passed_over: summary.passed_over,
        without_page: summary.without_page,
        browsers: browsers(question, summary),
        hosts: hosts.into_iter().take(MOST_HOSTS).map(host).collect(),
        other_hosts: rest + summary.other_hosts,
        reasons: summary.causes().into_iter().map(reason).collect(),
        bad_count: summary.bad_count,
        bad: summary
            .bad_places()
            .map(|(place, message)| Bad { place, message })
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Report<'a> {
    schema_version: u32,
    page: Option<String>,
    notes: Vec<String>,
    file: &'a str,
    unit: &'static str,
    decided: u64,
    blocked_anywhere: u64,
    passed_over: u64,
    without_page: u64,
    browsers: Vec<BrowserCount>,
    hosts: Vec<HostCount<'a>>,
    other_hosts: u64,
    reasons: Vec<ReasonCount>,
    bad_count: u64,
    bad: Vec<Bad<'a>>,
}

#[derive(Serialize)]
struct BrowserCount {
    browser: String,
    allowed: u64,
    blocked: u64,
}

#[derive(Serialize)]
struct HostCount<'a> {
    host: &'a str,
    blocked: u64,
    reason: &'static str,
    first: u64,
}

#[derive(Serialize)]
struct ReasonCount {
    reason: &'static str,
    blocked: u64,
    first: u64,
}

#[derive(Serialize)]
struct Bad<'a> {
    place: u64,
    message: &'a str,
}

fn browsers(question: &Question, summary: &Summary) -> Vec<BrowserCount> {
    let profiles = question.profiles.iter().zip(summary.blocked().by);
    let browser = |(profile, blocked): (&connect_src::BrowserProfile, u64)| BrowserCount {
        browser: profile.as_str().to_ascii_lowercase(),
        allowed: summary.decided() - blocked,
        blocked,
    };
    profiles.map(browser).collect()
}

fn host<'a>((host, tally): (&'a str, &HostTally)) -> HostCount<'a> {
    HostCount {
        host,
        blocked: tally.blocked,
        reason: tally.cause.name(),
        first: tally.first,
    }
}

fn reason((cause, tally): (Cause, &CauseTally)) -> ReasonCount {
    ReasonCount {
        reason: cause.name(),
        blocked: tally.blocked,
        first: tally.first,
    }
}
