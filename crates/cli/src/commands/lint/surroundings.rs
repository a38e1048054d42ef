//! What is known beside the policies that are linted.

use std::path::Path;

use connect_src::{Api, CspList, Destination, Request, Rules};
use connect_src_lint::Severity;
use connect_src_server::config;
use url::Url;

use super::settings;
use crate::args::lint::Lint;
use crate::error::Error;
use crate::input::target::Target;
use crate::input::{Input, Policies, json_lines};

/// What holds for all policies of a run.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(super) browsers: Vec<Rules>,
    pub(super) settings: config::Lint,
    pub(super) has_service_worker: bool,
    /// Findings below are left out.
    pub(super) least: Severity,
    pub(super) inventory: Option<Vec<Request>>,
    /// The policies of other pages of the origin.
    pub(super) siblings: Vec<CspList>,
}

impl Surroundings {
    /// Browsers and a configuration, and nothing else.
    pub(crate) fn of_configuration(
        config: Option<&Path>,
        browsers: Vec<Rules>,
    ) -> Result<Self, Error> {
        Ok(Self {
            browsers,
            settings: settings::read(config, &[])?,
            has_service_worker: false,
            least: Severity::Info,
            inventory: None,
            siblings: Vec::new(),
        })
    }

    pub(super) fn of(lint: &Lint) -> Result<Self, Error> {
        let inventory = lint.inventory.as_ref();
        let inventory = inventory.map(|input| inventory_of(input, lint.page.as_ref()));
        let siblings = lint.siblings.iter().map(|sibling| {
            let policies = Policies::read_response(sibling, lint.page.clone())?;
            Ok(policies.list)
        });
        Ok(Self {
            browsers: lint.browsers.clone(),
            settings: settings::read(lint.config.as_deref(), &lint.levels)?,
            has_service_worker: lint.has_service_worker,
            least: lint.least,
            inventory: inventory.transpose()?,
            siblings: siblings.collect::<Result<_, Error>>()?,
        })
    }
}

/// The connections of a file. A line that cannot be read fails with its place.
fn inventory_of(input: &Input, page: Option<&Url>) -> Result<Vec<Request>, Error> {
    let bytes = input.read(MAX_INVENTORY)?;
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let request = |(index, line): (usize, &[u8])| {
        request_of(line, page)
            .map_err(|problem| Error::new(format!("{}:{}: {problem}", input.name(), index + 1)))
    };
    lines.map(request).collect()
}

fn request_of(line: &[u8], page: Option<&Url>) -> Result<Request, String> {
    let connection = json_lines::connection(line)?;
    let word = connection.api.as_ref().map(|text| &*text.0);
    let worker = word.and_then(worker);
    let api = match word.filter(|_| worker.is_none()) {
        Some(name) => Some(Api::parse(name).ok_or_else(|| {
            let names = crate::args::api_names();
            format!("expected one of {names}, worker, sharedworker, serviceworker, found {name}")
        })?),
        None => None,
    };
    let redirects = connection.redirects.iter().flatten();
    let redirects: Vec<String> = redirects.map(|text| text.0.clone().into_owned()).collect();
    let target = Target::parse(&connection.url.0, api, page)
        .and_then(|target| target.redirected_to(&redirects))
        .map_err(|error| error.to_string())?;
    Ok(match worker {
        Some(destination) => Request::new(target.url, destination),
        None => target.request(),
    })
}

/// The script of a worker, which is loaded and not connected to.
fn worker(word: &str) -> Option<Destination> {
    Some(match word {
        "worker" => Destination::Worker,
        "sharedworker" => Destination::SharedWorker,
        "serviceworker" => Destination::ServiceWorker,
        _ => return None,
    })
}

const MAX_INVENTORY: u64 = 64 << 20;
