//! Judges the reports of a job, and adds them to a batch.

mod marks;
mod place;

use std::sync::Arc;

use connect_src_report::{
    Aspect, Blocked, Class, GroupKey, JudgeContext, Judgement, NoiseList, Parsed, Reason, Record,
    Scrub, Sent, judge,
};
use url::Url;

use super::address::Addresses;
use super::memo::{Memo, MemoHash};
use super::outcome::{Finding, Outcome};
use super::queue::{Content, Job};
use super::repeats::{MOST_OUTCOMES, PostHash, Repeats};
use super::text::{script, scrubbed};
use crate::browser;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::rollout::{Mark, Rollouts};
use crate::store::{Batch, Key, StoreError};
use crate::words::sanitize::capped;
use marks::{Known, Marks};
use place::Place;

/// Judges reports. It remembers what was sent with the marks that it has seen.
pub(super) struct Judge {
    rollouts: Rollouts,
    noise: &'static NoiseList,
    config: Arc<Config>,
    generation: u64,
    marks: Marks,
    repeats: Arc<Repeats>,
    addresses: Addresses,
    findings: Memo<Arc<Finding>>,
}

/// A post, without its reports.
struct Post {
    mark: Option<Mark>,
    known: Option<Arc<Known>>,
    at: Timestamp,
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
            marks: Marks::default(),
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
                    Some(mark) => self.marks.of(mark, &self.rollouts, &self.config)?,
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

    /// What is remembered depends on the rollouts.
    fn refresh(&mut self) {
        let generation = self.rollouts.generation();
        if generation != self.generation {
            self.generation = generation;
            self.config = self.rollouts.config();
            self.marks.clear();
            self.addresses.clear();
            self.findings.clear();
        }
    }

    fn add_record(&mut self, mut record: Record, post: &Post, batch: &mut Batch) -> Outcome {
        let outcome = self.outcome(&record, post);
        let mut group = outcome.add(post.at, batch);
        if group.delta.samples.len() < SAMPLES_OF_A_BATCH {
            group.delta.policy = record.original_policy.take();
            let raw = self.scrub().raw(&record.raw);
            group.add_sample(raw, post.at, SAMPLES_OF_A_BATCH);
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
            page: document.scrubbed.clone(),
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
        let connection = is_connection.then(|| Key::from(place.connection(&key, &blocked_url)));
        let user_agent = record.user_agent.as_deref().unwrap_or_default();
        let known = place.known.as_ref();
        Finding {
            connection,
            group: place.group(key).into(),
            score: judgement.score,
            reason: judgement.reason.to_string().into(),
            browser: Key::from(&*browser::name(user_agent)),
            blocked_url: blocked_url.into(),
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
        let first_party = place.first_party(document);
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
        match &post.known {
            Some(known) => Place::of_mark(post.mark, known),
            None => Place::of_document(document, &self.rollouts),
        }
    }

    fn scrub(&self) -> Scrub {
        let mut scrub = Scrub::default();
        scrub.keep_query = self.config.scrubbing.keep_query;
        scrub.keep_fragment = self.config.scrubbing.keep_fragment;
        scrub
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

/// Samples of one group that one batch carries.
const SAMPLES_OF_A_BATCH: usize = 2;
/// Findings that are remembered. Full of the largest, 8 MiB; usually three.
const MOST_FINDINGS: usize = 4096;
const MOST_FINDING_BYTES: usize = 2 << 10;
