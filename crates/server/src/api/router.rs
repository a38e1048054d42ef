//! All of the API's routes, each with its place in the OpenAPI document.

use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, RefOr};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::overview::BucketSize;
use super::problem::Problem;
use super::state::Api;
use super::{
    audit, auth, connections, counts, drafts, events, groups, operations, overview, policies,
    reports, rollout, sites, suggest, tokens,
};
use crate::desk::Compared;
use crate::export::ExportFormat;
use crate::store::{ConnectionSort, GroupSort};

/// The document that describes the API, made from its code.
pub fn openapi() -> Document {
    parts().1
}

fn parts() -> (Router<Api>, Document) {
    let (router, mut document) = described().split_for_parts();
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            complete(operation);
        }
    }
    (router, document)
}

/// Adds what the standard wants and the handlers do not say.
///
/// <https://spec.openapis.org/oas/v3.1.0#operation-object>
fn complete(operation: &mut Operation) {
    let tag = operation.tags.iter().flatten().next();
    if let (Some(tag), Some(handler)) = (tag, &operation.operation_id) {
        operation.operation_id = Some(format!("{tag}-{handler}"));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let is_problem = status.starts_with('4');
            let text = if is_problem {
                "What was wrong"
            } else {
                "What was asked for"
            };
            text.clone_into(&mut response.description);
        }
    }
}

impl Api {
    /// The API and what operators need beside it; all else is somebody else's.
    pub(crate) fn router(self) -> Router {
        let (router, document) = parts();
        // As text: a router is cloned with all that its handlers hold.
        let document =
            serde_json::to_vec(&document).expect("a document has no maps by other keys than texts");
        let document = Bytes::from(document);
        let guarded = router
            .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
            .layer(middleware::from_fn_with_state(self.clone(), auth::require));
        let open = Router::new()
            .route(
                "/api/v1/openapi.json",
                get(|| async { ([(CONTENT_TYPE, "application/json")], document) }),
            )
            .route("/metrics", get(operations::metrics))
            .route("/healthz", get(operations::healthz))
            .route("/readyz", get(operations::readyz));
        guarded
            .merge(open)
            .method_not_allowed_fallback(|| async {
                let status = http::StatusCode::METHOD_NOT_ALLOWED;
                Problem::new(status, "method", "this resource does not know the method")
            })
            .layer(middleware::map_response(harden))
            .with_state(self)
    }
}

fn described() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(sites::list))
        .routes(routes!(rollout::status))
        .routes(routes!(rollout::propose))
        .routes(routes!(rollout::advance))
        .routes(routes!(rollout::back))
        .routes(routes!(rollout::history))
        .routes(routes!(drafts::show, drafts::save, drafts::discard))
        .routes(routes!(drafts::preview))
        .routes(routes!(drafts::edits))
        .routes(routes!(policies::list))
        .routes(routes!(policies::diff))
        .routes(routes!(policies::show))
        .routes(routes!(policies::audit))
        .routes(routes!(suggest::show))
        .routes(routes!(connections::list))
        .routes(routes!(connections::show))
        .routes(routes!(groups::list))
        .routes(routes!(groups::show))
        .routes(routes!(groups::label))
        .routes(routes!(groups::allow))
        .routes(routes!(reports::export))
        .routes(routes!(counts::tallies))
        .routes(routes!(counts::coverage))
        .routes(routes!(counts::sheds))
        .routes(routes!(counts::others))
        .routes(routes!(overview::show))
        .routes(routes!(audit::log))
        .routes(routes!(audit::undo))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::remove))
        .routes(routes!(operations::status))
        .routes(routes!(events::stream))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "connect-src",
        description = "What a site connects to, what its policy blocks, and how far its rollout is.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    // Types of parameters are not found by themselves.
    components(schemas(Problem, BucketSize, Compared, ConnectionSort, ExportFormat, GroupSort)),
    security(("token" = [])),
    modifiers(&Token),
)]
struct Described;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut Document) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("Printed at the first start of the server."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(token));
    }
}

/// Nothing of the API is a page, and nothing of it is to be kept.
pub(crate) async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    let name = HeaderName::from_static("x-content-type-options");
    headers.insert(name, HeaderValue::from_static("nosniff"));
    response
}

const MOST_BODY_BYTES: usize = 64 << 10;
