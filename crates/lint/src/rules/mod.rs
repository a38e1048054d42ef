//! The rules: one file for each, in the folder of its group.

mod compatibility;
mod correctness;
mod exposure;
mod prelude;
mod redundancy;
mod reporting;
mod script;
#[cfg(test)]
mod tests;

use crate::rule::Rule;

/// Every rule, sorted by name.
pub(crate) static RULES: &[&Rule] = &[
    &exposure::any_account_collector::RULE,
    &script::any_host_script::RULE,
    &exposure::any_host_source::RULE,
    &exposure::any_key_api::RULE,
    &exposure::any_port_source::RULE,
    &correctness::apex_not_covered::RULE,
    &correctness::blocked_connection::RULE,
    &exposure::broad_vendor_wildcard::RULE,
    &compatibility::browser_dependent_source::RULE,
    &script::bypassable_script_host::RULE,
    &exposure::data_or_blob_source::RULE,
    &correctness::dropped_directive::RULE,
    &correctness::duplicate_directive::RULE,
    &redundancy::duplicate_source::RULE,
    &correctness::empty_source_list::RULE,
    &correctness::exact_path::RULE,
    &reporting::foreign_report_uri::RULE,
    &script::host_list_scripts::RULE,
    &script::ignored_beside_strict_dynamic::RULE,
    &reporting::invalid_report_to::RULE,
    &correctness::invalid_source::RULE,
    &compatibility::ip_address_source::RULE,
    &correctness::keyword_without_effect::RULE,
    &correctness::literal_star_in_path::RULE,
    &exposure::local_source::RULE,
    &compatibility::long_policy::RULE,
    &correctness::malformed_nonce_or_hash::RULE,
    &correctness::meta_ignored_directive::RULE,
    &correctness::misplaced_wildcard::RULE,
    &exposure::missing_base_uri::RULE,
    &exposure::missing_connect_src::RULE,
    &exposure::missing_default_src::RULE,
    &exposure::missing_form_action::RULE,
    &script::missing_inline_fallback::RULE,
    &compatibility::missing_ipc_twin::RULE,
    &script::missing_object_src::RULE,
    &reporting::missing_report_destination::RULE,
    &script::missing_script_src::RULE,
    &correctness::missing_self::RULE,
    &correctness::missing_semicolon::RULE,
    &script::missing_trusted_types::RULE,
    &exposure::multi_tenant_host::RULE,
    &reporting::never_enforced::RULE,
    &correctness::none_with_others::RULE,
    &exposure::open_channel::RULE,
    &exposure::path_after_redirect::RULE,
    &correctness::placeholder_source::RULE,
    &exposure::plaintext_source::RULE,
    &correctness::port_not_covered::RULE,
    &exposure::public_suffix_wildcard::RULE,
    &correctness::removed_directive::RULE,
    &redundancy::repeated_default::RULE,
    &reporting::report_to_alone::RULE,
    &correctness::scheme_without_colon::RULE,
    &compatibility::self_without_websocket::RULE,
    &correctness::service_worker_not_covered::RULE,
    &script::short_nonce::RULE,
    &correctness::source_as_directive::RULE,
    &correctness::source_blocked_elsewhere::RULE,
    &script::strict_dynamic_alone::RULE,
    &redundancy::subsumed_source::RULE,
    &correctness::unexpected_value::RULE,
    &exposure::ungoverned_channels::RULE,
    &correctness::unknown_directive::RULE,
    &correctness::unknown_scheme::RULE,
    &correctness::unquoted_keyword::RULE,
    &script::unsafe_eval::RULE,
    &script::unsafe_hashes::RULE,
    &script::unsafe_inline_script::RULE,
    &script::unsafe_inline_style::RULE,
    &redundancy::unused_source::RULE,
    &correctness::websocket_not_covered::RULE,
];
