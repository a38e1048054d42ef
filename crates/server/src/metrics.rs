//! What is counted for operators, in Prometheus' format.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::rollout::{Rollouts, lock};

/// What is counted for operators. Every label is one of few words of ours.
pub struct Metrics {
    registry: Mutex<Registry>,
    /// Posts to the collector, by the status of the answer.
    pub(crate) posts: Family<Status, Counter>,
    /// Reports, by class.
    pub(crate) reports: Family<Class, Counter>,
    /// Reports that were shed, by reason and class.
    pub(crate) sheds: Family<Shed, Counter>,
    /// Bytes of reports that wait for the database: posts that wait to be judged, and what was judged and is not
    /// committed yet.
    pub(crate) queue_bytes: Gauge<i64, AtomicI64>,
    /// Commits, by their result.
    pub(crate) commits: Family<Outcome, Counter>,
    /// How long commits took.
    pub(crate) commit_seconds: Histogram,
    /// Responses, by the role of the policy that they carried.
    pub(crate) responses: Family<Role, Counter>,
    /// For how many clients a policy is enforced, by site and route.
    enforced_share: Family<Route, Gauge<f64, AtomicU64>>,
}

/// A status.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Status {
    pub(crate) status: u16,
}

/// A class of reports.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Class {
    pub(crate) class: &'static str,
}

/// What was shed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Shed {
    pub(crate) reason: &'static str,
    pub(crate) class: &'static str,
}

/// How something ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Outcome {
    pub(crate) result: &'static str,
}

/// The role of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Role {
    pub(crate) role: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    site: String,
    route: String,
}

impl Metrics {
    /// Everything at zero.
    pub fn new() -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("connect_src")),
            posts: Family::default(),
            reports: Family::default(),
            sheds: Family::default(),
            queue_bytes: Gauge::default(),
            commits: Family::default(),
            commit_seconds: Histogram::new(exponential_buckets(0.000_5, 4.0, 8)),
            responses: Family::default(),
            enforced_share: Family::default(),
        };
        metrics.register(&mut lock(&metrics.registry));
        metrics
    }

    fn register(&self, to: &mut Registry) {
        to.register("posts", "Posts to the collector", self.posts.clone());
        to.register("reports", "Judged reports", self.reports.clone());
        to.register(
            "shed_reports",
            "Reports that were not kept",
            self.sheds.clone(),
        );
        to.register_with_unit(
            "queue",
            "Reports that wait for the database",
            Unit::Bytes,
            self.queue_bytes.clone(),
        );
        to.register("commits", "Commits to the database", self.commits.clone());
        to.register_with_unit(
            "commit",
            "How long commits took",
            Unit::Seconds,
            self.commit_seconds.clone(),
        );
        to.register(
            "responses",
            "Responses that carried a policy",
            self.responses.clone(),
        );
        to.register_with_unit(
            "enforced",
            "For how many clients a policy is enforced",
            Unit::Other("ratio".to_owned()),
            self.enforced_share.clone(),
        );
    }

    /// The figures as text.
    pub fn text(&self, rollouts: &Rollouts) -> String {
        self.enforced_share.clear();
        for status in rollouts.status() {
            let route = Route {
                site: status.key.site.to_string(),
                route: status.key.route.to_string(),
            };
            let share = status.state.enforced_share().fraction();
            self.enforced_share.get_or_create(&route).set(share);
        }
        let mut out = String::new();
        if text::encode(&mut out, &lock(&self.registry)).is_err() {
            // Writing to a string does not fail.
            let _ = writeln!(out, "# incomplete");
        }
        out
    }

    /// So many reports were shed.
    pub(crate) fn shed(&self, reason: &'static str, class: &'static str, count: u64) {
        let shed = Shed { reason, class };
        self.sheds.get_or_create(&shed).inc_by(count);
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Metrics")
    }
}

/// The media type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
