//! Lists of numbers by another number, in one piece of memory.

/// What each of some things has, as numbers.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Where the items of each begin; and where the last ones end.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    /// The lists of so many things, from pairs of a thing and an item; items keep their order.
    pub(super) fn of(things: usize, pairs: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; things + 1];
        for (thing, _) in pairs {
            starts[*thing as usize] += 1;
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut items = vec![0; pairs.len()];
        for (thing, item) in pairs.iter().rev() {
            let start = &mut starts[*thing as usize];
            *start -= 1;
            items[*start as usize] = *item;
        }
        Self { starts, items }
    }

    /// Every thing that has something, with each that it has.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let things = 0..self.starts.len().saturating_sub(1) as u32;
        things.flat_map(|thing| self.get(thing).iter().map(move |item| (thing, *item)))
    }

    /// What a thing has.
    pub(super) fn get(&self, thing: u32) -> &[u32] {
        let thing = thing as usize;
        &self.items[self.starts[thing] as usize..self.starts[thing + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_has_its_items_in_the_order_of_the_pairs() {
        let lists = Lists::of(4, &[(2, 7), (0, 5), (2, 1), (3, 9)]);
        let all: Vec<_> = (0..4).map(|thing| lists.get(thing).to_vec()).collect();
        assert_eq!(all, [vec![5], vec![], vec![7, 1], vec![9]]);
        let pairs: Vec<_> = lists.pairs().collect();
        assert_eq!(pairs, [(0, 5), (2, 7), (2, 1), (3, 9)]);
    }
}
