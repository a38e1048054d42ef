//! Violations, in groups of the same finding.

use axum::Json;
use axum::extract::{Path, State};
use connect_src_report::Class;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::extract::{Body, PageParams, Params};
use super::problem::Problem;
use super::state::Api;
use crate::clock::Timestamp;
use crate::desk::{Allowed, GroupView};
use crate::rollout::RevisionId;
use crate::store::{Group, GroupDetail, GroupId, GroupQuery, GroupSort, Label};
use crate::tokens::Caller;

/// Which groups.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct GroupParams {
    /// Of this site.
    site: Option<String>,
    /// Of this route.
    route: Option<String>,
    /// About this revision.
    revision: Option<u32>,
    /// Of these classes, with commas between them; all without it.
    class: Option<String>,
    /// `enforce` or `report`.
    disposition: Option<String>,
    /// For this directive.
    directive: Option<String>,
    /// Of blocked origins that contain this text, whatever its case.
    blocked: Option<String>,
    /// That a person said this about.
    label: Option<Label>,
    /// Seen since then.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// What they are sorted by; `count` without it.
    sort: Option<GroupSort>,
}

/// A list, a page at a time.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupList {
    items: Vec<Group>,
    /// What `after` is for the next page; `null` on the last.
    next: Option<String>,
    /// How many there are on all pages.
    total: u64,
}

/// What somebody says about a group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLabel {
    /// `expected`, `noise`, or `null` to take it back.
    label: Option<Label>,
    /// The reason, for the audit log.
    why: Option<String>,
}

/// Violations, in groups of the same finding.
#[utoipa::path(
    get,
    path = "/api/v1/groups",
    tag = "groups",
    params(GroupParams, PageParams),
    responses((status = OK, body = GroupList), (status = "4XX", body = Problem)),
)]
pub(super) async fn list(
    State(api): State<Api>,
    Params(params): Params<GroupParams>,
    Params(page): Params<PageParams>,
) -> Result<Json<GroupList>, Problem> {
    let (query, request) = (params.query()?, page.request()?);
    api.blocking(move |api| {
        let page = api.reports.groups(&query, &request)?;
        Ok(Json(GroupList {
            next: page.next.map(|next| next.to_string()),
            total: page.total,
            items: page.items,
        }))
    })
    .await
}

/// One group, with its pages, browsers, hours and samples, and why the policies block it.
#[utoipa::path(
    get,
    path = "/api/v1/groups/{id}",
    tag = "groups",
    params(("id" = i64, Path, description = "Its number")),
    responses((status = OK, body = GroupView), (status = "4XX", body = Problem)),
)]
pub(super) async fn show(
    State(api): State<Api>,
    Path(id): Path<String>,
) -> Result<Json<GroupView>, Problem> {
    let id = parse_id(&id)?;
    api.blocking(move |api| {
        let found = api.desk.group(id)?;
        found.map(Json).ok_or_else(|| Problem::not_found("group"))
    })
    .await
}

/// Says that a group is as expected, or noise, or takes it back.
#[utoipa::path(
    put,
    path = "/api/v1/groups/{id}/label",
    tag = "groups",
    params(("id" = i64, Path, description = "Its number")),
    request_body = NewLabel,
    responses((status = OK, body = GroupDetail), (status = "4XX", body = Problem)),
)]
pub(super) async fn label(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<String>,
    Body(label): Body<NewLabel>,
) -> Result<Json<GroupDetail>, Problem> {
    let id = parse_id(&id)?;
    api.blocking(move |api| {
        let change = api.change(&caller, label.why);
        api.desk.mark(id, label.label, &change)?;
        let found = api.reports.group(id)?;
        found.map(Json).ok_or_else(|| Problem::not_found("group"))
    })
    .await
}

/// Why a group is allowed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Allow {
    /// The reason, for the audit log.
    why: Option<String>,
}

/// Adds the smallest source to the draft that allows what was blocked, in every browser.
#[utoipa::path(
    post,
    path = "/api/v1/groups/{id}/allow",
    tag = "groups",
    params(("id" = i64, Path, description = "Its number")),
    request_body = Allow,
    responses((status = OK, body = Allowed), (status = "4XX", body = Problem)),
)]
pub(super) async fn allow(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<String>,
    Body(allow): Body<Allow>,
) -> Result<Json<Allowed>, Problem> {
    let id = parse_id(&id)?;
    api.blocking(move |api| {
        let change = api.change(&caller, allow.why);
        Ok(Json(api.desk.allow_exactly(id, &change)?))
    })
    .await
}

impl GroupParams {
    pub(super) fn query(self) -> Result<GroupQuery, Problem> {
        Ok(GroupQuery {
            classes: classes(self.class.as_deref())?,
            site: self.site,
            route: self.route,
            revision: self.revision.map(RevisionId),
            disposition: self.disposition,
            directive: self.directive,
            blocked: self.blocked,
            label: self.label,
            since: self.since,
            sort: self.sort.unwrap_or_default(),
        })
    }
}

/// The classes of a list with commas.
pub(super) fn classes(text: Option<&str>) -> Result<Vec<Class>, Problem> {
    let words = text.unwrap_or_default().split(',').map(str::trim_ascii);
    let words = words.filter(|word| !word.is_empty());
    let classes = words.map(|word| {
        Class::parse(word).ok_or_else(|| {
            let known = Class::ALL.map(Class::as_str).join("`, `");
            Problem::invalid(format!(
                "expected classes among `{known}`, found another word"
            ))
        })
    });
    classes.collect()
}

fn parse_id(text: &str) -> Result<GroupId, Problem> {
    let id = text.parse().map(GroupId);
    id.map_err(|_| Problem::not_found("group"))
}
