//! `connect-src generate`: the smallest policy that allows what a site connects to.

use connect_src::{DirectiveName, Disposition, SourceExpression};
use connect_src_generate::forms::{Delivery, Filled, Form};
use connect_src_generate::{
    Evidence, Options, SuggestedSource, Suggestion, Twin, VendorList, suggest, twin,
};
use connect_src_lint::{Pin, Receiver, receivers, receiving};

use crate::args::Format;
use crate::args::PolicyArgument;
use crate::args::evidence::{Generate, Wildcards};
use crate::error::Error;
use crate::exit::ExitStatus;
use crate::input::Policies;
use crate::input::evidence::Gathered;
use crate::output::{self, Output};

/// What was written, and from what.
pub(crate) struct Generated<'a> {
    pub(crate) asked: &'a Generate,
    pub(crate) gathered: Gathered,
    pub(crate) suggestion: Suggestion,
    pub(crate) twin: Option<Twin>,
    pub(crate) filled: Option<(Form, Filled)>,
    /// Services that the evidence shows, and how many of their hosts the policy does not allow.
    pub(crate) vendors: Vec<(&'static str, usize)>,
    /// Sentences.
    pub(crate) notes: Vec<String>,
}

impl Generated<'_> {
    /// Whether the policy, and its twin, allow all evidence.
    fn is_whole(&self) -> bool {
        let is_allowed = |twin: &Twin| twin.not_allowed.is_empty();
        self.suggestion.unresolved.is_empty() && self.twin.as_ref().is_none_or(is_allowed)
    }
}

pub(crate) fn run(asked: &Generate, out: &mut Output) -> Result<ExitStatus, Error> {
    let generated = generate(asked)?;
    match (asked.format, &generated.filled) {
        (Format::Json, _) => output::json::generated(&generated, out)?,
        (Format::Human, Some((_, filled))) => output::human::filled(&generated, filled, out)?,
        (Format::Human, None) => output::human::generated(&generated, out)?,
    }
    let bad_count = generated.gathered.bad_count();
    Ok(ExitStatus::of(generated.is_whole(), bad_count))
}

fn generate(asked: &Generate) -> Result<Generated<'_>, Error> {
    let base = asked.base.as_ref().map(base).transpose()?;
    let mut gathered = Gathered::from(&asked.sources.inputs, asked.sources.context())?;
    set_aside(&mut gathered.evidence, &asked.without);
    let suggestion = suggest(&gathered.evidence, &options(asked, base));
    let has_twin = asked.has_allowlist;
    let twin = has_twin.then(|| twin(&gathered.evidence, &suggestion.merged, asked.environment));
    let filled = asked.form.map(|form| {
        let delivery = delivery(asked, &suggestion, twin.as_ref());
        (form, form.fill(&delivery))
    });
    Ok(Generated {
        vendors: vendors(&suggestion, &gathered.evidence),
        notes: notes(&suggestion, twin.is_some()),
        asked,
        gathered,
        suggestion,
        twin,
        filled,
    })
}

fn options(asked: &Generate, base: Option<String>) -> Options {
    let mut options = Options::default();
    options.base = base;
    options.environment = asked.environment;
    options.merge_from = match asked.wildcards {
        Wildcards::Never | Wildcards::Ask => None,
        Wildcards::From(least) => Some(least),
    };
    options.shared_suffixes = shared_suffixes();
    options
}

/// Hosts below which each name has an owner of its own, as the linter knows them.
fn shared_suffixes() -> Vec<String> {
    let has_names = |one: &&Receiver| matches!(one.pin, Pin::Subdomain | Pin::Either);
    let shared = receivers().iter().filter(has_names);
    shared.map(|one| one.suffix.to_owned()).collect()
}

/// The text of the one policy that is to be extended.
fn base(argument: &PolicyArgument) -> Result<String, Error> {
    let policies = Policies::read(argument, None)?;
    match policies.list.policies() {
        [policy] => Ok(policy.text().to_owned()),
        [] => Err(Error::new("--base: expected a policy, found none")),
        many => Err(Error::new(format!(
            "--base: expected one policy, found {}; a connection must be allowed by each of them, so extend them one by one",
            many.len()
        ))),
    }
}

