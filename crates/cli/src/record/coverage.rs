//! How much of the scripts ran.

use std::collections::HashMap;

use serde::Deserialize;

/// No more scripts are counted.
const MOST_SCRIPTS: usize = 20_000;
/// No more pieces of one script are kept.
const MOST_PIECES: usize = 100_000;

/// What `Profiler.takePreciseCoverage` answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Taken {
    result: Vec<Script>,
}

#[derive(Debug, Deserialize)]
struct Script {
    url: String,
    functions: Vec<Function>,
}

#[derive(Debug, Deserialize)]
struct Function {
    ranges: Vec<Range>,
}

/// The innermost range that holds a place tells whether it ran.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Range {
    start_offset: usize,
    end_offset: usize,
    count: u64,
}

/// The scripts of all pages, and what of them ran anywhere. A script is its address and its length.
#[derive(Debug, Default)]
pub(crate) struct Coverage {
    scripts: HashMap<(String, usize), Vec<(usize, usize)>>,
}

/// Sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) scripts: usize,
    /// In UTF-16 code units, as the engine counts.
    pub(crate) length: usize,
    pub(crate) ran: usize,
}

impl Coverage {
    /// Adds what ran in one page or worker.
    pub(crate) fn add(&mut self, taken: Taken) {
        for script in taken.result {
            if is_of_the_site(&script.url) {
                self.add_script(script);
            }
        }
    }

    fn add_script(&mut self, script: Script) {
        let ranges = || script.functions.iter().flat_map(|one| &one.ranges);
        // The first function is the script itself.
        let Some(length) = ranges().map(|range| range.end_offset).max() else {
            return;
        };
        let key = (script.url.clone(), length);
        if self.scripts.len() == MOST_SCRIPTS && !self.scripts.contains_key(&key) {
            return;
        }
        let known = self.scripts.entry(key).or_default();
        let more = pieces_that_ran(ranges().copied().collect());
        *known = union(std::mem::take(known), more);
    }

    pub(crate) fn total(&self) -> Total {
        let pieces = self.scripts.values().flatten();
        Total {
            scripts: self.scripts.len(),
            length: self.scripts.keys().map(|(_, length)| length).sum(),
            ran: pieces.map(|(start, end)| end - start).sum(),
        }
    }
}

/// Not what the recording brought itself, and not what belongs to the browser.
fn is_of_the_site(url: &str) -> bool {
    let schemes = ["http:", "https:", "blob:", "data:"];
    schemes.iter().any(|scheme| url.starts_with(scheme))
}

/// Ranges are nested; each piece between two borders belongs to the innermost one around it.
fn pieces_that_ran(mut ranges: Vec<Range>) -> Vec<(usize, usize)> {
    ranges.retain(|range| range.start_offset < range.end_offset);
    ranges.sort_by_key(|range| (range.start_offset, std::cmp::Reverse(range.end_offset)));
    let mut pieces = Vec::new();
    let mut around: Vec<Range> = Vec::new();
    let mut at = 0;
    for range in ranges {
        while let Some(inner) = around.pop_if(|inner| inner.end_offset <= range.start_offset) {
            push(&mut pieces, at, inner.end_offset, inner.count);
            at = at.max(inner.end_offset);
        }
        if let Some(outer) = around.last() {
            push(&mut pieces, at, range.start_offset, outer.count);
        }
        at = at.max(range.start_offset);
        around.push(range);
    }
    while let Some(inner) = around.pop() {
        push(&mut pieces, at, inner.end_offset, inner.count);
        at = at.max(inner.end_offset);
    }
    pieces
}

fn push(pieces: &mut Vec<(usize, usize)>, start: usize, end: usize, count: u64) {
    if count == 0 || start >= end {
        return;
    }
    match pieces.last_mut() {
        Some(last) if last.1 == start => last.1 = end,
        _ => pieces.push((start, end)),
    }
}

/// What is in one of two lists of pieces, each in order.
fn union(one: Vec<(usize, usize)>, other: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut all = one;
    all.extend(other);
    all.sort_unstable();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (start, end) in all {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined.truncate(MOST_PIECES);
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(url: &str, ranges: &[(usize, usize, u64)]) -> Taken {
        let functions = ranges.iter().map(|(start, end, count)| Function {
            ranges: vec![Range {
                start_offset: *start,
                end_offset: *end,
                count: *count,
            }],
        });
        Taken {
            result: vec![Script {
                url: url.to_owned(),
                functions: functions.collect(),
            }],
        }
    }

    fn total(visits: &[Taken]) -> (usize, usize, usize) {
        let mut coverage = Coverage::default();
        for visit in visits {
            let scripts = visit.result.iter().map(|script| Script {
                url: script.url.clone(),
                functions: script
                    .functions
                    .iter()
                    .map(|one| Function {
                        ranges: one.ranges.clone(),
                    })
                    .collect(),
            });
            coverage.add(Taken {
                result: scripts.collect(),
            });
        }
        let Total {
            scripts,
            length,
            ran,
        } = coverage.total();
        (scripts, length, ran)
    }

    const URL: &str = "https://a.test/a.js";

    #[test]
    fn the_innermost_range_decides() {
        let all_but_a_function = taken(URL, &[(0, 100, 1), (20, 50, 0)]);
        assert_eq!(total(&[all_but_a_function]), (1, 100, 70));
        let a_block_of_a_function = taken(URL, &[(0, 100, 1), (20, 50, 0), (30, 40, 2)]);
        assert_eq!(total(&[a_block_of_a_function]), (1, 100, 80));
        let neighbours = taken(URL, &[(0, 100, 1), (20, 30, 0), (30, 40, 0), (90, 100, 0)]);
        assert_eq!(total(&[neighbours]), (1, 100, 70));
    }

    #[test]
    fn what_ran_on_one_page_ran() {
        let one = taken(URL, &[(0, 100, 1), (20, 50, 0), (60, 80, 0)]);
        let other = taken(URL, &[(0, 100, 1), (20, 50, 3), (60, 80, 0)]);
        assert_eq!(total(&[one, other]), (1, 100, 80));
    }

    #[test]
    fn another_length_is_another_script() {
        let one = taken(URL, &[(0, 100, 1)]);
        let other = taken(URL, &[(0, 50, 1)]);
        assert_eq!(total(&[one, other]), (2, 150, 150));
    }

    #[test]
    fn what_the_recording_brings_is_no_script_of_the_site() {
        assert_eq!(
            total(&[taken("", &[(0, 9, 1)]), taken("click.js", &[(0, 9, 1)])]),
            (0, 0, 0)
        );
    }
}
