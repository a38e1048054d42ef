//! Judges the reports of a job, and adds them to a batch.

use std::collections::HashMap;
use std::sync::Arc;

use connect_src::{BrowserProfile, CspList, DirectiveName, Origin};
use connect_src_report::{
    Aspect, Blocked, Class, GroupKey, JudgeContext, Judgement, NoiseList, Parsed, Reason, Record,
    Scrub, Sent, SentPolicy, judge,
};
use connect_src_tower::Merge;
use url::Url;

use super::address::{Address, Addresses};
use super::memo::{Memo, MemoHash};
use super::outcome::{Finding, Outcome};
use super::queue::{Content, Job};
use super::repeats::{MOST_OUTCOMES, PostHash, Repeats};
use crate::browser;
use crate::clock::Timestamp;
use crate::config::{Config, HostPattern};
use crate::rollout::{Mark, Rollouts, RouteKey};
use crate::store::{Batch, ConnectionIdent, GroupIdent, MAX_TEXT_BYTES, StoreError};

/// Judges reports. It remembers what was sent with the marks that it has seen.
pub(super) struct Judge {
    rollouts: Rollouts,
    noise: &'static NoiseList,
    config: Arc<Config>,
    generation: u64,
    known: HashMap<Mark, Option<Arc<Known>>>,
    repeats: Arc<Repeats>,
    addresses: Addresses,
    findings: Memo<Arc<Finding>>,
}

/// What is known about a mark.
struct Known {
    key: RouteKey,
    host: HostPattern,
    sent: Vec<SentPolicy>,
    in_force: Option<CspList>,
    /// Whether what browsers got is what we know: not where it was merged into the upstream's policies.
    is_verbatim: bool,
}

impl Known {
    /// Whether what was blocked is for our policy to decide. Where the application's policy got our sources,
    /// reports come about all of its directives.
    fn decides(&self, record: &Record) -> bool {
        let name = record.effective_directive.as_deref();
        let Some(directive) = name.and_then(DirectiveName::parse) else {
            return true;
        };
        let mut sent = self.sent.iter().flat_map(|sent| sent.policies().policies());
        self.is_verbatim
            || sent.any(|policy| {
                let governing = policy.governing_directive(directive, BrowserProfile::Standard);
                governing.is_some()
            })
    }
}

/// A post, without its reports.
struct Post {
    mark: Option<Mark>,
    known: Option<Arc<Known>>,
    at: Timestamp,
}

/// Where a report belongs.
struct Place {
    key: RouteKey,
    mark: Option<Mark>,
    known: Option<Arc<Known>>,
}

/// What a batch got of a job.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added {
    pub(super) reports: u64,
    pub(super) genuine: u64,
    /// The genuine ones that speak against our policy.
    against: u64,
}

impl Judge {
    pub(super) fn new(rollouts: Rollouts, repeats: Arc<Repeats>) -> Self {
        Self {
            noise: NoiseList::builtin(),
            config: rollouts.config(),
            generation: rollouts.generation(),
            known: HashMap::new(),
            repeats,
            addresses: Addresses::new(),
            findings: Memo::new(MOST_FINDINGS),
            rollouts,
        }
    }

    /// Judges what a job holds, and adds it to the batch. Fails if the store cannot say what was sent.
    pub(super) fn add(&mut self, job: &mut Job, batch: &mut Batch) -> Result<Added, StoreError> {
        let added = match &mut job.content {
            Content::Repeat(outcomes) => repeat(outcomes, job.at, batch),
            Content::New {
                parsed,
                user_agent,
                hash,
            } => {
                self.refresh();
                let known = match job.mark {
                    Some(mark) => self.known(mark)?,
                    None => None,
                };
                let post = Post {
                    mark: job.mark,
                    known,
                    at: job.at,
                };
                self.add_new(std::mem::take(parsed), user_agent, *hash, &post, batch)
            }
        };
        if let Some(mark) = job.mark.filter(|_| added.against > 0) {
            self.rollouts
                .count_genuine(mark, added.against, job.address);
        }
        Ok(added)
    }

    fn add_new(
        &mut self,
        parsed: Parsed,
        user_agent: &str,
        hash: PostHash,
        post: &Post,
        batch: &mut Batch,
    ) -> Added {
        let mut added = Added::default();
        let mut outcomes = Vec::new();
        let is_violations_only = parsed.others.is_empty() && parsed.unreadable.is_empty();
        for record in parsed.records {
            let outcome = self.add_record(record.with_user_agent(user_agent), post, batch);
            added.count(&outcome);
            if outcomes.len() <= MOST_OUTCOMES {
                outcomes.push(outcome);
            }
        }
        if is_violations_only && outcomes.len() <= MOST_OUTCOMES {
            self.repeats.keep(hash, self.generation, outcomes);
        }
        let scrub = self.scrub();
        for mut other in parsed.others {
            scrub.other(&mut other);
            batch.add_other(capped(&other.report_type, 100), &other.raw, post.at);
            added.reports += 1;
        }
        for unreadable in parsed.unreadable {
            let name = format!("({})", unreadable.kind.as_str());
            batch.add_other(&name, &scrub.raw(&unreadable.raw), post.at);
            added.reports += unreadable.count as u64;
        }
        added
    }

