//! Connections that are alike.

use connect_src::{Api, Request};
use hashbrown::HashMap;

use super::tally::Blocked;

/// What makes connections: a page (its index) and an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Maker {
    pub(super) page: usize,
    pub(super) api: Api,
}

/// Connections of one maker to one origin.
#[derive(Debug)]
pub(super) struct Kind {
    /// Whether they may be decided differently, because their paths differ.
    pub(super) depends_on_path: bool,
    /// How many of them are blocked.
    pub(super) count: u64,
    /// Where the first blocked one stands, and its request.
    pub(super) first_blocked: Option<(u64, Request)>,
    /// How that one was decided; if none is blocked, how all of them were.
    pub(super) blocked: Blocked,
}

impl Kind {
    pub(super) fn new(depends_on_path: bool) -> Self {
        Self {
            depends_on_path,
            count: 0,
            first_blocked: None,
            blocked: Blocked::default(),
        }
    }

    /// Counts a blocked connection.
    pub(super) fn add_blocked(&mut self, place: u64, request: Request, blocked: Blocked) {
        self.count += 1;
        if self.first_blocked.is_none() {
            self.first_blocked = Some((place, request));
            self.blocked = blocked;
        }
    }
}

impl Kind {
    /// Adds connections of the same kind that another core has seen.
    pub(super) fn merge(&mut self, other: Self) {
        let place = |kind: &Self| {
            kind.first_blocked
                .as_ref()
                .map_or(u64::MAX, |(place, _)| *place)
        };
        let count = self.count + other.count;
        if place(&other) < place(self) {
            *self = other;
        }
        self.count = count;
    }
}

/// The kinds that were seen.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    /// By the maker's place (see [`Maker::index`]), then by the origin of the URL as it is printed.
    kinds: Vec<HashMap<Box<str>, Kind>>,
    count: usize,
}

impl Kinds {
    pub(super) fn find(&mut self, maker: Maker, origin: &str) -> Option<&mut Kind> {
        self.kinds.get_mut(maker.index())?.get_mut(origin)
    }

    pub(super) fn insert(&mut self, maker: Maker, origin: Box<str>, kind: Kind) {
        let index = maker.index();
        if self.kinds.len() <= index {
            self.kinds.resize_with(index + 1, HashMap::new);
        }
        self.kinds[index].insert(origin, kind);
        self.count += 1;
    }

    /// Whether there are so many that they must be summed up.
    pub(super) fn is_full(&self) -> bool {
        const MOST: usize = 20_000;
        self.count >= MOST
    }

    /// Takes all of them out, with their makers.
    pub(super) fn take(&mut self) -> Vec<(Maker, Kind)> {
        self.count = 0;
        let makers = std::mem::take(&mut self.kinds).into_iter().enumerate();
        let of_maker = |(index, kinds): (usize, HashMap<Box<str>, Kind>)| {
            let maker = Maker::at(index);
            kinds.into_values().map(move |kind| (maker, kind))
        };
        makers.flat_map(of_maker).collect()
    }
}

impl Maker {
    fn index(self) -> usize {
        self.page * Api::ALL.len() + self.api as usize
    }

    fn at(index: usize) -> Self {
        Self {
            page: index / Api::ALL.len(),
            api: Api::ALL[index % Api::ALL.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maker_is_found_at_its_index() {
        for (number, api) in Api::ALL.iter().enumerate() {
            assert_eq!(
                *api as usize, number,
                "an API is a number below their count"
            );
            let maker = Maker { page: 7, api: *api };
            assert_eq!(Maker::at(maker.index()), maker);
        }
    }
}
