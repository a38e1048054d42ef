//! What happens on the sites, at a glance.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::next_step::NextStep;
use super::{Desk, DeskError};
use crate::clock::Timestamp;
use crate::config::Share;
use crate::rollout::{RevisionId, RouteKey, RouteStatus, Stage, StageName};
use crate::store::{
    BlockedRow, PageRequest, SeenRow, TimelineQuery, TimelineRow, Transition, TransitionCause,
};

/// Which sites, and over which time.
#[derive(Clone, Debug)]
pub struct OverviewQuery {
    /// Of this site.
    pub site: Option<String>,
    /// Of this route of the site.
    pub route: Option<String>,
    /// From the hour of this moment.
    pub since: Timestamp,
    /// To the hour of this moment.
    pub until: Timestamp,
    /// How many hours a stretch of the time line has; 24 for days.
    pub hours: u32,
}

/// What happens on the sites.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Overview {
    /// How many hours a stretch of the time line has.
    pub hours: u32,
    /// What was counted, the oldest stretch first. Stretches without anything are left out.
    pub timeline: Vec<Bucket>,
    /// The steps of rollouts in that time, the oldest first. Not more than 100.
    pub moments: Vec<Moment>,
    /// What genuine violations are about, the most reports first. Not more than 10.
    pub top_blocked: Vec<BlockedRow>,
    /// What is known of each site's pages and browsers. Not more than 20 sites.
    pub coverage: Vec<SiteCoverage>,
    /// Where each route stands, and what to do next. Not more than 50 routes.
    pub routes: Vec<RouteOverview>,
    /// How many routes there are on all.
    pub route_count: u64,
}

/// What was counted in a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bucket {
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Responses that carried a policy.
    pub responses: u64,
    /// Reports by class.
    pub classes: BTreeMap<String, u64>,
}

/// A step of a rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moment {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The stage before, such as `trial`.
    pub from: String,
    /// The stage after, such as `enforce 25%`.
    pub to: String,
    /// The revision that is on its way since.
    pub revision: Option<RevisionId>,
    /// What kind of step.
    pub cause: TransitionCause,
    /// Who.
    pub who: String,
    /// The reason that was given.
    pub why: String,
}

/// Which pages and browsers of a site reported at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SiteCoverage {
    /// The site's host pattern.
    pub site: String,
    /// How many pages.
    pub pages: u64,
    /// How many browsers.
    pub browsers: u64,
    /// The pages with the most reports. They come from reports: escape them. Not more than 5.
    pub page_list: Vec<SeenRow>,
    /// The browsers with the most reports. Not more than 10.
    pub browser_list: Vec<SeenRow>,
}

/// Where a route stands, and what to do next.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RouteOverview {
    /// The site's host pattern.
    pub site: String,
    /// The route's path.
    pub route: String,
    /// The stage.
    pub stage: StageName,
    /// For how many clients the policy on its way is enforced, in percent.
    pub share_percent: f64,
    /// The revision that is on its way.
    pub revision: Option<RevisionId>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// How many of the responses should report every connection, in percent, as it is configured.
    pub observed_percent: f64,
    /// How many of the responses of the last 24 hours did, in percent. `null` while nothing is on its way, because
    /// responses without a policy are not counted, and where there was none.
    pub observed_measured_percent: Option<f64>,
    /// What to do next.
    pub next: NextStep,
}

impl Desk {
    /// What happens on the sites.
    pub fn overview(&self, query: &OverviewQuery) -> Result<Overview, DeskError> {
        let (site, route) = (query.site.as_deref(), query.route.as_deref());
        let mut statuses = self.rollouts.status();
        statuses.retain(|status| {
            site.is_none_or(|site| *status.key.site == *site)
                && route.is_none_or(|route| *status.key.route == *route)
        });
        let routes = statuses.iter().take(MOST_ROUTES).cloned();
        let routes = routes.map(|status| self.route_overview(status));
        let timeline = self.reports.timeline(&TimelineQuery {
            site: query.site.clone(),
            route: query.route.clone(),
            since: query.since,
            until: query.until,
            hours: query.hours,
        })?;
        let top = self
            .reports
            .top_blocked(site, route, query.since, MOST_BLOCKED)?;
        Ok(Overview {
            hours: query.hours.max(1),
            timeline: buckets(timeline),
            moments: self.moments(query)?,
            top_blocked: top,
            coverage: self.coverage(&statuses)?,
            route_count: statuses.len() as u64,
            routes: routes.collect::<Result<_, _>>()?,
        })
    }

