//! What does not do what it says.

pub(super) mod apex_not_covered;
pub(super) mod blocked_connection;
pub(super) mod dropped_directive;
pub(super) mod duplicate_directive;
pub(super) mod empty_source_list;
pub(super) mod exact_path;
pub(super) mod invalid_source;
pub(super) mod keyword_without_effect;
pub(super) mod literal_star_in_path;
pub(super) mod malformed_nonce_or_hash;
pub(super) mod meta_ignored_directive;
pub(super) mod misplaced_wildcard;
pub(super) mod missing_self;
pub(super) mod missing_semicolon;
pub(super) mod none_with_others;
pub(super) mod placeholder_source;
pub(super) mod port_not_covered;
pub(super) mod removed_directive;
pub(super) mod scheme_without_colon;
pub(super) mod service_worker_not_covered;
pub(super) mod source_as_directive;
pub(super) mod source_blocked_elsewhere;
pub(super) mod unexpected_value;
pub(super) mod unknown_directive;
pub(super) mod unknown_scheme;
pub(super) mod unquoted_keyword;
pub(super) mod websocket_not_covered;

pub(in crate::rules) use placeholder_source::is_placeholder;
