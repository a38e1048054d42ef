//! `connect-src suggest`: the smallest policy that allows what was reported, and what speaks for it.

use connect_src_server::rollout::RouteKey;
use connect_src_server::store::{RolloutStore as _, SqliteStore};
use connect_src_server::suggest::{Suggestion, suggest};
use serde_json::json;

use super::rollout::Status;
use crate::args::Format;
use crate::args::operations::{AdminServer, Place, Suggest};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Admin;
use crate::output::{self, Output};

pub(crate) fn run(asked: &Suggest, out: &mut Output) -> Result<ExitStatus, Error> {
    let store = SqliteStore::open_to_read(&asked.database)?;
    let key = only_route(&store, &asked.place)?;
    let suggestion = suggest(&store, &key, &asked.without)?;
    let status = match &asked.apply {
        Some(server) => Some(apply(&suggestion, server)?),
        None => None,
    };
    match asked.format {
        Format::Human => output::human::suggestion(&suggestion, status.as_ref(), out)?,
        Format::Json => output::json::suggestion(&suggestion, status.as_ref(), out)?,
    }
    Ok(ExitStatus::Success)
}

/// The route that the place means: there must be no other that it could mean.
fn only_route(store: &SqliteStore, place: &Place) -> Result<RouteKey, Error> {
    let routes = store.routes()?.into_iter().map(|route| route.key);
    let mut routes: Vec<_> = routes
        .filter(|key| place.is(&key.site, &key.route))
        .collect();
    match (routes.pop(), routes.len()) {
        (Some(key), 0) => Ok(key),
        (None, _) => Err(Error::new(
            "the database has no such site and route; give --site and --route as the configuration has them",
        )),
        (Some(key), more) => {
            let example = format!("--site {} --route {}", key.site, key.route);
            let message = format!(
                "expected one site and route, found {}: give them, such as {example}",
                more + 1
            );
            Err(Error::new(output::sanitize::sanitize(&message)))
        }
    }
}

/// Puts it on trial: the server that runs has the database, so it has to do it.
fn apply(suggestion: &Suggestion, server: &AdminServer) -> Result<Status, Error> {
    let body = json!({
        "site": suggestion.site,
        "route": suggestion.route,
        "policy": suggestion.policy,
        "why": "suggested from what was reported",
    });
    Admin::new(server)?.post("rollout/propose", &body)
}
