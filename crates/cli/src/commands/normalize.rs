//! `connect-src normalize`: the shortest policies that decide the same.

use connect_src::{Normalized, Origin, normalize};

use crate::args::{Format, Normalize};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Policies;
use crate::output::{self, Output};

pub(crate) fn run(asked: &Normalize, out: &mut Output) -> Result<ExitStatus, Error> {
    let policies = Policies::read(&asked.policy, asked.page.clone())?;
    let page = asked.page.as_ref().map(Origin::of);
    let policies = policies.list.policies().iter();
    let normalized: Vec<Normalized> = policies
        .map(|policy| normalize(policy, page.as_ref()))
        .collect();
    match asked.format {
        Format::Human => output::human::normalize(&normalized, out)?,
        Format::Json => output::json::normalize(asked.page.as_ref(), &normalized, out)?,
    }
    Ok(ExitStatus::Success)
}
