//! Where violations are reported.

pub(super) mod cross_origin_report_to;
pub(super) mod foreign_report_uri;
pub(super) mod invalid_report_to;
pub(super) mod missing_report_destination;
pub(super) mod never_enforced;
pub(super) mod report_only_meta;
pub(super) mod report_to_alone;