    /// What is known about marks changes with the rollouts.
    fn refresh(&mut self) {
        let generation = self.rollouts.generation();
        if generation != self.generation || self.known.len() > MOST_KNOWN {
            self.generation = generation;
            self.config = self.rollouts.config();
            self.known.clear();
            self.addresses.clear();
            self.findings.clear();
        }
    }

    fn known(&mut self, mark: Mark) -> Result<Option<Arc<Known>>, StoreError> {
        if let Some(known) = self.known.get(&mark) {
            return Ok(known.clone());
        }
        let known = self.look_up(mark)?.map(Arc::new);
        self.known.insert(mark, known.clone());
        Ok(known)
    }

    fn look_up(&self, mark: Mark) -> Result<Option<Known>, StoreError> {
        let Some(revision) = self.rollouts.revision(mark.revision)? else {
            return Ok(None);
        };
        let key = revision.route.clone();
        let mut sent = SentPolicy::new(revision.text.as_str(), mark.role.disposition());
        if let Some(until) = self.rollouts.sent_until(&key, mark) {
            sent = sent.until(until.to_system_time());
        }
        let in_force = self.rollouts.in_force(&key, mark);
        let sites = self.config.sites.iter();
        let site = sites
            .into_iter()
            .find(|it| it.host.to_string() == *key.site);
        let mut routes = site.map_or(&[][..], |site| &site.routes).iter();
        let route = routes.find(|it| it.path.as_str() == &*key.route);
        Ok(Some(Known {
            host: site.map_or(HostPattern::Any, |site| site.host.clone()),
            sent: vec![sent],
            in_force: in_force.map(|policy| [policy].into_iter().collect()),
            is_verbatim: route.is_none_or(|route| route.merge != Merge::Extend),
            key,
        }))
    }

    fn add_record(&mut self, mut record: Record, post: &Post, batch: &mut Batch) -> Outcome {
        let outcome = self.outcome(&record, post);
        let mut group = outcome.add(post.at, batch);
        if group.delta.samples.len() < SAMPLES_OF_A_BATCH {
            group.delta.policy = record.original_policy.take();
            let raw = self.scrub().raw(&record.raw);
            group.add_sample(&raw, post.at, SAMPLES_OF_A_BATCH);
        }
        outcome
    }

    fn outcome(&mut self, record: &Record, post: &Post) -> Outcome {
        let scrub = self.scrub();
        let document = self.addresses.of(record.url.as_deref(), scrub);
        let source = self.addresses.of(record.source_file.as_deref(), scrub);
        let place = self.place(post, document.url.as_ref());
        let aspect = Aspect::of(record, document.url.as_ref(), source.url.as_ref());
        let hash = (place.mark, &place.key.site, &place.key.route, aspect);
        let hash = self.findings.hash(hash);
        let known = self.findings.find(hash).map(Arc::clone);
        let finding = known
            .unwrap_or_else(|| self.judged(hash, record, &place, document.url.as_ref(), post.at));
        Outcome {
            finding,
            page: Arc::clone(&document.scrubbed),
            place: script(&source, record),
        }
    }

    /// Judges a report, and remembers what it tells.
    fn judged(
        &mut self,
        hash: MemoHash,
        record: &Record,
        place: &Place,
        document: Option<&Url>,
        at: Timestamp,
    ) -> Arc<Finding> {
        let judgement = self.judgement(record, place, document, at);
        // It tells how long ago something was.
        let is_lasting = !matches!(judgement.reason, Reason::AllowedNow(_));
        let finding = Arc::new(self.finding(record, place, &judgement));
        if is_lasting && finding.bytes() <= MOST_FINDING_BYTES {
            self.findings.keep(hash, Arc::clone(&finding));
        }
        finding
    }

    fn finding(&self, record: &Record, place: &Place, judgement: &Judgement) -> Finding {
        let key = GroupKey::of(record, judgement);
        let blocked = record.blocked.as_ref().map(Blocked::as_str);
        let blocked_url = scrubbed(self.scrub(), blocked);
        let is_connection = key.effective_directive == "connect-src" && !key.blocked.is_empty();
        let connection = is_connection.then(|| place.connection(&key, &blocked_url).into());
        let user_agent = record.user_agent.as_deref().unwrap_or_default();
        let known = place.known.as_ref();
        Finding {
            connection,
            group: place.group(key).into(),
            score: judgement.score,
            reason: judgement.reason.to_string(),
            browser: browser::name(user_agent).into(),
            blocked_url,
            is_ours: known.is_none_or(|known| known.decides(record)),
        }
    }

