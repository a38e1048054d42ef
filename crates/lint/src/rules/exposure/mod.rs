//! Where data can leave.

pub(super) mod allowlist_mismatch;
pub(super) mod any_account_collector;
pub(super) mod any_host_source;
pub(super) mod any_key_api;
pub(super) mod any_port_source;
pub(super) mod broad_vendor_wildcard;
pub(super) mod data_or_blob_source;
pub(super) mod local_source;
pub(super) mod looser_page_beside;
pub(super) mod meta_alone;
pub(super) mod missing_base_uri;
pub(super) mod missing_connect_src;
pub(super) mod missing_default_src;
pub(super) mod missing_form_action;
pub(super) mod multi_tenant_host;
pub(super) mod open_channel;
pub(super) mod path_after_redirect;
pub(super) mod plaintext_source;
pub(super) mod prefetch_past_connect_src;
pub(super) mod public_suffix_wildcard;
pub(super) mod ungoverned_channels;

pub(in crate::rules) use local_source::is_local;
