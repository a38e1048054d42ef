//! The dashboard: what operators see under `/` of the admin address.
//!
//! Pages are written on the server, and work without a script; the script adds liveness and keys. Whatever came from a
//! report goes through [`view`], which makes it harmless and keeps it in bounds. `docs/design/dashboard.md` has the
//! reasons.

mod assets;
mod chart;
mod check;
mod connections;
mod explain;
mod history;
mod host;
mod inspect;
mod login;
mod overview;
mod policy;
mod rollout;
mod router;
mod routes;
mod rule;
mod shell;
mod view;
mod violation;
mod violations;
mod visitor;

pub(crate) use router::router;
