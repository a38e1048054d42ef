//! What becomes of each row under each browser's profile.

use std::collections::{BTreeMap, HashMap};

use connect_src::{BrowserProfile, CheckResult, CompiledCspList, CspList, Origin};

use crate::vector::Vector;

/// One row under one browser's profile.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'v> {
    /// The row.
    pub vector: &'v Vector,
    /// Whose answer.
    pub profile: BrowserProfile,
    /// What the browser did.
    pub recorded: CheckResult,
    /// What the policy list decides.
    pub plain: CheckResult,
    /// What the compiled list decides.
    pub compiled: CheckResult,
}

impl Outcome<'_> {
    /// Whether both forms of the list decide as the browser did.
    pub fn agrees(&self) -> bool {
        self.plain == self.recorded && self.compiled == self.recorded
    }
}

/// Decides every row that this browser answered.
pub fn decide_all(
    vectors: &[Vector],
    profile: BrowserProfile,
) -> impl Iterator<Item = Outcome<'_>> {
    let mut prepared: HashMap<_, Prepared> = HashMap::new();
    vectors.iter().filter_map(move |vector| {
        let recorded = vector.recorded(profile)?;
        let key = (&vector.origin, &vector.policy, vector.delivery());
        let prepared = prepared
            .entry(key)
            .or_insert_with(|| Prepared::of(vector, profile));
        let request = vector.request();
        let origin = &prepared.self_origin;
        Some(Outcome {
            vector,
            profile,
            recorded,
            plain: prepared
                .list
                .should_request_be_blocked(&request, origin, profile),
            compiled: prepared.compiled.should_request_be_blocked(&request),
        })
    })
}

/// A page's policies, parsed and compiled once for all its rows.
struct Prepared {
    list: CspList,
    compiled: CompiledCspList,
    self_origin: Origin,
}

impl Prepared {
    fn of(vector: &Vector, profile: BrowserProfile) -> Self {
        let list = vector.csp_list();
        let self_origin = vector.self_origin(profile);
        Self {
            compiled: list.compile(&self_origin, profile),
            list,
            self_origin,
        }
    }
}

/// How many rows of each recording agree, for the scoreboard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By recording: rows that agree, rows with an answer.
    pub by_recording: BTreeMap<String, (usize, usize)>,
}

impl Tally {
    /// Counts one row.
    pub fn add(&mut self, outcome: &Outcome<'_>) {
        let count = self
            .by_recording
            .entry(outcome.vector.recording().into())
            .or_default();
        count.0 += usize::from(outcome.agrees());
        count.1 += 1;
    }

    /// Rows that agree, and rows with an answer, of all recordings.
    pub fn total(&self) -> (usize, usize) {
        let counts = self.by_recording.values();
        counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }
}
