//! Where violations are reported.

pub(super) mod foreign_report_uri;
pub(super) mod invalid_report_to;
pub(super) mod missing_report_destination;
pub(super) mod never_enforced;
pub(super) mod report_to_alone;