    fn route_overview(&self, status: RouteStatus) -> Result<RouteOverview, DeskError> {
        let standing = self.standing_of(status)?;
        let status = &standing.status;
        Ok(RouteOverview {
            site: status.key.site.to_string(),
            route: status.key.route.to_string(),
            stage: status.state.stage.name(),
            share_percent: status.state.stage.share().percent(),
            revision: status.state.stage.revision(),
            since: status.since,
            observed_percent: self.observed_share(status).percent(),
            observed_measured_percent: self.measured_share(status)?.map(Share::percent),
            next: standing.next,
        })
    }

    /// How many of the responses should report every connection.
    pub(crate) fn observed_share(&self, status: &RouteStatus) -> Share {
        let plan = self.rollouts.config().plan(&status.key);
        match status.state.stage {
            Stage::Observe => plan.observe_share,
            Stage::Trial(_) | Stage::Enforce(..) => plan.inventory_share,
        }
    }

    /// How many of the responses did, of those that carried the policy on its way in the last 24 hours.
    pub(crate) fn measured_share(&self, status: &RouteStatus) -> Result<Option<Share>, DeskError> {
        let Some(revision) = status.state.stage.revision() else {
            return Ok(None);
        };
        let since = status.since.max(self.clock.now().before(DAY));
        let counts = self.reports.responses(&status.key, since)?;
        let sum = |of: Option<RevisionId>| -> u64 {
            let counts = counts.iter().filter(|it| it.revision == of);
            counts.map(|it| it.count).sum()
        };
        let (observed, all) = (sum(Some(status.observe)), sum(Some(revision)));
        // What was observed in the hour of the step, before it, is counted too.
        let points = observed.saturating_mul(10_000).checked_div(all);
        let points = points.map(|points| u16::try_from(points).unwrap_or(u16::MAX));
        Ok(points.map(Share::from_basis_points))
    }

    fn moments(&self, query: &OverviewQuery) -> Result<Vec<Moment>, DeskError> {
        let key = match (&query.site, &query.route) {
            (Some(site), Some(route)) => Some(RouteKey::new(site.as_str(), route.as_str())),
            _ => None,
        };
        let page = self
            .policies
            .transitions(key.as_ref(), &PageRequest::first(MOST_MOMENTS))?;
        let steps = page.items.into_iter().filter(|step| {
            let site = query.site.as_deref();
            (query.since..=query.until).contains(&step.change.at)
                && site.is_none_or(|site| *step.route.site == *site)
        });
        let mut moments: Vec<_> = steps.map(Moment::of).collect();
        moments.reverse();
        Ok(moments)
    }

    fn coverage(&self, statuses: &[RouteStatus]) -> Result<Vec<SiteCoverage>, DeskError> {
        let mut sites: Vec<&str> = statuses.iter().map(|status| &*status.key.site).collect();
        sites.dedup();
        let coverage = sites.into_iter().take(MOST_SITES).map(|site| {
            let mut coverage = self.reports.coverage(site)?;
            coverage.page_list.truncate(5);
            coverage.browser_list.truncate(10);
            Ok(SiteCoverage {
                site: site.to_owned(),
                pages: coverage.pages,
                browsers: coverage.browsers,
                page_list: coverage.page_list,
                browser_list: coverage.browser_list,
            })
        });
        coverage.collect()
    }
}

impl Moment {
    fn of(step: Transition) -> Self {
        Self {
            at: step.change.at,
            site: step.route.site.to_string(),
            route: step.route.route.to_string(),
            from: step.from.stage.to_string(),
            to: step.to.stage.to_string(),
            revision: step.to.stage.revision(),
            cause: step.cause,
            who: step.change.who,
            why: step.change.why,
        }
    }
}

fn buckets(rows: Vec<TimelineRow>) -> Vec<Bucket> {
    let mut buckets: BTreeMap<Timestamp, Bucket> = BTreeMap::new();
    for row in rows {
        let bucket = buckets.entry(row.start).or_insert_with(|| Bucket {
            start: row.start,
            responses: 0,
            classes: BTreeMap::new(),
        });
        if row.tally == "responses" {
            bucket.responses += row.count;
        } else {
            bucket.classes.insert(row.tally, row.count);
        }
    }
    buckets.into_values().collect()
}

const DAY: Duration = Duration::from_hours(24);
const MOST_ROUTES: usize = 50;
const MOST_SITES: usize = 20;
const MOST_BLOCKED: u32 = 10;
const MOST_MOMENTS: u32 = 100;
