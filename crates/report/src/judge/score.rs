//! How likely it is that a report tells of the site itself.

use super::case::Case;
use super::{Reason, Sent};

/// 0 for certain noise, 100 for a certain finding.
pub(super) fn of(case: &Case<'_>, reason: &Reason) -> u8 {
    let base = base(reason);
    if base < LEAST_GENUINE {
        return base;
    }
    let score = i16::from(base) + evidence(case);
    u8::try_from(score).unwrap_or(0).clamp(LEAST_GENUINE, 100)
}

const LEAST_GENUINE: u8 = 40;

const fn base(reason: &Reason) -> u8 {
    match reason {
        Reason::Blocked => 75,
        Reason::Redirected => 65,
        Reason::DecidedInThePage => 60,
        Reason::BlockedElsewhere(_) => 45,
        Reason::AllowedWithScript => 30,
        Reason::AllowedNow(_) => 25,
        Reason::OtherPolicy | Reason::Allowed => 15,
        Reason::OtherDocument | Reason::NoSuchDirective | Reason::NotAboutUrls => 10,
        Reason::NeverSent | Reason::Unreadable(_) => 5,
        Reason::Noise { .. } => 0,
    }
}

/// What makes a genuine report more or less so.
fn evidence(case: &Case<'_>) -> i16 {
    let weight = |holds: bool, weight: i16| if holds { weight } else { 0 };
    weight(matches!(case.context.sent, Sent::OneOf(_)), 10)
        + weight(case.has_own_script(), 15)
        + weight(!case.has_own_script() && case.names_script(), -10)
        + weight(!case.browsers.is_known, -5)
        + weight(case.is_in_app_browser(), -20)
}
