//! `connect-src vendors`: services of others, the hosts that they need, and where a policy differs from that.

use connect_src::CspList;
use connect_src_generate::{Drift, Vendor, VendorList};

use super::generate::detected;
use crate::args::Format;
use crate::args::evidence::Vendors;
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Policies;
use crate::input::evidence::Gathered;
use crate::output::sanitize::sanitize;
use crate::output::{self, Output};

/// A service, and what is known of it here.
pub(crate) struct Told {
    pub(crate) vendor: &'static Vendor,
    /// How often it was seen in the traffic.
    pub(crate) seen: Option<u64>,
    /// Where the policy differs.
    pub(crate) drift: Option<Drift<'static>>,
}

/// What to show.
pub(crate) struct VendorReport {
    pub(crate) told: Vec<Told>,
    /// Whether one was asked for by name, so that all of it is shown.
    pub(crate) is_named: bool,
    pub(crate) gathered: Option<Gathered>,
}

pub(crate) fn run(asked: &Vendors, out: &mut Output) -> Result<ExitStatus, Error> {
    let policies = asked
        .policy
        .as_ref()
        .map(|policy| Policies::read(policy, None));
    let policies = policies.transpose()?;
    let list = policies.as_ref().map(|policies| &policies.list);
    let gathered = (!asked.sources.inputs.is_empty())
        .then(|| Gathered::from(&asked.sources.inputs, asked.sources.context()));
    let gathered = gathered.transpose()?;
    let report = VendorReport {
        told: told(asked.name.as_deref(), list, gathered.as_ref())?,
        is_named: asked.name.is_some(),
        gathered,
    };
    match asked.format {
        Format::Human => output::human::vendors(&report, out)?,
        Format::Json => output::json::vendors(&report, out)?,
    }
    let bad_count = report.gathered.as_ref().map_or(0, Gathered::bad_count);
    let mut drifts = report.told.iter().filter_map(|told| told.drift.as_ref());
    Ok(ExitStatus::of(drifts.all(Drift::is_none), bad_count))
}

fn told(
    name: Option<&str>,
    policies: Option<&CspList>,
    gathered: Option<&Gathered>,
) -> Result<Vec<Told>, Error> {
    let list = VendorList::builtin();
    let seen = gathered.map(|gathered| detected(&gathered.evidence));
    let vendors: Vec<&'static Vendor> = match (name, &seen, policies) {
        (Some(name), _, _) => named(name)?,
        (None, Some(seen), _) => seen.iter().map(|(vendor, _)| *vendor).collect(),
        (None, None, Some(policies)) => list.named_by(policies),
        (None, None, None) => list.vendors().iter().collect(),
    };
    let told = vendors.into_iter().map(|vendor| Told {
        vendor,
        seen: seen.as_ref().map(|seen| count(seen, vendor)),
        drift: policies.map(|policies| vendor.drift(policies)),
    });
    Ok(told.collect())
}

fn count(seen: &[(&'static Vendor, u64)], vendor: &Vendor) -> u64 {
    let found = seen.iter().find(|(one, _)| one.service == vendor.service);
    found.map_or(0, |(_, count)| *count)
}

fn named(name: &str) -> Result<Vec<&'static Vendor>, Error> {
    let list = VendorList::builtin();
    let found = list.find(name);
    if !found.is_empty() {
        return Ok(found);
    }
    let likeness = |vendor: &&Vendor| {
        let words = vendor
            .service
            .split(|character: char| !character.is_ascii_alphanumeric());
        let likeness = words.map(|word| {
            strsim::jaro_winkler(&word.to_ascii_lowercase(), &name.to_ascii_lowercase())
        });
        likeness.fold(0.0, f64::max)
    };
    let nearest = list
        .vendors()
        .iter()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let hint = nearest
        .filter(|vendor| likeness(vendor) > 0.8)
        .map(|vendor| format!("; did you mean {}?", vendor.service))
        .unwrap_or_default();
    Err(Error::new(format!(
        "there is no service \"{}\" in the list{hint}; `connect-src vendors` names them all",
        sanitize(name)
    )))
}
