use alloc::string::String;

use hashbrown::HashSet;

use crate::browser_profile::Rules;
use crate::matching::{Target, scheme_part};

/// The schemes that connections usually have; the index answers for them by one bit.
const WEB_SCHEMES: [&str; 4] = ["http", "https", "ws", "wss"];

/// The scheme-sources of a list.
#[derive(Debug, Default)]
pub(super) struct SchemeSources {
    /// Which of [`WEB_SCHEMES`] some scheme-source admits.
    web: u8,
    /// The schemes of the other scheme-sources, in lower case. They admit themselves only.
    others: HashSet<String>,
}

impl SchemeSources {
    pub(super) fn add(&mut self, scheme: &str, rules: Rules) {
        for (index, web) in WEB_SCHEMES.into_iter().enumerate() {
            self.web |= u8::from(scheme_part(scheme, web, rules)) << index;
        }
        if !WEB_SCHEMES
            .iter()
            .any(|web| web.eq_ignore_ascii_case(scheme))
        {
            self.others.insert(scheme.to_ascii_lowercase());
        }
    }

    pub(super) fn admit(&self, target: &Target<'_>) -> bool {
        match WEB_SCHEMES.iter().position(|web| *web == target.scheme) {
            Some(index) => self.web & 1 << index != 0,
            None => !self.others.is_empty() && self.others.contains(target.scheme),
        }
    }
}
