//! Sites, their routes, and how each is rolled out.

use std::collections::BTreeSet;
use std::time::Duration;

use connect_src_tower::Merge;
use toml::de::DeValue;
use url::Url;

use super::reader::{FromValue, Placed, Table, Upstream};
use super::value::{HostPattern, PathPrefix, Share};
use crate::policy_text::PolicyText;
use crate::rollout::StageName;

/// One site, known by its host.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Site {
    /// Which hosts.
    pub host: HostPattern,
    /// Its application, where it is another than the one for all sites.
    pub upstream: Option<Url>,
    /// Its routes, the longer path first; the last is for `/`.
    pub routes: Vec<Route>,
}

/// A part of a site, known by its path, with its own policy and stage.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Route {
    /// Which paths.
    pub path: PathPrefix,
    /// The policy, unless it is left to the API.
    pub policy: Option<PolicyText>,
    /// The stage, unless it is left to the API.
    pub stage: Option<StageName>,
    /// For how many clients the policy is enforced, in the stage `enforce`.
    pub share: Option<Share>,
    /// How the policy meets those of the upstream.
    pub merge: Merge,
    /// How the rollout goes.
    pub plan: Plan,
}

/// How a rollout goes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// In the stage `observe`, how many responses carry the policy that reports every connection.
    pub observe_share: Share,
    /// The same in the later stages, so that the inventory stays fresh.
    pub inventory_share: Share,
    /// The shares that `enforce` goes through, rising; the last is the whole.
    pub steps: Vec<Share>,
    /// When enforcement steps back by itself; `None` for never.
    pub step_back: Option<StepBack>,
    /// By what a client is known again while the share is between nobody and everybody.
    pub sticky_by: StickyBy,
    /// Which ways browsers are told to report on.
    pub reporting: Reporting,
}

/// When enforcement steps back by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct StepBack {
    /// The rate: genuine violations for each response that carried the enforced policy.
    pub rate: Share,
    /// The time that the rate is measured over.
    pub window: Duration,
    /// The least responses in the window; below it nothing is concluded.
    pub minimum: u32,
    /// The part of the rate below which the policy may advance again.
    pub recovery: Share,
}

/// By what a client is known again, so that a share of clients stays the same clients.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StickyBy {
    /// A cookie of ours that holds a number from 0 to 999 and nothing else.
    #[default]
    OwnCookie,
    /// A cookie that the application sets. A client without it is never in the share.
    Cookie(String),
}

/// Which ways browsers are told to report on, over HTTPS. Over plain HTTP it is always `report-uri`: browsers
/// know no other way there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reporting {
    /// `report-to`, and `report-uri` for browsers that do not know it.
    #[default]
    Both,
    /// `report-uri`: sent at once.
    ReportUri,
    /// `report-to`: gathered, sent within a minute.
    ReportTo,
}

impl Site {
    /// One site for every host, with one route for every path, in the stage `observe`.
    pub fn everything(plan: Plan) -> Self {
        Self {
            host: HostPattern::Any,
            upstream: None,
            routes: vec![Route::everything(plan)],
        }
    }

    /// The sites of the document; one for everything if it names none.
    pub(super) fn read_all(document: &mut Table<'_>, plan: &Plan) -> Vec<Self> {
        let mut hosts = BTreeSet::new();
        let tables = document.tables("site").into_iter();
        let mut sites: Vec<Self> = tables
            .map(|table| Self::read(table, plan, &mut hosts))
            .collect();
        if sites.is_empty() {
            sites.push(Self::everything(plan.clone()));
        }
        sites.sort_by_key(|site| specialty(&site.host));
        sites
    }

    fn read(mut table: Table<'_>, plan: &Plan, hosts: &mut BTreeSet<HostPattern>) -> Self {
        let host = table.placed::<HostPattern>("host");
        match &host {
            None => table.complain(
                "host",
                "expected the host of the site, found none".to_owned(),
            ),
            Some(placed) if !hosts.insert(placed.value.clone()) => {
                let message = "a site for this host stands above; make them one".to_owned();
                table.complain_about(placed, message);
            }
            Some(_) => {}
        }
        let plan = Plan::read(table.table("rollout"), plan);
        let root = Route::read_keys(&mut table, PathPrefix::root(), &plan);
        let site = Self {
            host: host.map_or(HostPattern::Any, |placed| placed.value),
            upstream: table.value("upstream").map(|Upstream(url)| url),
            routes: Route::read_all(&mut table, &plan, root),
        };
        table.finish();
        site
    }
}

/// The more special pattern sorts first.
fn specialty(host: &HostPattern) -> (u8, usize) {
    match host {
        HostPattern::Exact(_) => (0, 0),
        HostPattern::Below(name) => (1, usize::MAX - name.len()),
        HostPattern::Any => (2, 0),
    }
}

impl Route {
    /// A route for every path, in the stage `observe`.
    pub fn everything(plan: Plan) -> Self {
        Self {
            path: PathPrefix::root(),
            policy: None,
            stage: None,
            share: None,
            merge: Merge::default(),
            plan,
        }
    }

    fn read_all(site: &mut Table<'_>, plan: &Plan, root: Self) -> Vec<Self> {
        let mut paths = BTreeSet::new();
        let tables = site.tables("route").into_iter();
        let mut routes: Vec<Self> = tables
            .map(|table| Self::read(table, plan, &mut paths))
            .collect();
        if !paths.contains(&root.path) {
            routes.push(root);
        }
        routes.sort_by_key(|route| usize::MAX - route.path.as_str().len());
        routes
    }

