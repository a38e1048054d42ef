//! The figures of a set of files, and how they are shown.

/// What was counted, in lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// The length of each file, its tests and blank lines included.
    pub(super) files: Vec<u32>,
    /// The length of each function outside of tests.
    pub(super) functions: Vec<u32>,
    pub(super) code: u32,
    pub(super) docs: u32,
    pub(super) comments: u32,
    /// Lines of code in tests.
    pub(super) tests: u32,
}

/// The head of the table that [`Figures::row`] fills.
pub(super) const HEADER: &str = "\
| code | fn median | fn p90 | fn > 50 lines | file median | files > 800 | doc lines / code \
| plain comments / code | tests / code |
|---|--:|--:|--:|--:|--:|--:|--:|--:|";

impl Figures {
    /// Adds another set, so that medians are those of the union.
    pub(super) fn add(&mut self, mut other: Self) {
        self.files.append(&mut other.files);
        self.functions.append(&mut other.functions);
        self.code += other.code;
        self.docs += other.docs;
        self.comments += other.comments;
        self.tests += other.tests;
    }

    /// One row of the table under [`HEADER`]; a dash where there is nothing to measure.
    pub(super) fn row(&self, name: &str) -> String {
        let per_code = |lines| ratio(lines, self.code);
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} | {} |",
            median(&self.functions),
            percentile_90(&self.functions),
            share(&self.functions, 50),
            median(&self.files),
            share(&self.files, 800),
            per_code(self.docs),
            per_code(self.comments),
            per_code(self.tests),
        )
    }
}

fn median(values: &[u32]) -> String {
    let sorted = sorted(values);
    let middle = sorted.len() / 2;
    match sorted.get(middle) {
        None => "–".to_owned(),
        Some(upper) if sorted.len() % 2 == 1 => upper.to_string(),
        Some(upper) => (f64::from(sorted[middle - 1] + upper) / 2.0).to_string(),
    }
}

/// The smallest value that nine of ten do not exceed.
fn percentile_90(values: &[u32]) -> String {
    let sorted = sorted(values);
    let rank = (sorted.len() * 9).div_ceil(10);
    rank.checked_sub(1)
        .map_or("–".to_owned(), |index| sorted[index].to_string())
}

/// The share of the values that exceed `limit`.
fn share(values: &[u32], limit: u32) -> String {
    let exceeding = values.iter().filter(|value| **value > limit).count();
    if values.is_empty() {
        return "–".to_owned();
    }
    format!(
        "{:.1} %",
        100.0 * f64::from(exceeding as u32) / f64::from(values.len() as u32)
    )
}

fn ratio(lines: u32, code: u32) -> String {
    if code == 0 {
        "–".to_owned()
    } else {
        format!("{:.2}", f64::from(lines) / f64::from(code))
    }
}

fn sorted(values: &[u32]) -> Vec<u32> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_of_an_even_count_lies_between() {
        for (values, expected) in [
            (&[][..], "–"),
            (&[3], "3"),
            (&[9, 1, 5], "5"),
            (&[1, 2], "1.5"),
            (&[4, 2], "3"),
        ] {
            assert_eq!(median(values), expected);
        }
    }

    #[test]
    fn the_90th_percentile_is_one_of_the_values() {
        let ten: Vec<u32> = (1..=10).collect();
        assert_eq!(percentile_90(&ten), "9");
        assert_eq!(percentile_90(&[7]), "7");
        assert_eq!(percentile_90(&[]), "–");
    }

    #[test]
    fn a_limit_is_exceeded_only_above_it() {
        assert_eq!(share(&[50, 51, 10, 10], 50), "25.0 %");
    }

    #[test]
    fn sets_add_up_before_they_are_shown() {
        let mut total = Figures {
            files: vec![10],
            functions: vec![2],
            code: 8,
            docs: 2,
            ..Figures::default()
        };
        total.add(Figures {
            files: vec![900],
            functions: vec![60],
            code: 2,
            tests: 5,
            ..Figures::default()
        });
        assert_eq!(
            total.row("all"),
            "| all | 31 | 60 | 50.0 % | 455 | 50.0 % | 0.20 | 0.00 | 0.50 |"
        );
    }
}
