//! What browsers read differently.

pub(super) mod application_scheme;
pub(super) mod browser_dependent_source;
pub(super) mod ip_address_source;
pub(super) mod long_policy;
pub(super) mod missing_scheme_twin;
pub(super) mod self_without_websocket;