    fn judgement(
        &self,
        record: &Record,
        place: &Place,
        document: Option<&Url>,
        at: Timestamp,
    ) -> Judgement {
        let known = place.known.as_deref();
        let sent = match known {
            Some(known) if known.is_verbatim => Sent::OneOf(&known.sent),
            Some(_) => Sent::Unknown,
            // A collector that stands alone does not know what others send.
            None if self.config.is_collector_only() => Sent::Unknown,
            None => Sent::Never,
        };
        let first_party = first_party(&place.key, known.map(|known| &known.host), document);
        let mut context = JudgeContext::new(at.to_system_time(), self.noise)
            .sent(sent)
            .first_party(&first_party);
        // What is in force of the application's own policy we do not know.
        let deciding = known.filter(|known| known.decides(record));
        if let Some(policies) = deciding.and_then(|known| known.in_force.as_ref()) {
            context = context.in_force(policies);
        }
        judge(record, &context)
    }

    /// The route of the mark; without a mark the one that the document belongs to.
    fn place(&self, post: &Post, document: Option<&Url>) -> Place {
        if let Some(known) = &post.known {
            return Place {
                key: known.key.clone(),
                mark: post.mark,
                known: Some(Arc::clone(known)),
            };
        }
        let host = document.and_then(Url::host_str).unwrap_or_default();
        let path = document.map_or("/", Url::path);
        Place {
            key: self
                .rollouts
                .route_of(host, path)
                .unwrap_or_else(|| RouteKey::new(NO_SITE, "/")),
            mark: None,
            known: None,
        }
    }

    fn scrub(&self) -> Scrub {
        let mut scrub = Scrub::default();
        scrub.keep_query = self.config.scrubbing.keep_query;
        scrub.keep_fragment = self.config.scrubbing.keep_fragment;
        scrub
    }
}

impl Place {
    fn group(&self, key: GroupKey) -> GroupIdent {
        GroupIdent {
            site: Arc::clone(&self.key.site),
            route: Arc::clone(&self.key.route),
            mark: self.mark,
            key,
        }
    }

    fn connection(&self, key: &GroupKey, blocked_url: &str) -> ConnectionIdent {
        ConnectionIdent {
            site: Arc::clone(&self.key.site),
            route: Arc::clone(&self.key.route),
            document: key.site.clone(),
            class: key.class,
            origin: key.blocked.clone(),
            path: path(blocked_url, &key.blocked),
        }
    }
}

impl Added {
    fn count(&mut self, outcome: &Outcome) {
        self.reports += 1;
        let genuine = u64::from(outcome.class() == Class::Genuine);
        self.genuine += genuine;
        self.against += genuine * u64::from(outcome.finding.is_ours);
    }
}

/// Counts the same post once more.
fn repeat(outcomes: &[Outcome], at: Timestamp, batch: &mut Batch) -> Added {
    let mut added = Added::default();
    for outcome in outcomes {
        outcome.add(at, batch);
        added.count(outcome);
    }
    added
}

/// The origins that are the site's: the document's, if it is on one of the site's hosts; else the site's own,
/// so that a document elsewhere is seen to be none of ours.
fn first_party(key: &RouteKey, host: Option<&HostPattern>, document: Option<&Url>) -> Vec<Origin> {
    let Some(pattern) = host else {
        return Vec::new();
    };
    let name = document.and_then(Url::host_str).unwrap_or_default();
    match document {
        Some(document) if pattern.matches(name) => vec![Origin::of(document)],
        _ => match pattern {
            HostPattern::Exact(_) => {
                let origin = |scheme| Url::parse(&format!("{scheme}://{}", key.site));
                let urls = ["https", "http"]
                    .into_iter()
                    .filter_map(|it| origin(it).ok());
                urls.map(|url| Origin::of(&url)).collect()
            }
            HostPattern::Below(_) | HostPattern::Any => Vec::new(),
        },
    }
}

pub(super) fn scrubbed(scrub: Scrub, url: Option<&str>) -> String {
    let url = url.map(|url| scrub.url(url)).unwrap_or_default();
    capped(&url, MAX_TEXT_BYTES).to_owned()
}

/// The path of a URL that was blocked; empty where the browser withheld it.
fn path(url: &str, origin: &str) -> String {
    match Url::parse(url) {
        Ok(url) if url.has_host() && url.as_str() != origin => url.path().to_owned(),
        _ => String::new(),
    }
}

/// The script that caused it, with line and column.
fn script(source: &Address, record: &Record) -> Option<String> {
    let file = &*source.scrubbed;
    if file.is_empty() {
        return None;
    }
    Some(match (record.line_number, record.column_number) {
        (None, _) => file.to_owned(),
        (Some(line), None) => format!("{file}:{line}"),
        (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
    })
}

fn capped(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}

/// Reports of documents that belong to no site.
const NO_SITE: &str = "(none)";
/// What is known about so many marks is remembered.
const MOST_KNOWN: usize = 256;
/// Samples of one group that one batch carries.
const SAMPLES_OF_A_BATCH: usize = 2;
/// Findings that are remembered. Full of the largest, 16 MiB; usually six.
const MOST_FINDINGS: usize = 8192;
const MOST_FINDING_BYTES: usize = 2 << 10;
