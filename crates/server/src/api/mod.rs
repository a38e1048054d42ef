//! The API for operators' programs, in JSON, under the admin address: `/api/v1/…`.
//!
//! It is over everything that the store knows, and it is what the dashboard stands on. `/api/v1/openapi.json` is
//! made from this code. Every request shows a token (`Authorization: Bearer csrc_…`), and one with the role
//! `change` for anything but reading. Errors are problem details (RFC 9457). `/metrics`, `/healthz` and `/readyz`
//! need no token; nothing that a browser wrote is in them.

#![expect(
    unused_qualifications,
    reason = "utoipa writes the types of parameters with their paths"
)]

mod audit;
mod auth;
mod connections;
mod counts;
mod drafts;
mod events;
mod extract;
mod groups;
mod operations;
mod overview;
mod policies;
mod problem;
mod reports;
mod rollout;
mod router;
mod sites;
mod state;
mod suggest;
mod tokens;

pub(crate) use events::happenings;
pub use operations::{Readiness, Ready};
pub use problem::Problem;
pub(crate) use router::harden;
pub use router::openapi;
pub use state::Api;
pub(crate) use state::Parts;
