//! Counts, in tables of bounded size.

use std::collections::{BTreeMap, HashMap};

use connect_src::{Explanation, MatchResult, Mismatch, NearestMiss, Reason, Relation};

use crate::output::sanitize::{sanitize, shorten};

/// What many connections came to.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    decided: u64,
    blocked: Blocked,
    /// Connections whose page nobody tells.
    pub(crate) without_page: u64,
    hosts: HashMap<String, HostTally>,
    /// Blocked connections to hosts that the table had no room for.
    pub(crate) other_hosts: u64,
    causes: BTreeMap<Cause, CauseTally>,
    bad: BTreeMap<u64, String>,
    pub(crate) bad_count: u64,
}

/// How many connections are blocked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Blocked {
    /// By each browser that is asked, in their order.
    pub(crate) by: [u64; 3],
    /// By one of them at least.
    pub(crate) anywhere: u64,
}

/// A host to which connections are blocked.
#[derive(Clone, Debug)]
pub(crate) struct HostTally {
    pub(crate) blocked: u64,
    /// The cause of the first of them.
    pub(crate) cause: Cause,
    /// The line or entry of the first of them.
    pub(crate) first: u64,
}

/// A cause for which connections are blocked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CauseTally {
    pub(crate) blocked: u64,
    /// The line or entry of the first of them.
    pub(crate) first: u64,
}

/// More hosts than this are counted together.
const MOST_HOSTS: usize = 10_000;
/// More bad places than this are counted only.
const MOST_BAD: usize = 20;

impl Tally {
    /// How many connections were decided.
    pub(crate) fn decided(&self) -> u64 {
        self.decided
    }

    /// How many of them are blocked.
    pub(crate) fn blocked(&self) -> Blocked {
        self.blocked
    }

    /// The hosts, those with most blocked connections first.
    pub(crate) fn hosts(&self) -> Vec<(&str, &HostTally)> {
        let mut hosts: Vec<_> = self
            .hosts
            .iter()
            .map(|(host, tally)| (host.as_str(), tally))
            .collect();
        hosts.sort_by(|(a, x), (b, y)| y.blocked.cmp(&x.blocked).then(a.cmp(b)));
        hosts
    }

    /// The causes, the most frequent first.
    pub(crate) fn causes(&self) -> Vec<(Cause, &CauseTally)> {
        let mut causes: Vec<_> = self
            .causes
            .iter()
            .map(|(cause, tally)| (*cause, tally))
            .collect();
        causes.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.blocked));
        causes
    }

    /// The first places that could not be decided, and why.
    pub(crate) fn bad_places(&self) -> impl ExactSizeIterator<Item = (u64, &str)> {
        self.bad
            .iter()
            .map(|(place, message)| (*place, message.as_str()))
    }

    /// Counts a decision.
    pub(super) fn add(&mut self, blocked: Blocked) {
        self.decided += 1;
        self.blocked.add(blocked);
    }

    /// Counts blocked connections in the tables.
    pub(super) fn add_blocked(&mut self, host: String, cause: Cause, count: u64, first: u64) {
        self.add_cause(
            cause,
            CauseTally {
                blocked: count,
                first,
            },
        );
        let tally = HostTally {
            blocked: count,
            cause,
            first,
        };
        self.add_host(host, tally);
    }

    /// Notes a place that could not be decided.
    pub(super) fn bad(&mut self, place: u64, message: &str) {
        self.bad_count += 1;
        self.keep_bad(place, message);
    }

    /// Adds what another core has counted.
    pub(super) fn merge(&mut self, other: Self) {
        self.decided += other.decided;
        self.blocked.add(other.blocked);
        self.without_page += other.without_page;
        self.other_hosts += other.other_hosts;
        self.bad_count += other.bad_count;
        for (host, tally) in other.hosts {
            self.add_host(host, tally);
        }
        for (cause, tally) in other.causes {
            self.add_cause(cause, tally);
        }
        for (place, message) in other.bad {
            self.keep_bad(place, &message);
        }
    }

    fn add_host(&mut self, host: String, tally: HostTally) {
        if let Some(known) = self.hosts.get_mut(&host) {
            known.blocked += tally.blocked;
            if tally.first < known.first {
                (known.first, known.cause) = (tally.first, tally.cause);
            }
        } else if self.hosts.len() < MOST_HOSTS {
            self.hosts.insert(host, tally);
        } else {
            self.other_hosts += tally.blocked;
        }
    }

    fn add_cause(&mut self, cause: Cause, tally: CauseTally) {
        let known = self.causes.entry(cause).or_insert(CauseTally {
            blocked: 0,
            first: tally.first,
        });
        known.blocked += tally.blocked;
        known.first = known.first.min(tally.first);
    }

    fn keep_bad(&mut self, place: u64, message: &str) {
        const LONGEST: usize = 300;
        self.bad
            .insert(place, shorten(&sanitize(message), LONGEST).into_owned());
        if self.bad.len() > MOST_BAD {
            self.bad.pop_last();
        }
    }
}

