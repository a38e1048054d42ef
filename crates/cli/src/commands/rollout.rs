//! `connect-src rollout`: where the rollouts of a running server stand, and steps forward and back.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::args::Format;
use crate::args::operations::{Place, Rollout, Step};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Admin;
use crate::output::{self, Output};

/// Where a route stands, as the API says it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Status {
    pub(crate) site: String,
    pub(crate) route: String,
    pub(crate) stage: String,
    pub(crate) share_percent: f64,
    pub(crate) held: bool,
    pub(crate) since: String,
    pub(crate) policy: Option<String>,
    pub(crate) baseline_policy: Option<String>,
    pub(crate) health: Health,
    pub(crate) next_share_percent: Option<f64>,
}

/// What is counted for the policy on its way.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Health {
    pub(crate) responses: u64,
    pub(crate) genuine: u64,
}

pub(crate) fn run(rollout: &Rollout, out: &mut Output) -> Result<ExitStatus, Error> {
    let admin = Admin::new(&rollout.server)?;
    let statuses = match &rollout.step {
        Step::Status => status(&admin, &rollout.place)?,
        step => vec![take(&admin, &rollout.place, step)?],
    };
    match rollout.format {
        Format::Human => output::human::rollout(&statuses, out)?,
        Format::Json => output::json::rollout(&statuses, out)?,
    }
    Ok(ExitStatus::Success)
}

fn status(admin: &Admin, place: &Place) -> Result<Vec<Status>, Error> {
    let statuses: Vec<Status> = admin.get("rollout")?;
    let is_asked = |status: &Status| place.is(&status.site, &status.route);
    let asked: Vec<_> = statuses.into_iter().filter(is_asked).collect();
    if asked.is_empty() {
        let message =
            "the server has no such site and route; `connect-src rollout status` lists them";
        return Err(Error::new(message));
    }
    Ok(asked)
}

/// Takes a step with the only route that the place can mean.
fn take(admin: &Admin, place: &Place, step: &Step) -> Result<Status, Error> {
    let statuses = status(admin, place)?;
    let [status] = statuses.as_slice() else {
        let places = statuses
            .iter()
            .map(|status| format!("--site {} --route {}", status.site, status.route));
        let places: Vec<_> = places.collect();
        let message = format!(
            "expected one site and route, found {}: give {}",
            places.len(),
            places.join(", or ")
        );
        return Err(Error::new(output::sanitize::sanitize(&message)));
    };
    let (path, body) = request(status, step);
    admin.post(path, &body)
}

fn request(status: &Status, step: &Step) -> (&'static str, Value) {
    let (site, route) = (&status.site, &status.route);
    match step {
        Step::Advance {
            share,
            is_forced,
            why,
        } => {
            let share = share.map(connect_src_server::config::Share::percent);
            let body = json!({ "site": site, "route": route, "share_percent": share, "force": is_forced, "why": why });
            ("rollout/advance", body)
        }
        Step::Status | Step::Back { .. } => {
            let why = if let Step::Back { why } = step {
                why
            } else {
                ""
            };
            (
                "rollout/back",
                json!({ "site": site, "route": route, "why": why }),
            )
        }
    }
}