/// Whoever asks for the policy says that these are not to be allowed.
fn set_aside(evidence: &mut [Evidence], without: &[String]) {
    let is_asked = |evidence: &Evidence| {
        let origin = connect_src::Origin::of(&evidence.url).to_string();
        without.contains(&origin)
    };
    for one in evidence.iter_mut().filter(|one| is_asked(one)) {
        one.standing = connect_src_generate::Standing::SetAside;
    }
}

fn delivery(asked: &Generate, suggestion: &Suggestion, twin: Option<&Twin>) -> Delivery {
    let mut delivery = Delivery::new(&suggestion.policy);
    if asked.is_report_only {
        delivery = delivery.report_only();
    }
    match twin {
        Some(twin) => delivery.with_allowlist(&twin.value),
        None => delivery,
    }
}

/// The services that the evidence shows, with how many of their hosts the policy misses.
fn vendors(suggestion: &Suggestion, evidence: &[Evidence]) -> Vec<(&'static str, usize)> {
    let policies = connect_src::CspList::from_header(&suggestion.policy, Disposition::Enforce);
    detected(evidence)
        .into_iter()
        .map(|(vendor, _)| (&*vendor.service, vendor.drift(&policies).missing.len()))
        .collect()
}

/// The services that are known to be at the hosts of the evidence, and how often they were seen.
pub(crate) fn detected(evidence: &[Evidence]) -> Vec<(&'static connect_src_generate::Vendor, u64)> {
    let list = VendorList::builtin();
    let mut counts = vec![0_u64; list.vendors().len()];
    for one in evidence {
        let names = one
            .url
            .host_str()
            .map(|host| list.names_at(host))
            .unwrap_or_default();
        for (vendor, count) in list.vendors().iter().zip(&mut counts) {
            if names.contains(&&*vendor.service) {
                *count = count.saturating_add(one.count);
            }
        }
    }
    let found = list.vendors().iter().zip(counts);
    found.filter(|(_, count)| *count > 0).collect()
}

/// The services at a source's host.
pub(crate) fn vendors_at(source: &SuggestedSource) -> Vec<&'static str> {
    let host = source.text.split_once("://").map(|(_, host)| host);
    host.map(|host| VendorList::builtin().names_at(host))
        .unwrap_or_default()
}

/// Who else receives data at a source's host, as a sentence.
pub(crate) fn risk(source: &str) -> Option<&'static str> {
    let receiving = receiving(&SourceExpression::parse(source))?;
    match receiving.receiver.pin {
        _ if receiving.is_pinned => None,
        _ if receiving.is_below => Some(
            "anyone with an account receives data at one of the hosts that the wildcard stands for",
        ),
        Pin::Path => Some(
            "anyone with an account receives data here; a path after the host could name yours",
        ),
        Pin::Subdomain | Pin::Either => Some(
            "anyone with an account receives data here; a name before the host could name yours",
        ),
        _ => Some("anyone with an account receives data here, and no source can name yours alone"),
    }
}

fn notes(suggestion: &Suggestion, has_twin: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if suggestion.is_fallback_written_out {
        notes.push(format!(
            "{} governed connections until now; its sources are written out, so that nothing else opens or closes",
            DirectiveName::DefaultSrc
        ));
    }
    if !suggestion.removed.is_empty() {
        notes.push(format!(
            "taken out of the policy, because no visitor's page has business there: {}",
            suggestion.removed.join(" ")
        ));
    }
    if has_twin {
        notes.push(TWIN.to_owned());
    }
    notes
}

const TWIN: &str = "Connection-Allowlist governs scripts, images, frames and links too, and blocks redirects: send it as \
                    Connection-Allowlist-Report-Only first, and add what else the pages load";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_risk_of_a_source_is_that_of_its_most_special_receiver() {
        for (source, expected) in [
            ("https://api.example.com", None),
            ("https://acme.supabase.co", None),
            ("https://o1.ingest.us.sentry.io", None),
            (
                "https://*.ingest.us.sentry.io",
                Some("a name before the host"),
            ),
            (
                "https://nyc3.digitaloceanspaces.com",
                Some("a name before the host"),
            ),
            ("https://hooks.slack.com", Some("a path after the host")),
            (
                "https://api.openai.com",
                Some("no source can name yours alone"),
            ),
            ("https://*.googleapis.com", Some("one of the hosts")),
        ] {
            let told = risk(source);
            match expected {
                Some(words) => assert!(
                    told.is_some_and(|it| it.contains(words)),
                    "{source}: {told:?}"
                ),
                None => assert_eq!(told, None, "{source}"),
            }
        }
    }
}