impl Blocked {
    fn add(&mut self, other: Self) {
        for (sum, one) in self.by.iter_mut().zip(other.by) {
            *sum += one;
        }
        self.anywhere += other.anywhere;
    }
}

/// Why a connection is blocked, in classes that can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    HostNotListed,
    OtherScheme,
    OtherPort,
    OtherPath,
    WildcardLeavesApexOut,
    HostIsBelow,
    HostIsAbove,
    Typo,
    ClosedList,
    NotByUrl,
    NotExamined,
}

impl Cause {
    /// A short name, for programs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::HostNotListed => "host-not-listed",
            Self::OtherScheme => "other-scheme",
            Self::OtherPort => "other-port",
            Self::OtherPath => "other-path",
            Self::WildcardLeavesApexOut => "wildcard-leaves-apex-out",
            Self::HostIsBelow => "host-is-below",
            Self::HostIsAbove => "host-is-above",
            Self::Typo => "typo",
            Self::ClosedList => "closed-list",
            Self::NotByUrl => "not-by-url",
            Self::NotExamined => "not-examined",
        }
    }

    /// A phrase, for people.
    pub(crate) const fn phrase(self) -> &'static str {
        match self {
            Self::HostNotListed => "no source is for the host",
            Self::OtherScheme => "a source has the host, but another scheme",
            Self::OtherPort => "a source has the host, but another port",
            Self::OtherPath => "a source has the host, but another path",
            Self::WildcardLeavesApexOut => {
                "a source has the subdomains of the host, but not the host"
            }
            Self::HostIsBelow => "a source has the host above, but not this subdomain",
            Self::HostIsAbove => "a source has a subdomain, but not the host",
            Self::Typo => "a source has almost the same host: a typing error?",
            Self::ClosedList => "the list is 'none' or empty",
            Self::NotByUrl => "something else than the URL decides",
            Self::NotExamined => "not examined one by one: there are too many different ones",
        }
    }

    /// The cause of a blocked connection.
    pub(super) fn of(explanation: &Explanation<'_>) -> Self {
        let Some(policy) = explanation.deciding_policy() else {
            return Self::NotByUrl;
        };
        match &policy.reason {
            Reason::ClosedList => Self::ClosedList,
            Reason::NothingMatched => match &policy.nearest_miss {
                None => Self::HostNotListed,
                Some(miss) if is_silenced(policy.sources[miss.index].result) => Self::NotByUrl,
                Some(miss) => Self::of_miss(miss),
            },
            _ => Self::NotByUrl,
        }
    }

    fn of_miss(miss: &NearestMiss) -> Self {
        match miss.relation {
            Relation::Same if !miss.parts.scheme => Self::OtherScheme,
            Relation::Same if !miss.parts.port => Self::OtherPort,
            Relation::Same => Self::OtherPath,
            Relation::WildcardLeavesApexOut => Self::WildcardLeavesApexOut,
            Relation::HostIsBelow => Self::HostIsBelow,
            Relation::HostIsAbove => Self::HostIsAbove,
            Relation::Typo => Self::Typo,
        }
    }
}

fn is_silenced(result: MatchResult) -> bool {
    result == MatchResult::DoesNotMatch(Mismatch::Silenced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_a_bound_and_nothing_is_lost() {
        let mut tally = Tally::default();
        for number in 0..MOST_HOSTS as u64 + 5 {
            tally.add_blocked(format!("h{number}.test"), Cause::HostNotListed, 1, number);
            tally.bad(number, "bad");
        }
        assert_eq!((tally.hosts().len(), tally.other_hosts), (MOST_HOSTS, 5));
        assert_eq!(tally.bad_places().len(), MOST_BAD);
        assert_eq!(tally.bad_places().next().unwrap().0, 0);
        assert_eq!(tally.bad_count, MOST_HOSTS as u64 + 5);
    }

    #[test]
    fn merged_tallies_are_the_sum_and_keep_the_first_place() {
        let mut one = Tally::default();
        let mut other = Tally::default();
        one.add_blocked("a.test".to_owned(), Cause::OtherPath, 2, 9);
        other.add_blocked("a.test".to_owned(), Cause::Typo, 3, 4);
        one.merge(other);
        let hosts = one.hosts();
        assert_eq!((hosts[0].1.blocked, hosts[0].1.first), (5, 4));
        assert_eq!(hosts[0].1.cause, Cause::Typo);
        assert_eq!(one.causes().len(), 2);
    }
}