    fn read(mut table: Table<'_>, plan: &Plan, paths: &mut BTreeSet<PathPrefix>) -> Self {
        let path = table.placed::<PathPrefix>("path");
        match &path {
            None => table.complain(
                "path",
                "expected the path of the route, found none".to_owned(),
            ),
            Some(placed) if !paths.insert(placed.value.clone()) => {
                let message = "a route for this path stands above; make them one".to_owned();
                table.complain_about(placed, message);
            }
            Some(_) => {}
        }
        let path = path.map_or_else(PathPrefix::root, |placed| placed.value);
        let plan = Plan::read(table.table("rollout"), plan);
        let route = Self::read_keys(&mut table, path, &plan);
        table.finish();
        route
    }

    /// The keys that sites and routes have in common.
    fn read_keys(table: &mut Table<'_>, path: PathPrefix, plan: &Plan) -> Self {
        let stage = table.placed("stage");
        let share = table.placed("share");
        let route = Self {
            path,
            policy: table.value("policy"),
            stage: stage.as_ref().map(|placed| placed.value),
            share: share.as_ref().map(|placed| placed.value),
            merge: table.value("merge").unwrap_or_default(),
            plan: plan.clone(),
        };
        let needs_policy = |placed: &Placed<StageName>| placed.value != StageName::Observe;
        if let Some(placed) = stage.filter(|it| route.policy.is_none() && needs_policy(it)) {
            let message = "expected a `policy` beside it, found none; add one, or leave the stage to \
                           `connect-src rollout`";
            table.complain_about(&placed, message.to_owned());
        }
        if let Some(placed) = share.filter(|_| route.stage != Some(StageName::Enforce)) {
            let message = "only the stage `enforce` has a share; add `stage = \"enforce\"`";
            table.complain_about(&placed, message.to_owned());
        }
        route
    }
}

impl Default for Plan {
    fn default() -> Self {
        let steps = [100, 1000, 5000, 10_000];
        Self {
            observe_share: Share::ALL,
            inventory_share: Share::from_basis_points(100),
            steps: steps.map(Share::from_basis_points).to_vec(),
            step_back: Some(StepBack::default()),
            sticky_by: StickyBy::default(),
            reporting: Reporting::default(),
        }
    }
}

impl Plan {
    /// The plan of a table, where it says nothing the given one.
    pub(super) fn read(table: Option<Table<'_>>, default: &Self) -> Self {
        let Some(mut table) = table else {
            return default.clone();
        };
        let plan = Self {
            observe_share: table
                .value("observe-share")
                .unwrap_or(default.observe_share),
            inventory_share: table
                .value("inventory-share")
                .unwrap_or(default.inventory_share),
            steps: read_steps(&mut table).unwrap_or_else(|| default.steps.clone()),
            step_back: StepBack::read(&mut table, default.step_back),
            sticky_by: table
                .value("sticky-by")
                .unwrap_or_else(|| default.sticky_by.clone()),
            reporting: table.value("reporting").unwrap_or(default.reporting),
        };
        table.finish();
        plan
    }
}

fn read_steps(table: &mut Table<'_>) -> Option<Vec<Share>> {
    let steps: Vec<Share> = table.values("steps")?;
    let rises = steps.is_sorted_by(|one, next| one < next);
    let is_whole = steps.last() == Some(&Share::ALL) && steps[0] > Share::NONE;
    if !rises || !is_whole {
        let message = "expected rising shares that end with the whole, such as \
                       [\"1%\", \"10%\", \"100%\"]";
        table.complain("steps", message.to_owned());
        return None;
    }
    Some(steps)
}

impl Default for StepBack {
    fn default() -> Self {
        Self {
            rate: Share::from_basis_points(100),
            window: Duration::from_mins(10),
            minimum: 200,
            recovery: Share::from_basis_points(5000),
        }
    }
}

impl StepBack {
    fn read(plan: &mut Table<'_>, default: Option<Self>) -> Option<Self> {
        let is_off = plan.value("never-step-back").unwrap_or(false);
        let table = plan.table("step-back");
        if is_off {
            return None;
        }
        let Some(mut table) = table else {
            return default;
        };
        let default = default.unwrap_or_default();
        let step_back = Self {
            rate: table.value("rate").unwrap_or(default.rate),
            window: table.value("window").unwrap_or(default.window),
            minimum: table.value("minimum").unwrap_or(default.minimum),
            recovery: table.value("recovery").unwrap_or(default.recovery),
        };
        if step_back.window < Self::SHORTEST_WINDOW || step_back.window > Self::LONGEST_WINDOW {
            let message = "expected a window from \"10s\" to \"24h\"".to_owned();
            table.complain("window", message);
        }
        table.finish();
        Some(step_back)
    }

    const SHORTEST_WINDOW: Duration = Duration::from_secs(10);
    const LONGEST_WINDOW: Duration = Duration::from_hours(24);
}

impl FromValue for StickyBy {
    const EXPECTED: &'static str = "\"own-cookie\", or \"cookie:\" and the name of a cookie that the \
                                    application sets";

    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        let text = value.as_str()?;
        if text == "own-cookie" {
            return Some(Self::OwnCookie);
        }
        let name = text.strip_prefix("cookie:")?;
        let is_token = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
        is_token.then(|| Self::Cookie(name.to_owned()))
    }
}

impl FromValue for Reporting {
    const EXPECTED: &'static str = "\"both\", \"report-uri\" or \"report-to\"";

    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        match value.as_str()? {
            "both" => Some(Self::Both),
            "report-uri" => Some(Self::ReportUri),
            "report-to" => Some(Self::ReportTo),
            _ => None,
        }
    }
}
